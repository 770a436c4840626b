#include "tests/bench/settle/row_peers.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "core/store/database.hpp"

namespace talent_loan::bench {
namespace {

constexpr const char* sqlite_tables =
    "CREATE TABLE lines (claim INTEGER PRIMARY KEY, batch INTEGER, version INTEGER, loss INTEGER, city INTEGER, province INTEGER, bank INTEGER);"
    "CREATE TABLE postings (posting INTEGER PRIMARY KEY, claim INTEGER, account INTEGER, amount INTEGER)";

struct Amounts {
  std::int64_t loss, city, province, bank;
  explicit Amounts(std::int64_t claim) : loss(10'000'000 + claim * 7919 % 290'000'000), city(loss / 2), province(loss * 3 / 10), bank(loss - city - province) {}
};

class Sqlite {
 public:
  explicit Sqlite(const std::string& path) {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) throw std::runtime_error("sqlite3_open");
  }
  Sqlite(const Sqlite&) = delete;
  ~Sqlite() { sqlite3_close(handle_); }
  void run(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(handle_));
  }
  std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(handle_));
    return {statement, sqlite3_finalize};
  }
  void insert(sqlite3_stmt* statement, std::initializer_list<std::int64_t> cells) {
    int place = 0;
    for (const std::int64_t cell : cells) sqlite3_bind_int64(statement, ++place, cell);
    if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(handle_));
    sqlite3_reset(statement);
  }

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace

void write_rows_to_sqlite(const std::string& path, std::int64_t claims) {
  Sqlite database(path);
  database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536");
  database.run(sqlite_tables);
  database.run("BEGIN IMMEDIATE");
  {
    const auto line = database.prepare("INSERT INTO lines VALUES (?, 1, ?, ?, ?, ?, ?)");
    const auto posting = database.prepare("INSERT INTO postings VALUES (NULL, ?, ?, ?)");
    for (std::int64_t claim = 1; claim <= claims; ++claim) {
      const Amounts amounts(claim);
      database.insert(line.get(), {claim, claim % 2, amounts.loss, amounts.city, amounts.province, amounts.bank});
      database.insert(posting.get(), {claim, 1, amounts.city});
      database.insert(posting.get(), {claim, 2, amounts.province});
      database.insert(posting.get(), {claim, 3, -amounts.city - amounts.province});
    }
  }
  database.run("COMMIT");
}

std::string duckdb_rows_script(const std::string& path, std::int64_t claims) {
  return fmt::format(R"sql(SET threads = 2;
ATTACH '{}' AS books;
CREATE TABLE books.lines (claim BIGINT PRIMARY KEY, batch BIGINT, version BIGINT, loss BIGINT, city BIGINT, province BIGINT, bank BIGINT);
CREATE TABLE books.postings (claim BIGINT, account BIGINT, amount BIGINT);
BEGIN;
INSERT INTO books.lines SELECT claim, 1, claim % 2, loss, loss // 2, loss * 3 // 10, loss - loss // 2 - loss * 3 // 10
  FROM (SELECT i AS claim, 10000000 + i * 7919 % 290000000 AS loss FROM range(1, {} + 1) t(i));
INSERT INTO books.postings SELECT claim, account, CASE account WHEN 1 THEN city WHEN 2 THEN province ELSE -city - province END
  FROM books.lines, (SELECT unnest([1, 2, 3]) AS account);
COMMIT;
CHECKPOINT books;
)sql",
                     path, claims);
}

void copy_rows_to_postgresql(const std::string& url, std::int64_t claims) {
  Database database = Database::open(url);
  Transaction transaction = database.write();
  transaction.execute(
      "CREATE TABLE peer_lines (claim BIGINT PRIMARY KEY, batch BIGINT, version BIGINT, loss BIGINT, city BIGINT, province BIGINT, bank BIGINT)");
  transaction.execute("CREATE TABLE peer_postings (claim BIGINT, account BIGINT, amount BIGINT)");
  BulkInsert lines(transaction, "peer_lines", {"claim", "batch", "version", "loss", "city", "province", "bank"});
  for (std::int64_t claim = 1; claim <= claims; ++claim) {
    const Amounts amounts(claim);
    lines.integer(claim).integer(1).integer(claim % 2).integer(amounts.loss).integer(amounts.city).integer(amounts.province).integer(amounts.bank).end_row();
  }
  lines.finish();
  BulkInsert postings(transaction, "peer_postings", {"claim", "account", "amount"});
  for (std::int64_t claim = 1; claim <= claims; ++claim) {
    const Amounts amounts(claim);
    postings.integer(claim).integer(1).integer(amounts.city).end_row();
    postings.integer(claim).integer(2).integer(amounts.province).end_row();
    postings.integer(claim).integer(3).integer(-amounts.city - amounts.province).end_row();
  }
  postings.finish();
  transaction.commit();
}

}  // namespace talent_loan::bench
