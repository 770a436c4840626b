// Internal to core/store: SOCI's session, the native handles below it, and the prepared statements.
#pragma once

#include <exception>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "core/message/message.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

// A statement with room for its parameters and its result, at addresses that stay.
struct PreparedStatement {
  struct Parameter {
    long long integer = 0;
    std::string text;
    soci::indicator indicator = soci::i_ok;
  };
  struct Cell {
    std::string text;
    soci::indicator indicator = soci::i_ok;
  };

  PreparedStatement(Connection& connection, const std::string& sql, const std::vector<Value>& values);
  void bind(const std::vector<Value>& values);
  bool step_first() { return statement.execute(true); }
  // Ends what is still open, so that no read lock outlives its use.
  void reset();

  soci::statement statement;
  soci::sqlite3_statement_backend* sqlite = nullptr;
  std::vector<Parameter> parameters;
  std::vector<Cell> cells;
  std::shared_ptr<const std::vector<std::string>> names;
  bool in_use = false;
};

struct Connection {
  static Connection& of(const Transaction& transaction);  // REQUIRES: neither committed nor moved from

  std::string url;  // with its password: never shown
  std::string shown_url;
  bool postgresql = false;
  DatabaseOptions options;
  soci::session session;
  bool in_transaction = false;
  bool writing = false;                 // the transaction is one of Database::write()
  std::int64_t changes_at_begin = 0;    // SQLite: rows changed on this connection before it
  int unfinished_inserts = 0;           // bulk inserts of the transaction whose rows may not all be in
  std::int64_t cursors = 0;             // PostgreSQL: names them apart
  // By SQL and the kinds of its parameters (a placeholder is typed when it is first bound).
  std::map<std::string, std::unique_ptr<PreparedStatement>, std::less<>> statements;

  sqlite_api::sqlite3* sqlite_handle();
  PGconn* postgresql_handle();
  void run(const std::string& sql);  // one statement without parameters or result
  void step(StorageStep which) {
    if (options.faults) options.faults(which);
  }
  [[noreturn]] void fail(const std::exception& error, std::string_view sql) const;
  [[noreturn]] void fail_native(std::string_view message) const;
};

std::string masked_url(const std::string& url);

// The statement as this database should see it. SQLite compares bytes anyway, but would not use an index for an
// order by a collation that the index was not made with: there COLLATE "C" is left out.
std::string native_sql(const Connection& connection, std::string_view sql);

// Throws Failure: a column holds what this program does not write there.
[[noreturn]] void refuse_cell(const std::string& column, const char* wanted);

}  // namespace talent_loan
