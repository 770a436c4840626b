#include "core/store/seal_scopes.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/store/covered_rows.hpp"
#include "core/store/each_among.hpp"

namespace talent_loan {
namespace {

std::vector<Value> keys_of(const std::vector<std::int64_t>& scopes) { return {scopes.begin(), scopes.end()}; }

}  // namespace

std::vector<Seal> seal_scopes(Transaction& transaction, std::string_view name, const std::vector<std::int64_t>& scopes) {
  const CoveredTable& table = covered_table(name);
  std::map<std::int64_t, Sealer> sealers;
  for (const std::int64_t scope : scopes) sealers.try_emplace(scope, name, scope, scope);
  const auto column = static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), table.scope) - table.columns.begin());
  each_among(transaction, fmt::format("SELECT {} FROM {} WHERE {}", fmt::join(table.columns, ", "), table.name, table.scope), keys_of(scopes),
             covered_order(table), [&](const Row& row) { add_row(sealers.at(row.integer(column)), row); });
  std::vector<Seal> seals;
  seals.reserve(scopes.size());
  for (const std::int64_t scope : scopes) seals.push_back(sealers.at(scope).finish());
  return seals;
}

void require_scopes_untouched(Transaction& transaction, std::string_view name, const std::vector<std::int64_t>& scopes) {
  std::map<std::int64_t, std::string> sealed;  // the last digest of each
  each_among(transaction, "SELECT first_scope, last_scope, digest FROM audit_seals WHERE covered = '" + covered_table(name).name + "' AND last_scope",
             keys_of(scopes), " ORDER BY sequence, position", [&](const Row& row) {
               if (row.integer(0) == row.integer(1)) sealed[row.integer(0)] = row.text(2);
             });
  for (const Seal& now : seal_scopes(transaction, name, scopes)) {
    const auto last = sealed.find(now.first);
    if (last == sealed.end() ? now.rows != 0 : now.digest != last->second) refuse_touched(name, now.first);
  }
}

}  // namespace talent_loan
