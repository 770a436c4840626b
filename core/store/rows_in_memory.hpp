// Internal to core/store: SQLite's side of BulkInsert. Rows wait in flat memory and go in by one
// "INSERT … SELECT … FROM rows_in_memory(?)", for which the connection has a table-valued function of that name:
// half the time of binding and stepping every row, and the table stays as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/connection.hpp"

namespace talent_loan {

class RowsInMemory {
 public:
  static constexpr std::size_t most_columns = 64;

  // Gives the connection the function; once, before the first RowsInMemory is read on it.
  static void make_readable(Connection& connection);
  // The name under which sqlite3_bind_pointer hands a RowsInMemory to the function.
  static constexpr const char* pointer_type = "talent-loan rows in memory";
  // "INSERT INTO table (a, b) SELECT c0, c1 FROM rows_in_memory(?)". REQUIRES: plain names.
  static std::string insertion(std::string_view table, const std::vector<std::string>& columns);

  // REQUIRES: columns <= most_columns
  explicit RowsInMemory(std::size_t columns) : columns_(columns) {}

  // The most bytes of a text (SQLITE_MAX_LENGTH).
  static constexpr std::size_t longest_text = 1'000'000'000;

  void add_null() { cells_.push_back({}); }
  void add_integer(std::int64_t value) { cells_.push_back({Kind::integer, 0, value}); }
  void add_text(std::string_view text);  // REQUIRES: at most longest_text bytes
  void clear();

  bool empty() const { return cells_.empty(); }
  std::size_t rows() const { return cells_.size() / columns_; }
  // Whether they are worth handing over: many more at once would leave the processor's nearest memory.
  bool full() const { return rows() >= enough_rows || texts_.size() >= enough_bytes; }

  // Sets the result of the function's column. REQUIRES: row < rows(), column < columns.
  void answer(sqlite_api::sqlite3_context* context, std::size_t row, std::size_t column) const;

 private:
  static constexpr std::size_t enough_rows = 256;
  static constexpr std::size_t enough_bytes = 1 << 16;

  enum class Kind : std::uint32_t { null, integer, text };
  struct Cell {
    Kind kind = Kind::null;
    std::uint32_t size = 0;  // of a text, bytes
    std::int64_t value = 0;  // the integer, or where in texts_ the text begins
  };

  std::size_t columns_;
  std::vector<Cell> cells_;
  std::string texts_;
};

}  // namespace talent_loan
