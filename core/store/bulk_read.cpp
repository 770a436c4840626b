#include "core/store/bulk_read.hpp"

#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "core/store/connection.hpp"

namespace talent_loan {
namespace {

constexpr int rows_at_once = 8192;  // of a PostgreSQL cursor

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

// `:name` as the server wants it, `$1`, `$2`, …: a name stands once in a statement, so they are counted.
std::string numbered_placeholders(std::string_view sql) {
  std::string out;
  int count = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') in_text = !in_text;
    const bool begins = !in_text && sql[i] == ':' && i + 1 < sql.size() && std::isalpha(static_cast<unsigned char>(sql[i + 1])) != 0;
    if (!begins) {
      out += sql[i];
      continue;
    }
    out += fmt::format("${}", ++count);
    while (i + 1 < sql.size() && (std::isalnum(static_cast<unsigned char>(sql[i + 1])) != 0 || sql[i + 1] == '_')) ++i;
  }
  return out;
}

}  // namespace

struct BulkRead::State {
  Connection& connection;
  std::string sql;
  std::vector<std::string> names{};
  // SQLite
  sqlite_api::sqlite3_stmt* statement = nullptr;
  // PostgreSQL
  std::string cursor{};
  Result rows{nullptr, PQclear};
  int row = 0;

  void check_sqlite(int code) const {
    if (code != SQLITE_OK) connection.fail_native(sqlite_api::sqlite3_errmsg(connection.sqlite_handle()));
  }
  Result ask(const std::string& text, const std::vector<const char*>& values, ExecStatusType wanted) const {
    Result result(PQexecParams(connection.postgresql_handle(), text.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                               nullptr, 0),
                  PQclear);
    if (PQresultStatus(result.get()) == wanted) return result;
    const std::string_view message = PQresultErrorMessage(result.get());
    connection.fail_native(fmt::format("{} [{}]", message.substr(0, message.find('\n')), sql.substr(0, 120)));
  }
  void open_sqlite(const std::vector<Value>& values);
  void open_cursor(const std::vector<Value>& values);
  void close_cursor();
  void fetch();
  const std::string& name(std::size_t column) const { return names.at(column); }
};

void BulkRead::State::open_sqlite(const std::vector<Value>& values) {
  if (statement == nullptr) {
    check_sqlite(sqlite_api::sqlite3_prepare_v2(connection.sqlite_handle(), sql.c_str(), -1, &statement, nullptr));
    for (int i = 0; i < sqlite_api::sqlite3_column_count(statement); ++i) names.emplace_back(sqlite_api::sqlite3_column_name(statement, i));
  }
  sqlite_api::sqlite3_reset(statement);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int place = static_cast<int>(i) + 1;
    if (values[i].integer() != nullptr) {
      check_sqlite(sqlite_api::sqlite3_bind_int64(statement, place, *values[i].integer()));
    } else if (const std::string* text = values[i].text()) {
      // SQLITE_TRANSIENT: SOCI includes sqlite3.h inside a namespace, where that macro's cast does not compile.
      check_sqlite(sqlite_api::sqlite3_bind_text(statement, place, text->data(), static_cast<int>(text->size()),
                                                 reinterpret_cast<sqlite_api::sqlite3_destructor_type>(-1)));
    } else {
      check_sqlite(sqlite_api::sqlite3_bind_null(statement, place));
    }
  }
}

void BulkRead::State::open_cursor(const std::vector<Value>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  std::vector<const char*> pointers;
  for (const Value& value : values) {
    if (value.integer() != nullptr) texts.push_back(std::to_string(*value.integer()));
    else texts.push_back(value.text() != nullptr ? *value.text() : "");
    pointers.push_back(value.null() ? nullptr : texts.back().c_str());
  }
  cursor = fmt::format("bulk_{}", ++connection.cursors);
  ask(fmt::format("DECLARE {} NO SCROLL CURSOR FOR {}", cursor, numbered_placeholders(sql)), pointers, PGRES_COMMAND_OK);
  fetch();
  names.clear();
  for (int i = 0; i < PQnfields(rows.get()); ++i) names.emplace_back(PQfname(rows.get(), i));
}

void BulkRead::State::fetch() {
  rows = ask(fmt::format("FETCH FORWARD {} FROM {}", rows_at_once, cursor), {}, PGRES_TUPLES_OK);
  row = -1;
}

