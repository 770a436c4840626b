// The audit trail covers the books: every way of changing a row behind the program's back is found, and the table
// and row are named.
#include <algorithm>

#include <catch2/catch.hpp>

#include "core/settlement/claim_closing.hpp"
#include "core/settlement/payment_message.hpp"
#include "core/settlement/recovery.hpp"
#include "core/store/audit.hpp"
#include "tests/core/settlement/book_fixture.hpp"
#include "tests/core/settlement/status_report.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

PolicyText every_kind_of_row() {
  PolicyText text;
  text.fund = "{name: fund, when_short: queue}";
  text.shares = "    - {payer: city, ratio: 60%, per_year_at_most: 50000.00}\n    - {payer: district, ratio: 10%}\n"
                "    - {payer: county, ratio: 3%}\n    - {payer: park, ratio: 2%}\n"
                "    - {payer: province, ratio: 30%, reimburses: city}\n";
  return text;
}

RecoveryRules rules(const Bureau& bureau) { return {.policies = &bureau.policies(), .user = UserId("maker")}; }

void recover(Bureau& bureau, const std::string& id, const std::string& claim, std::int64_t amount_yuan) {
  Transaction transaction = bureau.database().write();
  const RecoveryRow row{.id = RecoveryId(id), .claim = ClaimId(claim), .received_on = day("2021-01-05"), .amount = yuan(amount_yuan), .costs = Fen(100)};
  REQUIRE(book_recovery(transaction, row, rules(bureau)).what == RecoveryOutcome::What::booked);
  transaction.commit();
}

