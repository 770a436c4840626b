// `talent-loan policy check|explain|test`, as their users run them.
#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/support/run_program.hpp"

using namespace talent_loan::testing;

namespace {

const std::string policies = std::string(TALENT_LOAN_SOURCE_DIR) + "/config/policies";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const char* const open_policy =
    "schema: talent-loan/policy/1\nscheme: s\nversion: v\ntitle: t\ndocument: d\neffective: {from: "
    "2020-01-01}\ngoverned_by: disbursed_on\n"
    "eligibility: {require_registry: false}\nrecovery: {costs: borne-by-bank}\ncompensation:\n  shares:\n";

}  // namespace

TEST_CASE("policy check prints one line per version") {
  const Ran ran = run_program({"policy", "check", policies});
  CHECK(ran.exit == 0);
  CHECK(ran.err.empty());
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 4);
  CHECK(contains(ran.out, "zibo-2020-56         2020-05-26 to 2020-12-31  淄政办字〔2020〕56号"));
}

TEST_CASE("policy check names every error of every file with line and column and fails") {
  TemporaryFolder folder;
  folder.write(
      "a.yaml",
      std::string(open_policy) +
          "    - {payer: city, ratio: 0.8}\n    - {payer: province, ratio: 30%, reimburses: ctiy}\n");
  folder.write("b.yaml", "schema: talent-loan/policy/1\nversoin: x\n");
  const Ran ran = run_program({"policy", "check", folder.path()});
  CHECK(ran.exit == 1);
  CHECK(ran.out.empty());
  CHECK(contains(ran.err,
                 "a.yaml:12:28: compensation.shares[0].ratio: \"0.8\"; allowed: a percentage from 0% to "
                 "100%; write a percentage with its sign, as in 80% (not 0.8)"));
  CHECK(contains(ran.err,
                 "a.yaml:13:49: compensation.shares[1].reimburses: \"ctiy\" is no earlier payer; allowed: "
                 "city; did you mean city?"));
  CHECK(contains(ran.err, "b.yaml:2:1: versoin: the unknown key"));
  CHECK(contains(ran.err, "the key scheme is missing"));
  const Ran chinese = run_program({"--lang", "zh", "policy", "check", folder.path()});
  CHECK(contains(chinese.err, "请"));
  CHECK(contains(chinese.err, "允许："));
}

TEST_CASE("policy check warns of gaps and rules without a clause, and still succeeds") {
  TemporaryFolder folder;
  const std::string file =
      folder.write("a.yaml", std::string(open_policy) + "    - {payer: city, ratio: 80%}\n");
  const Ran ran = run_program({"policy", "check", file});
  CHECK(ran.exit == 0);
  CHECK(
      contains(ran.err, "warning: " + file + ":12:7: compensation.shares[0]: no clause is cited; add cite"));
  CHECK(run_program({"policy", "check", file, "--quiet"}).err.empty());
}

TEST_CASE("policy explain tells who may borrow and who pays, with clauses and a worked loss") {
  const Ran ran =
      run_program({"policy", "explain", policies, "--on", "2020-06-01", "--scheme", "zibo-talent-loan"});
  CHECK(ran.exit == 0);
  CHECK(contains(ran.out, "1. talents of provincial level or above [§4]"));
  CHECK(contains(ran.out, "1. city pays 80% of the principal loss [§4]"));
  CHECK(contains(
      ran.out,
      "2. province bears, and reimburses to city without paying the bank, 30% of the principal loss [§4]"));
  CHECK(contains(ran.out,
                 "  city      800000.00  500000.00\n  province       0.00  300000.00\n  bank                 "
                 "200000.00\n"));
  const Ran chinese = run_program({"policy", "explain", policies + "/zibo-2020-56.yaml", "--on", "2020-06-01",
                                   "--loss", "333333.33", "--lang", "zh"});
  CHECK(contains(chinese.out,
                 "2. 省级财政（province）承担并补给市级财政（city）（不直接付给银行）本金损失的 30%〔§4〕"));
  CHECK(contains(chinese.out, "  市级财政（city）      266666.66  166666.67\n"));
  CHECK(contains(chinese.out, "  银行                              66666.67\n"));
}