// Nothing where the transaction has failed or ended: its cursors are gone then.
void BulkRead::State::close_cursor() {
  if (cursor.empty()) return;
  if (PQtransactionStatus(connection.postgresql_handle()) == PQTRANS_INTRANS) {
    PQclear(PQexec(connection.postgresql_handle(), ("CLOSE " + cursor).c_str()));
  }
  cursor.clear();
}

BulkRead::BulkRead(Transaction& transaction, std::string_view sql, const std::vector<Value>& values)
    : state_(std::make_unique<State>(State{.connection = Connection::of(transaction), .sql = {}})) {
  state_->sql = native_sql(state_->connection, sql);
  restart(values);
}

BulkRead::~BulkRead() {
  if (state_->statement != nullptr) sqlite_api::sqlite3_finalize(state_->statement);
  state_->close_cursor();
}

void BulkRead::restart(const std::vector<Value>& values) {
  state_->connection.step(StorageStep::statement);
  if (!state_->connection.postgresql) return state_->open_sqlite(values);
  state_->close_cursor();
  state_->open_cursor(values);
}

bool BulkRead::next() {
  State& state = *state_;
  if (!state.connection.postgresql) {
    const int code = sqlite_api::sqlite3_step(state.statement);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) state.check_sqlite(code);
    return false;
  }
  if (++state.row < PQntuples(state.rows.get())) return true;
  if (PQntuples(state.rows.get()) < rows_at_once) return false;
  state.fetch();
  return ++state.row < PQntuples(state.rows.get());
}

std::size_t BulkRead::size() const { return state_->names.size(); }

bool BulkRead::null(std::size_t column) const {
  const int place = static_cast<int>(column);
  if (state_->connection.postgresql) return PQgetisnull(state_->rows.get(), state_->row, place) != 0;
  return sqlite_api::sqlite3_column_type(state_->statement, place) == SQLITE_NULL;
}

std::int64_t BulkRead::integer(std::size_t column) const {
  const int place = static_cast<int>(column);
  if (!state_->connection.postgresql) {
    if (sqlite_api::sqlite3_column_type(state_->statement, place) != SQLITE_INTEGER) refuse_cell(state_->name(column), "INTEGER");
    return sqlite_api::sqlite3_column_int64(state_->statement, place);
  }
  const std::string_view cell = text(column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size()) refuse_cell(state_->name(column), "INTEGER");
  return value;
}

std::string_view BulkRead::text(std::size_t column) const {
  const int place = static_cast<int>(column);
  if (state_->connection.postgresql) {
    if (null(column)) refuse_cell(state_->name(column), "NOT NULL");
    return {PQgetvalue(state_->rows.get(), state_->row, place), static_cast<std::size_t>(PQgetlength(state_->rows.get(), state_->row, place))};
  }
  const auto* bytes = reinterpret_cast<const char*>(sqlite_api::sqlite3_column_text(state_->statement, place));
  if (bytes == nullptr) refuse_cell(state_->name(column), "NOT NULL");
  return {bytes, static_cast<std::size_t>(sqlite_api::sqlite3_column_bytes(state_->statement, place))};
}

Day BulkRead::day(std::size_t column) const {
  const std::optional<Day> day = parse_day(text(column));
  if (!day) refuse_cell(state_->name(column), "YYYY-MM-DD");
  return *day;
}

std::optional<Database> open_beside(Transaction& transaction) {
  Connection& connection = Connection::of(transaction);
  if (!connection.writing) return std::nullopt;
  if (connection.postgresql) {
    if (!transaction.query_one("SELECT 1 AS unchanged WHERE pg_current_xact_id_if_assigned() IS NULL")) return std::nullopt;
  } else {
    const char* file = sqlite_api::sqlite3_db_filename(connection.sqlite_handle(), "main");
    const bool changed = sqlite_api::sqlite3_total_changes64(connection.sqlite_handle()) != connection.changes_at_begin;
    if (changed || file == nullptr || *file == '\0') return std::nullopt;
  }
  // Without `faults`: a stand-in for storage belongs to one thread.
  return Database::open(connection.url, {.migrate = false, .clock = connection.options.clock, .faults = {}});
}

}  // namespace talent_loan
