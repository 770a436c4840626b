#include "core/loss/policy_cases.hpp"

#include <catch2/catch.hpp>

#include "tests/support/run_program.hpp"

using namespace talent_loan;

namespace {

const std::string policies = std::string(TALENT_LOAN_SOURCE_DIR) + "/config/policies";

const char* const policy = R"(schema: talent-loan/policy/1
scheme: s
version: v
effective: {from: 2020-01-01}
eligibility: {require_registry: false}
compensation:
  shares:
    - payer: city
      ratio: [{loan_amount_at_most: 5000000.00, value: 40%}, {value: 20%}]
      plus: [{tag: key-list, value: 15%}]
      ratio_at_most: 50%
    - {payer: district, ratio: 10%, per_claim_at_most: 500.00, when: {level_at_most: district}}
)";

PolicyCasesReport run(const testing::TemporaryFolder& folder, const std::string& cases) {
  folder.write("v.yaml", policy);
  const std::string file =
      folder.write("v.cases.yaml", "schema: talent-loan/policy-cases/1\nversion: v\n" + cases);
  return run_policy_cases(load_policies({folder / "v.yaml"}), file);
}

bool uncovered(const PolicyCasesReport& report, const std::string& rule) {
  for (const Diagnostic& diagnostic : report.uncovered) {
    if (diagnostic.place.field == rule) return true;
  }
  return false;
}

}  // namespace

TEST_CASE(
    "every policy that comes with the product has cases, all of them hold, and no rule is without one") {
  const PolicySet set = load_policies({policies});
  for (const PolicyVersion& version : set.versions()) {
    const PolicyCasesReport report = run_policy_cases(set, cases_file_of(version));
    INFO(version.version.text());
    CHECK(report.version == version.version);
    CHECK(report.cases > 0);
    for (const Diagnostic& difference : report.differences)
      FAIL_CHECK(difference.sentence(Language::english));
    for (const Diagnostic& rule : report.uncovered) FAIL_CHECK(rule.sentence(Language::english));
  }
}

TEST_CASE("a case that comes out otherwise is told with what was expected and what was found") {
  testing::TemporaryFolder folder;
  const PolicyCasesReport report =
      run(folder,
          "split:\n  - {name: wrong by a fen, disbursed_on: 2020-01-01, loan_amount: 1.00, loss: 1.00, "
          "pays: {city: 0.41, district: 0.00}, bank: 0.59}\n");
  REQUIRE(report.differences.size() == 1);
  CHECK(report.differences[0]
            .sentence(Language::english)
            .find("v.cases.yaml:4:5: split[0]: wrong by a fen: expected pays {city: 0.41, district: 0.00} "
                  "bears {city: 0.41, district: 0.00} "
                  "bank 0.59, found pays {city: 0.40, district: 0.00}") != std::string::npos);
}

TEST_CASE("rules without a case are named: tiers, bonuses, caps, conditions and days") {
  testing::TemporaryFolder folder;
  const PolicyCasesReport some =
      run(folder,
          "split:\n  - {name: a, disbursed_on: 2020-01-01, loan_amount: 1.00, loss: 1.00, "
          "pays: {city: 0.40, district: 0.00}, bank: 0.60}\n");
  CHECK(some.differences.empty());
  for (const char* rule :
       {"effective.from: the day before", "effective.from: after it", "compensation.shares[0].ratio[1]",
        "compensation.shares[0].plus[0]: fits", "compensation.shares[0].ratio_at_most: reached",
        "compensation.shares[1]", "compensation.shares[1].per_claim_at_most: reached", "recovery"}) {
    INFO(rule);
    CHECK(uncovered(some, rule));
  }
  for (const char* rule :
       {"effective.from: the day itself", "compensation.shares[0]", "compensation.shares[0].ratio[0]",
        "compensation.shares[0].plus[0]: does not fit", "compensation.shares[1].when: does not hold"}) {
    INFO(rule);
    CHECK_FALSE(uncovered(some, rule));
  }
}

TEST_CASE("the same rules with cases are complete") {
  testing::TemporaryFolder folder;
  const PolicyCasesReport report = run(
      folder,
      "split:\n"
      "  - {name: a, disbursed_on: 2019-12-31, loss: 1.00, version: none}\n"
      "  - {name: b, disbursed_on: 2020-01-01, loan_amount: 5000000.00, tags: [key-list], loss: 1.00, pays: "
      "{city: 0.50, district: 0.00}, bank: 0.50}\n"
      "  - {name: c, disbursed_on: 2020-01-02, loan_amount: 5000000.01, level: district, loss: 10000.00, "
      "pays: {city: 2000.00, district: 500.00}, bank: 7500.00}\n"
      "recovery:\n  - {loss: 1.00, recoveries: [{amount: 1.00}], returned: {city: 0.20, district: 0.00}}\n");
  CHECK(report.cases == 4);
  CHECK(report.good());
}

TEST_CASE("cases of a version that is not loaded, or that are no cases, are an error") {
  const PolicySet set = load_policies({policies + "/weihai-2019.yaml"});
  CHECK_THROWS_AS(run_policy_cases(set, policies + "/jinan-2024.cases.yaml"), Failure);
  CHECK_THROWS_AS(run_policy_cases(set, policies + "/weihai-2019.yaml"), Failure);
  CHECK_THROWS_AS(run_policy_cases(set, "/nonexistent.cases.yaml"), Failure);
}
