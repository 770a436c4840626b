#include <cctype>

#include <fmt/format.h>

#include "core/store/connection.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t copy_chunk = 1 << 18;

// SQLITE_TRANSIENT: SOCI includes sqlite3.h inside a namespace, where that macro's cast does not compile.
const auto copied = reinterpret_cast<sqlite_api::sqlite3_destructor_type>(-1);

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
  Connection* connection = nullptr;
  std::size_t columns = 0;
  std::size_t next = 0;  // column of the row being built
  bool finished = false;
  // SQLite
  sqlite_api::sqlite3_stmt* statement = nullptr;
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
  void begin_copy(const std::string& sql);
  void end_copy(const char* give_up_because);
};

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
    : state_(std::make_unique<State>()) {
  state_->connection = transaction.connection_;
  state_->columns = columns.size();
  state_->connection->step(StorageStep::statement);
  require_plain_name(*state_->connection, table);
  std::string names;
  std::string places;
  for (const std::string& column : columns) {
    require_plain_name(*state_->connection, column);
    names += (names.empty() ? "" : ", ") + column;
    places += places.empty() ? "?" : ", ?";
  }
  if (state_->connection->postgresql) {
    state_->begin_copy(fmt::format("COPY {} ({}) FROM STDIN", table, names));
  } else {
    const std::string sql = fmt::format("INSERT INTO {} ({}) VALUES ({})", table, names, places);
    state_->check_sqlite(sqlite_api::sqlite3_prepare_v2(state_->connection->sqlite_handle(), sql.c_str(), -1,
                                                        &state_->statement, nullptr));
  }
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
    // Copied by SQLite: a row is stepped after its last cell, when `cell` may be gone.
    state_->check_sqlite(sqlite_api::sqlite3_bind_text(state_->statement, static_cast<int>(state_->next), cell.data(),
                                                       static_cast<int>(cell.size()), copied));
  }
  return *this;
}

BulkInsert& BulkInsert::integer(std::int64_t cell) {
  state_->begin_cell();
  if (state_->connection->postgresql) fmt::format_to(std::back_inserter(state_->buffer), "{}", cell);
  else state_->check_sqlite(sqlite_api::sqlite3_bind_int64(state_->statement, static_cast<int>(state_->next), cell));
  return *this;
}

BulkInsert& BulkInsert::day(Day cell) { return text(format_day(cell)); }

BulkInsert& BulkInsert::null() {
  state_->begin_cell();
  if (state_->connection->postgresql) state_->buffer += "\\N";
  else state_->check_sqlite(sqlite_api::sqlite3_bind_null(state_->statement, static_cast<int>(state_->next)));
  return *this;
}

void BulkInsert::end_row() {
  if (state_->next != state_->columns) state_->connection->fail_native("fewer cells than columns");
  state_->next = 0;
  if (state_->connection->postgresql) {
    state_->buffer += '\n';
    if (state_->buffer.size() >= copy_chunk) state_->send();
  } else {
    state_->check_sqlite(sqlite_api::sqlite3_step(state_->statement));
    state_->check_sqlite(sqlite_api::sqlite3_reset(state_->statement));
  }
}

void BulkInsert::finish() {
  if (state_->finished) return;
  if (state_->connection->postgresql) {
    if (!state_->buffer.empty()) state_->send();
    state_->end_copy(nullptr);
  }
  state_->finished = true;
}

}  // namespace talent_loan
