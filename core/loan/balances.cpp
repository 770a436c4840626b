#include "core/loan/balances.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "core/loan/loan_stream.hpp"
#include "core/loan/state.hpp"

namespace talent_loan {
namespace {

Fen saturating(FenSum sum) {
  constexpr Int128 most = std::numeric_limits<std::int64_t>::max();
  return Fen(static_cast<std::int64_t>(std::min<Int128>(sum.count(), most)));
}

// An enterprise whose talents nobody counted is measured as if it had one.
std::optional<Fen> limit_for(const Limits& limits, BorrowerKind kind, int talents_counted) {
  return limits.balance_of(kind, std::max(talents_counted, 1));
}

void add_to(BankPortfolio& portfolio, const Loan& loan, const std::vector<LoanEvent>& events, Day day) {
  const LoanState state = state_on(loan, events, day);
  if (state.balance() == Fen()) return;
  ++portfolio.loans;
  portfolio.balance += state.balance();
  if (state.loan_class >= LoanClass::substandard) portfolio.non_performing += state.balance();
}

}  // namespace

Borrower borrower_of(const Loan& loan) {
  if (loan.borrower_kind == BorrowerKind::talent && !loan.talent.empty()) return {loan.borrower_kind, loan.talent.text()};
  return {loan.borrower_kind, loan.borrower_id};
}

Fen balance_of(Transaction& transaction, const Borrower& borrower, Day day) {
  FenSum owed;
  each_loan_of_borrower(transaction, borrower.kind, borrower.key, day, [&](const Loan& loan, const std::vector<LoanEvent>& events) {
    owed += state_on(loan, events, day).balance();
  });
  return saturating(owed);
}

Fen within_limits(const Limits& limits, BorrowerKind kind, int talents_counted, Fen owed_already, Fen amount) {
  const std::optional<Fen> limit = limit_for(limits, kind, talents_counted);
  if (!limit) return amount;
  if (owed_already >= *limit) return Fen();
  return std::min(amount, *limit - owed_already);
}

Fen covered_amount(Transaction& transaction, const Limits& limits, const Loan& loan) {
  if (!limit_for(limits, loan.borrower_kind, loan.talents_counted)) return loan.amount;
  const auto age = [](const Loan& l) { return std::tie(l.disbursed_on, l.bank, l.id); };
  const Borrower borrower = borrower_of(loan);
  FenSum owed;
  each_loan_of_borrower(transaction, borrower.kind, borrower.key, loan.disbursed_on,
                        [&](const Loan& other, const std::vector<LoanEvent>& events) {
                          if (age(other) < age(loan)) owed += state_on(other, events, loan.disbursed_on).balance();
                        });
  return within_limits(limits, loan.borrower_kind, loan.talents_counted, saturating(owed), loan.amount);
}

BankPortfolio portfolio_of(Transaction& transaction, const BankId& bank, Day day) {
  BankPortfolio portfolio{.bank = bank, .loans = 0, .balance = {}, .non_performing = {}};
  each_loan_of_bank(transaction, bank, day,
                    [&](const Loan& loan, const std::vector<LoanEvent>& events) { add_to(portfolio, loan, events, day); });
  return portfolio;
}

std::vector<BankPortfolio> portfolios(Transaction& transaction, Day day) {
  std::vector<BankPortfolio> all;
  each_loan(transaction, day, [&](const Loan& loan, const std::vector<LoanEvent>& events) {
    if (all.empty() || all.back().bank != loan.bank) all.push_back({.bank = loan.bank, .loans = 0, .balance = {}, .non_performing = {}});
    add_to(all.back(), loan, events, day);
  });
  return all;
}

}  // namespace talent_loan
