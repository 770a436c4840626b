// Internal to core/store: the rows of a covered table in the order in which they are sealed.
#pragma once

#include <functional>
#include <optional>

#include "core/store/bulk_read.hpp"
#include "core/store/seal.hpp"

namespace talent_loan {

struct ScopeRange {
  std::int64_t first;
  std::int64_t last;
};

// Every column of every row, or of those in the range.
void each_covered_row(Transaction& transaction, const CoveredTable& table, const std::optional<ScopeRange>& range,
                      const std::function<void(const BulkRead&)>& visit);

// The order in which the rows of a scope are sealed, after the scopes: ` ORDER BY …`.
std::string covered_order(const CoveredTable& table);

// REQUIRES: a row of all columns, of Transaction::each or BulkRead.
template <typename AnyRow>
void add_row(Sealer& sealer, const AnyRow& row) {
  for (std::size_t i = 0; i < row.size(); ++i) row.null(i) ? sealer.null() : sealer.text(row.text(i));
  sealer.end_row();
}

[[noreturn]] void refuse_touched(std::string_view table, std::int64_t scope);

}  // namespace talent_loan
