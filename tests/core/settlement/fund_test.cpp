// Funds, ceilings of a year, limits and suspension in settlement.
#include <catch2/catch.hpp>

#include "core/ledger/fund.hpp"
#include "tests/core/settlement/book_fixture.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

PolicyText with_fund(const std::string& when_short) {
  PolicyText text;
  text.fund = "{name: fund, when_short: " + when_short + "}";
  return text;
}

FundStatus status(Bureau& bureau) {
  Transaction transaction = bureau.database().read();
  return fund_status(transaction, "fund");
}

BatchCounts counts(Bureau& bureau, const std::string& batch) {
  Transaction transaction = bureau.database().read();
  return count_claims(transaction, find_batch(transaction, BatchId(batch)).value());
}

}  // namespace

TEST_CASE("a deposit counts once; its reference with another amount is refused") {
  on_both({with_fund("queue")}, [](Bureau& bureau) {
    bureau.deposit_into("fund", 1000);
    bureau.deposit_into("fund", 1000);
    CHECK(status(bureau).balance == yuan(1000));
    CHECK_THROWS_WITH(bureau.deposit_into("fund", 1001), Catch::Contains("another amount"));
    CHECK(status(bureau).balance == yuan(1000));
  });
}

TEST_CASE("when the fund is short, claims wait in order, and none overtakes") {
  on_both({with_fund("queue")}, [](Bureau& bureau) {
    bureau.deposit_into("fund", 1500);
    bureau.bad_claim("icbc", "A", 1000);  // 800
    bureau.bad_claim("icbc", "B", 1000);  // 800: waits
    bureau.bad_claim("icbc", "C", 100);   // 80: would fit, waits behind B
    bureau.settle_batch("b1");
    CHECK(counts(bureau, "b1").accepted == 1);
    CHECK(counts(bureau, "b1").waiting == 2);
    CHECK(status(bureau).balance == yuan(700));
    bureau.deposit_into("fund", 180, "voucher-2");
    bureau.settle_batch("b2");
    CHECK(counts(bureau, "b2").accepted == 2);
    CHECK(status(bureau).balance == yuan(0));
    CHECK(bureau.payments("b2").find("b2-0001,b2,2020-12-31,icbc,city,fund,880.00,CNY,instructed") != std::string::npos);
  });
}

TEST_CASE("a fund that nobody opened limits nothing and is not touched") {
  on_both({with_fund("queue")}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.settle_batch("b");
    CHECK(counts(bureau, "b").accepted == 1);
    CHECK(bureau.balances().find("assets:fund") == std::string::npos);
    CHECK(bureau.balances().find("equity:budget:city -800.00") != std::string::npos);
  });
}

TEST_CASE("what a prepared batch needs is reserved") {
  on_both({with_fund("queue")}, [](Bureau& bureau) {
    bureau.deposit_into("fund", 1000);
    bureau.bad_claim("icbc", "A", 1000);
    SettlementRequest prepared = bureau.request("b1");
    prepared.book = false;
    bureau.settle_as(prepared);
    CHECK(status(bureau).available() == yuan(200));
    bureau.bad_claim("icbc", "B", 1000);
    bureau.settle_batch("b2");
    CHECK(counts(bureau, "b2").waiting == 1);
    CHECK(status(bureau).balance == yuan(1000));
  });
}

TEST_CASE("pro-rata pays exact shares of what the fund holds, to the last fen") {
  on_both({with_fund("pro-rata")}, [](Bureau& bureau) {
    bureau.deposit_into("fund", 1000);
    bureau.bad_claim("icbc", "A", 1000);  // 800 of 2400: 333.33…
    bureau.bad_claim("icbc", "B", 1000);
    bureau.bad_claim("icbc", "C", 1000);
    bureau.settle_batch("b");
    CHECK(bureau.lines("b").find("A,icbc,A,v2020,1000.00,333.34,208.34,0.00,125.00,666.66\n") != std::string::npos);
    CHECK(bureau.lines("b").find("B,icbc,B,v2020,1000.00,333.33,208.34,0.00,124.99,666.67\n") != std::string::npos);
    CHECK(bureau.lines("b").find("C,icbc,C,v2020,1000.00,333.33,208.34,0.00,124.99,666.67\n") != std::string::npos);
    CHECK(status(bureau).balance == yuan(0));
    bureau.bad_claim("icbc", "D", 1000);
    bureau.settle_batch("b2");  // nothing to share: it waits
    CHECK(counts(bureau, "b2").waiting == 1);
  });
}