TEST_CASE("policy explain works the loss for every kind of loan that the policy tells apart") {
  const Ran ran =
      run_program({"policy", "explain", policies, "--on", "2024-06-01", "--scheme", "jinan-talent-loan"});
  CHECK(
      contains(ran.out, "  district         0.00        0.00      700000.00       700000.00   300000.00\n"));
  CHECK(
      contains(ran.out, "  national    420000.00   420000.00      280000.00       280000.00   300000.00\n"));
  TemporaryFolder folder;
  const std::string file =
      folder.write("a.yaml", std::string(open_policy) +
                                 "    - payer: city\n      ratio: [{loan_amount_at_most: 500.00, value: "
                                 "40%}, {loan_amount_at_most: 900.00, value: 30%}, {value: 20%}]\n"
                                 "      plus: [{tag: key-list, value: 15%}]\n      ratio_at_most: 50%\n      "
                                 "per_claim_at_most: 9.00\n");
  const Ran tiers = run_program({"policy", "explain", file, "--on", "2024-06-01", "--loss", "10.00"});
  CHECK(contains(tiers.out,
                 "city pays a part of the principal loss: 40% for loans of at most 500.00 yuan; 30% for "
                 "loans of at most 900.00 yuan; 20% otherwise; "
                 "plus 15% for loans "
                 "tagged key-list; at most 50% in all; at most 9.00 yuan per claim"));
  CHECK(contains(tiers.out, "  at most 500.00 yuan, no tag                4.00        4.00        6.00\n"));
  CHECK(contains(tiers.out, "  at most 500.00 yuan, key-list              5.00        5.00        5.00\n"));
  CHECK(contains(tiers.out, "  over 500.00 to 900.00 yuan, key-list       4.50        4.50        5.50\n"));
  CHECK(contains(tiers.out, "  over 900.00 yuan, no tag                   2.00        2.00        8.00\n"));
}

TEST_CASE("policy explain on a day without a version fails and shows the periods there are") {
  const Ran ran =
      run_program({"policy", "explain", policies, "--on", "2021-06-01", "--scheme", "zibo-talent-loan"});
  CHECK(ran.exit == 1);
  CHECK(ran.out.empty());
  CHECK(contains(ran.err, "no policy version is in force on 2021-06-01 (NO_POLICY_IN_FORCE)"));
  CHECK(contains(ran.err, "zibo-2020-56 2020-05-26 to 2020-12-31"));
}

TEST_CASE("wrong usage of the policy commands ends with 2") {
  CHECK(run_program({"policy"}).exit == 2);
  CHECK(run_program({"policy", "check"}).exit == 2);
  CHECK(run_program({"policy", "explain", policies}).exit == 2);
  CHECK(run_program({"policy", "explain", policies, "--on", "2020-02-30"}).exit == 2);
  CHECK(run_program({"policy", "explain", policies, "--on", "2020-02-28", "--loss", "1e6"}).exit == 2);
}

TEST_CASE("policy files that cannot be read fail with the reason") {
  TemporaryFolder folder;
  CHECK(contains(run_program({"policy", "check", folder / "none.yaml"}).err, "cannot read the file"));
  CHECK(contains(run_program({"policy", "check", folder.path()}).err, "a folder without policy files"));
  CHECK(contains(run_program({"policy", "check", folder.write("empty.yaml", "")}).err, "an empty file"));
  CHECK(contains(run_program({"policy", "check", folder.write("nul.yaml", std::string("a: \0b\n", 6))}).err,
                 "nul.yaml:1:4: a control character"));
  CHECK(contains(run_program({"policy", "check", folder.write("gb.yaml", "title: \xb5\xc8\n")}).err,
                 "gb.yaml:1:8: a byte that is not UTF-8"));
  CHECK(
      contains(run_program({"policy", "check", folder.write("csv.yaml", "a,b\n1,2\n")}).err, "csv.yaml:1:1"));
}

TEST_CASE("policy test runs the cases and fails for a rule without one") {
  const Ran ran = run_program({"policy", "test", policies});
  CHECK(ran.exit == 0);
  CHECK(contains(ran.out, "zibo-2020-56            39          0                     0\n"));
  TemporaryFolder folder;
  folder.write("a.yaml", std::string(open_policy) + "    - {payer: city, ratio: 80%}\n");
  CHECK(contains(run_program({"policy", "test", folder.path()}).err,
                 "a.cases.yaml: there is no file of cases"));
  folder.write("a.cases.yaml",
               "schema: talent-loan/policy-cases/1\nversion: v\nsplit: [{name: n, disbursed_on: 2020-01-01, "
               "loss: 1.00, pays: {city: 0.80}, bank: 0.20}]\n");
  const Ran some = run_program({"policy", "test", folder.path()});
  CHECK(some.exit == 1);
  CHECK(contains(some.err, "effective.from: the day before: no case; add a case for it"));
}
