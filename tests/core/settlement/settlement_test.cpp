// The life of a batch: prepared, booked, repeated, reversed.
#include <catch2/catch.hpp>

#include "core/store/audit.hpp"
#include "tests/core/settlement/book_fixture.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

TEST_CASE("a batch splits each claim, adds up, instructs and books") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000000);
    bureau.bad_claim("ccb", "B", 500000);
    bureau.bad_loan("ccb", "C", 400000);
    bureau.claim("ccb", "C", "C", yuan(400000), Fen(6666667));
    const BatchRecord batch = bureau.settle_batch("2020-1");
    CHECK(batch.status == BatchStatus::booked);
    CHECK(bureau.lines("2020-1") ==
          "claim_id,bank_id,loan_id,policy_version,principal_loss,city_pays,city_bears,province_pays,province_bears,bank_bears\n"
          "B,ccb,B,v2020,500000.00,400000.00,250000.00,0.00,150000.00,100000.00\n"
          "C,ccb,C,v2020,333333.33,266666.66,166666.67,0.00,99999.99,66666.67\n"
          "A,icbc,A,v2020,1000000.00,800000.00,500000.00,0.00,300000.00,200000.00\n");
    CHECK(bureau.totals("2020-1") ==
          "bank_id,claims,principal_loss,city_pays,city_bears,province_pays,province_bears,bank_bears\n"
          "ccb,2,833333.33,666666.66,416666.67,0.00,249999.99,166666.67\n"
          "icbc,1,1000000.00,800000.00,500000.00,0.00,300000.00,200000.00\n"
          "TOTAL,3,1833333.33,1466666.66,916666.67,0.00,549999.99,366666.67\n");
    CHECK(bureau.payments("2020-1") ==
          "payment_id,batch_id,as_of,bank_id,payer,fund,amount,currency,status\n"
          "2020-1-0001,2020-1,2020-12-31,ccb,city,,666666.66,CNY,instructed\n"
          "2020-1-0002,2020-1,2020-12-31,icbc,city,,800000.00,CNY,instructed\n");
    CHECK(bureau.balances() ==
          "assets:receivable:award:province 549999.99\n"
          "equity:budget:city -1466666.66\n"
          "expenses:compensation:city:ccb 416666.67\n"
          "expenses:compensation:city:icbc 500000.00\n");
  });
}

// A database that stores something else than it was given is as good a stand-in as any for storage that lies.
TEST_CASE("nothing is booked where the lines that the database holds do not add up to the batch's totals") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000000);
    bureau.bad_claim("ccb", "B", 500000);
    {
      Transaction transaction = bureau.database().write();
      if (bureau.database().postgresql()) {
        transaction.execute("CREATE FUNCTION bend() RETURNS TRIGGER LANGUAGE plpgsql AS"
                            " 'BEGIN NEW.pays_1_fen = NEW.pays_1_fen - 1; NEW.pays_2_fen = NEW.pays_2_fen + 1; RETURN NEW; END'");
        transaction.execute("CREATE TRIGGER bend BEFORE INSERT ON settlement_lines FOR EACH ROW WHEN (NEW.bank_bears_fen = 10000000) EXECUTE FUNCTION bend()");
      } else {
        transaction.execute("CREATE TRIGGER bend AFTER INSERT ON settlement_lines WHEN NEW.bank_bears_fen = 10000000 BEGIN UPDATE settlement_lines"
                            " SET pays_1_fen = pays_1_fen - 1, pays_2_fen = pays_2_fen + 1 WHERE claim = NEW.claim AND batch = NEW.batch; END");
      }
      transaction.commit();
    }
    CHECK_THROWS_WITH(bureau.settle_batch("b"), Catch::Contains("the lines of batch b differ from its totals, nothing was booked"));
    CHECK(bureau.balances().empty());
  });
}

TEST_CASE("the same batch again gives the same bytes and books nothing twice; another day is refused") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000000);
    bureau.settle_batch("b");
    const std::string lines = bureau.lines("b"), balances = bureau.balances();
    bureau.bad_claim("icbc", "B", 1000);
    bureau.settle_batch("b");
    CHECK(bureau.lines("b") == lines);
    CHECK(bureau.balances() == balances);
    CHECK_THROWS_WITH(bureau.settle_batch("b", "2021-01-01"), Catch::Contains("exists as of 2020-12-31"));
    bureau.settle_batch("c");
    CHECK(bureau.lines("c").find("\nB,icbc") != std::string::npos);
    CHECK(bureau.lines("c").find("\nA,icbc") == std::string::npos);
  });
}

TEST_CASE("a batch decides only claims of up to its day") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.settle_batch("early", "2020-12-09");
    bureau.settle_batch("late", "2020-12-10");
    CHECK(bureau.lines("early").find("A,icbc") == std::string::npos);
    CHECK(bureau.lines("late").find("A,icbc") != std::string::npos);
  });
}

