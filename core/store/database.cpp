#include "core/store/database.hpp"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <fmt/format.h>

#include "core/store/connection.hpp"
#include "core/store/rows_in_memory.hpp"

namespace talent_loan {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite://";
// How long a writer waits for its turn, where TALENT_LOAN_TURN_SECONDS says nothing else.
constexpr int usual_turn_seconds = 60;
// Any number that other programs on the same server are unlikely to lock: "talent" in ASCII.
constexpr std::int64_t writer_lock = 0x74616C656E74;

[[noreturn]] void refuse_url(const std::string& url, const Text& why) {
  throw Failure({fmt::format("数据库地址 {}：{}", quoted(masked_url(url)), why.chinese),
                 fmt::format("database URL {}: {}", quoted(masked_url(url)), why.english)},
                {"例：sqlite://talent-loan.db 或 postgresql://user@host/name",
                 "for example sqlite://talent-loan.db or postgresql://user@host/name"});
}

int turn_seconds() {
  const char* wanted = std::getenv("TALENT_LOAN_TURN_SECONDS");
  if (wanted == nullptr || *wanted == '\0') return usual_turn_seconds;
  int seconds = 0;
  const char* const end = wanted + std::strlen(wanted);
  const auto parsed = std::from_chars(wanted, end, seconds);
  if (parsed.ec == std::errc() && parsed.ptr == end && seconds >= 1 && seconds <= 86'400) return seconds;
  throw Failure({"环境变量 TALENT_LOAN_TURN_SECONDS 为 " + quoted(wanted), "the environment variable TALENT_LOAN_TURN_SECONDS is " + quoted(wanted)},
                {"应为 1 至 86400 的整数秒", "allowed are whole seconds from 1 to 86400"});
}

// Whether the statement failed because another writer kept its turn for too long.
bool turn_missed(Connection& connection, const soci::soci_error& error) {
  if (!connection.postgresql) return (sqlite_api::sqlite3_errcode(connection.sqlite_handle()) & 0xff) == SQLITE_BUSY;
  const auto* known = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  return known != nullptr && known->sqlstate() == "55P03";  // lock_not_available
}

// Waits until no other connection writes.
void take_turn(Connection& connection, const std::string& sql) {
  try {
    connection.session << sql;
  } catch (const soci::soci_error& error) {
    if (!turn_missed(connection, error)) connection.fail(error, sql);
    const int seconds = turn_seconds();
    throw Failure({fmt::format("另一程序正在写入数据库 {}，等了 {} 秒仍未轮到，没有改动任何内容", connection.shown_url, seconds),
                   fmt::format("another program is writing to database {}; waited {} seconds for a turn, nothing was changed", connection.shown_url, seconds)},
                  {"待其结束后重新运行同一命令；大批次可用环境变量 TALENT_LOAN_TURN_SECONDS 放宽",
                   "run the same command again when it has ended; TALENT_LOAN_TURN_SECONDS lets it wait longer"});
  }
}

// SOCI takes "dbname=…" pairs apart at '=' and a bare path otherwise.
std::string sqlite_parameters(const std::string& url) {
  const std::string path = url.substr(sqlite_scheme.size());
  if (path.empty()) refuse_url(url, {"缺少文件名", "the file name is missing"});
  if (path.find('=') == std::string::npos) return path;
  if (path.find('"') != std::string::npos) refuse_url(url, {"文件名不能同时含 = 和 \"", "a file name with both = and \" cannot be used"});
  return "dbname=\"" + path + "\"";
}

// SOCI takes a connection string apart at '=' and puts it together again: without any parameter, the name of the
// database gets one behind it.
std::string postgresql_parameters(const std::string& url) {
  const std::size_t query = url.find('?');
  if (query != std::string::npos && url.find('=', query) != std::string::npos) return url;
  return url.substr(0, query) + "?application_name=talent-loan";
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
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(turn_seconds());
  for (;;) {
    const int code = sqlite_api::sqlite3_exec(handle, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return;
    const bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
    if (!busy || std::chrono::steady_clock::now() > give_up) connection.fail_native(sqlite_api::sqlite3_errmsg(handle));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void set_up_sqlite(Connection& connection) {
  sqlite_api::sqlite3_busy_timeout(connection.sqlite_handle(), turn_seconds() * 1000);
  sqlite_api::sqlite3_create_collation(connection.sqlite_handle(), "C", SQLITE_UTF8, nullptr, compare_bytes);
  RowsInMemory::make_readable(connection);
  use_write_ahead_log(connection);
  connection.run("PRAGMA synchronous = FULL");
  connection.run("PRAGMA foreign_keys = ON");
  connection.run("PRAGMA secure_delete = ON");  // what was replaced or deleted is not left lying in free pages
  connection.run("PRAGMA cache_size = -65536");  // 64 MiB, taken as needed: keeps the indexes of a large import in memory
}

void set_up_postgresql(Connection& connection) {
  connection.run("SET client_encoding = 'UTF8'");
  connection.run("SET client_min_messages = 'warning'");
  connection.run(fmt::format("SET lock_timeout = {}", turn_seconds() * 1000));
  connection.run("SET cursor_tuple_fraction = 1");  // BulkRead reads its cursors to the end
}

}  // namespace

Database Database::open(const std::string& url, DatabaseOptions options) {
  // No connection is used by two threads at once, so SQLite need not lock at every call. Refused, and harmless, where
  // another user of SQLite in the process came first.
  [[maybe_unused]] static const int unlocked = sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
  auto connection = std::make_unique<Connection>();
  connection->url = url;
  connection->shown_url = masked_url(url);
  connection->options = std::move(options);
  connection->postgresql = url.starts_with("postgresql://") || url.starts_with("postgres://");
  if (!connection->postgresql && !url.starts_with(sqlite_scheme)) {
    refuse_url(url, {"只支持 sqlite:// 和 postgresql://", "only sqlite:// and postgresql:// are known"});
  }
  try {
    if (connection->postgresql) {
      connection->session.open(soci::postgresql, postgresql_parameters(url));
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
  connection_->postgresql ? connection_->run("BEGIN ISOLATION LEVEL READ COMMITTED") : take_turn(*connection_, "BEGIN IMMEDIATE");
  connection_->in_transaction = connection_->writing = true;
  connection_->unfinished_inserts = 0;
  if (!connection_->postgresql) connection_->changes_at_begin = sqlite_api::sqlite3_total_changes64(connection_->sqlite_handle());
  Transaction transaction(connection_.get());
  // Taken first, and every later statement sees what was committed before it: writers run one after the other.
  if (connection_->postgresql) take_turn(*connection_, fmt::format("SELECT pg_advisory_xact_lock({})", writer_lock));
  return transaction;
}

Transaction Database::read() {
  if (connection_->in_transaction) connection_->fail_native("a transaction is already open on this connection");
  connection_->step(StorageStep::begin);
  connection_->run(connection_->postgresql ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
  connection_->in_transaction = true;
  connection_->writing = false;
  return Transaction(connection_.get());
}

bool Database::postgresql() const { return connection_->postgresql; }
const std::string& Database::shown_url() const { return connection_->shown_url; }
const Clock& Database::clock() const { return *connection_->options.clock; }

}  // namespace talent_loan
