#include "core/store/rows_in_memory.hpp"

#include <new>

#include <fmt/format.h>

namespace talent_loan {
namespace {

// What SQLite asks of a table-valued function (https://sqlite.org/vtab.html). These are called from C: none throws.

constexpr int pointer_column = static_cast<int>(RowsInMemory::most_columns);

struct Reading : sqlite_api::sqlite3_vtab_cursor {
  const RowsInMemory* rows = nullptr;
  std::size_t row = 0;
};

Reading& reading(sqlite_api::sqlite3_vtab_cursor* cursor) { return *static_cast<Reading*>(cursor); }

int connect(sqlite_api::sqlite3* handle, void*, int, const char* const*, sqlite_api::sqlite3_vtab** table, char**) {
  static const std::string declaration = [] {
    std::string columns;
    for (int column = 0; column < pointer_column; ++column) columns += fmt::format("c{}, ", column);
    return fmt::format("CREATE TABLE rows_in_memory ({}waiting HIDDEN)", columns);
  }();
  const int code = sqlite_api::sqlite3_declare_vtab(handle, declaration.c_str());
  if (code != SQLITE_OK) return code;
  *table = new (std::nothrow) sqlite_api::sqlite3_vtab();
  return *table == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int disconnect(sqlite_api::sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

// The only plan: the rows are named by their pointer, and all are read in their order.
int plan(sqlite_api::sqlite3_vtab*, sqlite_api::sqlite3_index_info* query) {
  for (int i = 0; i < query->nConstraint; ++i) {
    const auto& constraint = query->aConstraint[i];
    if (constraint.iColumn != pointer_column || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ || constraint.usable == 0) continue;
    query->aConstraintUsage[i].argvIndex = 1;
    query->aConstraintUsage[i].omit = 1;
    return SQLITE_OK;
  }
  return SQLITE_CONSTRAINT;
}

int open(sqlite_api::sqlite3_vtab*, sqlite_api::sqlite3_vtab_cursor** cursor) {
  *cursor = new (std::nothrow) Reading();
  return *cursor == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int close(sqlite_api::sqlite3_vtab_cursor* cursor) {
  delete static_cast<Reading*>(cursor);
  return SQLITE_OK;
}

// Another value than a pointer of this type, as a statement from elsewhere may give, reads as no rows.
int start(sqlite_api::sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite_api::sqlite3_value** values) {
  reading(cursor).rows = static_cast<const RowsInMemory*>(sqlite_api::sqlite3_value_pointer(values[0], RowsInMemory::pointer_type));
  reading(cursor).row = 0;
  return SQLITE_OK;
}

int next(sqlite_api::sqlite3_vtab_cursor* cursor) {
  ++reading(cursor).row;
  return SQLITE_OK;
}

int ended(sqlite_api::sqlite3_vtab_cursor* cursor) {
  const Reading& at = reading(cursor);
  return at.rows == nullptr || at.row >= at.rows->rows();
}

int column(sqlite_api::sqlite3_vtab_cursor* cursor, sqlite_api::sqlite3_context* context, int which) {
  const Reading& at = reading(cursor);
  if (which < pointer_column) at.rows->answer(context, at.row, static_cast<std::size_t>(which));
  return SQLITE_OK;
}

int row_number(sqlite_api::sqlite3_vtab_cursor* cursor, sqlite_api::sqlite_int64* number) {
  *number = static_cast<sqlite_api::sqlite_int64>(reading(cursor).row);
  return SQLITE_OK;
}

}  // namespace

void RowsInMemory::make_readable(Connection& connection) {
  static const sqlite_api::sqlite3_module module = [] {
    sqlite_api::sqlite3_module calls{};  // without xCreate: a function only, no table of it can be made
    calls.xConnect = connect;
    calls.xDisconnect = disconnect;
    calls.xBestIndex = plan;
    calls.xOpen = open;
    calls.xClose = close;
    calls.xFilter = start;
    calls.xNext = next;
    calls.xEof = ended;
    calls.xColumn = column;
    calls.xRowid = row_number;
    return calls;
  }();
  sqlite_api::sqlite3* handle = connection.sqlite_handle();
  if (sqlite_api::sqlite3_create_module(handle, "rows_in_memory", &module, nullptr) != SQLITE_OK) {
    connection.fail_native(sqlite_api::sqlite3_errmsg(handle));
  }
}

std::string RowsInMemory::insertion(std::string_view table, const std::vector<std::string>& columns) {
  std::string names;
  std::string cells;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += (i == 0 ? "" : ", ") + columns[i];
    cells += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  }
  return fmt::format("INSERT INTO {} ({}) SELECT {} FROM rows_in_memory(?)", table, names, cells);
}

void RowsInMemory::add_text(std::string_view text) {
  cells_.push_back({Kind::text, static_cast<std::uint32_t>(text.size()), static_cast<std::int64_t>(texts_.size())});
  texts_ += text;
}

void RowsInMemory::clear() {
  cells_.clear();
  texts_.clear();
}

void RowsInMemory::answer(sqlite_api::sqlite3_context* context, std::size_t row, std::size_t column) const {
  if (column >= columns_) return sqlite_api::sqlite3_result_null(context);
  const Cell& cell = cells_[row * columns_ + column];
  switch (cell.kind) {
    case Kind::null: return sqlite_api::sqlite3_result_null(context);
    case Kind::integer: return sqlite_api::sqlite3_result_int64(context, cell.value);
    case Kind::text:
      // Not copied: the rows stay until the statement has ended.
      return sqlite_api::sqlite3_result_text64(context, texts_.data() + cell.value, cell.size, nullptr, SQLITE_UTF8);
  }
}

}  // namespace talent_loan
