#include "core/policy/eligibility_rules.hpp"

#include <catch2/catch.hpp>

using namespace talent_loan;
using Kind = BorrowerRule::Kind;

namespace {

// The rules of Zibo's version of 2020.
PolicyVersion zibo() {
  PolicyVersion version;
  Eligibility& eligibility = version.eligibility;
  eligibility.borrowers = {{.kind = Kind::talent,
                            .level_at_least = Level::provincial,
                            .programmes = {},
                            .tenure_months_at_least = {},
                            .cite = "§4 a"},
                           {.kind = Kind::talent,
                            .level_at_least = {},
                            .programmes = {ProgrammeId("zibo-yingcai")},
                            .tenure_months_at_least = {},
                            .cite = "§4 b"},
                           {.kind = Kind::employer,
                            .level_at_least = {},
                            .programmes = {},
                            .tenure_months_at_least = 12,
                            .cite = "§4 c"}};
  eligibility.purposes = {"commercialisation", "innovation"};
  eligibility.unsecured = eligibility.unguaranteed = eligibility.bank_filed = true;
  eligibility.cite = "§4 d";
  version.limits.cite = "limits";
  return version;
}

TalentFacts listing(std::string_view programme, Level level, bool valid = true) {
  return {.person = 1,
          .programme = programme,
          .level = level,
          .valid = valid,
          .linked = true,
          .tenure_months = 12};
}

ApplicationFacts application(Kind kind, const std::vector<TalentFacts>& talents) {
  return {.kind = kind,
          .talents = talents,
          .purpose = "innovation",
          .secured = false,
          .guaranteed = false,
          .bank_filed = true,
          .amount = Fen(100),
          .balance = Fen(0),
          .term_months = {},
          .rate = {}};
}

std::string reasons(Kind kind, const std::vector<TalentFacts>& talents) {
  return decide_eligibility(zibo(), application(kind, talents)).reasons.words();
}

}  // namespace

TEST_CASE("any one borrower rule suffices and is cited with the listing it rests on") {
  const std::vector<TalentFacts> talents = {listing("zibo-yingcai", Level::municipal),
                                            listing("taishan", Level::provincial),
                                            listing("qianren", Level::national)};
  const PolicyVersion version = zibo();  // the decision's clauses point into it
  const EligibilityDecision decision = decide_eligibility(version, application(Kind::talent, talents));
  CHECK(decision.eligible());
  CHECK(decision.listing == 2);  // the first rule, then the highest level
  CHECK(decision.cites == std::vector<std::string_view>{"§4 a", "§4 d"});
  CHECK(reasons(Kind::talent, {talents[0]}).empty());
}

TEST_CASE("a talent's own reasons, the nearest listing reported") {
  CHECK(reasons(Kind::talent, {}) == "TALENT_NOT_LISTED");
  CHECK(reasons(Kind::talent, {listing("taishan", Level::provincial, false)}) == "TALENT_NOT_VALID_ON_DATE");
  CHECK(reasons(Kind::talent, {listing("other", Level::municipal)}) == "LEVEL_TOO_LOW");
  CHECK(reasons(Kind::talent, {listing("other", Level::municipal, false)}) ==
        "TALENT_NOT_VALID_ON_DATE|LEVEL_TOO_LOW");
  CHECK(reasons(Kind::talent, {listing("other", Level::municipal, false),
                               listing("other", Level::district)}) == "LEVEL_TOO_LOW");
}

TEST_CASE("a version that names only programmes says that others are not listed") {
  PolicyVersion version = zibo();
  version.eligibility.borrowers.erase(version.eligibility.borrowers.begin());
  const std::vector<TalentFacts> talents = {listing("other", Level::national)};
  CHECK(decide_eligibility(version, application(Kind::talent, talents)).reasons.words() ==
        "TALENT_NOT_LISTED");
}

TEST_CASE("an employer needs a talent that matches a rule above, linked and for long enough") {
  TalentFacts talent = listing("taishan", Level::provincial);
  CHECK(reasons(Kind::employer, {talent}).empty());
  talent.tenure_months = 11;
  CHECK(reasons(Kind::employer, {talent}) == "TENURE_TOO_SHORT");
  talent.valid = false;
  CHECK(reasons(Kind::employer, {talent}) == "TALENT_NOT_VALID_ON_DATE|TENURE_TOO_SHORT");
  talent.linked = false;
  CHECK(reasons(Kind::employer, {talent}) == "TALENT_NOT_VALID_ON_DATE|EMPLOYER_NOT_LINKED");
  CHECK(reasons(Kind::employer, {}) == "EMPLOYER_NOT_LINKED");
  CHECK(reasons(Kind::employer, {listing("other", Level::district)}) == "LEVEL_TOO_LOW");
  const std::vector<TalentFacts> good = {listing("zibo-yingcai", Level::municipal)};
  CHECK(decide_eligibility(zibo(), application(Kind::employer, good)).cites ==
        std::vector<std::string_view>{"§4 b", "§4 c", "§4 d"});
}

