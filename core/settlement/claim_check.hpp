// Whether a claim holds: the checks of settlement in the contract's order, the first that fails gives the code.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/loan/balances.hpp"
#include "core/loan/records.hpp"
#include "core/policy/policy.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

enum class ClaimCode {
  dates_out_of_order = 1,
  recovered_over_outstanding,
  no_policy_in_force,
  loan_unknown,
  loan_not_eligible,
  trigger_not_met,
  balance_mismatch,
  already_compensated,
  bank_suspended,
  claim_window_closed
};
std::string_view word(ClaimCode code);  // "LOAN_UNKNOWN"

// The terms that a loan shares with many others.
struct LoanTerms {
  bool decided = false;  // it rests on a decision of eligibility
  BorrowerKind borrower_kind = BorrowerKind::talent;
  int talents_counted = 0;
  std::string purpose{};
  bool secured = false;
  bool guaranteed = false;
  std::optional<int> term_months{};
  std::optional<Ratio> rate{};
  LoanFacts facts{};  // without the amount
};

// What the loan book knows of a claim's loan on the day of the claim.
struct ClaimedLoan {
  const LoanTerms* terms = nullptr;  // null: the book has no such loan
  Day disbursed_on{};
  Fen amount{};
  Fen outstanding_principal{};
  Fen recovered_principal{};
  std::int64_t overdue_days = 0;
  LoanClass loan_class = LoanClass::normal;
};

struct ClaimCase {
  const BankId& bank;
  std::string_view loan_id;
  Day defaulted_on;
  Day claimed_on;
  Fen outstanding_principal;
  Fen recovered_principal;
  ClaimedLoan loan{};
  // How much of the loan lies within the borrower's limits (core/loan/balances.hpp); asked once at most.
  std::function<Fen(const Limits&)> covered{};
  std::string_view compensated_in{};  // the batch that compensates this loan already; empty: none
};

struct ClaimRejection {
  ClaimCode code;
  Text message;
};

struct ClaimAcceptance {
  const PolicyVersion* version;
  Fen principal_loss;
  Fen covered_loss;  // of it, within the limits of the borrower; the rest stays with the bank
};

struct ClaimRules {
  const PolicySet* policies;  // outlives the checker
  SchemeId scheme;
  Day as_of;
  std::optional<std::int32_t> claim_window_days;
  // Whether the bank was filed with the supervisor on a day.
  std::function<bool(const BankId&, Day)> bank_filed;
};

// Checks claims one after another inside one transaction; remembers which banks are suspended.
class ClaimChecker {
 public:
  ClaimChecker(Transaction& transaction, ClaimRules rules) : transaction_(transaction), rules_(std::move(rules)) {}
  std::variant<ClaimAcceptance, ClaimRejection> check(const ClaimCase& given);

 private:
  std::optional<ClaimRejection> check_eligible(const PolicyVersion& version, const ClaimCase& given, Fen covered);
  std::optional<ClaimRejection> check_book(const PolicyVersion& version, const ClaimCase& given);
  std::optional<ClaimRejection> check_bank(const PolicyVersion& version, const ClaimCase& given);
  const BankPortfolio& portfolio(const BankId& bank);

  Transaction& transaction_;
  ClaimRules rules_;
  std::map<BankId, BankPortfolio> portfolios_;
};

}  // namespace talent_loan
