#include <exception>
#include <optional>

#include <fmt/format.h>

#include "core/store/connection.hpp"

namespace talent_loan {
namespace {

// Names of the columns a prepared statement will give; none for a statement without a result.
std::vector<std::string> result_columns(Connection& connection, soci::statement& statement) {
  std::vector<std::string> names;
  if (!connection.postgresql) {
    auto* handle = static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_;
    for (int i = 0; i < sqlite_api::sqlite3_column_count(handle); ++i) names.emplace_back(sqlite_api::sqlite3_column_name(handle, i));
    return names;
  }
  const auto* backend = static_cast<soci::postgresql_statement_backend*>(statement.get_backend());
  const std::unique_ptr<PGresult, decltype(&PQclear)> described(
      PQdescribePrepared(connection.postgresql_handle(), backend->statementName_.c_str()), PQclear);
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) connection.fail_native(PQerrorMessage(connection.postgresql_handle()));
  for (int i = 0; i < PQnfields(described.get()); ++i) names.emplace_back(PQfname(described.get(), i));
  return names;
}

// A placeholder keeps the type of its first binding, so statements are kept apart by the kinds of their values.
std::string cache_key(std::string_view sql, const std::vector<Value>& values) {
  std::string key;
  key.reserve(sql.size() + values.size() + 1);
  for (const Value& value : values) key += value.integer() != nullptr ? 'i' : 't';
  key += '|';
  key += sql;
  return key;
}

// The statement to use: a cached one, or a fresh one where the cached is in the middle of its rows.
class Lease {
 public:
  Lease(Connection& connection, std::string_view sql, const std::vector<Value>& values) : connection_(connection) {
    std::string key = cache_key(sql, values);
    auto found = connection.statements.find(key);
    if (found != connection.statements.end() && found->second->in_use) {
      fresh_ = std::make_unique<PreparedStatement>(connection, std::string(sql), values);
      statement_ = fresh_.get();
    } else {
      if (found == connection.statements.end()) {
        auto prepared = std::make_unique<PreparedStatement>(connection, std::string(sql), values);
        found = connection.statements.emplace(std::move(key), std::move(prepared)).first;
      }
      cached_ = found;
      statement_ = found->second.get();
    }
    statement_->in_use = true;
    statement_->bind(values);
  }
  Lease(const Lease&) = delete;
  ~Lease() {
    statement_->reset();
    statement_->in_use = false;
    // One that failed is not used again: SOCI keeps what it had bound, and would lose it at the next binding.
    if (cached_ && std::uncaught_exceptions() > exceptions_) connection_.statements.erase(*cached_);
  }
  PreparedStatement* operator->() { return statement_; }
  PreparedStatement& operator*() { return *statement_; }

 private:
  Connection& connection_;
  int exceptions_ = std::uncaught_exceptions();
  std::optional<decltype(Connection::statements)::iterator> cached_{};
  std::unique_ptr<PreparedStatement> fresh_{};
  PreparedStatement* statement_ = nullptr;
};

// Binds and walks a statement without SOCI, which copies every cell three times on its way.
void each_row_of_sqlite(Connection& connection, PreparedStatement& prepared, std::string_view sql, const std::vector<Value>& values,
                        std::vector<std::optional<std::string>>& cells, const std::function<void()>& visit) {
  using namespace sqlite_api;
  sqlite3_stmt* statement = prepared.sqlite->stmt_;
  const auto check = [&](int code) {
    if (code != SQLITE_OK) connection.fail_native(fmt::format("{} [{}]", sqlite3_errmsg(connection.sqlite_handle()), sql.substr(0, 120)));
  };
  sqlite3_reset(statement);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int place = static_cast<int>(i) + 1;
    const std::string& text = prepared.parameters[i].text;  // stays where it is until the last row
    if (values[i].null()) check(sqlite3_bind_null(statement, place));
    else if (values[i].integer() != nullptr) check(sqlite3_bind_int64(statement, place, *values[i].integer()));
    else check(sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), nullptr));
  }
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const int column = static_cast<int>(i);
      if (sqlite3_column_type(statement, column) == SQLITE_NULL) {
        cells[i].reset();
        continue;
      }
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      if (cells[i]) cells[i]->assign(text, bytes);
      else cells[i].emplace(text, bytes);
    }
    visit();
  }
  if (code != SQLITE_DONE) check(code);
}

}  // namespace

