#include "core/loss/loss.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace talent_loan;

namespace {

PolicyVersion policy(const std::string& shares, const std::string& ceiling = "100%") {
  return parse_policy(
             "schema: talent-loan/policy/1\nscheme: s\nversion: v\neffective: {from: 2020-01-01}\n"
             "compensation:\n  ceiling: " +
                 ceiling + "\n  shares:\n" + shares,
             "p.yaml")
      .versions()
      .front();
}

// "city 800000.00/500000.00 province 0.00/300000.00 bank 200000.00": pays/bears of each payer.
std::string split(const PolicyVersion& version, const char* loss, const LoanFacts& facts = {}) {
  const LossSplit split = split_loss(version, facts, *parse_yuan(loss));
  std::string out;
  for (const PayerAmount& amount : split.payers) {
    out += fmt::format("{} {}/{} ", amount.payer.text(), format_yuan(amount.pays), format_yuan(amount.bears));
  }
  return out + "bank " + format_yuan(split.bank_bears);
}

PolicyVersion configured(const std::string& version) {
  return load_policies({std::string(TALENT_LOAN_SOURCE_DIR) + "/config/policies/" + version + ".yaml"})
      .versions()
      .front();
}

}  // namespace

TEST_CASE("losses under the Zibo opinion split as worked by hand") {
  const PolicyVersion zibo = configured("zibo-2020-56");
  CHECK(split(zibo, "1000000.00") == "city 800000.00/500000.00 province 0.00/300000.00 bank 200000.00");
  CHECK(split(zibo, "0.01") == "city 0.00/0.00 province 0.00/0.00 bank 0.01");
  CHECK(split(zibo, "333333.33") == "city 266666.66/166666.67 province 0.00/99999.99 bank 66666.67");
  CHECK(split(zibo, "0.00") == "city 0.00/0.00 province 0.00/0.00 bank 0.00");
  CHECK(split(configured("zibo-before-2020-56"), "1000000.00") ==
        "city 500000.00/200000.00 province 0.00/300000.00 bank 500000.00");
}

TEST_CASE("an award on top fills what is left below the ceiling") {
  const std::string shares = "    - {payer: city, ratio: 80%}\n    - {payer: province, ratio: 30%}\n";
  CHECK(split(policy(shares), "1000000.00") ==
        "city 800000.00/800000.00 province 200000.00/200000.00 bank 0.00");
  CHECK(split(policy(shares, "90%"), "1000000.00") ==
        "city 800000.00/800000.00 province 100000.00/100000.00 bank 100000.00");
}

TEST_CASE("members share by parts and the first takes the left-over fen") {
  const PolicyVersion version =
      policy("    - {ratio: 70%, among: [{payer: city, part: 6}, {payer: district, part: 4}]}\n");
  CHECK(split(version, "1000000.00") ==
        "city 420000.00/420000.00 district 280000.00/280000.00 bank 300000.00");
  CHECK(split(version, "0.03") == "city 0.02/0.02 district 0.00/0.00 bank 0.01");
}

TEST_CASE("a payer named by several shares pays their sum, each capped per claim") {
  const PolicyVersion version = policy(
      "    - {payer: city, ratio: 10%, per_claim_at_most: 5.00}\n    - {payer: city, ratio: 20%}\n"
      "    - {payer: province, ratio: 50%, reimburses: city, per_claim_at_most: 7.00}\n    - {payer: state, "
      "ratio: 50%, reimburses: province}\n");
  CHECK(split(version, "100.00") == "city 25.00/18.00 province 0.00/0.00 state 0.00/7.00 bank 75.00");
}

TEST_CASE("a share exists only where its condition holds, and its tier follows the loan") {
  const PolicyVersion version = configured("jinan-2024");
  const auto at = [](Level level) {
    return LoanFacts{.loan_amount = {}, .level = level, .programme = "", .tags = {}};
  };
  CHECK(split(version, "1000000.00", at(Level::municipal)) ==
        "city 420000.00/420000.00 district 280000.00/280000.00 bank 300000.00");
  CHECK(split(version, "1000000.00", at(Level::district)) ==
        "city 0.00/0.00 district 700000.00/700000.00 bank 300000.00");
  CHECK(split(version, "1000000.00") == "city 0.00/0.00 district 0.00/0.00 bank 1000000.00");
}

TEST_CASE("the largest loss that a file may hold splits without overflow") {
  const PolicyVersion version = policy(
      "    - {ratio: 100%, plus: [{value: 100%}, {value: 100%}], among: [{payer: a, part: 999999}, {payer: "
      "b, part: 1000000}]}\n");
  CHECK(split(version, "999999999999999.99") ==
        "a 499999749999875.00/499999749999875.00 b 500000250000124.99/500000250000124.99 bank 0.00");
}

TEST_CASE("the principal loss is what is outstanding less what was recovered") {
  CHECK(principal_loss(Fen(100), Fen(30)) == Fen(70));
  CHECK(principal_loss(Fen(100), Fen(100)) == Fen(0));
}
