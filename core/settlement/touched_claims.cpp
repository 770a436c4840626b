#include "core/settlement/touched_claims.hpp"

#include "core/ledger/journal.hpp"

namespace talent_loan {

TouchedClaims::TouchedClaims(Transaction& transaction) : transaction_(transaction), last_entry_before_(last_entry(transaction)) {}

void TouchedClaims::touch(std::int64_t claim) {
  if (!claims_.insert(claim).second) return;
  require_untouched(transaction_, "recoveries", claim);
  require_untouched(transaction_, "recovery_returns", claim);
}

std::vector<Seal> TouchedClaims::seals() {
  std::vector<Seal> seals = seals_after(transaction_, last_entry_before_);
  for (const std::int64_t claim : claims_) {
    seals.push_back(seal_rows(transaction_, "recoveries", claim));
    seals.push_back(seal_rows(transaction_, "recovery_returns", claim));
  }
  return seals;
}

}  // namespace talent_loan
