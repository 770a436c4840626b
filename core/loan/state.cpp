#include "core/loan/state.hpp"

#include <tuple>

#include "core/loan/principal_sums.hpp"

namespace talent_loan {
namespace {

// The latest of the reports of one kind, whatever order they are seen in.
struct Latest {
  const LoanEvent* event = nullptr;
  void see(const LoanEvent& seen) {
    const auto rank = [](const LoanEvent& e) { return std::tie(e.occurred_on, e.sequence, e.id); };
    if (event == nullptr || rank(*event) < rank(seen)) event = &seen;
  }
};

}  // namespace

Fen LoanState::balance() const {
  return recovered_principal > outstanding_principal ? Fen() : outstanding_principal - recovered_principal;
}

LoanState state_on(const Loan& loan, const std::vector<LoanEvent>& events, Day day) {
  LoanState state;
  PrincipalSums sums(loan.amount);
  Latest overdue, classified, maturity;
  for (const LoanEvent& event : events) {
    if (event.occurred_on > day) continue;
    sums.see(event);
    switch (event.kind) {
      case EventKind::repayment:
      case EventKind::recovery:
      case EventKind::recovery_reversed:
      case EventKind::write_off: break;
      case EventKind::overdue: overdue.see(event); break;
      case EventKind::classification: classified.see(event); break;
      case EventKind::extension:
      case EventKind::renewal: maturity.see(event); break;
      case EventKind::defaulted:
        if (!state.defaulted_on || event.occurred_on < *state.defaulted_on) state.defaulted_on = event.occurred_on;
        break;
    }
  }
  state.outstanding_principal = sums.outstanding();
  state.overpaid = sums.overpaid();
  state.recovered_principal = sums.recovered();
  state.written_off = sums.written_off();
  if (overdue.event != nullptr) state.overdue_days = overdue.event->overdue_days.value_or(0);
  if (classified.event != nullptr) state.loan_class = classified.event->loan_class.value_or(LoanClass::normal);
  state.maturity = maturity.event != nullptr ? maturity.event->maturity : loan.maturity;
  return state;
}

}  // namespace talent_loan
