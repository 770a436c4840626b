// Commands around adapter libraries, run as their users do: pinning a library's hash, making the key that signs one.
#include <filesystem>

#include <catch2/catch.hpp>

#include "plugins/host/library/adapter_library.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan::host;
using talent_loan::testing::Ran;
using talent_loan::testing::read_file;
using talent_loan::testing::run_program;
using talent_loan::testing::TemporaryFolder;

TEST_CASE("adapter pin keeps the line ends of banks.yaml, and a last line without one") {
  const std::string library = std::string(TALENT_LOAN_TEST_ADAPTERS) + "/scripted_bank.so";
  const std::string sha256 = store_library(library, std::nullopt).sha256;
  for (const std::string end : {"\r\n", "\n"}) {
    for (const bool id_last : {false, true}) {
      INFO((end == "\n" ? "LF" : "CRLF") << (id_last ? ", id on the last line" : ""));
      const std::string head = "schema: talent-loan/banks/1" + end + "banks:" + end;
      const std::string first = "  - {id: a, adapter: " + library + "}" + end + "  - ", adapter = "adapter: " + library;
      const std::string pinned = head + "  - {library_sha256: " + sha256 + ", id: a, adapter: " + library + "}" + end + "  - ";
      const std::string pin = "library_sha256: " + sha256;
      TemporaryFolder folder;
      folder.write("banks.yaml", head + first + (id_last ? adapter + end + "    id: b" : "id: b" + end + "    " + adapter));
      const std::string expected = pinned + (id_last ? adapter + end + "    id: b" + end + "    " + pin : "id: b" + end + "    " + pin + end + "    " + adapter);
      for (int again = 0; again < 2; ++again) {  // the second time in place of what the first wrote
        const Ran ran = run_program({"--config", folder.path().string(), "adapter", "pin"});
        INFO(ran.err);
        CHECK(ran.exit == 0);
        CHECK(read_file(folder / "banks.yaml") == expected);
      }
    }
  }
}

TEST_CASE("keys new says whom the public key is for: who checks receipts, and who checks adapters") {
  TemporaryFolder folder;
  const Ran english = run_program({"keys", "new", folder / "a.pem"});
  CHECK(english.exit == 0);
  CHECK_THAT(english.err, Catch::Contains("a.pem.pub") && Catch::Contains("receipts") && Catch::Contains("adapters"));
  const Ran chinese = run_program({"--lang", "zh", "keys", "new", folder / "b.pem"});
  CHECK_THAT(chinese.err, Catch::Contains("b.pem.pub") && Catch::Contains("回执") && Catch::Contains("适配器"));
}
