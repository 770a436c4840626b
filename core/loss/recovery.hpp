// Sharing what the bank collects after compensation among all who bore the loss.
#pragma once

#include <cstdint>
#include <vector>

#include "core/loss/loss.hpp"

namespace talent_loan {

// All recoveries on one claim up to now, and the collection costs they brought.
struct RecoveredToDate {
  FenSum amount;
  FenSum costs;
};

// What there is to share: recoveries, less costs where they are deducted first, at least 0 and at most the
// loss. REQUIRES: loss not negative.
Fen recovery_net(RecoveredToDate to_date, RecoveryCosts costs, Fen loss);

// What a payer has been due back in all, ⌊net × bears ÷ loss⌋; 0 where there was no loss. Never above bears.
// REQUIRES: 0 <= bears <= loss, 0 <= net <= loss.
Fen due_back(Fen net, Fen bears, Fen loss);

// What one more recovery returns to one payer, given what it was returned before. Costs that arrive late
// lower `due_back` below what was returned already: then nothing is returned, and the difference is carried
// because the next return is again measured against all that was returned.
Fen return_now(Fen due, Fen returned_before);

// The returns of a claim to its payers, recovery by recovery. One thread.
class RecoverySharing {
 public:
  // `bears` of each payer in any order the caller keeps. REQUIRES: Σ bears <= loss, none negative.
  RecoverySharing(Fen loss, std::vector<Fen> bears, RecoveryCosts costs);

  // Adds a recovery and gives what it returns to each payer, never negative. REQUIRES: neither negative.
  std::vector<Fen> add(Fen amount, Fen costs);
  const std::vector<Fen>& returned() const { return returned_; }  // to date, by payer

 private:
  Fen loss_;
  std::vector<Fen> bears_;
  RecoveryCosts costs_;
  RecoveredToDate to_date_;
  std::vector<Fen> returned_;
};

}  // namespace talent_loan
