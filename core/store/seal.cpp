#include "core/store/seal.hpp"

#include <charconv>

#include <fmt/format.h>

#include "core/store/covered_rows.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t digest_at = 1 << 16;

// FNV-1a, 32 bits: only to name a row that the digest has found to differ.
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t hash = 0x811c9dc5;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
  return hash;
}

void append_checksum(std::string& locator, std::uint32_t hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (int shift = 28; shift >= 0; shift -= 4) locator += digits[(hash >> shift) & 15];
}

}  // namespace

void each_covered_row(Transaction& transaction, const CoveredTable& table, const std::optional<ScopeRange>& range,
                      const std::function<void(const BulkRead&)>& visit) {
  std::string sql = "SELECT ";
  for (const std::string& column : table.columns) sql += (&column == &table.columns.front() ? "" : ", ") + column;
  sql += " FROM " + table.name;
  if (range) sql += fmt::format(" WHERE {0} >= :first AND {0} <= :last", table.scope);
  sql += covered_order(table);
  BulkRead rows(transaction, sql, range ? std::vector<Value>{range->first, range->last} : std::vector<Value>{});
  while (rows.next()) visit(rows);
}

std::string covered_order(const CoveredTable& table) {
  std::string order = " ORDER BY " + table.scope;
  for (const KeyColumn& column : table.key) order += ", " + column.name + (column.text ? " COLLATE \"C\"" : "");
  return order;
}

void refuse_touched(std::string_view table, std::int64_t scope) {
  const std::string& column = covered_table(table).scope;
  throw Failure({fmt::format("表 {}（{}={}）的记录与审计记录不符，已停止办理", table, column, scope),
                 fmt::format("the rows of table {} ({}={}) are not what the audit trail sealed; nothing was done", table, column, scope)},
                {"请运行 audit verify，并与备份比对", "run audit verify and compare with a backup"});
}

Sealer::Sealer(std::string_view table, std::int64_t first, std::int64_t last) {
  seal_.table = table;
  seal_.first = first;
  seal_.last = last;
}

// Every cell with its length before it, so that no byte can move from one cell into the next.
Sealer& Sealer::text(std::string_view cell) {
  char length[24];
  const auto end = std::to_chars(length, length + sizeof length, cell.size());
  bytes_.append(length, end.ptr);
  bytes_ += ':';
  bytes_ += cell;
  return *this;
}

Sealer& Sealer::integer(std::int64_t cell) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, cell);
  return text({digits, static_cast<std::size_t>(end.ptr - digits)});
}

Sealer& Sealer::null() {
  bytes_ += '-';
  return *this;
}

void Sealer::end_row() {
  bytes_ += '\n';
  append_checksum(seal_.locator, checksum(std::string_view(bytes_).substr(row_begin_)));
  ++seal_.rows;
  if (bytes_.size() >= digest_at) {
    sm3_.update(bytes_);
    bytes_.clear();
  }
  row_begin_ = bytes_.size();
}

Seal Sealer::finish() {
  sm3_.update(bytes_);
  seal_.digest = sm3_.finish();
  return std::move(seal_);
}

Seal seal_rows(Transaction& transaction, std::string_view name, std::int64_t first, std::int64_t last) {
  const CoveredTable& table = covered_table(name);
  Sealer sealer(name, first, last);
  each_covered_row(transaction, table, ScopeRange{first, last}, [&](const BulkRead& row) { add_row(sealer, row); });
  return sealer.finish();
}

std::vector<Seal> seal_everything(Transaction& transaction) {
  std::vector<Seal> seals;
  for (const CoveredTable& table : covered_tables()) {
    std::vector<std::int64_t> scopes;
    transaction.each(fmt::format("SELECT DISTINCT {0} FROM {1} ORDER BY {0}", table.scope, table.name), {},
                     [&](const Row& row) { scopes.push_back(row.integer(0)); });
    if (scopes.empty()) continue;
    if (!table.each_scope) {
      seals.push_back(seal_rows(transaction, table.name, scopes.front(), scopes.back()));
      continue;
    }
    for (const std::int64_t scope : scopes) seals.push_back(seal_rows(transaction, table.name, scope));
  }
  return seals;
}

void require_untouched(Transaction& transaction, std::string_view table, std::int64_t scope) {
  const char* const where = covered_table(table).each_scope ? "first_scope = :scope AND last_scope = :same" : "first_scope <= :scope AND last_scope >= :same";
  const auto sealed = transaction.query_one(
      fmt::format("SELECT first_scope, last_scope, digest, sequence FROM audit_seals WHERE covered = :table AND {}"
                  " ORDER BY sequence DESC, position DESC LIMIT 1", where),
      {table, scope, scope});
  const std::int64_t first = sealed ? sealed->integer(0) : scope, last = sealed ? sealed->integer(1) : scope;
  const Seal now = seal_rows(transaction, table, first, last);
  if (sealed ? now.digest == sealed->text(2) : now.rows == 0) return;
  refuse_touched(table, scope);
}

}  // namespace talent_loan