TEST_CASE("of as many reasons those that come later are reported, whatever the order of the listings") {
  TalentFacts low = listing("other", Level::municipal, false);
  TalentFacts newcomer = listing("taishan", Level::provincial, false);
  newcomer.person = 2;
  newcomer.tenure_months = 3;
  const char* const later = "TALENT_NOT_VALID_ON_DATE|TENURE_TOO_SHORT";
  CHECK(reasons(Kind::employer, {low, newcomer}) == later);
  CHECK(reasons(Kind::employer, {newcomer, low}) == later);
  for (unsigned first = 0; first < 64; ++first) {
    for (unsigned second = 0; second < 64; ++second) {
      Reasons a, b;
      for (unsigned i = 0; i < 6; ++i) {
        if ((first >> i & 1U) != 0) a.add(static_cast<Reason>(i + 1));
        if ((second >> i & 1U) != 0) b.add(static_cast<Reason>(i + 1));
      }
      CHECK((nearer(a, b) || nearer(b, a)) == !(a == b));
      CHECK_FALSE((nearer(a, b) && nearer(b, a)));
      if (a.count() == b.count()) CHECK(nearer(a, b) == (b.list() < a.list()));
    }
  }
}

TEST_CASE("all failing reasons are collected in the order of the contract") {
  PolicyVersion version = zibo();
  version.limits.per_talent = Fen(1000);
  version.limits.term_months_at_most = 36;
  version.limits.rate_at_most = Ratio::percent(6);
  ApplicationFacts facts = application(Kind::talent, {});
  facts.purpose = "housing";
  facts.secured = facts.guaranteed = true;
  facts.bank_filed = false;
  facts.balance = Fen(901);
  facts.term_months = 37;
  facts.rate = Ratio(6000001);
  CHECK(decide_eligibility(version, facts).reasons.words() ==
        "TALENT_NOT_LISTED|PURPOSE_NOT_COVERED|COLLATERAL_TAKEN|GUARANTEE_TAKEN|BANK_NOT_FILED|OVER_TALENT_"
        "LIMIT|TERM_TOO_LONG|RATE_TOO_HIGH");
  version.limits.over = Limits::Over::uncovered;
  CHECK_FALSE(decide_eligibility(version, facts).reasons.has(Reason::over_talent_limit));
}

TEST_CASE("an enterprise's limit grows with its talents up to the limit per enterprise") {
  PolicyVersion version = zibo();
  version.limits.per_enterprise = Fen(5000);
  version.limits.per_enterprise_per_talent = Fen(1000);
  std::vector<TalentFacts> talents = {listing("taishan", Level::provincial),
                                      listing("zibo-yingcai", Level::municipal)};
  ApplicationFacts facts = application(Kind::employer, talents);
  facts.amount = Fen(1001);
  CHECK(decide_eligibility(version, facts).reasons.words() ==
        "OVER_ENTERPRISE_LIMIT");  // one person on two lists
  talents[1].person = 2;
  CHECK(decide_eligibility(version, facts).eligible());
  CHECK(decide_eligibility(version, facts).balance_at_most == Fen(2000));
  for (std::uint32_t person = 3; person <= 9; ++person) {
    talents.push_back(talents[0]);
    talents.back().person = person;
  }
  facts.talents = talents;
  CHECK(decide_eligibility(version, facts).balance_at_most == Fen(5000));
}

TEST_CASE("a scheme without registry is open to every borrower") {
  PolicyVersion version = zibo();
  version.eligibility.require_registry = false;
  CHECK(decide_eligibility(version, application(Kind::talent, {})).eligible());
}

TEST_CASE("every reason has its word and a sentence in both languages") {
  for (int i = 1; i <= static_cast<int>(Reason::no_policy_in_force); ++i) {
    const auto reason = static_cast<Reason>(i);
    CHECK(parse_reason(word(reason)) == reason);
    CHECK_FALSE(sentence(reason).chinese.empty());
    CHECK_FALSE(sentence(reason).english.empty());
  }
  CHECK(word(Reason::talent_not_listed) == "TALENT_NOT_LISTED");
  CHECK(word(Reason::no_policy_in_force) == "NO_POLICY_IN_FORCE");
  CHECK_FALSE(parse_reason("talent_not_listed"));
}
