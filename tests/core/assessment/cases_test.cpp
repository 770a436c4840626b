// The cases that stand beside the tables of config/assessments: a file of indicators in, a file of scores
// out.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/assessment/scoring.hpp"
#include "core/files/yaml.hpp"
#include "tests/support/run_program.hpp"

namespace fs = std::filesystem;
using namespace talent_loan;
using talent_loan::testing::read_file;
using talent_loan::testing::run_program;
using talent_loan::testing::TemporaryFolder;

namespace {

const fs::path tables = TALENT_LOAN_SOURCE_DIR "/config/assessments";

void check_case(const fs::path& table, const YamlValue& one) {
  const YamlMap map = one.map({"name", "indicators", "scores", "says"});
  INFO(table.filename().string() << ": " << *map.required("name").text());
  const TemporaryFolder folder;
  const std::string indicators = folder.write("indicators.csv", *map.required("indicators").text());
  const std::string scores = folder / "scores.csv";
  const auto ran = run_program(
      {"assess", "score", "--scheme", table.string(), "--indicators", indicators, "--scores", scores});
  INFO(ran.err);
  if (map.has("scores")) {
    REQUIRE(ran.exit == 0);
    CHECK(read_file(scores) == *map.required("scores").text());
  } else {
    CHECK(ran.exit == 1);
    CHECK_FALSE(fs::exists(scores));
  }
  for (const YamlValue& piece : map.optional("says").list()) {
    INFO(*piece.text());
    CHECK(ran.err.find(*piece.text()) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("every table that is shipped has cases, and gives them") {
  std::size_t shipped = 0;
  for (const auto& entry : fs::directory_iterator(tables)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".cases.yaml")) continue;
    ++shipped;
    INFO(name);
    fs::path cases = entry.path();
    cases.replace_extension(".cases.yaml");
    REQUIRE(fs::exists(cases));
    YamlProblems problems;
    const YamlMap root = read_yaml(cases.string(), "assessment-cases", {"cases"}, problems);
    for (const YamlValue& one : root.required("cases").filled_list()) check_case(entry.path(), one);
    problems.throw_if_any();
  }
  CHECK(shipped >= 3);
}