// A book with rows in every covered table of the books.
void keep_books(Bureau& bureau) {
  bureau.deposit_into("fund", 20'000);
  bureau.deposit_into("fund", 20'000, "voucher-2");
  for (const char* id : {"C1", "C2", "C3"}) bureau.bad_claim("icbc", id, 5'000);
  for (const char* id : {"C4", "C5"}) bureau.bad_claim("ccb", id, 6'000);
  for (const char* id : {"X1", "X2"}) bureau.claim("ccb", id, "no-such-loan", yuan(10));
  for (const char* id : {"Y1", "Y2"}) bureau.bad_claim("icbc", id, 90'000);  // wait: the fund is short
  bureau.settle_batch("b1");
  bureau.bad_claim("ccb", "D1", 10);  // behind those that wait
  bureau.settle_batch("b2");
  {
    Transaction transaction = bureau.database().write();
    reverse(transaction, {.batch = BatchId("b2"), .reversal = "b2-r", .why = "by mistake", .user = UserId("checker")});
    transaction.commit();
  }
  recover(bureau, "R1", "C1", 700);
  recover(bureau, "R2", "C1", 300);
  recover(bureau, "R3", "C4", 50);
  Transaction transaction = bureau.database().write();
  REQUIRE(reverse_recovery(transaction, {RecoveryId("R2"), "R2-x", "bounced"}, rules(bureau)));
  for (const char* claim : {"C2", "C3"}) {
    REQUIRE(close_claim(transaction, {.claim = ClaimId(claim), .ground = ClosingGround::no_further_recovery, .on = day("2021-03-01"), .why = "gone", .user = UserId("maker")},
                        bureau.policies()));
  }
  reopen_claim(transaction, {.claim = ClaimId("C2"), .why = "found again", .user = UserId("maker")});
  REQUIRE(close_claim(transaction, {.claim = ClaimId("C2"), .ground = ClosingGround::written_off, .on = day("2021-04-01"), .why = "w", .user = UserId("maker")},
                      bureau.policies()));
  apply_status_report(transaction, status_report({{"b1-0001", "RJCT"}, {"b1-0003", "RJCT"}}), "first.xml", UserId("maker"));
  apply_status_report(transaction, status_report({{"b1-0001", "ACSC"}, {"b1-0002", "ACSC"}}), "second.xml", UserId("maker"));
  transaction.commit();
}

bool is_integer(const std::string& column) {
  static const std::vector<std::string> named{"number", "batch", "position", "part", "slot", "claim", "claims", "entry", "reverses", "year", "run"};
  return column.ends_with("_fen") || std::find(named.begin(), named.end(), column) != named.end();
}

// The columns that tell one row of the table from all others.
std::vector<std::string> identity(const CoveredTable& table) {
  std::vector<std::string> columns{table.scope};
  for (const KeyColumn& column : table.key) columns.push_back(column.name);
  return columns;
}

struct Picked {
  std::string where;
  std::vector<Value> values;
};

Picked picked(const CoveredTable& table, const Row& row, int first_placeholder = 0) {
  Picked picked;
  int placeholder = first_placeholder;
  for (const std::string& column : identity(table)) {
    const auto at = static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), column) - table.columns.begin());
    picked.where += fmt::format("{}{} = :p{}", picked.where.empty() ? "" : " AND ", column, placeholder++);
    picked.values.push_back(is_integer(column) ? Value(row.integer(at)) : Value(row.text(at)));
  }
  return picked;
}

std::string columns_of(const CoveredTable& table) { return fmt::format("{}", fmt::join(table.columns, ", ")); }

// What the check says after the statements; empty where they cannot be run at all. Nothing is kept.
std::string verdict_after(Database& database, const std::function<void(Transaction&)>& tampering) {
  Transaction transaction = database.write();
  // One who writes past the program writes past its foreign keys and checks of sums, too.
  if (database.postgresql()) {
    transaction.execute("SET LOCAL session_replication_role = replica");
    transaction.execute("ALTER TABLE settlement_lines DROP CONSTRAINT settlement_lines_check, DROP CONSTRAINT settlement_lines_check1");
  } else {
    transaction.execute("PRAGMA defer_foreign_keys = ON");
    transaction.execute("PRAGMA ignore_check_constraints = ON");
  }
  std::string verdict;
  try {
    tampering(transaction);
    const AuditReport report = verify_audit(transaction);
    verdict = report.broken ? report.broken->english : "whole";
  } catch (const Failure&) {
    verdict.clear();
  }
  if (!database.postgresql()) transaction.execute("PRAGMA ignore_check_constraints = OFF");
  return verdict;
}

void check_found(const std::string& verdict, const CoveredTable& table, const std::string& how) {
  INFO(table.name << ", " << how << ": " << verdict);
  CHECK(verdict.starts_with("table " + table.name + " ("));
}

void change_every_column(Database& database, const CoveredTable& table, const Row& row) {
  for (const std::string& column : table.columns) {
    const auto at = static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), column) - table.columns.begin());
    std::vector<Value> candidates{Value("failed"), Value("paid"), Value("reversed"), Value("fully-recovered"), Value(row.null(at) ? "x" : row.text(at) + "x")};
    if (is_integer(column)) candidates = {Value(row.null(at) ? 7 : row.integer(at) + 1000)};
    bool tried = false;
    for (const Value& candidate : candidates) {
      if (candidate.text() != nullptr && !row.null(at) && *candidate.text() == row.text(at)) continue;
      const std::string verdict = verdict_after(database, [&](Transaction& transaction) {
        Picked one = picked(table, row, 1);
        one.values.insert(one.values.begin(), candidate);
        const std::int64_t rows = transaction.execute(fmt::format("UPDATE {} SET {} = :p0 WHERE {}", table.name, column, one.where), one.values);
        REQUIRE(rows == 1);
      });
      if (verdict.empty()) continue;
      check_found(verdict, table, column + " changed");
      tried = true;
    }
    INFO(table.name << "." << column);
    CHECK(tried);
  }
}

void insert_another(Database& database, const CoveredTable& table, const Row& row) {
  std::string cells;
  for (const std::string& column : table.columns) {
    const std::vector<std::string> key = identity(table);
    const bool tells_apart = std::find(key.begin(), key.end(), column) != key.end() && (column != table.scope || key.size() == 1);
    const bool unique = tells_apart || column == "number" || column == "payment_id" || column == "recovery_id" || column == "batch_id" || column == "reference";
    std::string cell = column;
    if (column == "reverses" || column == "reversal_id") cell = is_integer(column) ? "CAST(NULL AS BIGINT)" : "CAST(NULL AS TEXT)";
    else if (unique) cell += is_integer(column) ? " + 1000" : " || 'x'";
    cells += (cells.empty() ? "" : ", ") + cell;
  }
  const std::string verdict = verdict_after(database, [&](Transaction& transaction) {
    const Picked one = picked(table, row);
    const std::int64_t rows = transaction.execute(
        fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} WHERE {}", table.name, columns_of(table), cells, table.name, one.where), one.values);
    REQUIRE(rows == 1);
  });
  check_found(verdict, table, "a row inserted");
}

