// A database whose lines are still texts, as the program kept them before: nothing is lost on the way.
#include <catch2/catch.hpp>

#include "core/settlement/recovery.hpp"
#include "core/store/audit.hpp"
#include "tests/core/settlement/book_fixture.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

// Five payers: more than a line has slots for.
PolicyText many_payers() {
  PolicyText text;
  text.shares =
      "    - {payer: city, ratio: 40%}\n    - {payer: district, ratio: 20%}\n    - {payer: county, ratio: 5%}\n"
      "    - {payer: park, ratio: 5%}\n    - {payer: province, ratio: 30%, reimburses: city}\n";
  return text;
}

PolicyText one_payer() {
  PolicyText text;
  text.version = "v2019";
  text.effective = "{from: 2019-01-01, to: 2019-12-31}";
  text.shares = "    - {payer: city, ratio: 50%}\n";
  return text;
}

// Puts the lines back as 0004 made them.
void lines_as_text(Database& database) {
  Transaction transaction = database.write();
  struct Old {
    std::int64_t batch, position, claim;
    std::string version;
    Fen loss, bank_bears;
    std::string shares{};
  };
  std::vector<Old> lines;
  transaction.each(
      "SELECT s.batch, s.position, s.claim, p.policy_version, s.principal_loss_fen, s.bank_bears_fen FROM settlement_lines s"
      " JOIN settlement_parts p ON p.batch = s.batch AND p.part = s.part ORDER BY s.batch, s.position",
      {}, [&](const Row& row) { lines.push_back({row.integer(0), row.integer(1), row.integer(2), row.text(3), row.fen(4), row.fen(5)}); });
  for (Old& line : lines) {
    transaction.each("SELECT payer, pays_fen, bears_fen FROM settlement_line_amounts WHERE claim = :claim AND batch = :batch ORDER BY slot",
                     {line.claim, line.batch}, [&](const Row& row) {
                       line.shares += fmt::format("{}{}={}/{}", line.shares.empty() ? "" : "|", row.text(0), row.integer(1), row.integer(2));
                     });
  }
  transaction.execute("DROP VIEW settlement_line_amounts");
  for (const char* table : {"settlement_lines", "settlement_line_more", "settlement_part_payers", "settlement_parts"}) {
    transaction.execute(fmt::format("DROP TABLE {}", table));
  }
  transaction.execute(
      "CREATE TABLE settlement_lines (batch BIGINT NOT NULL REFERENCES settlement_batches (number), position BIGINT NOT NULL,"
      " claim BIGINT NOT NULL REFERENCES claims (number), policy_version TEXT NOT NULL,"
      " principal_loss_fen BIGINT NOT NULL CHECK (principal_loss_fen >= 0), shares TEXT NOT NULL,"
      " bank_bears_fen BIGINT NOT NULL CHECK (bank_bears_fen >= 0), PRIMARY KEY (batch, position))");
  transaction.execute("CREATE INDEX settlement_lines_claim ON settlement_lines (claim)");
  for (const Old& line : lines) {
    transaction.execute(
        "INSERT INTO settlement_lines (batch, position, claim, policy_version, principal_loss_fen, shares, bank_bears_fen)"
        " VALUES (:batch, :position, :claim, :version, :loss, :shares, :bank)",
        {line.batch, line.position, line.claim, line.version, line.loss, line.shares, line.bank_bears});
  }
  transaction.execute("DELETE FROM schema_migrations WHERE number = 16");
  transaction.commit();
}

}  // namespace

TEST_CASE("lines kept as text become numbers with every amount, and the books go on from there") {
  on_both({one_payer(), many_payers()}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "C1", 100'001);
    bureau.bad_claim("ccb", "C2", 30);
    bureau.bad_loan("ccb", "L3", 77'777, "2019-06-01");
    bureau.claim("ccb", "C3", "L3", yuan(77'777));
    bureau.settle_batch("withdrawn");
    {
      Transaction transaction = bureau.database().write();
      reverse(transaction, {.batch = BatchId("withdrawn"), .reversal = "r", .why = "test", .user = UserId("checker")});
      transaction.commit();
    }
    bureau.settle_batch("first");
    bureau.bad_claim("icbc", "C4", 5);
    SettlementRequest prepared = bureau.request("second");
    prepared.book = false;
    bureau.settle_as(prepared);
    std::string before;
    for (const char* batch : {"withdrawn", "first", "second"}) before += bureau.lines(batch) + bureau.totals(batch);
    CHECK(before.find("C1,icbc,C1,v2020,100001.00,") != std::string::npos);
    CHECK(before.find("C3,ccb,L3,v2019,77777.00,") != std::string::npos);

    lines_as_text(bureau.database());
    Database migrated = Database::open(bureau.url());

    std::string after;
    for (const char* batch : {"withdrawn", "first", "second"}) after += bureau.lines(batch) + bureau.totals(batch);
    CHECK(after == before);
    Transaction transaction = bureau.database().write();
    CHECK_FALSE(verify_audit(transaction).broken);
    CHECK(approve(transaction, BatchId("second"), UserId("checker"), std::nullopt).status == BatchStatus::booked);
    const RecoveryOutcome outcome = book_recovery(
        transaction, {.id = RecoveryId("R1"), .claim = ClaimId("C1"), .received_on = day("2021-01-01"), .amount = yuan(100'001), .costs = Fen()},
        {.policies = &bureau.policies(), .user = UserId("maker")});
    REQUIRE(outcome.returns.size() == 5);
    CHECK(outcome.returns[3].amount == Fen(100'001'00 / 20));   // what the park bore, in a slot of its own
    CHECK(outcome.returns[4].amount == Fen(100'001'00 * 3 / 10));
  });
}

TEST_CASE("the database itself refuses a line that does not add up") {
  on_both({{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "C1", 100);
    bureau.settle_batch("first");
    Transaction transaction = bureau.database().write();
    CHECK_THROWS_AS(transaction.execute("UPDATE settlement_lines SET pays_1_fen = pays_1_fen + 1"), Failure);
  });
}
