// Many rows out of the database: read from where the database holds them, without a copy of each cell.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/store/database.hpp"

namespace talent_loan {

// One statement walked row by row in flat memory: SQLite's own rows, a cursor on PostgreSQL. Columns count from
// 0. Reading NULL or another type throws Failure as Row does.
// REQUIRES: the transaction outlives it. Other statements may run between two rows.
class BulkRead {
 public:
  BulkRead(Transaction& transaction, std::string_view sql, const std::vector<Value>& values = {});
  BulkRead(const BulkRead&) = delete;
  ~BulkRead();

  bool next();  // to the next row; false after the last
  // The same statement with other values, before its first row.
  void restart(const std::vector<Value>& values);

  std::size_t size() const;  // of a row, in columns
  bool null(std::size_t column) const;
  std::int64_t integer(std::size_t column) const;
  // Of a whole number, its digits. Valid until next() or restart().
  std::string_view text(std::size_t column) const;
  bool flag(std::size_t column) const { return integer(column) != 0; }
  Fen fen(std::size_t column) const { return Fen(integer(column)); }
  Day day(std::size_t column) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A second connection for another thread, which reads in transactions of its own what `transaction` sees.
// nullopt where there can be none: the transaction only reads, has changed something already, or its database
// lies in memory. Good while the transaction lasts: it holds the writers' turn, so nothing else changes.
std::optional<Database> open_beside(Transaction& transaction);

}  // namespace talent_loan
