// Internal to core/settlement: recoveries of one command, sealed together in one audit entry.
#pragma once

#include <set>
#include <vector>

#include "core/store/seal.hpp"

namespace talent_loan {

// The claims whose recoveries one command changes, and what it posts. Made before the command posts anything.
class TouchedClaims {
 public:
  explicit TouchedClaims(Transaction& transaction);

  // Before these claims' recoveries change. Throws Failure where they are not what the audit trail sealed.
  void touch(const std::vector<std::int64_t>& claims);
  std::vector<Seal> seals();

 private:
  Transaction& transaction_;
  std::int64_t last_entry_before_;
  std::set<std::int64_t> claims_{};
};

}  // namespace talent_loan
