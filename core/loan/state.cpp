#include "core/loan/state.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

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

// A nonsensical sum of one bank's events must not stop the settlement of all others: it is clamped, not thrown.
Fen clamped(Int128 fen) {
  constexpr Int128 most = std::numeric_limits<std::int64_t>::max();
  return Fen(static_cast<std::int64_t>(std::clamp<Int128>(fen, 0, most)));
}

}  // namespace

Fen LoanState::balance() const {
  return recovered_principal > outstanding_principal ? Fen() : outstanding_principal - recovered_principal;
}

LoanState state_on(const Loan& loan, const std::vector<LoanEvent>& events, Day day) {
  LoanState state;
  FenSum repaid, recovered, reversed, written_off;
  Latest overdue, classified, maturity;
  for (const LoanEvent& event : events) {
    if (event.occurred_on > day) continue;
    const Fen amount = event.amount.value_or(Fen());
    switch (event.kind) {
      case EventKind::repayment: repaid += amount; break;
      case EventKind::recovery: recovered += amount; break;
      case EventKind::recovery_reversed: reversed += amount; break;
      case EventKind::write_off: written_off += amount; break;
      case EventKind::overdue: overdue.see(event); break;
      case EventKind::classification: classified.see(event); break;
      case EventKind::extension:
      case EventKind::renewal: maturity.see(event); break;
      case EventKind::defaulted:
        if (!state.defaulted_on || event.occurred_on < *state.defaulted_on) state.defaulted_on = event.occurred_on;
        break;
    }
  }
  const Int128 lent = loan.amount.count();
  state.outstanding_principal = clamped(lent - repaid.count());
  state.overpaid = clamped(repaid.count() - lent);
  state.recovered_principal = clamped(recovered.count() - reversed.count());
  state.written_off = clamped(written_off.count());
  if (overdue.event != nullptr) state.overdue_days = overdue.event->overdue_days.value_or(0);
  if (classified.event != nullptr) state.loan_class = classified.event->loan_class.value_or(LoanClass::normal);
  state.maturity = maturity.event != nullptr ? maturity.event->maturity : loan.maturity;
  return state;
}

}  // namespace talent_loan
