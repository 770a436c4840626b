#include "core/store/seal_scopes.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/store/covered_rows.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t scopes_at_once = 64;  // in one statement

// Runs the statement, which ends in `IN (`, for all scopes, some at a time.
void each_among(Transaction& transaction, const std::string& begin, const std::vector<std::int64_t>& scopes, const std::string& end,
                const std::function<void(const Row&)>& visit) {
  std::string sql = begin;
  for (std::size_t i = 0; i < scopes_at_once; ++i) sql += fmt::format("{}:scope{}", i == 0 ? "" : ", ", i);
  sql += end;
  for (std::size_t at = 0; at < scopes.size(); at += scopes_at_once) {
    std::vector<Value> some;
    for (std::size_t i = 0; i < scopes_at_once; ++i) some.emplace_back(scopes[std::min(at + i, scopes.size() - 1)]);
    transaction.each(sql, some, visit);
  }
}

}  // namespace

std::vector<Seal> seal_scopes(Transaction& transaction, std::string_view name, const std::vector<std::int64_t>& scopes) {
  const CoveredTable& table = covered_table(name);
  std::map<std::int64_t, Sealer> sealers;
  for (const std::int64_t scope : scopes) sealers.try_emplace(scope, name, scope, scope);
  const auto column = static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), table.scope) - table.columns.begin());
  each_among(transaction, fmt::format("SELECT {} FROM {} WHERE {} IN (", fmt::join(table.columns, ", "), table.name, table.scope), scopes,
             ")" + covered_order(table), [&](const Row& row) { add_row(sealers.at(row.integer(column)), row); });
  std::vector<Seal> seals;
  seals.reserve(scopes.size());
  for (const std::int64_t scope : scopes) seals.push_back(sealers.at(scope).finish());
  return seals;
}

void require_scopes_untouched(Transaction& transaction, std::string_view name, const std::vector<std::int64_t>& scopes) {
  std::map<std::int64_t, std::string> sealed;  // the last digest of each
  each_among(transaction, "SELECT first_scope, last_scope, digest FROM audit_seals WHERE covered = '" + covered_table(name).name + "' AND last_scope IN (",
             scopes, ") ORDER BY sequence, position", [&](const Row& row) {
               if (row.integer(0) == row.integer(1)) sealed[row.integer(0)] = row.text(2);
             });
  for (const Seal& now : seal_scopes(transaction, name, scopes)) {
    const auto last = sealed.find(now.first);
    if (last == sealed.end() ? now.rows != 0 : now.digest != last->second) refuse_touched(name, now.first);
  }
}

}  // namespace talent_loan
