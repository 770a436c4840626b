// Internal to core/store: the rows of a covered table in the order in which they are sealed.
#pragma once

#include <functional>
#include <optional>

#include "core/store/seal.hpp"

namespace talent_loan {

struct ScopeRange {
  std::int64_t first;
  std::int64_t last;
};

// Every column of every row, or of those in the range.
void each_covered_row(Transaction& transaction, const CoveredTable& table, const std::optional<ScopeRange>& range,
                      const std::function<void(const Row&)>& visit);

void add_row(Sealer& sealer, const Row& row);

}  // namespace talent_loan
