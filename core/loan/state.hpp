// What a loan is on a day: a pure function of the set of its events, however and in whatever order they came.
#pragma once

#include <vector>

#include "core/loan/records.hpp"

namespace talent_loan {

struct LoanState {
  // Disbursed less repaid: what a claim states as outstanding principal. Recoveries do not lower it, they stand
  // beside it; compensation and write-off do not either, because neither ends the debt.
  Fen outstanding_principal;
  Fen recovered_principal;  // recoveries less reversed ones, at least 0
  Fen written_off;
  Fen overpaid;  // what repayments exceed the loan by: the bank's mistake, shown and not counted
  std::int64_t overdue_days = 0;  // as last reported
  LoanClass loan_class = LoanClass::normal;
  std::optional<Day> maturity;
  std::optional<Day> defaulted_on;  // the first default

  // What the borrower still owes: the balance that limits and non-performing ratios count.
  Fen balance() const;
};

// The state at the end of `day`: later events do not count. Of two reports of one day the one with the higher
// sequence stands, then the one with the higher event id. The order of `events` does not matter.
// REQUIRES: the events are this loan's, each once.
LoanState state_on(const Loan& loan, const std::vector<LoanEvent>& events, Day day);

}  // namespace talent_loan
