// What recoveries and their reversals moved, one after another: the sub-ledger of what flows back.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/loss/recovery.hpp"
#include "core/settlement/recovery.hpp"

namespace talent_loan {

// A recovery, or its reversal with everything negative. What a reversal takes back is what makes the sum right: it
// may differ from what the recovery returned where others were booked in between.
struct RecoveryMovement {
  std::string key;  // the recovery's id, or the reversal's
  RecoveryId recovery;
  bool reversal = false;
  bool reversed = false;  // a recovery that does not stand any more
  std::int64_t claim = 0;
  ClaimId claim_id;
  BankId bank;
  Day received_on;  // of the recovery
  Fen amount;
  Fen costs;
  std::vector<PayerReturn> returns;  // payers in byte order
  UserId by;       // empty: booked by an earlier version of the program, which did not keep it
  std::string at;  // UTC; empty as above
  std::string why{};  // of a reversal

  Fen returned() const;
};

// Of recoveries received within the days, in the order of booking; a reversal follows its recovery.
void each_recovery_movement(Transaction& transaction, const Period& received, const std::function<void(const RecoveryMovement&)>& visit);
std::vector<RecoveryMovement> recovery_movements_of(Transaction& transaction, std::int64_t claim);

// Of the recoveries on a claim that stand.
RecoveredToDate recovered_to_date(Transaction& transaction, std::int64_t claim);

}  // namespace talent_loan
