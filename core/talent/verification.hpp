// Verification: is this borrower eligible, by which list and which clauses, and if not, for which reasons.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/eligibility_rules.hpp"
#include "core/policy/policy.hpp"
#include "core/talent/bank_filings.hpp"
#include "core/talent/registry.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

// What is absent is not asked: its rules are not applied.
struct VerificationRequest {
  std::optional<BankId> bank{};
  BorrowerRule::Kind kind = BorrowerRule::Kind::talent;
  std::string borrower_id;  // identity number or unified social credit code
  Day on;
  Fen amount{};
  std::optional<std::string> purpose{};
  bool secured = false;
  bool guaranteed = false;
  std::optional<int> term_months{};
  std::optional<Ratio> rate{};  // a year
};

struct VerificationDecision {
  Reasons reasons;                         // every failing one
  const PolicyVersion* version = nullptr;  // null: none in force on the day
  // What it rests on: the selection that satisfies a rule, or else the one nearest to it.
  ProgrammeId programme{};
  std::optional<Level> level{};
  TalentId talent{};                       // of an enterprise: the talent through whom it verifies
  std::int64_t list_version = 0;           // 0: no list says anything of the borrower
  std::optional<Period> valid{};           // of that selection, revocations taken into account
  bool revoked = false;                    // a revocation ended it
  std::optional<int> tenure_months{};      // of an enterprise: of the talent who works there on the day
  std::optional<int> tenure_asked{};       // and what the rule asks
  std::int64_t talents_counted = 0;        // of an enterprise: its different talents that satisfy a rule
  std::optional<Fen> balance_at_most{};    // the limit that holds for this borrower
  std::vector<std::string> cites{};

  bool eligible() const { return reasons.empty(); }
};

// What a borrower owes over all banks. Implemented over the loan book.
class BalanceLookup {
 public:
  virtual ~BalanceLookup() = default;
  // Outstanding covered principal at the end of `day`. `talents`: the keys under which lists know a talent; none
  // for an enterprise. Called from several threads at once.
  virtual Fen balance(BorrowerRule::Kind kind, const std::string& borrower_id, std::span<const std::string_view> talents,
                      Day day) const = 0;
};

// Whether `number` is an identity number of any kind, checked as far as its form allows: what looks like a
// resident identity or permanent resident number must have the right length and check character.
bool plausible_identity_number(std::string_view number);

// Everything that decides, borrowed: it must outlive the verifier. Safe to use from several threads at once.
class Verifier {
 public:
  // `vault` may be null where no talent is listed; `balances` where no loan is booked.
  Verifier(const PolicySet& policies, SchemeId scheme, const Registry& registry, const FiledBanks& banks, const Vault* vault,
           const BalanceLookup* balances)
      : policies_(policies), scheme_(std::move(scheme)), registry_(registry), banks_(banks), vault_(vault), balances_(balances) {}

  // Some micro-seconds; allocates a little.
  VerificationDecision decide(const VerificationRequest& request) const;

  // The same in steps, for many requests at a time: what is looked at next is fetched into the processor for all of
  // them, before the first is decided.
  struct Sought {
    KeyedHash hash;
  };
  Sought sought(const VerificationRequest& request) const;
  void fetch_index(const VerificationRequest& request, Sought sought) const { registry_.prefetch_index(request.kind == BorrowerRule::Kind::employer, sought.hash); }
  void fetch_entries(const VerificationRequest& request, Sought sought) const { registry_.prefetch_entries(request.kind == BorrowerRule::Kind::employer, sought.hash); }
  // Without the talent's key, which a list of decisions does not show and which lies apart from all else.
  VerificationDecision decide_unnamed(const VerificationRequest& request, Sought sought) const;

  // Whether a list knows this identity number, valid or not.
  bool listed(std::string_view identity_number) const;

 private:
  struct Facts;
  VerificationDecision decide(const VerificationRequest& request, Sought sought, Facts& facts) const;
  void gather_talent(const VerificationRequest& request, Sought sought, Facts& facts) const;
  void gather_employer(const VerificationRequest& request, Facts& facts) const;
  void add_person(Registry::Person person, Day on, const DaySpan* employed, Facts& facts) const;

  const PolicySet& policies_;
  SchemeId scheme_;
  const Registry& registry_;
  const FiledBanks& banks_;
  const Vault* vault_;
  const BalanceLookup* balances_;
};

}  // namespace talent_loan
