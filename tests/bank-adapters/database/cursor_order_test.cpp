// Reading on after a cursor: by number, and whatever kind of column the bank gives for it.
#include <catch2/catch.hpp>

#include "tests/bank-adapters/as-host/loaded_adapter.hpp"
#include "tests/bank-adapters/database/bank_database.hpp"

using namespace talent_loan::testing;

namespace {

// Repayments numbered `first` to `last`, into any table with the columns of `ev`.
std::string repayments(const std::string& table, int first, int last) {
  return "INSERT INTO " + table + " WITH RECURSIVE numbered(n) AS (SELECT " + std::to_string(first) + " UNION ALL SELECT n + 1 FROM numbered WHERE n < " +
         std::to_string(last) + ") SELECT n, 'E-' || n, 'repayment', 'L-1', '2026-03-01', NULL, 100.5, NULL, NULL, NULL FROM numbered";
}

// The ids of all events, read `at_most` at a time from the start.
std::vector<std::string> read_on(LoadedAdapter& adapter, std::uint32_t at_most) {
  std::vector<std::string> ids;
  talent_loan::sdk::Cursor after;
  for (;;) {
    const auto polled = adapter.poll_events(after, at_most);
    if (polled.records.empty()) return ids;
    for (const auto& record : polled.records) ids.push_back(record.event_id);
    after = polled.cursor;
  }
}

}  // namespace

TEST_CASE("a number with more digits comes later, within a page and between pages") {
  for (const auto kind : {BankDatabase::Kind::sqlite, BankDatabase::Kind::postgresql}) {
    BankDatabase bank(kind);
    bank.run(repayments("ev", 8, 12));
    bank.run(repayments("ev", 9990, 12989));  // more than are read at a time, the shorter numbers first
    std::vector<std::string> expected;
    for (int n = 8; n <= 12989; n = n == 12 ? 9990 : n + 1) expected.push_back("E-" + std::to_string(n));
    LoadedAdapter adapter("database", bank.config(), bank.folder());
    for (const std::uint32_t at_most : {3U, 1000U, 2000U, 5000U}) {
      INFO("at most " << at_most);
      const bool in_order = read_on(adapter, at_most) == expected;
      CHECK(in_order);
    }
  }
}

TEST_CASE("a cursor that is the table's own key is read like any other, also behind a view and at the end") {
  BankDatabase bank(BankDatabase::Kind::sqlite);
  bank.run("CREATE TABLE core_event (seq INTEGER PRIMARY KEY, ev_id TEXT, kind TEXT, loan_no TEXT, happened TEXT, days INTEGER, amt NUMERIC(18,2), cost NUMERIC(18,2), cls TEXT, due TEXT)");
  bank.run(repayments("core_event", 1, 3));
  bank.run("DROP VIEW v_ev");
  for (const char* view : {"CREATE VIEW v_ev AS SELECT * FROM core_event",
                           "CREATE VIEW v_ev AS SELECT rowid AS seq, ev_id, kind, loan_no, happened, days, amt, cost, cls, due FROM core_event"}) {
    bank.run(view);
    LoadedAdapter adapter("database", bank.config(), bank.folder());
    adapter.health();
    CHECK(read_on(adapter, 2) == std::vector<std::string>{"E-1", "E-2", "E-3"});
    bank.run("DROP VIEW v_ev");
  }
}
