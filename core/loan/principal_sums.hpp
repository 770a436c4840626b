// Internal to core/loan: what the events of one loan come to, in whatever order they are seen.
#pragma once

#include <algorithm>
#include <limits>

#include "core/loan/records.hpp"

namespace talent_loan {

class PrincipalSums {
 public:
  explicit PrincipalSums(Fen lent) : lent_(lent) {}

  void see(const LoanEvent& event) { see(event.kind, event.amount.value_or(Fen())); }
  void see(EventKind kind, Fen amount) {
    switch (kind) {
      case EventKind::repayment: repaid_ += amount; break;
      case EventKind::recovery: recovered_ += amount; break;
      case EventKind::recovery_reversed: reversed_ += amount; break;
      case EventKind::write_off: written_off_ += amount; break;
      case EventKind::overdue:
      case EventKind::classification:
      case EventKind::extension:
      case EventKind::renewal:
      case EventKind::defaulted: break;
    }
  }

  Fen outstanding() const { return clamped(Int128{lent_.count()} - repaid_.count()); }
  Fen overpaid() const { return clamped(repaid_.count() - Int128{lent_.count()}); }
  Fen recovered() const { return clamped(recovered_.count() - reversed_.count()); }
  Fen written_off() const { return clamped(written_off_.count()); }

 private:
  // A nonsensical sum of one bank's events must not stop the settlement of all others: it is clamped, not thrown.
  static Fen clamped(Int128 fen) {
    constexpr Int128 most = std::numeric_limits<std::int64_t>::max();
    return Fen(static_cast<std::int64_t>(std::clamp<Int128>(fen, 0, most)));
  }

  Fen lent_;
  FenSum repaid_, recovered_, reversed_, written_off_;
};

}  // namespace talent_loan
