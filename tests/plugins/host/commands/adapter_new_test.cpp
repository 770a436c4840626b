// `talent-loan adapter new`: what it writes, and what it leaves alone. That the projects build and pass their checks is
// tested by tests/plugins/install.
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/support/run_program.hpp"

namespace fs = std::filesystem;
using talent_loan::testing::Ran;
using talent_loan::testing::read_file;
using talent_loan::testing::RunOptions;
using talent_loan::testing::run_program;
using talent_loan::testing::TemporaryFolder;

namespace {

Ran adapter_new(const TemporaryFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"adapter", "new"});
  RunOptions options;
  options.directory = folder.path();
  return run_program(arguments, options);
}

}  // namespace

TEST_CASE("a new project carries its own name in every spelling, and nothing of the sample's") {
  TemporaryFolder folder;
  for (const std::string language : {"cpp", "c"}) {
    const Ran made = adapter_new(folder, {"my-new-bank", "--language", language, "--directory", language + "/"});
    INFO(made.err);
    REQUIRE(made.exit == 0);
    CHECK_THAT(made.err, Catch::Contains("README.md"));
    for (const std::string name : {"CMakeLists.txt", "README.md", "test-bank.txt", "test-ledger.txt"}) {
      const std::string text = read_file(folder.path() / language / name);
      CHECK_FALSE(text.empty());
      for (const char* word : {"ledger-file", "ledger_file", "LedgerFile"}) CHECK(text.find(word) == std::string::npos);
    }
    CHECK_THAT(read_file(folder.path() / language / ("my_new_bank." + language)), Catch::Contains("\"my-new-bank\""));
    CHECK_THAT(read_file(folder.path() / language / "CMakeLists.txt"), Catch::Contains("talent_loan_add_adapter(my-new-bank my_new_bank." + language + ")"));
  }
  CHECK_THAT(read_file(folder / "cpp/my_new_bank.cpp"), Catch::Contains("class MyNewBank : public Adapter"));
}

TEST_CASE("the folder is the adapter's name where none is stated, and an empty one may stand there already") {
  TemporaryFolder folder;
  fs::create_directory(folder / "my-bank");
  CHECK(adapter_new(folder, {"my-bank"}).exit == 0);
  CHECK(fs::exists(folder / "my-bank/my_bank.cpp"));
}

TEST_CASE("nothing that is there is touched") {
  TemporaryFolder folder;
  folder.write("my-bank/kept.txt", "kept");
  folder.write("file", "kept");
  CHECK_THAT(adapter_new(folder, {"my-bank"}).err, Catch::Contains("my-bank") && Catch::Contains("no empty folder") && Catch::Contains("--directory"));
  CHECK(adapter_new(folder, {"my-bank", "--directory", "file"}).exit == 1);
  CHECK_THAT(adapter_new(folder, {"my-bank", "--directory", "missing/my-bank"}).err, Catch::Contains("cannot be written"));
  CHECK(folder.names().size() == 3);  // my-bank, what is in it, file
  CHECK(read_file(folder / "my-bank/kept.txt") == "kept");
}

TEST_CASE("a name that is no adapter's name, or would leave its folder, is refused") {
  TemporaryFolder folder;
  for (const std::string& name : {std::string("../up"), std::string("My-Bank"), std::string("1bank"), std::string("bank-"), std::string("银行"), std::string(65, 'a')}) {
    INFO(name);
    const Ran refused = adapter_new(folder, {name});
    CHECK(refused.exit == 1);
    CHECK_THAT(refused.err, Catch::Contains("lower-case letters"));
  }
  CHECK(adapter_new(folder, {"bank", "--language", "java"}).exit == 2);
  CHECK(folder.names().empty());
}
