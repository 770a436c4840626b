#include "core/store/database.hpp"

#include <chrono>
#include <cstring>
#include <thread>

#include <fmt/format.h>

#include "core/store/connection.hpp"

namespace talent_loan {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite://";
constexpr int turn_milliseconds = 60'000;  // how long a writer waits for its turn
// Any number that other programs on the same server are unlikely to lock: "talent" in ASCII.
constexpr std::int64_t writer_lock = 0x74616C656E74;

[[noreturn]] void refuse_url(const std::string& url, const Text& why) {
  throw Failure({fmt::format("数据库地址 {}：{}", quoted(masked_url(url)), why.chinese),
                 fmt::format("database URL {}: {}", quoted(masked_url(url)), why.english)},
                {"例：sqlite://talent-loan.db 或 postgresql://user@host/name",
                 "for example sqlite://talent-loan.db or postgresql://user@host/name"});
}

// SOCI takes "dbname=…" pairs apart at '=' and a bare path otherwise.
std::string sqlite_parameters(const std::string& url) {
  const std::string path = url.substr(sqlite_scheme.size());
  if (path.empty()) refuse_url(url, {"缺少文件名", "the file name is missing"});
  if (path.find('=') == std::string::npos) return path;
  if (path.find('"') != std::string::npos) refuse_url(url, {"文件名不能同时含 = 和 \"", "a file name with both = and \" cannot be used"});
  return "dbname=\"" + path + "\"";
}

// Byte order by the name that PostgreSQL gives it, so that one ORDER BY serves both.
int compare_bytes(void*, int length_a, const void* a, int length_b, const void* b) {
  const int order = std::memcmp(a, b, static_cast<std::size_t>(std::min(length_a, length_b)));
  return order != 0 ? order : length_a - length_b;
}

// Several processes may create one file at the same moment, and changing the journal mode does not always wait
// for the busy timeout: so it is asked again until the turn would be over.
void use_write_ahead_log(Connection& connection) {
  sqlite_api::sqlite3* handle = connection.sqlite_handle();
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(turn_milliseconds);
  for (;;) {
    const int code = sqlite_api::sqlite3_exec(handle, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return;
    const bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
    if (!busy || std::chrono::steady_clock::now() > give_up) connection.fail_native(sqlite_api::sqlite3_errmsg(handle));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void set_up_sqlite(Connection& connection) {
  sqlite_api::sqlite3_busy_timeout(connection.sqlite_handle(), turn_milliseconds);
  sqlite_api::sqlite3_create_collation(connection.sqlite_handle(), "C", SQLITE_UTF8, nullptr, compare_bytes);
  use_write_ahead_log(connection);
  connection.run("PRAGMA synchronous = FULL");
  connection.run("PRAGMA foreign_keys = ON");
  connection.run("PRAGMA cache_size = -65536");  // 64 MiB, taken as needed: keeps the indexes of a large import in memory
}

void set_up_postgresql(Connection& connection) {
  connection.run("SET client_encoding = 'UTF8'");
  connection.run("SET client_min_messages = 'warning'");
  connection.run(fmt::format("SET lock_timeout = {}", turn_milliseconds));
}

}  // namespace

Database Database::open(const std::string& url, DatabaseOptions options) {
  auto connection = std::make_unique<Connection>();
  connection->shown_url = masked_url(url);
  connection->options = std::move(options);
  connection->postgresql = url.starts_with("postgresql://") || url.starts_with("postgres://");
  if (!connection->postgresql && !url.starts_with(sqlite_scheme)) {
    refuse_url(url, {"只支持 sqlite:// 和 postgresql://", "only sqlite:// and postgresql:// are known"});
  }
  try {
    if (connection->postgresql) {
      connection->session.open(soci::postgresql, url);
    } else {
      connection->session.open(soci::sqlite3, sqlite_parameters(url));
    }
  } catch (const soci::soci_error& error) {
    connection->fail(error, "");
  }
  connection->postgresql ? set_up_postgresql(*connection) : set_up_sqlite(*connection);
  const bool wants_migration = connection->options.migrate;
  Database database(std::move(connection));
  if (wants_migration) migrate(database);
  return database;
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Transaction Database::write() {
  if (connection_->in_transaction) connection_->fail_native("a transaction is already open on this connection");
  connection_->step(StorageStep::begin);
  connection_->run(connection_->postgresql ? "BEGIN ISOLATION LEVEL READ COMMITTED" : "BEGIN IMMEDIATE");
  connection_->in_transaction = true;
  Transaction transaction(connection_.get());
  // Taken first, and every later statement sees what was committed before it: writers run one after the other.
  if (connection_->postgresql) connection_->run(fmt::format("SELECT pg_advisory_xact_lock({})", writer_lock));
  return transaction;
}

Transaction Database::read() {
  if (connection_->in_transaction) connection_->fail_native("a transaction is already open on this connection");
  connection_->step(StorageStep::begin);
  connection_->run(connection_->postgresql ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
  connection_->in_transaction = true;
  return Transaction(connection_.get());
}

bool Database::postgresql() const { return connection_->postgresql; }
const std::string& Database::shown_url() const { return connection_->shown_url; }
const Clock& Database::clock() const { return *connection_->options.clock; }

}  // namespace talent_loan
