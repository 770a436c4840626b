// Loading adapters: what is wrong with a library is told in its own words, before any of it runs where that is
// possible.
#include <filesystem>

#include <catch2/catch.hpp>

#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/session.hpp"
#include "tests/support/run_program.hpp"

namespace fs = std::filesystem;
using namespace talent_loan;
using namespace talent_loan::host;
using talent_loan::testing::Ran;
using talent_loan::testing::read_file;
using talent_loan::testing::run_program;
using talent_loan::testing::TemporaryFolder;

namespace {

const std::string adapters = TALENT_LOAN_TEST_ADAPTERS;

std::string complaint(const std::string& path, const std::optional<std::string>& pin = std::nullopt) {
  try {
    AdapterLibrary::load(store_library(path, pin));
  } catch (const AdapterFailure& failure) {
    CHECK(failure.kind() == AdapterFailure::Kind::not_loaded);
    return failure.sentences(Language::english);
  }
  return "loaded";
}

void check_complaint(const std::string& name, const std::string& words) {
  INFO(name);
  CHECK_THAT(complaint(adapters + "/" + name + ".so"), Catch::Contains(words));
}

}  // namespace

TEST_CASE("an honest library is loaded once and says what it is") {
  const LibraryFile file = store_library(adapters + "/scripted_bank.so", std::nullopt);
  const auto library = AdapterLibrary::load(file);
  CHECK(library->name() == "scripted-bank");
  CHECK(library->major() == TALENT_LOAN_ADAPTER_MAJOR);
  CHECK(AdapterLibrary::load(file) == library);
  CHECK(fs::path(file.stored_path).filename() == file.sha256 + ".so");
  CHECK((fs::status(fs::path(file.stored_path).parent_path()).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("each way of being no adapter has its own message") {
  check_complaint("misloaded_magic", "magic is deadbeef; allowed: 544c4144");
  check_complaint("misloaded_version", "interface version is 9.4, the host's is 1.1");
  check_complaint("misloaded_small_entry", "the entry has only 16 bytes");
  check_complaint("misloaded_no_table", "does not offer the table talent-loan/adapter/1");
  check_complaint("misloaded_small_table", "the table has only 16 bytes");
  check_complaint("misloaded_empty_table", "a function of the table is missing");
  check_complaint("misloaded_any_table", "gives another table by the name of talent-loan/notices/1");
  check_complaint("misloaded_small_notices", "the table talent-loan/notices/1 is not whole (8 bytes)");
  check_complaint("misloaded_empty_notices", "the table talent-loan/notices/1 is not whole (16 bytes)");
  check_complaint("misloaded_no_symbol", "exports no symbol talent_loan_adapter_entry");
  check_complaint("misloaded_undefined", "talent_loan_nobody_defines_this");
  check_complaint("no_such_library", "no_such_library.so");
}

TEST_CASE("files that are no library of this machine are refused unloaded") {
  TemporaryFolder folder;
  CHECK_THAT(complaint(folder.write("empty.so", "")), Catch::Contains("is not a shared library"));
  CHECK_THAT(complaint(folder.write("text.so", "just a text that is long enough to hold a header of some kind")), Catch::Contains("is not a shared library"));
  CHECK_THAT(complaint(folder.path().string()), Catch::Contains(folder.path().string()));

  std::string bytes = read_file(adapters + "/scripted_bank.so");
  bytes[18] = '\x28';  // ELF's machine field: 32-bit ARM
  CHECK_THAT(complaint(folder.write("arm.so", bytes)), Catch::Contains("another architecture"));
  bytes[4] = '\x01';  // ELF's class: 32 bits
  CHECK_THAT(complaint(folder.write("small.so", bytes)), Catch::Contains("another architecture"));
  CHECK_THAT(complaint(folder.write("cut.so", bytes.substr(0, 40))), Catch::Contains("another architecture"));
  CHECK_THAT(complaint(TALENT_LOAN_PROGRAM), Catch::Contains("exports no symbol") || Catch::Contains("cannot be loaded"));
}

TEST_CASE("a library that differs from its pin is not loaded, and both hashes are named") {
  TemporaryFolder folder;
  const std::string path = folder.write("bank.so", read_file(adapters + "/scripted_bank.so"));
  const std::string pin = store_library(path, std::nullopt).sha256;
  CHECK(complaint(path, pin) == "loaded");
  folder.write("bank.so", read_file(path) + "x");
  CHECK_THAT(complaint(path, pin), Catch::Contains(pin) && Catch::Contains("differs from the one pinned"));
}

TEST_CASE("a replaced file under the same path is another library") {
  TemporaryFolder folder;
  const std::string path = folder.write("bank.so", read_file(adapters + "/scripted_bank.so"));
  CHECK(complaint(path) == "loaded");
  folder.write("bank.so", read_file(adapters + "/misloaded_version.so"));
  CHECK_THAT(complaint(path), Catch::Contains("interface version is 9.4"));
}

TEST_CASE("inspect shows a library, and survives one that hangs or dies while it is looked at") {
  const Ran good = run_program({"adapter", "inspect", adapters + "/scripted_bank.so"});
  CHECK(good.exit == 0);
  CHECK_THAT(good.out, Catch::Contains("adapter: scripted-bank") && Catch::Contains("interface: 1.1 (host 1.1)"));
  const Ran version = run_program({"adapter", "inspect", adapters + "/misloaded_version.so"});
  CHECK(version.exit == 1);
  CHECK_THAT(version.err, Catch::Contains("9.4"));
  const Ran crash = run_program({"adapter", "inspect", adapters + "/misloaded_crash.so"});
  CHECK(crash.exit == 1);
  CHECK_THAT(crash.err, Catch::Contains("ended by signal 6"));
  const Ran hang = run_program({"adapter", "inspect", adapters + "/misloaded_hang.so"});
  CHECK(hang.exit == 1);
  CHECK_THAT(hang.err, Catch::Contains("did not end within 5 seconds"));
}