TEST_CASE("with maker and checker nothing is booked before another user approves") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    SettlementRequest request = bureau.request("b");
    request.book = false;
    CHECK(bureau.settle_as(request).status == BatchStatus::prepared);
    CHECK(bureau.lines("b").find("A,icbc") != std::string::npos);
    CHECK(bureau.payments("b").find("prepared") != std::string::npos);
    CHECK(bureau.balances().empty());
    bureau.settle_batch("other");  // the claim is spoken for
    CHECK(bureau.lines("other").find("A,icbc") == std::string::npos);
    Transaction transaction = bureau.database().write();
    CHECK_THROWS_WITH(approve(transaction, BatchId("b"), UserId("maker"), std::nullopt), Catch::Contains("same user"));
    CHECK_THROWS_WITH(approve(transaction, BatchId("x"), UserId("checker"), std::nullopt), Catch::Contains("no batch"));
    CHECK(approve(transaction, BatchId("b"), UserId("checker"), std::nullopt).status == BatchStatus::booked);
    CHECK(approve(transaction, BatchId("b"), UserId("checker"), std::nullopt).booked_by == UserId("checker"));
    transaction.commit();
    CHECK(bureau.balances().find("equity:budget:city -800.00") != std::string::npos);
    CHECK(bureau.payments("b").find("instructed") != std::string::npos);
  });
}

TEST_CASE("a reversal books the opposite and frees the claims") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.settle_batch("b");
    const ReversalRequest request{.batch = BatchId("b"), .reversal = "r1", .why = "wrong bank", .user = UserId("checker")};
    Transaction transaction = bureau.database().write();
    CHECK(reverse(transaction, request).status == BatchStatus::reversed);
    CHECK(reverse(transaction, request).reversal == "r1");
    ReversalRequest other = request;
    other.reversal = "r2";
    CHECK_THROWS_WITH(reverse(transaction, other), Catch::Contains("reversed by"));
    CHECK_THROWS_WITH(approve(transaction, BatchId("b"), UserId("checker"), std::nullopt), Catch::Contains("reversed"));
    transaction.commit();
    CHECK(bureau.balances().empty());
    CHECK(bureau.payments("b").find("cancelled") != std::string::npos);
    bureau.settle_batch("c");
    CHECK(bureau.lines("c").find("A,icbc") != std::string::npos);
  });
}

TEST_CASE("a prepared batch can be withdrawn") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    SettlementRequest prepared = bureau.request("b");
    prepared.book = false;
    bureau.settle_as(prepared);
    Transaction transaction = bureau.database().write();
    reverse(transaction, {.batch = BatchId("b"), .reversal = "r", .why = "again", .user = UserId("checker")});
    transaction.commit();
    CHECK(bureau.balances().empty());
    bureau.settle_batch("c");
    CHECK(bureau.lines("c").find("A,icbc") != std::string::npos);
  });
}

TEST_CASE("nothing is posted in the closed period; a reversal goes to the first open day") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    SettlementRequest request = bureau.request("b");
    request.closed_to = day("2020-12-31");
    CHECK_THROWS_WITH(bureau.settle_as(request), Catch::Contains("closed period"));
    request.closed_to = day("2020-12-30");
    bureau.settle_as(request);
    Transaction transaction = bureau.database().write();
    ReversalRequest reversal{.batch = BatchId("b"), .reversal = "r", .why = "w", .user = UserId("u"), .on = day("2021-01-05"), .closed_to = day("2021-01-31")};
    CHECK_THROWS_WITH(reverse(transaction, reversal), Catch::Contains("closed period"));
    reversal.on.reset();
    reverse(transaction, reversal);
    std::vector<std::string> days;
    each_entry(transaction, std::nullopt, std::nullopt, [&](const JournalEntry& entry) { days.push_back(format_day(entry.posted_on)); });
    CHECK(days == std::vector<std::string>{"2020-12-31", "2021-02-01"});
  });
}

TEST_CASE("the version in force on the governing date decides each claim") {
  PolicyText before;
  before.version = "before";
  before.effective = "{from: 2018-12-01, to: 2020-05-25}";
  before.shares = "    - {payer: city, ratio: 50%}\n    - {payer: province, ratio: 30%, reimburses: city}\n";
  PolicyText now;
  now.effective = "{from: 2020-05-26, to: 2020-12-31}";
  on_both({before, now}, [](Bureau& bureau) {
    bureau.bad_loan("icbc", "A", 1000000, "2020-05-25");
    bureau.claim("icbc", "A", "A", yuan(1000000));
    bureau.bad_loan("icbc", "B", 1000000, "2020-05-26");
    bureau.claim("icbc", "B", "B", yuan(1000000));
    bureau.settle_batch("b");
    CHECK(bureau.lines("b").find("A,icbc,A,before,1000000.00,500000.00,200000.00,0.00,300000.00,500000.00\n") != std::string::npos);
    CHECK(bureau.lines("b").find("B,icbc,B,v2020,1000000.00,800000.00,500000.00,0.00,300000.00,200000.00\n") != std::string::npos);
  });
}

TEST_CASE("every step of a batch has its audit entry") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.settle_batch("b");
    Transaction transaction = bureau.database().read();
    std::vector<std::string> actions;
    transaction.each("SELECT action, cite FROM audit_entries WHERE subject = 'b' ORDER BY sequence", {}, [&](const Row& row) {
      actions.push_back(row.text(0));
      CHECK(row.text(1) == "v2020 §4");
    });
    CHECK(actions == std::vector<std::string>{"settle prepare", "settle book"});
    CHECK_FALSE(verify_audit(transaction).broken);
  });
}
