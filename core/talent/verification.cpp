#include "core/talent/verification.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace talent_loan {
namespace {

using Kind = BorrowerRule::Kind;

bool digit(char c) { return c >= '0' && c <= '9'; }

// Fourteen and more digits, perhaps ending in X: a resident identity number, or what is left of one.
bool looks_like_resident_number(std::string_view number) {
  if (number.size() < 14) return false;
  if (number.back() == 'X' || number.back() == 'x') number.remove_suffix(1);
  return std::all_of(number.begin(), number.end(), digit);
}

// Three letters and twelve digits.
bool looks_like_permanent_resident_number(std::string_view number) {
  return number.size() == 15 && std::none_of(number.begin(), number.begin() + 3, digit) && std::all_of(number.begin() + 3, number.end(), digit);
}

}  // namespace

bool plausible_identity_number(std::string_view number) {
  if (looks_like_resident_number(number)) return valid_resident_identity_number(number);
  if (looks_like_permanent_resident_number(number)) return valid_permanent_resident_number(number);
  return valid_passport_number(number);
}

// The facts of one request, and behind each listing what it rests on.
struct Verifier::Facts {
  // Of equally good listings the first is named: in an order that the keyed hashes of persons have no part in, so
  // that another database or key gives the same answer.
  void lay_out() {
    const auto order = [](const auto& one) { return std::tie(one.first.programme, one.second->version, one.second->valid.from, one.second->valid.to); };
    std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
    for (const auto& [listing, selection] : found) {
      talents.push_back(listing);
      selections.push_back(selection);
    }
  }

  std::vector<std::pair<TalentFacts, const RegisteredSelection*>> found;
  std::vector<TalentFacts> talents;
  std::vector<const RegisteredSelection*> selections;  // one for each of `talents`
  std::vector<std::string_view> talent_ids;            // of a talent, where balances count: every key lists know it by, each once
  const RegisteredSelection* rests_on = nullptr;

  // One for every thread, so that a million requests do not allocate a million times.
  static Facts& of_this_thread() {
    thread_local Facts facts;
    facts.found.clear();
    facts.talents.clear();
    facts.selections.clear();
    facts.talent_ids.clear();
    facts.rests_on = nullptr;
    return facts;
  }
};

Verifier::Sought Verifier::sought(const VerificationRequest& request) const {
  if (request.kind == Kind::employer) return {{Registry::employer_hash_of(request.borrower_id), 0}};
  return {vault_ != nullptr ? vault_->lookup(request.borrower_id) : KeyedHash{}};
}

bool Verifier::listed(std::string_view identity_number) const {
  return vault_ != nullptr && registry_.find_person(vault_->lookup(identity_number)).has_value();
}

// `employed`: the period that links the person to the enterprise on that day; null: none does.
void Verifier::add_person(Registry::Person person, Day on, const DaySpan* employed, Facts& facts) const {
  const std::int32_t months = employed == nullptr ? 0 : months_completed(Day(employed->from), on);
  const std::int32_t days = employed == nullptr ? 0 : on.days_since_1970() - employed->from;
  for (const RegisteredSelection& selection : registry_.selections(person)) {
    facts.found.emplace_back(TalentFacts{.person = person, .programme = registry_.programme(selection.programme), .level = selection.level(),
                                         .valid = selection.valid.contains(on), .linked = employed != nullptr, .tenure_months = months, .tenure_days = days},
                             &selection);
  }
}

void Verifier::gather_talent(const VerificationRequest& request, Sought sought, Facts& facts) const {
  if (vault_ == nullptr) return;
  const auto person = registry_.find_person(sought.hash);
  if (!person) return;
  add_person(*person, request.on, nullptr, facts);
  if (balances_ == nullptr) return;
  for (const RegisteredSelection& selection : registry_.selections(*person)) {
    const std::string_view id = registry_.talent_id(selection.talent);
    if (std::find(facts.talent_ids.begin(), facts.talent_ids.end(), id) == facts.talent_ids.end()) facts.talent_ids.push_back(id);
  }
}

void Verifier::gather_employer(const VerificationRequest& request, Facts& facts) const {
  const auto employer = registry_.find_employer(request.borrower_id);
  if (!employer) return;
  const auto employments = registry_.employments(*employer);
  for (const RegisteredEmployment& employment : employments) registry_.prefetch_person(employment.person);
  for (std::size_t begin = 0; begin < employments.size();) {
    const Registry::Person person = employments[begin].person;
    const DaySpan* employed = nullptr;  // the longest: periods of one person are in order of their first days
    for (; begin < employments.size() && employments[begin].person == person; ++begin) {
      const DaySpan& period = employments[begin].period;
      if (employed == nullptr && period.contains(request.on)) employed = &period;
    }
    add_person(person, request.on, employed, facts);
  }
}

VerificationDecision Verifier::decide(const VerificationRequest& request) const {
  Facts& facts = Facts::of_this_thread();
  VerificationDecision decision = decide(request, sought(request), facts);
  if (facts.rests_on != nullptr) decision.talent = TalentId(std::string(registry_.talent_id(facts.rests_on->talent)));
  return decision;
}

VerificationDecision Verifier::decide_unnamed(const VerificationRequest& request, Sought sought) const {
  return decide(request, sought, Facts::of_this_thread());
}

VerificationDecision Verifier::decide(const VerificationRequest& request, Sought sought, Facts& facts) const {
  VerificationDecision decision;
  decision.version = policies_.in_force(scheme_, request.on);
  if (decision.version == nullptr) {
    decision.reasons.add(Reason::no_policy_in_force);
    return decision;
  }
  if (decision.version->eligibility.require_registry) {
    request.kind == Kind::talent ? gather_talent(request, sought, facts) : gather_employer(request, facts);
    facts.lay_out();
  }
  const std::vector<std::string>& purposes = decision.version->eligibility.purposes;
  const std::string_view any_purpose = purposes.empty() ? std::string_view() : std::string_view(purposes.front());
  ApplicationFacts asked{.kind = request.kind, .talents = facts.talents,
                         .purpose = request.purpose ? std::string_view(*request.purpose) : any_purpose, .secured = request.secured,
                         .guaranteed = request.guaranteed, .bank_filed = !request.bank || banks_.filed_on(request.bank->text(), request.on),
                         .amount = request.amount, .balance = Fen(), .term_months = request.term_months, .rate = request.rate};
  if (balances_ != nullptr) asked.balance = balances_->balance(request.kind, request.borrower_id, facts.talent_ids, request.on);

  const EligibilityDecision decided = decide_eligibility(*decision.version, asked);
  decision.reasons = decided.reasons;
  decision.talents_counted = decided.talents;
  decision.balance_at_most = decided.balance_at_most;
  decision.cites.assign(decided.cites.begin(), decided.cites.end());
  if (decided.listing) {
    const RegisteredSelection& selection = *facts.selections[*decided.listing];
    decision.programme = ProgrammeId(registry_.programme(selection.programme));
    decision.level = selection.level();
    facts.rests_on = &selection;
    decision.list_version = selection.version;
    decision.valid = period_of(selection.valid);
    decision.revoked = selection.revoked;
    if (facts.talents[*decided.listing].linked) decision.tenure_months = facts.talents[*decided.listing].tenure_months;
    if (decided.rule) decision.tenure_asked = decision.version->eligibility.borrowers[*decided.rule].tenure_months_at_least;
  }
  return decision;
}

}  // namespace talent_loan
