#include "core/assessment/scoring.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "core/assessment/explain.hpp"
#include "core/files/yaml.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::assessment;

namespace {

std::string table_of(const std::string& indicators, const std::string& rest = "") {
  return "schema: talent-loan/assessment/1\nid: t\n" + rest + "indicators:\n" + indicators;
}

struct Scored {
  Table table;
  Values values;
  Scoring scoring;

  std::string points(const std::string& bank, std::size_t indicator) const {
    return scoring.of_bank(*values.bank_index(bank))->points[indicator].fixed(table.round);
  }
  // "1 A 10.00 good, 2 B 5.00 bad"
  std::string ranking() const {
    std::string out;
    for (const BankScore& one : scoring.ranked) {
      out += fmt::format("{}{} {} {}{}", out.empty() ? "" : ", ", one.rank, values.banks()[one.bank].text(),
                         one.score.fixed(table.round), one.grade.empty() ? "" : " " + one.grade);
    }
    return out;
  }
};

using Cell = std::tuple<std::string, std::string, std::string>;

Scored scored(const std::string& yaml, const std::vector<Cell>& cells) {
  Table table = parse_table(yaml, "t.yaml");
  Values values(table);
  for (const auto& [bank, indicator, value] : cells)
    values.add(values.add_bank(bank), indicator, *Exact::parse(value));
  Scoring scoring = score(table, values);
  return {std::move(table), std::move(values), std::move(scoring)};
}

// One indicator of 10 points whose points are its value.
const std::string plain = "  - {id: x, points: 10, formula: {kind: linear, from: [0, 0], to: [10, 10]}}\n";

}  // namespace

