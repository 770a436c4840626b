#include "core/assessment/table.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace talent_loan;
using namespace talent_loan::assessment;

namespace {

std::string with_indicator(const std::string& indicator) {
  return "schema: talent-loan/assessment/1\nid: t\nindicators:\n  - {" + indicator + "}\n";
}

std::string with_formula(const std::string& formula) {
  return with_indicator("id: x, points: 10, formula: {" + formula + "}");
}

std::vector<std::string> problems(const std::string& yaml) {
  try {
    parse_table(yaml, "t.yaml");
  } catch (const Failure& failure) {
    std::vector<std::string> out;
    for (const Diagnostic& one : failure.diagnostics()) out.push_back(one.sentence(Language::english));
    return out;
  }
  return {};
}

void refused(const std::string& yaml, const std::string& because) {
  const auto found = problems(yaml);
  INFO(yaml);
  for (const std::string& one : found) UNSCOPED_INFO(one);
  CHECK(std::any_of(found.begin(), found.end(),
                    [&](const std::string& one) { return one.find(because) != std::string::npos; }));
}

}  // namespace

TEST_CASE("what a table leaves out has a stated meaning") {
  const Table table = parse_table(with_formula("kind: share-of-best"), "t.yaml");
  CHECK(table.round == 2);
  CHECK(table.missing == Missing::error);
  CHECK_FALSE(table.separate_peer_groups);
  CHECK(table.base == Exact());
  CHECK_FALSE(table.year.has_value());
  CHECK(table.grades.empty());
}

TEST_CASE("bands rise, do not overlap and leave no hole") {
  refused(with_formula("kind: bands, bands: [{below: 30, points: 1}, {below: 10, points: 2}, {points: 3}]"),
          "10, which overlaps what stands before it; allowed: more than 30");
  refused(with_formula("kind: bands, bands: [{below: 30, points: 1}, {below: 30, points: 2}, {points: 3}]"),
          "more than 30");
  refused(with_formula("kind: bands, bands: [{points: 1}, {below: 30, points: 2}, {points: 3}]"),
          "no below: what follows is never reached");
  refused(with_formula("kind: bands, bands: [{below: 30, points: 1}]"),
          "the last entry has below too: what lies beyond has no points");
  refused(with_formula("kind: bands, bands: []"), "empty");
}

TEST_CASE("groups of ranks rise, are whole and reach every rank") {
  refused(with_formula("kind: rank-groups, groups: [{to: 5, points: 1}, {to: 2, points: 2}, {points: 3}]"),
          "more than 5");
  refused(with_formula("kind: rank-groups, groups: [{to: 5, points: 1}, {to: 9, points: 2}]"),
          "the last entry has to too");
  refused(with_formula("kind: rank-groups, groups: [{to: 1.5, points: 1}, {points: 2}]"),
          "a whole number from 1 on");
  refused(with_formula("kind: rank-groups, groups: [{to: 0, points: 1}, {points: 2}]"),
          "a whole number from 1 on");
}

TEST_CASE("each kind of formula has its own keys, and needs them") {
  refused(with_formula("kind: share-of-best, step: 1"), "the unknown key \"step\"");
  refused(with_formula("kind: share-of-bets"), "did you mean share-of-best?");
  refused(with_formula("step: 1"), "kind");
  refused(with_formula("kind: rank-ladder"), "neither step nor step_percent");
  refused(with_formula("kind: rank-ladder, step: 1, step_percent: 10"), "both step and step_percent");
  refused(with_formula("kind: target, target: 75"), "under");
  refused(with_formula("kind: target, target: 0, under: prorate"), "a number above 0");
  refused(with_formula("kind: target, target: 75, under: {per: 0, points: 1}"), "a number above 0");
  refused(with_formula("kind: target, target: 75, under: proate"), "did you mean prorate?");
  refused(with_formula("kind: target, target: 75, under: prorate, over: {per: 1, points: 1}"), "at_most");
  refused(with_formula("kind: base-plus, base: 60, reference: mean, per: 1, each: 2"), "\"mean\"");
  refused(with_formula("kind: base-plus, base: 60, reference: 10, per: 1, each: 2, at_most: 1, at_least: 2"),
          "not more than at_most (1)");
  refused(with_formula("kind: per-unit, per: -1, points: 2"), "a number above 0");
  refused(with_formula("kind: linear, from: [1, 2], to: [1, 5]"), "the same value at both ends");
  refused(with_formula("kind: linear, from: [1], to: [1, 5]"), "1 numbers");
  for (const char* kind : {"share-of-best", "share-of-total", "relative-to-average", "rank-ladder, step: 1",
                           "target, target: 1, under: prorate"}) {
    refused(with_indicator("id: x, formula: {kind: " + std::string(kind) + "}"), "points");
  }
}

TEST_CASE("numbers are written as decimals, never as something a float could bend") {
  for (const char* number : {"1e3", "0x10", ".5", "1_000", "+5", "~", "true"}) {
    INFO(number);
    CHECK_FALSE(
        problems(with_indicator("id: x, points: " + std::string(number) + ", formula: {kind: share-of-best}"))
            .empty());
  }
}

