#include "core/loan/record_table.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace talent_loan {
namespace {

constexpr std::size_t keys_at_once = 64;

std::string key_text(const Value& value) { return value.text() == nullptr ? std::string() : *value.text(); }

// A column's name as files and interfaces know the field: without the unit that the database adds.
std::string field_name(std::string column) {
  for (const std::string_view unit : {"_fen", "_hundred_millionths"}) {
    if (column.ends_with(unit)) column.resize(column.size() - unit.size());
  }
  return column;
}

// The first column of which the stored row and the given cells differ, or npos.
std::size_t first_difference(const RecordTable& table, const Cells& given, const Cells& stored) {
  for (std::size_t i = 0; i < given.size() - table.not_compared; ++i) {
    if (i == table.place_column) continue;
    const Value& a = given[i];
    const Value& b = stored[i];
    if (a.null() != b.null()) return i;
    if (a.integer() != nullptr && (b.integer() == nullptr || *a.integer() != *b.integer())) return i;
    if (a.text() != nullptr && (b.text() == nullptr || *a.text() != *b.text())) return i;
  }
  return std::string::npos;
}

// A stored row in the kinds of the given one: where the given cell is a number, so must be the stored.
Cells cells_like(const Cells& given, const Row& row) {
  Cells cells;
  cells.reserve(given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (row.null(i)) cells.emplace_back();
    else if (given[i].integer() != nullptr) cells.emplace_back(row.integer(i));
    else cells.emplace_back(row.text(i));
  }
  return cells;
}

std::string select_by_keys(const RecordTable& table) {
  std::string sql = fmt::format("SELECT {} FROM {} WHERE {} = :bank AND {} IN (", column_list(table), table.name,
                                table.columns[0], table.columns[1]);
  for (std::size_t i = 0; i < keys_at_once; ++i) sql += fmt::format("{}:key{}", i == 0 ? "" : ", ", i);
  return sql + ")";
}

using RowsByKey = std::unordered_map<std::string, std::size_t>;

// Compares the rows of one bank with what is stored; what stays `accepted` is new.
void compare_with_stored(Transaction& transaction, const std::string& sql, const RecordTable& table, const std::string& bank,
                         const RowsByKey& first_by_key, const std::vector<Cells>& rows, std::vector<Filing>& filings) {
  std::vector<Value> parameters(keys_at_once + 1, Value(""));
  parameters[0] = Value(bank);
  std::size_t filled = 0;
  const auto flush = [&] {
    if (filled == 0) return;
    for (std::size_t i = filled; i < keys_at_once; ++i) parameters[i + 1] = parameters[filled];
    transaction.each(sql, parameters, [&](const Row& row) {
      const std::size_t index = first_by_key.at(row.text(1));
      const std::size_t differs = first_difference(table, rows[index], cells_like(rows[index], row));
      filings[index].filed = differs == std::string::npos ? Filed::repeated : Filed::conflict;
      if (differs != std::string::npos) filings[index].field = field_name(table.columns[differs]);
    });
    filled = 0;
  };
  for (const auto& [key, index] : first_by_key) {
    parameters[++filled] = Value(key);
    if (filled == keys_at_once) flush();
  }
  flush();
}

void insert_new(Transaction& transaction, const RecordTable& table, const Numbering& numbering,
                const std::vector<Cells>& rows, const std::vector<Filing>& filings) {
  const auto is_new = [](const Filing& filing) { return filing.filed == Filed::accepted; };
  if (std::none_of(filings.begin(), filings.end(), is_new)) return;
  std::vector<std::string> columns = table.columns;
  std::int64_t number = 0;
  if (numbering.column != nullptr) {
    columns.insert(columns.begin(), numbering.column);
    number = transaction.query_one(fmt::format("SELECT COALESCE(MAX({}), 0) FROM {}", numbering.column, table.name))->integer(0);
  }
  BulkInsert insert(transaction, table.name, columns);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!is_new(filings[i])) continue;
    if (numbering.column != nullptr) insert.integer(++number);
    for (const Value& cell : rows[i]) {
      if (cell.integer() != nullptr) insert.integer(*cell.integer());
      else if (cell.text() != nullptr) insert.text(*cell.text());
      else insert.null();
    }
    insert.end_row();
  }
  insert.finish();
}

Text conflict_message(const std::string& field) {
  return {fmt::format("同一编号已有内容不同的记录（{}），保留原记录", field),
          fmt::format("the same key is known with another {}; the first record stands", field)};
}

}  // namespace

void file_rows(Transaction& transaction, const RecordTable& table, const Numbering& numbering,
               const std::vector<Cells>& rows, std::vector<Filing>& filings) {
  std::map<std::string, RowsByKey> first_by_bank;
  std::vector<std::pair<std::size_t, std::size_t>> later;  // a row and the earlier one of the same key
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (filings[i].filed != Filed::accepted) continue;
    const auto [first, fresh] = first_by_bank[key_text(rows[i][0])].emplace(key_text(rows[i][1]), i);
    if (!fresh) later.emplace_back(i, first->second);
  }
  const std::string sql = select_by_keys(table);
  for (const auto& [bank, first_by_key] : first_by_bank) {
    compare_with_stored(transaction, sql, table, bank, first_by_key, rows, filings);
  }
  for (const auto& [row, first] : later) {
    // Where the earlier row conflicts with the stored one, this one is compared with the earlier: a differing
    // repetition is a conflict either way.
    const std::size_t differs = first_difference(table, rows[row], rows[first]);
    filings[row].filed = differs == std::string::npos && filings[first].filed != Filed::conflict ? Filed::repeated : Filed::conflict;
    filings[row].field = differs == std::string::npos ? filings[first].field : field_name(table.columns[differs]);
  }
  insert_new(transaction, table, numbering, rows, filings);
  for (Filing& filing : filings) {
    if (filing.filed == Filed::conflict) filing.message = conflict_message(filing.field);
  }
}

std::string column_list(const RecordTable& table) { return fmt::format("{}", fmt::join(table.columns, ", ")); }

Filing rejected(std::string field, Text message) { return {Filed::rejected, std::move(field), std::move(message)}; }

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, "|")); }

std::vector<std::string> separated(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('|', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace talent_loan
