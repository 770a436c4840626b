#include "core/settlement/touched_claims.hpp"

#include "core/ledger/journal.hpp"
#include "core/store/seal_scopes.hpp"

namespace talent_loan {

TouchedClaims::TouchedClaims(Transaction& transaction) : transaction_(transaction), last_entry_before_(last_entry(transaction)) {}

void TouchedClaims::touch(const std::vector<std::int64_t>& claims) {
  std::vector<std::int64_t> untouched_so_far;
  for (const std::int64_t claim : claims) {
    if (claims_.insert(claim).second) untouched_so_far.push_back(claim);
  }
  require_scopes_untouched(transaction_, "recoveries", untouched_so_far);
  require_scopes_untouched(transaction_, "recovery_returns", untouched_so_far);
}

std::vector<Seal> TouchedClaims::seals() {
  std::vector<Seal> seals = seals_after(transaction_, last_entry_before_);
  const std::vector<std::int64_t> claims(claims_.begin(), claims_.end());
  for (const char* table : {"recoveries", "recovery_returns"}) {
    for (Seal& seal : seal_scopes(transaction_, table, claims)) seals.push_back(std::move(seal));
  }
  return seals;
}

}  // namespace talent_loan
