// Internal to core/settlement: booking recoveries one by one, sealed together in one audit entry.
#pragma once

#include <set>
#include <vector>

#include "core/settlement/recovery.hpp"
#include "core/store/seal.hpp"

namespace talent_loan {

// The claims whose recoveries one command changes, and what it posts. Made before the command posts anything.
class TouchedClaims {
 public:
  explicit TouchedClaims(Transaction& transaction);

  // Before a claim's recoveries change. Throws Failure where they are not what the audit trail sealed.
  void touch(std::int64_t claim);
  std::vector<Seal> seals();

 private:
  Transaction& transaction_;
  std::int64_t last_entry_before_;
  std::set<std::int64_t> claims_{};
};

// The same as book_recovery(), without the audit entry.
RecoveryOutcome book_recovery(Transaction& transaction, const RecoveryRow& row, const RecoveryRules& rules, TouchedClaims& touched);

}  // namespace talent_loan