PreparedStatement::PreparedStatement(Connection& connection, const std::string& sql, const std::vector<Value>& values)
    : statement(connection.session), parameters(values.size()) {
  statement.alloc();
  statement.prepare(native_sql(connection, sql));
  if (!connection.postgresql) sqlite = static_cast<soci::sqlite3_statement_backend*>(statement.get_backend());
  names = std::make_shared<const std::vector<std::string>>(result_columns(connection, statement));
  cells.resize(names->size());
  for (Cell& cell : cells) statement.exchange(soci::into(cell.text, cell.indicator));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Parameter& parameter = parameters[i];
    if (values[i].integer() != nullptr) {
      statement.exchange(soci::use(parameter.integer, parameter.indicator));
    } else {
      statement.exchange(soci::use(parameter.text, parameter.indicator));
    }
  }
  statement.define_and_bind();
}

void PreparedStatement::bind(const std::vector<Value>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    Parameter& parameter = parameters[i];
    parameter.indicator = values[i].null() ? soci::i_null : soci::i_ok;
    if (values[i].integer() != nullptr) parameter.integer = *values[i].integer();
    if (values[i].text() != nullptr) parameter.text = *values[i].text();
  }
}

void PreparedStatement::reset() {
  if (sqlite != nullptr) sqlite_api::sqlite3_reset(sqlite->stmt_);
}

Transaction::Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  connection_->in_transaction = false;
  try {
    connection_->session << "ROLLBACK";
  } catch (const soci::soci_error&) {
    // The connection is gone, or SQLite has rolled back by itself: either way nothing of this is kept.
    connection_->session.get_backend();
  }
}

void Transaction::each(std::string_view sql, const std::vector<Value>& values,
                       const std::function<void(const Row&)>& visit) {
  connection_->step(StorageStep::statement);
  try {
    Lease prepared(*connection_, sql, values);
    Row row;
    row.names_ = prepared->names;
    row.cells_.resize(prepared->cells.size());
    if (prepared->sqlite != nullptr) return each_row_of_sqlite(*connection_, *prepared, sql, values, row.cells_, [&] { visit(row); });
    for (bool more = prepared->step_first(); more; more = prepared->statement.fetch()) {
      for (std::size_t i = 0; i < row.cells_.size(); ++i) {
        const PreparedStatement::Cell& cell = prepared->cells[i];
        if (cell.indicator == soci::i_null) row.cells_[i].reset();
        else row.cells_[i] = cell.text;
      }
      visit(row);
    }
  } catch (const soci::soci_error& error) {
    connection_->fail(error, sql);
  }
}

std::vector<Row> Transaction::query(std::string_view sql, const std::vector<Value>& values) {
  std::vector<Row> rows;
  each(sql, values, [&](const Row& row) { rows.push_back(row); });
  return rows;
}

std::optional<Row> Transaction::query_one(std::string_view sql, const std::vector<Value>& values) {
  std::optional<Row> only;
  each(sql, values, [&](const Row& row) {
    if (only) connection_->fail_native(fmt::format("more than one row [{}]", sql.substr(0, 120)));
    only = row;
  });
  return only;
}

std::int64_t Transaction::execute(std::string_view sql, const std::vector<Value>& values) {
  connection_->step(StorageStep::statement);
  try {
    Lease prepared(*connection_, sql, values);
    prepared->statement.execute(true);
    return prepared->statement.get_affected_rows();
  } catch (const soci::soci_error& error) {
    connection_->fail(error, sql);
  }
}

void Transaction::commit() {
  if (connection_->unfinished_inserts != 0) connection_->fail_native("a bulk insert was given up: its rows may be missing, nothing is kept");
  connection_->step(StorageStep::commit);
  connection_->run("COMMIT");
  connection_->in_transaction = false;
  connection_ = nullptr;
}

bool Transaction::postgresql() const { return connection_->postgresql; }
Instant Transaction::now() const { return connection_->options.clock->now(); }

}  // namespace talent_loan
