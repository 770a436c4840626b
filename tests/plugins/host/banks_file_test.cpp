#include <catch2/catch.hpp>

#include "plugins/host/banks/banks_file.hpp"
#include "plugins/host/library/adapter_library.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::host;
using talent_loan::testing::read_file;
using talent_loan::testing::TemporaryFolder;

namespace {

const std::string library = std::string(TALENT_LOAN_TEST_ADAPTERS) + "/scripted_bank.so";

std::string complaints(const TemporaryFolder& folder) {
  try {
    load_banks(folder.path().string());
  } catch (const Failure& failure) {
    return failure.sentences(Language::english);
  }
  return {};
}

}  // namespace

TEST_CASE("a binding carries its configuration verbatim and the folder that paths in it are relative to") {
  TemporaryFolder folder;
  folder.write("banks/a.conf", "first: 1\n# kept\n");
  folder.write("banks.yaml", "schema: talent-loan/banks/1\nbanks:\n  - id: a\n    name: 甲银行\n    adapter: flat-file\n    config: banks/a.conf\n"
                             "  - id: b\n    adapter: ./b.so\n    isolation: in-process\n    serves: several\n    timeout_seconds: 5\n    attempts: 1\n"
                             "    config_text: |\n      x;y\n      z\n");
  const auto banks = load_banks(folder.path().string());
  REQUIRE(banks.size() == 2);
  CHECK(banks[0].config == "first: 1\n# kept\n");
  CHECK(banks[0].base_directory == folder / "banks");
  CHECK(banks[0].isolation == Isolation::process);
  CHECK(banks[0].name.english == "甲银行");
  CHECK(banks[1].config == "x;y\nz\n");
  CHECK(banks[1].isolation == Isolation::in_process);
  CHECK(banks[1].serves_several);
  CHECK(banks[1].timeout == std::chrono::seconds(5));
}

TEST_CASE("every error of banks.yaml is told at once") {
  TemporaryFolder folder;
  folder.write("banks.yaml", "schema: talent-loan/banks/1\nbanks:\n  - id: a\n    adaptor: x\n    isolation: thread\n  - id: a\n    adapter: x\n"
                             "    library_sha256: abc\n");
  const std::string said = complaints(folder);
  CHECK_THAT(said, Catch::Contains("adaptor") && Catch::Contains("adapter") && Catch::Contains("thread") && Catch::Contains("stands here twice") &&
                       Catch::Contains("64 lower-case"));
}

TEST_CASE("pin writes the hash into banks.yaml and touches nothing else") {
  TemporaryFolder folder;
  folder.write("banks.yaml", "schema: talent-loan/banks/1\nbanks:\n  # the first\n  - id: a   # kept\n    adapter: " + library +
                                 "\n  - {id: b, adapter: " + library + "}\n");
  const std::string sha256 = store_library(library, std::nullopt).sha256;
  CHECK(pin_libraries(folder.path().string(), {}).size() == 2);
  const std::string expected = "schema: talent-loan/banks/1\nbanks:\n  # the first\n  - id: a   # kept\n    library_sha256: " + sha256 + "\n    adapter: " + library +
                               "\n  - {library_sha256: " + sha256 + ", id: b, adapter: " + library + "}\n";
  CHECK(read_file(folder / "banks.yaml") == expected);
  CHECK(pin_libraries(folder.path().string(), {"b"}).size() == 1);
  CHECK(read_file(folder / "banks.yaml") == expected);
  CHECK_THROWS_AS(pin_libraries(folder.path().string(), {"c"}), Failure);
}

TEST_CASE("limits and breaker are read with their units, and their defaults hold where they are not stated") {
  TemporaryFolder folder;
  folder.write("banks.yaml", "schema: talent-loan/banks/1\nbanks:\n  - id: a\n    adapter: flat-file\n"
                             "  - id: b\n    adapter: flat-file\n    breaker: {failures: 2, pause_minutes: 5, pause_minutes_at_most: 60}\n    limits: {file_mb: 3}\n");
  const auto banks = load_banks(folder.path().string());
  CHECK(banks[0].breaker.failures == 5);
  CHECK(banks[0].breaker.pause == std::chrono::minutes(15));
  CHECK(banks[0].breaker.pause_at_most == std::chrono::hours(24));
  CHECK(banks[0].limits.file_bytes == std::uint64_t{1} << 30);
  CHECK(banks[1].breaker.failures == 2);
  CHECK(banks[1].breaker.pause == std::chrono::minutes(5));
  CHECK(banks[1].breaker.pause_at_most == std::chrono::minutes(60));
  CHECK(banks[1].limits.file_bytes == std::uint64_t{3} << 20);
}

TEST_CASE("a breaker that pauses for longer than its longest pause, or never or forever, is refused") {
  TemporaryFolder folder;
  folder.write("banks.yaml", "schema: talent-loan/banks/1\nbanks:\n  - id: a\n    adapter: x\n    breaker: {pause_minutes: 30, pause_minutes_at_most: 29}\n"
                             "  - id: b\n    adapter: x\n    breaker: {failures: -1, pause_minutes: 0}\n    limits: {file_mb: 0}\n");
  const std::string said = complaints(folder);
  CHECK_THAT(said, Catch::Contains("pause_minutes_at_most: is less than pause_minutes") && Catch::Contains("breaker.failures") && Catch::Contains("breaker.pause_minutes") &&
                       Catch::Contains("limits.file_mb"));
}