TEST_CASE("a ceiling of a year holds over the claims and batches of one year") {
  PolicyText text;
  text.shares = "    - {payer: city, ratio: 50%}\n    - {payer: district, ratio: 30%, per_year_at_most: 500.00}\n";
  on_both({text}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.bad_claim("icbc", "B", 1000);
    bureau.settle_batch("b1");
    CHECK(bureau.lines("b1").find("A,icbc,A,v2020,1000.00,500.00,500.00,300.00,300.00,200.00\n") != std::string::npos);
    CHECK(bureau.lines("b1").find("B,icbc,B,v2020,1000.00,500.00,500.00,200.00,200.00,300.00\n") != std::string::npos);
    bureau.bad_claim("icbc", "C", 1000);
    bureau.settle_batch("b2");
    CHECK(bureau.lines("b2").find("C,icbc,C,v2020,1000.00,500.00,500.00,0.00,0.00,500.00\n") != std::string::npos);
    Transaction transaction = bureau.database().write();
    reverse(transaction, {.batch = BatchId("b1"), .reversal = "r", .why = "w", .user = UserId("u")});
    transaction.commit();
    bureau.settle_batch("b3", "2021-01-04");  // a new year, and b1 no longer counts
    CHECK(bureau.lines("b3").find("A,icbc,A,v2020,1000.00,500.00,500.00,300.00,300.00,200.00\n") != std::string::npos);
  });
}

TEST_CASE("cutting a claim gives back of a ceiling of a year only what the claim had counted in it") {
  PolicyText before = with_fund("pro-rata"), after = before;
  before.version = "v2019";
  before.effective = "{from: 2019-01-01, to: 2019-12-31}";
  before.shares = "    - {payer: city, ratio: 50%, per_year_at_most: 400.00}\n";
  after.shares = "    - {payer: city, ratio: 50%}\n    - {payer: district, ratio: 30%, per_year_at_most: 1000.00}\n";
  on_both({before, after}, [](Bureau& bureau) {
    const auto earlier_claim = [&](const char* id) {
      bureau.bad_loan("icbc", id, 1000, "2019-06-01");
      bureau.claim("icbc", id, id, yuan(1000));
    };
    bureau.deposit_into("fund", 600);
    earlier_claim("A");                   // 400 by the ceiling
    bureau.bad_claim("icbc", "B", 1000);  // 500 and 300: the city has no ceiling here
    bureau.settle_batch("b1");            // half of 1200
    CHECK(bureau.totals("b1").find("icbc,2,2000.00,450.00,450.00,150.00,150.00,1400.00\n") != std::string::npos);
    bureau.deposit_into("fund", 10000, "voucher-2");
    earlier_claim("C");
    bureau.settle_batch("b2");
    CHECK(bureau.lines("b2").find("C,icbc,C,v2019,1000.00,200.00,200.00,") != std::string::npos);  // the other half of 400
  });
}

TEST_CASE("what lies above the borrower's limit is not compensated") {
  PolicyText text;
  text.limits = "{per_talent: 1000.00, over: uncovered}";
  on_both({text}, [](Bureau& bureau) {
    const auto lend = [&](const std::string& id, std::int64_t amount, const std::string& on) {
      Transaction transaction = bureau.database().write();
      LoanEvent overdue{.bank = BankId("icbc"), .id = EventId(id), .loan = LoanId(id), .kind = EventKind::overdue, .occurred_on = day("2020-12-01")};
      overdue.overdue_days = 91;
      register_loans(transaction, {Loan{.bank = BankId("icbc"), .id = LoanId(id), .borrower_id = "one", .amount = yuan(amount), .disbursed_on = day(on)}});
      register_events(transaction, {overdue});
      transaction.commit();
    };
    lend("old", 800, "2020-06-01");
    lend("new", 500, "2020-07-01");
    bureau.claim("icbc", "N", "new", yuan(500));
    bureau.claim("icbc", "O", "old", yuan(800));
    bureau.settle_batch("b");
    CHECK(bureau.lines("b").find("N,icbc,new,v2020,500.00,160.00,100.00,0.00,60.00,340.00\n") != std::string::npos);
    CHECK(bureau.lines("b").find("O,icbc,old,v2020,800.00,640.00,400.00,0.00,240.00,160.00\n") != std::string::npos);
  });
}
