// The database: SQLite in a file or a shared PostgreSQL, one schema, one dialect of SQL, values always bound.
//
// SQL that runs on both: placeholders `:name`, each name once in a statement; `ON CONFLICT`, `RETURNING` and
// window functions exist on both; write CAST(SUM(x) AS BIGINT); order by bytes with `ORDER BY x COLLATE "C"`
// (known to SQLite connections of this program too); give a parameter that the server cannot type a CAST.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/clock.hpp"
#include "core/store/value.hpp"

namespace talent_loan {

struct Connection;
class Transaction;

// Called before each step that can fail on real storage; a test's stand-in throws Failure from it.
enum class StorageStep { begin = 1, statement, commit };
using StorageFaults = std::function<void(StorageStep)>;

struct DatabaseOptions {
  bool migrate = true;                    // bring an older or new database to this program's schema
  const Clock* clock = &system_clock();   // outlives the database
  StorageFaults faults{};
};

// One connection. Not for two threads at once: a thread that works beside others opens its own.
class Database {
 public:
  // `sqlite://PATH` (created where missing) or `postgresql://…`. Throws Failure for another form of URL, a
  // database that cannot be reached, or one whose schema is newer than this program's.
  static Database open(const std::string& url, DatabaseOptions options = {});
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Begins to change the database. Writers take turns: SQLite's BEGIN IMMEDIATE, on PostgreSQL one advisory
  // lock for the whole database. So transactions of any number of processes end as if one had run after the
  // other, a transaction sees all that was committed before it began, none deadlocks and none needs to be
  // retried. A turn that does not come within a minute throws Failure.
  Transaction write();
  // Reads one consistent state, beside any writer.
  Transaction read();

  bool postgresql() const;
  const std::string& shown_url() const;  // with the password masked
  const Clock& clock() const;

 private:
  explicit Database(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

// All or nothing: destroyed without commit() it leaves no trace. One at a time on a connection.
class Transaction {
 public:
  Transaction(Transaction&&) noexcept;
  Transaction(const Transaction&) = delete;
  ~Transaction();

  // Runs one statement that returns no rows; gives the number of rows it changed. Statements are prepared once
  // per connection, so calling this in a loop is cheap on SQLite and one round trip each on PostgreSQL: for
  // many rows use BulkInsert.
  std::int64_t execute(std::string_view sql, const std::vector<Value>& values = {});

  std::vector<Row> query(std::string_view sql, const std::vector<Value>& values = {});
  // The only row of a result of at most one row; a second one throws Failure.
  std::optional<Row> query_one(std::string_view sql, const std::vector<Value>& values = {});
  // Row by row in flat memory (SQLite; PostgreSQL's client holds the result). The row is valid in the call only.
  void each(std::string_view sql, const std::vector<Value>& values, const std::function<void(const Row&)>& visit);

  // Durable when this returns. Throws Failure where a BulkInsert was not finished.
  void commit();

  bool postgresql() const;
  Instant now() const;  // of the database's clock

 private:
  friend class Database;
  friend class BulkInsert;
  explicit Transaction(Connection* connection) : connection_(connection) {}
  Connection* connection_;  // null: moved from, committed
};

// Many rows into one table: some hundred by one statement on SQLite, COPY on PostgreSQL. Cells are given in the
// order of the columns: `bulk.text(id).fen(amount).day(on).end_row()`. What the database refuses is told by a later
// end_row() or by finish().
// REQUIRES: nothing else runs on the transaction until finish(); commit() refuses a transaction without it.
class BulkInsert {
 public:
  // `table` and `columns` come from code, never from input: lower-case letters, digits and underscores.
  BulkInsert(Transaction& transaction, std::string_view table, const std::vector<std::string>& columns);
  BulkInsert(const BulkInsert&) = delete;
  ~BulkInsert();

  BulkInsert& text(std::string_view cell);
  BulkInsert& integer(std::int64_t cell);
  BulkInsert& fen(Fen cell) { return integer(cell.count()); }
  BulkInsert& day(Day cell);
  BulkInsert& day(const std::optional<Day>& cell) { return cell ? day(*cell) : null(); }
  BulkInsert& null();
  void end_row();
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The schema of a database beside that of this program.
struct MigrationStatus {
  struct Migration {
    std::int64_t number = 0;
    std::string name;
    std::string applied_at;  // UTC; empty: not yet
  };
  std::vector<Migration> migrations;
};
MigrationStatus migration_status(Database& database);

// Applies what is missing, in one transaction. Database::open does so by itself unless told not to.
void migrate(Database& database);

}  // namespace talent_loan
