// What it costs to poll a bank's events and book them, beside raw SQLite writing the same rows.
//   sync_bench [EVENTS] [ROUNDS]     (default 1,000,000 events from one bank, medians of 3)
// The peer is a program of twenty lines: the same table with its index, one prepared INSERT, the same settings, the
// same number of rows to a transaction, no look whether an event is known already. Both end durable; the rows of both
// are compared.
#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "tests/plugins/host/rounds.hpp"

#include <fmt/format.h>

using namespace talent_loan;
using namespace talent_loan::host;
using talent_loan::testing::TemporaryFolder;

namespace {

constexpr std::uint64_t rows_per_transaction = 4096;

struct Cost {
  double wall = 0;
  double cpu = 0;  // of this process and of the runners that ended
};

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

double cpu_seconds() {
  double sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    sum += seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  return sum;
}

template <typename Work>
Cost cost_of(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), cpu_seconds() - cpu};
}

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  std::exit(1);
}

void check(sqlite3* database, int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) give_up(sqlite3_errmsg(database));
}

void run(sqlite3* database, const char* sql) { check(database, sqlite3_exec(database, sql, nullptr, nullptr, nullptr)); }

void text(sqlite3* database, sqlite3_stmt* statement, int column, const std::string& cell) {
  check(database, sqlite3_bind_text(statement, column, cell.data(), static_cast<int>(cell.size()), SQLITE_STATIC));
}

// The rows that the scripted bank's events become.
void write_raw(const std::string& path, std::uint64_t events) {
  sqlite3* database = nullptr;
  check(database, sqlite3_open(path.c_str(), &database));
  run(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536");
  sqlite3_stmt* insert = nullptr;
  check(database, sqlite3_prepare_v2(database, "INSERT INTO loan_events (bank_id, event_id, loan_id, kind, occurred_on, sequence, amount_fen) VALUES (?, ?, ?, ?, ?, ?, ?)",
                                     -1, &insert, nullptr));
  const std::string bank = "a", loan = "L-1", kind = "repayment", day = "2020-07-01";
  for (std::uint64_t i = 0; i < events; ++i) {
    if (i % rows_per_transaction == 0) run(database, i == 0 ? "BEGIN IMMEDIATE" : "COMMIT; BEGIN IMMEDIATE");
    const std::string id = "M-" + std::to_string(i);
    text(database, insert, 1, bank);
    text(database, insert, 2, id);
    text(database, insert, 3, loan);
    text(database, insert, 4, kind);
    text(database, insert, 5, day);
    check(database, sqlite3_bind_int64(insert, 6, static_cast<sqlite3_int64>(i)));
    check(database, sqlite3_bind_int64(insert, 7, 1));
    check(database, sqlite3_step(insert));
    check(database, sqlite3_reset(insert));
  }
  run(database, "COMMIT");
  sqlite3_finalize(insert);
  check(database, sqlite3_close(database));
}

// All rows in one number, so that the two ways can be compared.
std::string digest(const std::string& path) {
  Database database = Database::open("sqlite://" + path);
  Transaction transaction = database.read();
  const auto row = transaction.query_one(
      "SELECT COUNT(*), SUM(sequence), SUM(amount_fen), SUM(LENGTH(event_id)), MIN(kind), MAX(kind), MIN(occurred_on), MAX(occurred_on), MIN(loan_id), MAX(loan_id)"
      " FROM loan_events WHERE costs_fen IS NULL AND overdue_days IS NULL AND loan_class IS NULL AND maturity IS NULL");
  std::string all;
  for (std::size_t i = 0; i < row->size(); ++i) all += row->optional_text(i).value_or("-") + " ";
  return all;
}

Cost through_sync(Isolation isolation, std::uint64_t events, std::string& rows) {
  TemporaryFolder folder;
  testing::Rounds rounds(isolation, "sqlite://" + (folder / "loans.db"));
  BankBinding bank = rounds.bank("a", fmt::format("many-events;L-1;{};2020-07-01\n", events));
  bank.timeout = Milliseconds(600'000);
  bank.limits = {0, 0, 256, 0};
  const Cost cost = cost_of([&] {
    const auto report = rounds.sync({bank}).front();
    if (report.counts.events != events) give_up(report.failures.empty() ? "events are missing" : report.failures.front().sentence(Language::english));
  });
  rows = digest(folder / "loans.db");
  return cost;
}

Cost raw(std::uint64_t events, std::string& rows) {
  TemporaryFolder folder;
  { Database::open("sqlite://" + (folder / "loans.db")); }  // the tables
  const Cost cost = cost_of([&] { write_raw(folder / "loans.db", events); });
  rows = digest(folder / "loans.db");
  return cost;
}

Cost median(std::vector<Cost> costs) {
  std::sort(costs.begin(), costs.end(), [](const Cost& a, const Cost& b) { return a.wall < b.wall; });
  return costs[costs.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  std::vector<Cost> peer, in_process, isolated;
  for (int round = 0; round < rounds; ++round) {  // in turns, so that a machine that slows down slows all
    std::string expected, rows;
    peer.push_back(raw(events, expected));
    in_process.push_back(through_sync(Isolation::in_process, events, rows));
    if (rows != expected) give_up("in process: other rows: " + rows + "instead of " + expected);
    isolated.push_back(through_sync(Isolation::process, events, rows));
    if (rows != expected) give_up("isolated: other rows: " + rows + "instead of " + expected);
  }
  const Cost base = median(peer);
  fmt::print("{} events from one bank, {} to a transaction, SQLite {}\n", events, rows_per_transaction, sqlite3_libversion());
  fmt::print("{:<34} {:>10} {:>10} {:>10} {:>10}\n", "", "seconds", "ratio", "CPU s", "ratio");
  for (const auto& [what, cost] : {std::pair{"raw SQLite, the rows alone", base}, {"polled in process and booked", median(in_process)}, {"polled isolated and booked", median(isolated)}}) {
    fmt::print("{:<34} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f}\n", what, cost.wall, cost.wall / base.wall, cost.cpu, cost.cpu / base.cpu);
  }
}