void remove_one(Database& database, const CoveredTable& table, const Row& row) {
  const std::string verdict = verdict_after(database, [&](Transaction& transaction) {
    const Picked one = picked(table, row);
    const std::int64_t rows = transaction.execute(fmt::format("DELETE FROM {} WHERE {}", table.name, one.where), one.values);
    REQUIRE(rows == 1);
  });
  check_found(verdict, table, "a row removed");
}

bool has_places(const CoveredTable& table) { return table.key.size() == 1 && !table.key.front().text; }

// Puts two rows of one scope into each other's place.
bool swap_two(Database& database, const CoveredTable& table, const std::vector<Row>& rows) {
  if (!has_places(table)) return false;
  const std::string& key = table.key.front().name;
  const auto place = [&](const std::string& column) { return static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), column) - table.columns.begin()); };
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].integer(place(table.scope)) != rows[i - 1].integer(place(table.scope))) continue;
    const std::int64_t scope = rows[i].integer(place(table.scope)), a = rows[i - 1].integer(place(key)), b = rows[i].integer(place(key));
    const std::string verdict = verdict_after(database, [&](Transaction& transaction) {
      for (const auto& [from, to] : {std::pair(a, std::int64_t{999'999}), std::pair(b, a), std::pair(std::int64_t{999'999}, b)}) {
        transaction.execute(fmt::format("UPDATE {} SET {} = :to WHERE {} = :scope AND {} = :from", table.name, key, table.scope, key), {to, scope, from});
      }
    });
    check_found(verdict, table, "two rows in each other's place");
    return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every change of a covered table is found, and the table named") {
  on_both({every_kind_of_row()}, [](Bureau& bureau) {
    keep_books(bureau);
    Database& database = bureau.database();
    REQUIRE(verdict_after(database, [](Transaction&) {}) == "whole");
    for (const CoveredTable& table : covered_tables()) {
      if (table.name.starts_with("assessment_")) continue;  // tests/core/assessment
      std::vector<Row> rows;
      {
        Transaction look = database.read();
        rows = look.query(fmt::format("SELECT {} FROM {} ORDER BY {}", columns_of(table), table.name, fmt::join(identity(table), ", ")));
      }
      INFO(table.name);
      REQUIRE_FALSE(rows.empty());
      change_every_column(database, table, rows.front());
      insert_another(database, table, rows.front());
      for (const Row* row : {&rows.front(), &rows[rows.size() / 2], &rows.back()}) remove_one(database, table, *row);
      CHECK(swap_two(database, table, rows) == has_places(table));
      check_found(verdict_after(database, [&](Transaction& transaction) { transaction.execute("DELETE FROM " + table.name); }), table, "all removed");
    }
  });
}

