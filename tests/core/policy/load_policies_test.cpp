#include <algorithm>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "core/policy/policy.hpp"

using namespace talent_loan;

namespace {

std::string config(const std::string& name) {
  return std::string(TALENT_LOAN_SOURCE_DIR) + "/config/policies" + name;
}

// A small policy whose shares (and everything after them) the caller writes.
std::string with_shares(const std::string& shares, const std::string& head = "") {
  return "schema: talent-loan/policy/1\nscheme: s\nversion: v\ntitle: t\ndocument: d\neffective: {from: "
         "2020-01-01}\n"
         "governed_by: disbursed_on\neligibility: {require_registry: false}\n" +
         head + "recovery: {costs: deducted-first}\ncompensation:\n  shares:\n" + shares;
}

std::vector<std::string> errors(const std::string& text) {
  std::vector<std::string> out;
  try {
    parse_policy(text, "p.yaml");
  } catch (const Failure& failure) {
    for (const Diagnostic& diagnostic : failure.diagnostics())
      out.push_back(diagnostic.sentence(Language::english));
  }
  return out;
}

std::string only_error(const std::string& text) {
  const auto all = errors(text);
  if (all.size() != 1) return fmt::format("{} errors: {}", all.size(), fmt::join(all, " / "));
  return all.front();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string share_error(const std::string& share) {
  return only_error(with_shares("    - " + share + "\n"));
}

}  // namespace

TEST_CASE("the policies that come with the product load without errors") {
  std::vector<Diagnostic> warnings;
  const PolicySet set = load_policies({config("")}, &warnings);
  CHECK(set.versions().size() == 4);
  for (const Diagnostic& warning : warnings) UNSCOPED_INFO(warning.sentence(Language::english));
  CHECK(warnings.empty());
  const auto day = [](const char* text) { return *parse_day(text); };
  const SchemeId zibo("zibo-talent-loan");
  CHECK(set.in_force(zibo, day("2018-11-30")) == nullptr);
  CHECK(set.in_force(zibo, day("2018-12-01"))->version == VersionId("zibo-before-2020-56"));
  CHECK(set.in_force(zibo, day("2020-05-25"))->version == VersionId("zibo-before-2020-56"));
  CHECK(set.in_force(zibo, day("2020-05-26"))->version == VersionId("zibo-2020-56"));
  CHECK(set.in_force(zibo, day("2020-12-31"))->version == VersionId("zibo-2020-56"));
  CHECK(set.in_force(zibo, day("2021-01-01")) == nullptr);
  CHECK(set.payers(zibo) == std::vector<PayerId>{PayerId("city"), PayerId("province")});
}

TEST_CASE("a version loads alone although it supersedes one that is not named") {
  std::vector<Diagnostic> warnings;
  const PolicySet set =
      load_policies({config("/zibo-2020-56.yaml"), config("/zibo-2020-56.yaml")}, &warnings);
  CHECK(set.versions().size() == 1);
  REQUIRE(warnings.size() == 1);
  CHECK(contains(warnings[0].sentence(Language::english),
                 "the superseded version zibo-before-2020-56 is not among the files"));
}

TEST_CASE("every part of the schema reaches the version") {
  const PolicySet set = load_policies({config("/zibo-2020-56.yaml")});
  const PolicyVersion& version = set.versions().front();
  CHECK(version.document == "淄政办字〔2020〕56号");
  CHECK(version.governed_by == GoverningDate::disbursed_on);
  CHECK(version.eligibility.borrowers.size() == 3);
  CHECK(version.eligibility.borrowers[2].tenure_months_at_least == 12);
  CHECK(version.eligibility.purposes == std::vector<std::string>{"commercialisation", "innovation"});
  CHECK(version.eligibility.bank_filed);
  CHECK(version.limits.per_talent == Fen(1000000000));
  CHECK(version.limits.rate_at_most == Ratio::percent(6));
  CHECK(version.limits.over == Limits::Over::refuse);
  CHECK(version.compensation.trigger.overdue_days_over == 90);
  CHECK(version.compensation.trigger.class_at_least == LoanClass::substandard);
  CHECK(version.compensation.shares[1].reimburses == PayerId("city"));
  CHECK(version.compensation.fund->name == "city-talent-loan");
  CHECK(version.compensation.suspend->npl_ratio_over == Ratio::percent(5));
}

TEST_CASE("every shape of shares is read") {
  const std::string text = with_shares(
      "    - {payer: province, ratio: 30%}\n"
      "    - {payer: district, ratio: 10%, per_claim_at_most: 500000.00, per_year_at_most: 2000000.00}\n"
      "    - {ratio: 70%, among: [{payer: city, part: 6}, {payer: district, part: 4}]}\n"
      "    - payer: city\n"
      "      ratio:\n"
      "        - {loan_amount_at_most: 5000000.00, value: 40%}\n"
      "        - {loan_amount_at_most: 15000000.00, value: 30%}\n"
      "        - {value: 20%}\n"
      "      plus: [{tag: key-list, value: 15%}, {tag: central-bank-tool, value: 5%}]\n"
      "      ratio_at_most: 50%\n"
      "    - {payer: district, ratio: 70%, when: {level_at_most: district, programmes: [a, b], without_tag: "
      "x}}\n");
  CHECK(errors(text).empty());
  const PolicySet set = parse_policy(text, "p.yaml");
  const auto& shares = set.versions().front().compensation.shares;
  REQUIRE(shares.size() == 5);
  CHECK(shares[1].per_year_at_most == Fen(200000000));
  CHECK(shares[2].members[1].part == 4);
  CHECK(shares[3].tiers.size() == 3);
  LoanFacts facts{
      .loan_amount = Fen(600000000), .level = {}, .programme = "", .tags = {"key-list", "central-bank-tool"}};
  CHECK(shares[3].ratio_for(facts) == Ratio::percent(50));
  facts.tags.pop_back();
  CHECK(shares[3].ratio_for(facts) == Ratio::percent(45));
  facts.loan_amount = Fen(500000000);
  CHECK(shares[3].ratio_for(facts) == Ratio::percent(50));
  facts.tags.clear();
  CHECK(shares[3].ratio_for(facts) == Ratio::percent(40));
  facts.loan_amount = Fen(1500000001);
  CHECK(shares[3].ratio_for(facts) == Ratio::percent(20));
  CHECK(shares[4].when.holds({.loan_amount = {}, .level = Level::district, .programme = "b", .tags = {}}));
  CHECK_FALSE(
      shares[4].when.holds({.loan_amount = {}, .level = Level::district, .programme = "b", .tags = {"x"}}));
  CHECK_FALSE(
      shares[4].when.holds({.loan_amount = {}, .level = Level::municipal, .programme = "b", .tags = {}}));
  CHECK_FALSE(shares[4].when.holds({.loan_amount = {}, .level = {}, .programme = "b", .tags = {}}));
  const FactsRead read = set.facts_read(SchemeId("s"));
  CHECK((read.loan_amount && read.level && read.programme && read.tags && !read.claimed_on));
}

TEST_CASE("errors of shares say what was found and what is allowed") {
  CHECK(share_error("{payer: city, ratoi: 80%, ratio: 80%}") ==
        "p.yaml:12:21: compensation.shares[0].ratoi: the unknown key \"ratoi\"; allowed: payer, among, "
        "ratio, plus, ratio_at_most, "
        "when, reimburses, per_claim_at_most, per_year_at_most, cite; did you mean ratio?");
  CHECK(contains(share_error("{payer: city, ratio: 0.8}"),
                 "write a percentage with its sign, as in 80% (not 0.8)"));
  CHECK(contains(share_error("{payer: city, ratio: 80}"),
                 "p.yaml:12:28: compensation.shares[0].ratio: \"80\""));
  CHECK(contains(share_error("{payer: city, ratio: 100.1%}"), "a percentage from 0% to 100%"));
  CHECK(contains(share_error("{payer: city, ratio: -1%}"), "a percentage from 0% to 100%"));
  CHECK(contains(share_error("{payer: city, ratio: 80%, per_claim_at_most: 1e7}"),
                 "an amount in yuan such as 10000000.00"));
  CHECK(contains(share_error("{payer: city}"), "the key ratio is missing"));
  CHECK(contains(share_error("{ratio: 80%}"), "the key payer is missing"));
  CHECK(contains(share_error("{payer: city, ratio: []}"), "an empty list"));
  CHECK(contains(share_error("{payer: city, ratio: [{loan_amount_at_most: 5.00}]}"),
                 "the key value is missing"));
  CHECK(contains(share_error("{payer: city, ratio: 5%, plus: [{tags: a, value: 1%}]}"), "did you mean tag?"));
  CHECK(contains(share_error("{payer: city, ratio: 5%, when: {level_at_least: provincal}}"),
                 "did you mean provincial?"));
  CHECK(contains(share_error("{payer: bank, ratio: 5%}"), "bank as a payer"));
  CHECK(contains(share_error("{payer: a, among: [{payer: b, part: 1}], ratio: 5%}"), "both payer and among"));
  CHECK(
      contains(share_error("{among: [{payer: b, part: 0}], ratio: 5%}"), "a whole number from 1 to 1000000"));
  CHECK(contains(share_error("{among: [{payer: b, part: 1}, {payer: b, part: 2}], ratio: 5%}"),
                 "the payer b a second time"));
  CHECK(contains(share_error("{payer: a, ratio: 5%, reimburses: b}"), "\"b\" is no earlier payer"));
  CHECK(contains(share_error("{payer: a, ratio: 5%, reimburses: a}"), "\"a\" is no earlier payer"));
  CHECK(contains(only_error(with_shares(
                     "    - {payer: city, ratio: 80%}\n    - {payer: p, ratio: 30%, reimburses: ctiy}\n")),
                 "allowed: city; did you mean city?"));
  CHECK(contains(only_error(with_shares(
                     "    - {payer: p, ratio: 30%, reimburses: city}\n    - {payer: city, ratio: 80%}\n")),
                 "\"city\" is no earlier payer"));
}

TEST_CASE("errors of the head and of limits name line and column") {
  const std::string shares = "    - {payer: city, ratio: 80%}\n";
  CHECK(contains(only_error(with_shares(shares, "limits: {per_talent: '10,000,000.00'}\n")),
                 "p.yaml:9:22: limits.per_talent: "));
  CHECK(contains(only_error(with_shares(shares, "limits: {per_talnt: 1.00}\n")), "did you mean per_talent?"));
  CHECK(contains(only_error(with_shares(shares, "limits: {over: uncoverd}\n")), "did you mean uncovered?"));
  CHECK(contains(only_error(with_shares(shares, "limits: {term_months_at_most: 3.5}\n")),
                 "a whole number from 1 to 1200"));
  CHECK(contains(only_error(with_shares(shares, "limits: {per_enterprise_per_talent: 1.00}\n")),
                 "require_registry: true"));
  std::string text = with_shares(shares);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string copy = text;
    copy.replace(copy.find(from), from.size(), to);
    return only_error(copy);
  };
  CHECK(contains(changed("from: 2020-01-01", "from: 2020-01-01, to: 2019-12-31"),
                 "p.yaml:6:35: effective.to: it ends on 2019-12-31 before it begins on 2020-01-01"));
  CHECK(contains(changed("from: 2020-01-01", "from: 2020-02-30"), "a real day YYYY-MM-DD"));
  CHECK(contains(changed("from: 2020-01-01", "to: 2020-01-01"), "the key from is missing"));
  CHECK(contains(changed("version: v\n", ""), "the key version is missing"));
  CHECK(contains(changed("scheme: s\n", ""), "the key scheme is missing"));
  CHECK(contains(changed("governed_by: disbursed_on", "governed_by: disbursed"),
                 "disbursed_on, defaulted_on, claimed_on"));
  CHECK(contains(changed("{require_registry: false}", "{require_registry: true}"),
                 "the key borrowers is missing"));
  CHECK(contains(changed("{require_registry: false}", "{require_registry: maybe}"),
                 "allowed: true, false, yes, no"));
  CHECK(contains(changed("{require_registry: false}", "{borrowers: []}"), "an empty list"));
  CHECK(contains(
      changed("{require_registry: false}", "{borrowers: [{kind: talent, tenure_months_at_least: 3}]}"),
      "only with kind: employer"));
  CHECK(contains(changed("{costs: deducted-first}", "{costs: deducted_first}"),
                 "did you mean deducted-first?"));
  CHECK(contains(changed("  shares:\n" + shares, "  ceiling: 100%\n"), "the key shares is missing"));
  CHECK(contains(changed("compensation:\n  shares:\n" + shares, ""), "the key compensation is missing"));
  CHECK(contains(changed("title: t", "title: t\ntitle: u"), "a second time"));
}

TEST_CASE("all errors of a file come at once, in the order of the file") {
  const auto all = errors(
      "schema: talent-loan/policy/1\nscheme: s\nversion: v\neffective: {from: 2020-13-01}\nelegibility: {}\n"
      "limits: {per_talent: 1e7}\ncompensation:\n  ceiling: 1\n  shares:\n    - {payer: city, ratio: 0.8}\n  "
      "  - {payer: p, ratio: 1%, reimburses: x}\n");
  REQUIRE(all.size() == 6);
  CHECK(contains(all[0], "p.yaml:4:"));
  CHECK(contains(all[1], "p.yaml:5:1: elegibility: "));
  CHECK(contains(all[1], "did you mean eligibility?"));
  CHECK(contains(all[2], "p.yaml:6:"));
  CHECK(contains(all[3], "p.yaml:8:"));
  CHECK(contains(all[4], "p.yaml:10:"));
  CHECK(contains(all[5], "p.yaml:11:"));
}
