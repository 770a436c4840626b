#include "core/policy/eligibility_rules.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace talent_loan {
namespace {

struct ReasonWords {
  std::string_view word;
  std::string_view chinese;
  std::string_view english;
};

constexpr std::array<ReasonWords, 14> reason_words{{
    {"TALENT_NOT_LISTED", "不在政策所列的人才名单上", "the talent is on no list that the policy names"},
    {"TALENT_NOT_VALID_ON_DATE", "在名单上，但当日尚未生效、已到期或已撤销",
     "listed, but not yet valid, expired or revoked on that day"},
    {"LEVEL_TOO_LOW", "人才层次低于政策要求", "the talent's level is below what the policy asks"},
    {"EMPLOYER_NOT_LINKED", "当日没有符合条件的人才在该企业工作",
     "no talent works for this enterprise on that day"},
    {"TENURE_TOO_SHORT", "人才在该企业工作时间不足", "the talent has not worked there long enough"},
    {"PURPOSE_NOT_COVERED", "贷款用途不在支持范围内", "the purpose is not one the policy covers"},
    {"COLLATERAL_TAKEN", "银行收取了抵质押物", "the bank takes collateral"},
    {"GUARANTEE_TAKEN", "银行要求了保证担保", "the bank takes a guarantee"},
    {"BANK_NOT_FILED", "银行当日未备案", "the bank is not filed on that day"},
    {"OVER_TALENT_LIMIT", "超过每名人才的余额上限", "over the limit per talent"},
    {"OVER_ENTERPRISE_LIMIT", "超过每家企业的余额上限", "over the limit per enterprise"},
    {"TERM_TOO_LONG", "期限超过上限", "the term is too long"},
    {"RATE_TOO_HIGH", "利率超过上限", "the rate is too high"},
    {"NO_POLICY_IN_FORCE", "当日没有有效的政策版本", "no policy version is in force on that day"},
}};

using Kind = BorrowerRule::Kind;

// The level and programmes that a rule asks of a listing.
Reasons talent_reasons(const BorrowerRule& rule, const TalentFacts& talent) {
  Reasons out;
  const auto named = [&](const ProgrammeId& programme) { return programme.text() == talent.programme; };
  if (!rule.programmes.empty() && std::none_of(rule.programmes.begin(), rule.programmes.end(), named)) {
    out.add(Reason::talent_not_listed);
  }
  if (rule.level_at_least && talent.level < *rule.level_at_least) out.add(Reason::level_too_low);
  if (!talent.valid) out.add(Reason::talent_not_valid_on_date);
  return out;
}

// How one listing fares under one borrower rule, and through which talent rule.
struct Attempt {
  Reasons reasons;
  const BorrowerRule* rule = nullptr;
  const BorrowerRule* talent_rule =
      nullptr;  // employers: the rule above that accepts the talent, if any stands there
  std::optional<std::size_t> listing;
};

bool asks_itself(const BorrowerRule& rule) {
  return rule.level_at_least || !rule.programmes.empty();
}

// An employer's talent under the talent rules that stand above the employer rule: the nearest of them.
void through_rules_above(const Eligibility& eligibility, const TalentFacts& talent, Attempt& attempt) {
  bool first = true;
  for (const BorrowerRule& above : eligibility.borrowers) {
    if (&above == attempt.rule) break;
    if (above.kind != Kind::talent) continue;
    const Reasons reasons = talent_reasons(above, talent);
    if (!first && !nearer(reasons, attempt.reasons)) continue;
    attempt.reasons = reasons;
    attempt.talent_rule = &above;
    first = false;
  }
  if (first) attempt.reasons = talent_reasons(*attempt.rule, talent);
}

Attempt attempt_rule(const Eligibility& eligibility, const BorrowerRule& rule, const ApplicationFacts& facts,
                     std::size_t listing) {
  const TalentFacts& talent = facts.talents[listing];
  Attempt attempt{.reasons = {}, .rule = &rule, .talent_rule = nullptr, .listing = listing};
  if (rule.kind == Kind::talent || asks_itself(rule)) {
    attempt.reasons = talent_reasons(rule, talent);
  } else {
    through_rules_above(eligibility, talent, attempt);
  }
  if (rule.kind == Kind::employer) {
    if (!talent.linked) {
      attempt.reasons.add(Reason::employer_not_linked);
    } else if (rule.tenure_months_at_least && talent.tenure_months < *rule.tenure_months_at_least) {
      attempt.reasons.add(Reason::tenure_too_short);
    }
  }
  return attempt;
}

// Better: who works there rather than who does not, nearer to eligible, then the longer tenure and the higher
// level; else the earlier rule and listing stay. Nobody works for a talent, or is longer there.
bool better(const Attempt& a, const Attempt& b, const ApplicationFacts& facts) {
  const TalentFacts& x = facts.talents[*a.listing];
  const TalentFacts& y = facts.talents[*b.listing];
  if (x.linked != y.linked) return x.linked;
  if (!(a.reasons == b.reasons)) return nearer(a.reasons, b.reasons);
  if (a.rule != b.rule) return false;
  return std::tie(x.tenure_months, x.tenure_days, x.level) > std::tie(y.tenure_months, y.tenure_days, y.level);
}

void cite(EligibilityDecision& decision, std::string_view clause) {
  if (clause.empty() ||
      std::find(decision.cites.begin(), decision.cites.end(), clause) != decision.cites.end())
    return;
  decision.cites.push_back(clause);
}

// Every rule that the borrower could have met, for a borrower that no list knows.
void cite_rules_of_kind(const Eligibility& eligibility, Kind kind, EligibilityDecision& decision) {
  for (const BorrowerRule& rule : eligibility.borrowers) {
    if (rule.kind == kind) cite(decision, rule.cite);
  }
}

// Different talents through whom an employer rule holds: per_enterprise_per_talent counts them.
std::int64_t matching_talents(const Eligibility& eligibility, const ApplicationFacts& facts) {
  std::vector<std::uint32_t> persons;
  for (std::size_t i = 0; i < facts.talents.size(); ++i) {
    const auto holds = [&](const BorrowerRule& rule) {
      return rule.kind == Kind::employer && attempt_rule(eligibility, rule, facts, i).reasons.empty();
    };
    if (std::any_of(eligibility.borrowers.begin(), eligibility.borrowers.end(), holds)) {
      persons.push_back(facts.talents[i].person);
    }
  }
  std::sort(persons.begin(), persons.end());
  return std::unique(persons.begin(), persons.end()) - persons.begin();
}

void decide_borrower(const Eligibility& eligibility, const ApplicationFacts& facts,
                     EligibilityDecision& decision) {
  std::optional<Attempt> best;
  for (const BorrowerRule& rule : eligibility.borrowers) {
    if (rule.kind != facts.kind) continue;
    for (std::size_t i = 0; i < facts.talents.size(); ++i) {
      const Attempt attempt = attempt_rule(eligibility, rule, facts, i);
      if (!best || better(attempt, *best, facts)) best = attempt;
    }
  }
  if (!best) {
    decision.reasons.add(facts.kind == Kind::talent ? Reason::talent_not_listed
                                                    : Reason::employer_not_linked);
    cite_rules_of_kind(eligibility, facts.kind, decision);
    return;
  }
  decision.reasons.add(best->reasons);
  decision.listing = best->listing;
  decision.rule = static_cast<std::size_t>(best->rule - eligibility.borrowers.data());
  if (best->talent_rule != nullptr) cite(decision, best->talent_rule->cite);
  cite(decision, best->rule->cite);
}

void decide_terms(const Eligibility& eligibility, const ApplicationFacts& facts,
                  EligibilityDecision& decision) {
  Reasons failing;
  const auto& purposes = eligibility.purposes;
  if (!purposes.empty() && std::find(purposes.begin(), purposes.end(), facts.purpose) == purposes.end()) {
    failing.add(Reason::purpose_not_covered);
  }
  if (eligibility.unsecured && facts.secured) failing.add(Reason::collateral_taken);
  if (eligibility.unguaranteed && facts.guaranteed) failing.add(Reason::guarantee_taken);
  if (eligibility.bank_filed && !facts.bank_filed) failing.add(Reason::bank_not_filed);
  decision.reasons.add(failing);
  cite(decision, eligibility.cite);
}

void decide_limits(const Limits& limits, const ApplicationFacts& facts, EligibilityDecision& decision) {
  Reasons failing;
  // An enterprise without a matching talent has its reason already; it is measured as if it had one.
  decision.balance_at_most = limits.balance_of(facts.kind, std::max<std::int64_t>(decision.talents, 1));
  // With `over: uncovered` a loan above the limit is eligible; what lies above is not compensated.
  if (decision.balance_at_most && limits.over == Limits::Over::refuse) {
    const FenSum wanted = (FenSum{} += facts.balance) += facts.amount;
    if (wanted.count() > decision.balance_at_most->count()) {
      failing.add(facts.kind == Kind::talent ? Reason::over_talent_limit : Reason::over_enterprise_limit);
    }
  }
  if (limits.term_months_at_most && facts.term_months && *facts.term_months > *limits.term_months_at_most) {
    failing.add(Reason::term_too_long);
  }
  if (limits.rate_at_most && facts.rate && *facts.rate > *limits.rate_at_most)
    failing.add(Reason::rate_too_high);
  if (!failing.empty()) cite(decision, limits.cite);
  decision.reasons.add(failing);
}

}  // namespace