TEST_CASE("the row that was changed, removed or inserted is named") {
  on_both({every_kind_of_row()}, [](Bureau& bureau) {
    keep_books(bureau);
    const auto verdict = [&](const char* sql) { return verdict_after(bureau.database(), [&](Transaction& transaction) { transaction.execute(sql); }); };
    CHECK(verdict("UPDATE settlement_lines SET principal_loss_fen = principal_loss_fen + 1, bank_bears_fen = bank_bears_fen + 1 WHERE batch = 1 AND claim >= 4") ==
          "table settlement_lines (batch=1 claim=4): was changed (sealed by entry 3)");
    CHECK(verdict("DELETE FROM settlement_lines WHERE batch = 1 AND claim = 2") ==
          "table settlement_lines (batch=1 claim=3): a row before it was removed (sealed by entry 3)");
    CHECK(verdict("DELETE FROM settlement_lines WHERE batch = 1 AND claim >= 4") ==
          "table settlement_lines (batch=1): rows from number 4 on were removed (sealed by entry 3)");
    CHECK(verdict("INSERT INTO settlement_lines SELECT claim + 100, batch, position, part, principal_loss_fen, bank_bears_fen, pays_1_fen, bears_1_fen,"
                  " pays_2_fen, bears_2_fen, pays_3_fen, bears_3_fen, more_pay_fen, more_bear_fen FROM settlement_lines WHERE batch = 1 AND claim = 1") ==
          "table settlement_lines (batch=1 claim=101): does not belong here (sealed by entry 3)");
    CHECK(verdict("UPDATE journal_postings SET amount_fen = -amount_fen WHERE entry = 2") == "table journal_postings (entry=2 position=1): was changed (sealed by entry 2)");
    CHECK(verdict("DELETE FROM recoveries WHERE claim = (SELECT number FROM claims WHERE claim_id = 'C4')").starts_with("table recoveries (claim="));
    CHECK(verdict("UPDATE audit_seals SET digest = '' WHERE sequence = 3 AND position = 1").starts_with("entry 3: was changed"));
    CHECK(verdict("UPDATE audit_seals SET locator = '' WHERE sequence = 3 AND position = 1").starts_with("entry 3: was changed"));
    CHECK(verdict("DELETE FROM audit_seals WHERE sequence = 3 AND position = 2").starts_with("entry 3: its seals were changed"));
    CHECK(verdict("DELETE FROM audit_seals WHERE sequence = 3").starts_with("entry 3: was changed"));
    CHECK(verdict("UPDATE audit_seals SET sequence = 999 WHERE sequence = 3").starts_with("entry 3: was changed"));
    CHECK(verdict("INSERT INTO audit_seals SELECT 999, position, covered, first_scope, last_scope, row_count, digest, locator FROM audit_seals WHERE sequence = 3") ==
          "entry 999: has seals but does not exist");
  });
}

TEST_CASE("a bank's report of a payment that was changed, removed, reordered or inserted is named") {
  on_both({every_kind_of_row()}, [](Bureau& bureau) {
    keep_books(bureau);
    const auto verdict = [&](const std::vector<const char*>& statements) {
      const std::string all = verdict_after(bureau.database(), [&](Transaction& transaction) {
        for (const char* sql : statements) transaction.execute(sql);
      });
      return all.substr(0, all.find(" (sealed by entry"));
    };
    CHECK(verdict({"UPDATE payment_reports SET reported_by = 'nobody' WHERE payment_id = 'b1-0002'"}) ==
          "table payment_reports (batch=1 payment_id=b1-0002 number=1): was changed");
    CHECK(verdict({"DELETE FROM payment_reports WHERE payment_id = 'b1-0001' AND number = 1"}) ==
          "table payment_reports (batch=1 payment_id=b1-0001 number=2): a row before it was removed");
    CHECK(verdict({"DELETE FROM payment_reports WHERE payment_id = 'b1-0003'"}) == "table payment_reports (batch=1): rows from number 4 on were removed");
    CHECK(verdict({"DELETE FROM payment_reports"}) == "table payment_reports (batch=1): was removed");
    CHECK(verdict({"UPDATE payment_reports SET number = 9 WHERE payment_id = 'b1-0001' AND number = 1",
                   "UPDATE payment_reports SET number = 1 WHERE payment_id = 'b1-0001' AND number = 2",
                   "UPDATE payment_reports SET number = 2 WHERE payment_id = 'b1-0001' AND number = 9"}) ==
          "table payment_reports (batch=1 payment_id=b1-0001 number=1): was changed");
    CHECK(verdict({"INSERT INTO payment_reports SELECT batch, payment_id, number + 1, 'paid', reason, source, reported_by, reported_at FROM payment_reports"
                   " WHERE payment_id = 'b1-0002'"}) == "table payment_reports (batch=1 payment_id=b1-0002 number=2): does not belong here");
    CHECK(verdict({"INSERT INTO payment_reports SELECT 2, 'b2-0001', number, status, reason, source, reported_by, reported_at FROM payment_reports"
                   " WHERE payment_id = 'b1-0002'"}) == "table payment_reports (batch=2 payment_id=b2-0001 number=1): does not belong here");
  });
}