TEST_CASE("indicators are named once, and not like the columns of a scores file") {
  refused(
      "schema: talent-loan/assessment/1\nid: t\nindicators:\n  - {id: x, points: 1, formula: {kind: "
      "share-of-best}}\n"
      "  - {id: x, points: 1, formula: {kind: share-of-best}}\n",
      "t.yaml:5:10: indicators[1].id: the indicator \"x\" a second time");
  refused(with_indicator("id: rank, points: 1, formula: {kind: share-of-best}"),
          "a column of every scores file");
  refused("schema: talent-loan/assessment/1\nid: t\nindicators: []\n", "indicators");
  refused("schema: talent-loan/assessment/1\nid: t\n", "indicators");
}

TEST_CASE("a gate reads an indicator that the table knows") {
  refused(with_indicator("id: balance, points: 1, formula: {kind: share-of-best}, zero_unless: {indicator: "
                         "balanec, over: 0}"),
          "the unknown indicator \"balanec\"; allowed: an indicator of the table; did you mean balance?");
  refused(with_indicator("id: x, points: 1, formula: {kind: share-of-best}, zero_unless: {indicator: x}"),
          "no bound");
  CHECK(problems(with_indicator("id: x, points: 1, formula: {kind: share-of-best}, zero_unless: {indicator: "
                                "fraud, at_most: 0}") +
                 "vetoes: [{indicator: fraud, over: 3, then: zero}]\n")
            .empty());
}

TEST_CASE("a veto says what it asks and what then") {
  const auto veto = [](const std::string& one) {
    return with_formula("kind: share-of-best") + "vetoes: [{" + one + "}]\n";
  };
  CHECK(problems(veto("indicator: anything, over: 0, then: {grade: D}")).empty());
  refused(veto("indicator: fraud, then: excluded"), "no bound");
  refused(veto("indicator: fraud, over: 0"), "then");
  refused(veto("indicator: fraud, over: 0, then: exclude"),
          "\"exclude\"; allowed: excluded, zero or {grade: NAME}");
  refused(veto("indicator: fraud, over: 0, then: {grad: D}"), "grade");
}

TEST_CASE("grades fall, and the last takes every lower score") {
  const auto grades = [](const std::string& list) {
    return with_formula("kind: share-of-best") + "grades: [" + list + "]\n";
  };
  refused(grades("{at_least: 75, name: B}, {at_least: 90, name: A}, {name: C}"),
          "90, not below the grade before; allowed: less than 75");
  refused(grades("{at_least: 75, name: B}, {at_least: 75, name: A}, {name: C}"), "less than 75");
  refused(grades("{name: B}, {at_least: 75, name: A}, {name: C}"), "never reached");
  refused(grades("{at_least: 75, name: A}"), "lower scores have no grade");
}

TEST_CASE("marks add up to what the table says, where it says it") {
  const std::string two =
      "schema: talent-loan/assessment/1\nid: t\nbase: 5\nindicators:\n  - {id: x, points: 10, formula: "
      "{kind: share-of-best}}\n"
      "  - {id: y, points: 85, formula: {kind: share-of-best}}\n";
  CHECK(problems(two + "total_points: 100\n").empty());
  refused(two + "total_points: 95\n",
          "t.yaml:7:15: total_points: 95 stated, but the base and the indicators' points add up to 100");
}

TEST_CASE("marks beyond the full marks are allowed, and the reader is warned") {
  const Table table =
      parse_table(with_formula("kind: bands, bands: [{below: 30, points: 12}, {points: 5}]"), "t.yaml");
  REQUIRE(table.warnings.size() == 1);
  CHECK(table.warnings[0].sentence(Language::english) ==
        "t.yaml:4:5: indicators[0]: the formula gives up to 12 points, full marks are 10; what lies above is "
        "cut");
}

TEST_CASE("every error of a table is told at once, with its place") {
  const auto found = problems(
      "schema: talent-loan/assessment/1\nid: t\nround: 12\nmising: zero\nindicators:\n"
      "  - {id: x, points: ten, formula: {kind: share-of-best}}\n  - {id: y, formula: {kind: bands, bands: "
      "[{points: 1}]}, cites: a}\n");
  REQUIRE(found.size() == 4);
  CHECK(found[0].starts_with("t.yaml:3:8: round: "));
  CHECK(found[1].starts_with("t.yaml:4:1: mising: the unknown key \"mising\""));
  CHECK(found[2].starts_with("t.yaml:6:21: indicators[0].points: \"ten\""));
  CHECK(found[3].starts_with("t.yaml:7:"));
}

TEST_CASE("another weight scales all points of an indicator") {
  const Table table =
      parse_table(with_formula("kind: bands, bands: [{below: 30, points: 4}, {points: 10}]"), "t.yaml");
  const Table heavier = reweighted(table, "x", Exact(15));
  CHECK(*heavier.indicators[0].points == Exact(15));
  CHECK(std::get<Bands>(heavier.indicators[0].formula).bands[0].points == Exact(6));
  CHECK_THROWS_AS(reweighted(table, "y", Exact(15)), Failure);
  const Table unweighted =
      parse_table(with_indicator("id: x, formula: {kind: per-unit, per: 1, points: 1}"), "t.yaml");
  CHECK_THROWS_AS(reweighted(unweighted, "x", Exact(15)), Failure);
}
