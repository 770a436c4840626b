#include "tests/bench/registry/peers.hpp"

#include <signal.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

#include "tests/bench/registry/made_up_lists.hpp"
#include "tests/support/run_program.hpp"

namespace talent_loan::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Record = std::array<char, 40>;

double rate(Clock::time_point start, std::size_t lookups) {
  return static_cast<double>(lookups) / std::chrono::duration<double>(Clock::now() - start).count();
}

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) {
    if (sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr) != SQLITE_OK) fail(sqlite3_errmsg(database));
  }
  Statement(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }
  operator sqlite3_stmt*() const { return statement_; }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

// A Redis server of our own on a socket in `folder`, spoken to in its protocol.
class Redis {
 public:
  explicit Redis(const std::string& folder) : path_(folder + "/redis.sock") {
    server_ = ::fork();
    if (server_ == 0) {
      ::execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path_.c_str(), "--save", "", "--appendonly", "no", "--daemonize", "no",
               "--logfile", "/dev/null", static_cast<char*>(nullptr));
      ::_exit(127);
    }
    socket_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    for (int tries = 0; ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0; ++tries) {
      if (tries == 100) fail("redis-server does not answer");
      ::usleep(100'000);
    }
  }
  Redis(const Redis&) = delete;
  ~Redis() {
    ::close(socket_);
    ::kill(server_, SIGKILL);
    ::waitpid(server_, nullptr, 0);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::write(socket_, bytes.data(), bytes.size());
      if (sent <= 0) fail("redis-server went away");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void receive(std::size_t bytes) {
    std::array<char, 1 << 16> buffer;
    while (bytes > 0) {
      const ssize_t got = ::read(socket_, buffer.data(), std::min(bytes, buffer.size()));
      if (got <= 0) fail("redis-server went away");
      if (buffer[0] == '-' || std::string_view(buffer.data(), static_cast<std::size_t>(got)).find("$-1") != std::string_view::npos) fail("redis-server did not find a number");
      bytes -= static_cast<std::size_t>(got);
    }
  }

 private:
  std::string path_;
  pid_t server_;
  int socket_;
};

}  // namespace

double unordered_map_lookups(std::uint64_t talents, const std::vector<std::string>& lookups) {
  std::unordered_map<std::string, Record> map;
  map.reserve(talents);
  for (std::uint64_t i = 0; i < talents; ++i) map.emplace(identity_number(i), Record{static_cast<char>(i)});
  const auto start = Clock::now();
  std::size_t sum = 0;
  for (const std::string& number : lookups) sum += static_cast<unsigned char>(map.at(number)[0]);
  const double result = rate(start, lookups.size());
  if (sum == 1) fmt::print(stderr, " ");  // keeps the loop from being left out
  return result;
}

double sqlite_lookups(const std::string& file, std::uint64_t talents, const std::vector<std::string>& lookups) {
  sqlite3* opened = nullptr;
  if (sqlite3_open(file.c_str(), &opened) != SQLITE_OK) fail("SQLite cannot open " + file);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, sqlite3_close);
  const auto run = [&](const char* sql) {
    if (sqlite3_exec(opened, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sqlite3_errmsg(opened));
  };
  run("PRAGMA synchronous=OFF; PRAGMA cache_size=-262144; CREATE TABLE talents (number TEXT PRIMARY KEY, record BLOB) WITHOUT ROWID; BEGIN");
  const Record record{};
  {
    const Statement insert(opened, "INSERT INTO talents VALUES (?, ?)");
    for (std::uint64_t i = 0; i < talents; ++i) {
      const std::string number = identity_number(i);
      sqlite3_bind_text(insert, 1, number.data(), static_cast<int>(number.size()), nullptr);
      sqlite3_bind_blob(insert, 2, record.data(), static_cast<int>(record.size()), nullptr);
      if (sqlite3_step(insert) != SQLITE_DONE) fail(sqlite3_errmsg(opened));
      sqlite3_reset(insert);
    }
  }
  run("COMMIT; BEGIN");
  const Statement select(opened, "SELECT record FROM talents WHERE number = ?");
  const auto start = Clock::now();
  for (const std::string& number : lookups) {
    sqlite3_bind_text(select, 1, number.data(), static_cast<int>(number.size()), nullptr);
    if (sqlite3_step(select) != SQLITE_ROW || sqlite3_column_bytes(select, 0) != 40) fail("SQLite did not find a number");
    sqlite3_reset(select);
  }
  return rate(start, lookups.size());
}

std::optional<double> redis_lookups(const std::string& folder, std::uint64_t talents, const std::vector<std::string>& lookups) {
  if (testing::run_command("sh", {"-c", "command -v redis-server"}).exit != 0) return std::nullopt;
  constexpr std::size_t pipelined = 16;
  Redis redis(folder);
  const std::string record(40, 'x');
  std::string commands;
  for (std::uint64_t i = 0; i < talents;) {
    const std::uint64_t end = std::min<std::uint64_t>(talents, i + 1000);
    commands.clear();
    const std::uint64_t begin = i;
    for (; i < end; ++i) fmt::format_to(std::back_inserter(commands), "*3\r\n$3\r\nSET\r\n$18\r\n{}\r\n$40\r\n{}\r\n", identity_number(i), record);
    redis.send(commands);
    redis.receive((end - begin) * std::string_view("+OK\r\n").size());
  }
  const auto start = Clock::now();
  for (std::size_t i = 0; i < lookups.size();) {
    const std::size_t end = std::min(lookups.size(), i + pipelined);
    commands.clear();
    const std::size_t begin = i;
    for (; i < end; ++i) ((commands += "*2\r\n$3\r\nGET\r\n$18\r\n") += lookups[i]) += "\r\n";
    redis.send(commands);
    redis.receive((end - begin) * (std::string_view("$40\r\n").size() + record.size() + 2));
  }
  return rate(start, lookups.size());
}

}  // namespace talent_loan::bench