TEST_CASE("every kind of formula gives the points of its cases") {
  YamlProblems problems;
  const YamlMap root = read_yaml(TALENT_LOAN_SOURCE_DIR "/tests/core/assessment/points.cases.yaml",
                                 "assessment-points", {"cases"}, problems);
  std::size_t count = 0;
  for (const YamlValue& one : root.required("cases").filled_list()) {
    const YamlMap map = one.map({"name", "indicator", "values", "points", "warnings"});
    INFO(*map.required("name").text());
    std::vector<Cell> cells;
    const auto values = map.required("values").filled_list();
    for (std::size_t i = 0; i < values.size(); ++i)
      cells.emplace_back(fmt::format("B{}", i), "x", *values[i].text());
    const Scored result = scored(table_of("  - {id: x, " + *map.required("indicator").text() + "}\n"), cells);
    const auto expected = map.required("points").filled_list();
    REQUIRE(expected.size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      CHECK(result.points(fmt::format("B{}", i), 0) == *expected[i].text());
    CHECK(static_cast<std::int64_t>(result.scoring.warnings.size()) ==
          map.optional("warnings").integer(0, 9).value_or(0));
    ++count;
  }
  problems.throw_if_any();
  CHECK(count >= 30);
}

TEST_CASE("the highest score is first, equal scores share a rank in byte order of bank") {
  const Scored result =
      scored(table_of(plain),
             {{"c", "x", "5"}, {"B", "x", "5"}, {"A", "x", "1"}, {"d", "x", "9"}, {"E", "x", "5.004"}});
  CHECK(result.ranking() == "1 d 9.00, 2 B 5.00, 2 E 5.00, 2 c 5.00, 5 A 1.00");
}

TEST_CASE("the score is the base and the sum of rounded points") {
  const Scored result = scored(
      table_of(plain + "  - {id: y, points: 10, formula: {kind: linear, from: [0, 0], to: [10, 10]}}\n",
               "base: 40\nround: 1\n"),
      {{"A", "x", "1.25"}, {"A", "y", "1.25"}, {"B", "x", "1.24"}, {"B", "y", "1.24"}});
  CHECK(result.ranking() == "1 A 42.6, 2 B 42.4");
}

TEST_CASE("a missing value stops the scoring, counts as 0, or leaves the bank out") {
  const std::string two = plain + "  - {id: y, points: 10, formula: {kind: share-of-best}}\n";
  const std::vector<Cell> cells{{"A", "x", "5"}, {"A", "y", "50"}, {"B", "x", "7"}, {"C", "y", "100"}};
  try {
    scored(table_of(two), cells);
    FAIL("no error");
  } catch (const Failure& failure) {
    const std::string text = failure.sentences(Language::english);
    INFO(text);
    CHECK(text.find("the bank \"B\" has no value of the indicator \"y\"") != std::string::npos);
    CHECK(text.find("the bank \"C\" has no value of the indicator \"x\"") != std::string::npos);
    CHECK(text.find("\"A\"") == std::string::npos);
  }
  CHECK(scored(table_of(two, "missing: zero\n"), cells).ranking() == "1 A 10.00, 1 C 10.00, 3 B 7.00");
  const Scored excluded = scored(table_of(two, "missing: exclude\n"), cells);
  CHECK(excluded.ranking() == "1 A 15.00");  // C is no peer: A's 50 is the best
  CHECK(excluded.scoring.left_out.size() == 2);
}

TEST_CASE("a gate turns points to 0, and no more") {
  const std::string gated =
      "  - {id: x, points: 10, formula: {kind: share-of-best}, zero_unless: {indicator: y, at_least: 60}}\n"
      "  - {id: y, points: 5, formula: {kind: bands, bands: [{points: 5}]}}\n";
  const Scored result =
      scored(table_of(gated), {{"A", "x", "100"}, {"A", "y", "59.99"}, {"B", "x", "50"}, {"B", "y", "60"}});
  CHECK(result.ranking() == "1 B 10.00, 2 A 5.00");  // A stays a peer: its 100 is the best
}

TEST_CASE("an excluded bank is no peer at all") {
  const std::string yaml = table_of(
                               "  - {id: x, points: 10, formula: {kind: share-of-best}}\n  - {id: y, points: "
                               "10, formula: {kind: rank-ladder, step: 1}}\n"
                               "  - {id: z, points: 10, formula: {kind: relative-to-average}}\n") +
                           "vetoes: [{indicator: fraud, over: 0, then: excluded}]\n";
  std::vector<Cell> cells;
  for (const char* id : {"x", "y", "z"}) {
    cells.insert(cells.end(), {{"A", id, "10"}, {"B", id, "5"}, {"C", id, "1000"}});
  }
  cells.emplace_back("C", "fraud", "1");
  cells.emplace_back("B", "fraud", "0");
  const Scored result = scored(yaml, cells);
  CHECK(result.ranking() == "1 A 30.00, 2 B 20.67");
  REQUIRE(result.scoring.left_out.size() == 1);
  CHECK(left_out_sentence(result.table, result.values, result.scoring.left_out[0]).english ==
        "the bank C is not ranked; veto: fraud = 1 (> 0), excluded");
}

TEST_CASE("a bank that is excluded may lack values") {
  const Scored result =
      scored(table_of(plain) + "vetoes: [{indicator: fraud, at_least: 1, then: excluded}]\n",
             {{"A", "x", "1"}, {"B", "fraud", "1"}});
  CHECK(result.ranking() == "1 A 1.00");
}

TEST_CASE("a veto of zero leaves the bank a peer, with its points, and a total of 0") {
  const std::string yaml =
      table_of("  - {id: x, points: 10, formula: {kind: share-of-best}}\n", "base: 5\n") +
      "vetoes: [{indicator: fraud, over: 0, then: zero}]\ngrades: [{at_least: 10, name: good}, {name: "
      "bad}]\n";
  const Scored result = scored(yaml, {{"A", "x", "10"}, {"B", "x", "20"}, {"B", "fraud", "0.01"}});
  CHECK(result.ranking() == "1 A 10.00 good, 2 B 0.00 bad");
  CHECK(result.points("B", 0) == "10.00");
}

TEST_CASE("a veto of a grade fixes the grade and not the score") {
  const std::string yaml = table_of(plain) +
                           "vetoes: [{indicator: x, below: 6, then: {grade: poor}}, {indicator: x, at_most: "
                           "2, then: {grade: worse}}]\n"
                           "grades: [{at_least: 5, name: good}, {name: bad}]\n";
  CHECK(scored(yaml, {{"A", "x", "6"}, {"B", "x", "5"}, {"C", "x", "2"}}).ranking() ==
        "1 A 6.00 good, 2 B 5.00 poor, 3 C 2.00 poor");
}

TEST_CASE("a veto on an indicator that a bank does not have does not hold") {
  const std::string yaml = table_of(plain, "missing: zero\n") +
                           "vetoes: [{indicator: audit, below: 60, then: zero}, {indicator: x, at_most: 0, "
                           "then: {grade: none}}]\n";
  const Scored result = scored(yaml, {{"A", "x", "6"}, {"B", "other", "5"}});
  CHECK(result.ranking() == "1 A 6.00, 2 B 0.00 none");  // B's missing x counts as 0, also for the veto
}

TEST_CASE("grades go by the rounded score") {
  const std::string yaml =
      table_of(plain) + "grades: [{at_least: 9, name: A}, {at_least: 7.5, name: B}, {name: C}]\n";
  CHECK(scored(yaml, {{"a", "x", "8.995"}, {"b", "x", "8.9949"}, {"c", "x", "7.5"}, {"d", "x", "0"}})
            .ranking() == "1 a 9.00 A, 2 b 8.99 B, 3 c 7.50 B, 4 d 0.00 C");
}

TEST_CASE("separate peer groups have their own best, ranks and mean, and one ranking") {
  const std::string yaml = table_of(
                               "  - {id: x, points: 10, formula: {kind: share-of-best}}\n  - {id: y, points: "
                               "10, formula: {kind: rank-ladder, step: 4}}\n"
                               "  - {id: z, points: 10, formula: {kind: relative-to-average}}\n",
                               "peer_groups: separate\n") +
                           "groups: {large: [A, B], small: [C, D]}\n";
  std::vector<Cell> cells;
  for (const char* id : {"x", "y", "z"}) {
    cells.insert(cells.end(),
                 {{"A", id, "100"}, {"B", id, "50"}, {"C", id, "4"}, {"D", id, "2"}, {"E", id, "-1"}});
  }
  const Scored result = scored(yaml, cells);
  CHECK(result.points("B", 0) == "5.00");
  CHECK(result.points("D", 0) == "5.00");
  CHECK(result.points("C", 1) == "10.00");
  CHECK(result.points("D", 1) == "6.00");
  CHECK(result.points("D", 2) == "6.67");
  CHECK(result.ranking() == "1 A 30.00, 1 C 30.00, 3 B 17.67, 3 D 17.67, 5 E 10.00");
  CHECK(result.scoring.warnings.size() == 2);  // E stands alone with a best and a mean below 0
}

TEST_CASE("an explanation shows values, filled-in formulas, points and clauses") {
  const std::string yaml =
      table_of(
          "  - {id: x, title: Balance, points: 10, formula: {kind: share-of-best}, cite: \"§4\"}\n"
          "  - {id: y, points: 10, formula: {kind: rank-ladder, step: 2}, zero_unless: {indicator: x, over: "
          "60}}\n"
          "  - {id: z, formula: {kind: per-unit, per: 1, points: -2, at_most: 3}, cite: \"§2\"}\n",
          "base: 1\n") +
      "vetoes: [{indicator: z, over: 1, then: zero, cite: \"§9\"}]\n";
  const Scored result = scored(yaml, {{"A", "x", "60"},
                                      {"A", "y", "1"},
                                      {"A", "z", "2"},
                                      {"B", "x", "90"},
                                      {"B", "y", "1"},
                                      {"B", "z", "-0"}});
  CHECK(explain(result.table, result.values, result.scoring, BankId("A")).english ==
        "A  rank 2, score 0.00\n"
        "base: 1\n"
        "Balance (x): 60\n"
        "    10 × 60 ÷ 90 (best value) = ≈6.666667 → 6.67/10  [§4]\n"
        "y (y): 1\n"
        "    x = 60, not > 60: 0 points → 0.00/10\n"
        "z (z): 2\n"
        "    whole part of (2 ÷ 1) × (-2), at most 3 either way = -3 → -3.00  [§2]\n"
        "veto: z = 2 (> 1), the total is 0  [§9]\n");
  CHECK_THROWS_AS(explain(result.table, result.values, result.scoring, BankId("Z")), Failure);
}

TEST_CASE("an explanation says why everyone has nothing") {
  const Scored result = scored(table_of("  - {id: x, formula: {kind: base-plus, base: 5, reference: average, per: 1, each: 1}}\n"),
                               {{"A", "x", "-1"}, {"B", "x", "1"}});
  CHECK(explain(result.table, result.values, result.scoring, BankId("B")).english ==
        "B  rank 1, score 0.00\nx (x): 1\n    the mean is 0, 0 or less: every bank has 0 points = 0 → 0.00\n");
}

TEST_CASE("a change of weight shows who moves") {
  const std::string yaml = table_of(
      "  - {id: x, points: 10, formula: {kind: share-of-best}}\n  - {id: y, points: 10, formula: {kind: "
      "share-of-best}}\n");
  const Scored before = scored(yaml, {{"A", "x", "10"}, {"A", "y", "6"}, {"B", "x", "5"}, {"B", "y", "10"}});
  CHECK(before.ranking() == "1 A 16.00, 2 B 15.00");
  const Scoring after = score(reweighted(before.table, "y", Exact(20)), before.values);
  const auto moved = moves(before.scoring, after);
  REQUIRE(moved.size() == 2);
  CHECK(before.values.banks()[moved[0].bank].text() == "B");
  CHECK(moved[0].rank_before == 2);
  CHECK(moved[0].rank_after == 1);
  CHECK(moved[0].score_after == Exact(25));
}