TEST_CASE("nothing is built on rows that another hand changed") {
  on_both({every_kind_of_row()}, [](Bureau& bureau) {
    keep_books(bureau);
    bureau.bad_claim("ccb", "E1", 20);
    SettlementRequest prepared = bureau.request("b3");
    prepared.book = false;
    bureau.settle_as(prepared);
    const auto refused = [&](const char* tampering, const std::function<void(Transaction&)>& work) {
      Transaction transaction = bureau.database().write();
      transaction.execute(tampering);
      try {
        work(transaction);
      } catch (const Failure& failure) {
        return failure.sentences(Language::english).find("are not what the audit trail sealed") != std::string::npos;
      }
      return false;
    };
    CHECK(refused("UPDATE settlement_batches SET prepared_by = 'nobody' WHERE batch_id = 'b3'",
                  [](Transaction& transaction) { approve(transaction, BatchId("b3"), UserId("maker"), std::nullopt); }));
    CHECK(refused("UPDATE settlement_rejects SET code = 'TRIGGER_NOT_MET' WHERE batch = 1", [](Transaction& transaction) {
      transaction.execute("UPDATE settlement_batches SET status = 'prepared' WHERE number = 1");
      approve(transaction, BatchId("b1"), UserId("checker"), std::nullopt);
    }));
    CHECK(refused("UPDATE journal_postings SET amount_fen = amount_fen * 2 WHERE entry = 3", [&](Transaction& transaction) {
      for (const char* recovery : {"R1", "R3"}) reverse_recovery(transaction, {RecoveryId(recovery), std::string(recovery) + "-x", "w"}, rules(bureau));
      for (const char* claim : {"C2", "C3"}) reopen_claim(transaction, {.claim = ClaimId(claim), .why = "w", .user = UserId("maker")});
      reverse(transaction, {.batch = BatchId("b1"), .reversal = "b1-r", .why = "w", .user = UserId("checker")});
    }));
    CHECK(refused("UPDATE claim_closings SET why = 'other' WHERE number = 1", [](Transaction& transaction) {
      reopen_claim(transaction, {.claim = ClaimId("C2"), .why = "w", .user = UserId("maker")});
    }));
    CHECK(refused("UPDATE recoveries SET amount_fen = 1 WHERE recovery_id = 'R1'", [&](Transaction& transaction) {
      reverse_recovery(transaction, {RecoveryId("R1"), "R1-x", "w"}, rules(bureau));
    }));
    CHECK(refused("UPDATE payment_reports SET reason = 'other' WHERE payment_id = 'b1-0001'", [](Transaction& transaction) {
      apply_status_report(transaction, status_report({{"b1-0003", "ACSC"}}), "third.xml", UserId("maker"));
    }));
    CHECK(refused("UPDATE recovery_returns SET amount_fen = 0 WHERE recovery = 'R1'", [&](Transaction& transaction) {
      book_recovery(transaction, {.id = RecoveryId("R9"), .claim = ClaimId("C1"), .received_on = day("2021-02-01"), .amount = yuan(1), .costs = Fen()}, rules(bureau));
    }));
  });
}

TEST_CASE("what a database held before the trail covered it is sealed when its schema is brought up to date") {
  on_both({every_kind_of_row()}, [](Bureau& bureau) {
    keep_books(bureau);
    {
      Transaction transaction = bureau.database().write();
      for (const char* sql : {"DROP TABLE audit_seals", "DELETE FROM audit_entries", "DELETE FROM audit_head", "DELETE FROM schema_migrations WHERE number = 14"}) {
        transaction.execute(sql);
      }
      transaction.commit();
    }
    Database upgraded = Database::open(bureau.url());
    CHECK(verdict_after(upgraded, [](Transaction&) {}) == "whole");
    CHECK(upgraded.read().query_one("SELECT action FROM audit_entries")->text(0) == "db migrate");
    CHECK(verdict_after(upgraded, [](Transaction& transaction) { transaction.execute("UPDATE settlement_lines SET principal_loss_fen = principal_loss_fen + 1, bank_bears_fen = bank_bears_fen + 1 WHERE claim = 2"); }) ==
          "table settlement_lines (batch=1 claim=2): was changed (sealed by entry 1)");
    Transaction transaction = upgraded.write();
    CHECK_NOTHROW(reverse_recovery(transaction, {RecoveryId("R1"), "R1-x", "w"}, rules(bureau)));
    CHECK_FALSE(verify_audit(transaction).broken);
  });
}
