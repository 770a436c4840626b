#include "core/loss/recovery.hpp"

#include <algorithm>

namespace talent_loan {

Fen recovery_net(RecoveredToDate to_date, RecoveryCosts costs, Fen loss) {
  const Int128 deducted = costs == RecoveryCosts::deducted_first ? to_date.costs.count() : 0;
  const Int128 net = std::clamp<Int128>(to_date.amount.count() - deducted, 0, loss.count());
  return Fen(static_cast<std::int64_t>(net));
}

Fen due_back(Fen net, Fen bears, Fen loss) {
  return loss == Fen(0) ? Fen(0) : floor_part(net, bears.count(), loss.count());
}

Fen return_now(Fen due, Fen returned_before) {
  return std::max(due - returned_before, Fen(0));
}

RecoverySharing::RecoverySharing(Fen loss, std::vector<Fen> bears, RecoveryCosts costs)
    : loss_(loss), bears_(std::move(bears)), costs_(costs), returned_(bears_.size()) {}

std::vector<Fen> RecoverySharing::add(Fen amount, Fen costs) {
  to_date_.amount += amount;
  to_date_.costs += costs;
  const Fen net = recovery_net(to_date_, costs_, loss_);
  std::vector<Fen> now;
  for (std::size_t i = 0; i < bears_.size(); ++i) {
    now.push_back(return_now(due_back(net, bears_[i], loss_), returned_[i]));
    returned_[i] += now.back();
  }
  return now;
}

}  // namespace talent_loan
