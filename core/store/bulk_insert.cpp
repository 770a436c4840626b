#include <cctype>

#include <fmt/format.h>

#include "core/store/connection.hpp"
#include "core/store/rows_in_memory.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t copy_chunk = 1 << 18;

void require_plain_name(const Connection& connection, std::string_view name) {
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!plain) connection.fail_native(fmt::format("not a table or column name: {}", quoted(name)));
  }
}

// Text format of COPY: backslash, tab and line ends are escaped.
void append_copy_text(std::string& out, std::string_view cell) {
  for (const char c : cell) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      default: out += c;
    }
  }
}

}  // namespace

struct BulkInsert::State {
  State(Connection& of, std::size_t width) : connection(&of), columns(width), rows(width) {}

  Connection* connection;
  std::size_t columns;
  std::size_t next = 0;  // column of the row being built
  bool finished = false;
  // SQLite
  sqlite_api::sqlite3_stmt* statement = nullptr;
  RowsInMemory rows;
  // PostgreSQL
  std::string buffer;

  void check_sqlite(int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE) connection->fail_native(sqlite_api::sqlite3_errmsg(connection->sqlite_handle()));
  }
  void begin_cell() {
    if (next >= columns) connection->fail_native("more cells than columns");
    if (connection->postgresql && next > 0) buffer += '\t';
    ++next;
  }
  void send() {
    if (PQputCopyData(connection->postgresql_handle(), buffer.data(), static_cast<int>(buffer.size())) != 1) fail_copy();
    buffer.clear();
  }
  [[noreturn]] void fail_copy() {
    const std::string message = PQerrorMessage(connection->postgresql_handle());
    connection->fail_native(message.substr(0, message.find('\n')));
  }
  void prepare(const std::string& sql);
  void insert_rows();
  void begin_copy(const std::string& sql);
  void end_copy(const char* give_up_because);
};

void BulkInsert::State::prepare(const std::string& sql) {
  check_sqlite(sqlite_api::sqlite3_prepare_v2(connection->sqlite_handle(), sql.c_str(), -1, &statement, nullptr));
  check_sqlite(sqlite_api::sqlite3_bind_pointer(statement, 1, &rows, RowsInMemory::pointer_type, nullptr));
}

void BulkInsert::State::insert_rows() {
  if (rows.empty()) return;
  check_sqlite(sqlite_api::sqlite3_step(statement));
  check_sqlite(sqlite_api::sqlite3_reset(statement));
  rows.clear();
}

void BulkInsert::State::begin_copy(const std::string& sql) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection->postgresql_handle(), sql.c_str()), PQclear);
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) fail_copy();
}

// Ends COPY and takes its result from the connection, good or bad.
void BulkInsert::State::end_copy(const char* give_up_because) {
  finished = true;
  std::string error;
  if (PQputCopyEnd(connection->postgresql_handle(), give_up_because) != 1) error = PQerrorMessage(connection->postgresql_handle());
  while (PGresult* result = PQgetResult(connection->postgresql_handle())) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK && error.empty()) error = PQresultErrorMessage(result);
    PQclear(result);
  }
  if (give_up_because == nullptr && !error.empty()) connection->fail_native(error.substr(0, error.find('\n')));
}

BulkInsert::BulkInsert(Transaction& transaction, std::string_view table, const std::vector<std::string>& columns)
    : state_(std::make_unique<State>(*transaction.connection_, columns.size())) {
  Connection& connection = *state_->connection;
  connection.step(StorageStep::statement);
  require_plain_name(connection, table);
  for (const std::string& column : columns) require_plain_name(connection, column);
  if (columns.size() > RowsInMemory::most_columns) connection.fail_native("more columns than a bulk insert takes");
  if (connection.postgresql) state_->begin_copy(fmt::format("COPY {} ({}) FROM STDIN", table, fmt::join(columns, ", ")));
  else state_->prepare(RowsInMemory::insertion(table, columns));
  ++connection.unfinished_inserts;
}

BulkInsert::~BulkInsert() {
  if (state_->statement != nullptr) sqlite_api::sqlite3_finalize(state_->statement);
  if (state_->connection->postgresql && !state_->finished) state_->end_copy("given up");
}

BulkInsert& BulkInsert::text(std::string_view cell) {
  state_->begin_cell();
  if (state_->connection->postgresql) {
    append_copy_text(state_->buffer, cell);
  } else {
    if (cell.size() > RowsInMemory::longest_text) state_->connection->fail_native("a text longer than a database takes");
    state_->rows.add_text(cell);
  }
  return *this;
}

BulkInsert& BulkInsert::integer(std::int64_t cell) {
  state_->begin_cell();
  if (state_->connection->postgresql) fmt::format_to(std::back_inserter(state_->buffer), "{}", cell);
  else state_->rows.add_integer(cell);
  return *this;
}

BulkInsert& BulkInsert::day(Day cell) { return text(format_day(cell)); }

BulkInsert& BulkInsert::null() {
  state_->begin_cell();
  if (state_->connection->postgresql) state_->buffer += "\\N";
  else state_->rows.add_null();
  return *this;
}

void BulkInsert::end_row() {
  if (state_->next != state_->columns) state_->connection->fail_native("fewer cells than columns");
  state_->next = 0;
  if (state_->connection->postgresql) {
    state_->buffer += '\n';
    if (state_->buffer.size() >= copy_chunk) state_->send();
  } else if (state_->rows.full()) {
    state_->insert_rows();
  }
}

void BulkInsert::finish() {
  if (state_->finished) return;
  if (state_->connection->postgresql) {
    if (!state_->buffer.empty()) state_->send();
    state_->end_copy(nullptr);
  } else {
    state_->insert_rows();
  }
  state_->finished = true;
  --state_->connection->unfinished_inserts;
}

}  // namespace talent_loan
