// Who may borrow: the rules of one policy version applied to facts. Pure; the facts come from the registry,
// the bank register and the loan book, or from a policy's cases.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/policy.hpp"

namespace talent_loan {

// Why an application is not eligible, in the order in which they are always written.
enum class Reason {
  talent_not_listed = 1,     // on no list that the version names
  talent_not_valid_on_date,  // listed, but not yet, expired or revoked
  level_too_low,
  employer_not_linked,
  tenure_too_short,
  purpose_not_covered,
  collateral_taken,
  guarantee_taken,
  bank_not_filed,
  over_talent_limit,
  over_enterprise_limit,
  term_too_long,
  rate_too_high,
  no_policy_in_force
};
std::string_view word(Reason reason);  // "TALENT_NOT_LISTED"
std::optional<Reason> parse_reason(std::string_view word);
Text sentence(Reason reason);  // what it means, for people

// A set of reasons, always read in the order above.
class Reasons {
 public:
  void add(Reason reason) { bits_ |= 1u << static_cast<unsigned>(reason); }
  void add(Reasons other) { bits_ |= other.bits_; }
  bool has(Reason reason) const { return (bits_ >> static_cast<unsigned>(reason) & 1u) != 0; }
  bool empty() const { return bits_ == 0; }
  int count() const { return __builtin_popcount(bits_); }
  std::vector<Reason> list() const;
  std::string words() const;  // joined by |, as decision files have them
  // Fewer reasons are nearer to eligible; of as many, those that come later in the order: the first reason that
  // only one of them has makes it the farther. Two different sets are never equally near.
  friend bool nearer(Reasons a, Reasons b) {
    if (a.count() != b.count()) return a.count() < b.count();
    const std::uint32_t different = a.bits_ ^ b.bits_;
    return (b.bits_ & different & -different) != 0;
  }
  friend bool operator==(Reasons, Reasons) = default;

 private:
  std::uint32_t bits_ = 0;
};

// One listing of a talent that the application may rest on. Borrows its text.
struct TalentFacts {
  std::uint32_t person = 0;  // equal for several listings of one talent
  std::string_view programme;
  Level level = Level::district;
  bool valid = false;              // on the day asked about
  bool linked = false;             // employed by the borrower on that day; employers only
  std::int32_t tenure_months = 0;  // whole months of that employment; employers only
  std::int32_t tenure_days = 0;    // and its days, which tell two talents of as many months apart
};

struct ApplicationFacts {
  BorrowerRule::Kind kind = BorrowerRule::Kind::talent;
  // A talent's own listings, or the listings of every talent who ever named this employer.
  std::span<const TalentFacts> talents;
  std::string_view purpose;
  bool secured = false;
  bool guaranteed = false;
  bool bank_filed = false;
  Fen amount;
  Fen balance;  // the borrower's outstanding covered principal over all banks, without this application
  std::optional<int> term_months;  // absent: not asked
  std::optional<Ratio> rate;       // a year; absent: not asked
};

struct EligibilityDecision {
  Reasons reasons;  // every failing one; empty: eligible
  // The listing the decision rests on: the one that satisfies a rule (of several, by the first rule, for an
  // enterprise the talent who works there longest, and then the highest level), or else the one nearest to it; for
  // an enterprise, of a talent who works there, if one does. An index into ApplicationFacts::talents.
  std::optional<std::size_t> listing;
  std::optional<std::size_t>
      rule;  // the borrower rule it was held against, an index into Eligibility::borrowers
  std::vector<std::string_view> cites;  // clauses used, each once; borrowed from the version
  std::int64_t talents = 0;             // different talents that satisfy an employer rule
  std::optional<Fen> balance_at_most;   // the limit that holds for this borrower

  bool eligible() const { return reasons.empty(); }
};

// Applies the version's rules. Any one borrower rule suffices; when none holds, the listing with the fewest
// failing reasons is reported, together with everything else that fails. An employer rule asks for a talent
// that one of the talent rules above it accepts; where it names a level or programmes itself, for those.
EligibilityDecision decide_eligibility(const PolicyVersion& version, const ApplicationFacts& facts);

}  // namespace talent_loan