std::string_view word(Reason reason) {
  return reason_words[static_cast<std::size_t>(reason) - 1].word;
}

std::optional<Reason> parse_reason(std::string_view word) {
  for (std::size_t i = 0; i < reason_words.size(); ++i) {
    if (reason_words[i].word == word) return static_cast<Reason>(i + 1);
  }
  return std::nullopt;
}

Text sentence(Reason reason) {
  const ReasonWords& words = reason_words[static_cast<std::size_t>(reason) - 1];
  return {std::string(words.chinese), std::string(words.english)};
}

std::vector<Reason> Reasons::list() const {
  std::vector<Reason> out;
  for (std::size_t i = 1; i <= reason_words.size(); ++i) {
    if (has(static_cast<Reason>(i))) out.push_back(static_cast<Reason>(i));
  }
  return out;
}

std::string Reasons::words() const {
  std::string out;
  for (const Reason reason : list()) {
    if (!out.empty()) out += '|';
    out += word(reason);
  }
  return out;
}

EligibilityDecision decide_eligibility(const PolicyVersion& version, const ApplicationFacts& facts) {
  EligibilityDecision decision;
  if (version.eligibility.require_registry) decide_borrower(version.eligibility, facts, decision);
  if (facts.kind == Kind::employer) decision.talents = matching_talents(version.eligibility, facts);
  decide_terms(version.eligibility, facts, decision);
  decide_limits(version.limits, facts, decision);
  return decision;
}

}  // namespace talent_loan
