// Balances over all banks together, and the limits that policies set on them.
#pragma once

#include <string>
#include <vector>

#include "core/loan/records.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

// Whose balance counts: a talent's own loans against `per_talent`, an employer's against `per_enterprise`.
// A talent is known by its TalentId where the decision named one, else by the borrower id the bank gave.
struct Borrower {
  BorrowerKind kind = BorrowerKind::talent;
  std::string key;
  friend auto operator<=>(const Borrower&, const Borrower&) = default;
};
Borrower borrower_of(const Loan& loan);

// What the borrower owes over all banks at the end of `day`.
Fen balance_of(Transaction& transaction, const Borrower& borrower, Day day);

// How much of a new loan lies within the limits, given what the borrower owes already: 0 to `amount`.
// Under `over: refuse` less than `amount` means OVER_TALENT_LIMIT or OVER_ENTERPRISE_LIMIT; under
// `over: uncovered` the rest is lent but not compensated.
Fen within_limits(const Limits& limits, BorrowerKind kind, int talents_counted, Fen owed_already, Fen amount);

// How much of a registered loan is covered: within the limits at the moment it was disbursed, after what the
// borrower then owed on older loans (by day of disbursement, then bank, then loan id). So the oldest loans are
// covered first, whatever order the banks reported them in.
Fen covered_amount(Transaction& transaction, const Limits& limits, const Loan& loan);

// A bank's talent loans at the end of a day.
struct BankPortfolio {
  BankId bank;
  std::int64_t loans = 0;    // with a balance
  FenSum balance;            // owed
  FenSum non_performing;     // of it, classified substandard or worse
};
BankPortfolio portfolio_of(Transaction& transaction, const BankId& bank, Day day);
std::vector<BankPortfolio> portfolios(Transaction& transaction, Day day);  // banks in byte order

}  // namespace talent_loan
