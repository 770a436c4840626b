// Recoveries: the cumulative rule, in any order, reversed, repeated, with costs.
#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "core/settlement/recovery.hpp"
#include "tests/core/settlement/book_fixture.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

RecoveryRow recovery(const std::string& id, std::int64_t fen, std::int64_t costs = 0, const std::string& on = "2021-03-01") {
  return {.id = RecoveryId(id), .claim = ClaimId("A"), .bank = {}, .received_on = day(on), .amount = Fen(fen), .costs = Fen(costs)};
}

RecoveryRules rules(Bureau& bureau) { return {.policies = &bureau.policies(), .user = UserId("maker")}; }

RecoveryOutcome book_one(Bureau& bureau, const RecoveryRow& row) {
  Transaction transaction = bureau.database().write();
  RecoveryOutcome outcome = book_recovery(transaction, row, rules(bureau));
  transaction.commit();
  return outcome;
}

void one_compensated(Bureau& bureau) {
  bureau.bad_claim("icbc", "A", 1000000);
  bureau.settle_batch("b");
}

}  // namespace

TEST_CASE("a recovery flows back in proportion to what each bore and is booked") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    one_compensated(bureau);
    const RecoveryOutcome outcome = book_one(bureau, recovery("R1", 100000'00, 20000'00));
    REQUIRE(outcome.returns.size() == 2);
    CHECK(outcome.returns[0].amount == yuan(40000));  // city bore half of the loss
    CHECK(outcome.returns[1].amount == yuan(24000));
    CHECK(outcome.bank_keeps == yuan(36000));
    CHECK(bureau.balances().find("assets:receivable:returns:icbc 64000.00\n") != std::string::npos);
    CHECK(bureau.balances().find("income:recovered:city:icbc -40000.00\n") != std::string::npos);
    CHECK(bureau.balances().find("liabilities:returns:province -24000.00\n") != std::string::npos);
  });
}

TEST_CASE("a repeated recovery changes nothing; another one under its id is rejected with the field") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    one_compensated(bureau);
    book_one(bureau, recovery("R1", 5000));
    const std::string balances = bureau.balances();
    const RecoveryOutcome again = book_one(bureau, recovery("R1", 5000));
    CHECK(again.what == RecoveryOutcome::What::repeated);
    CHECK(again.returns[0].amount == Fen(2500));
    CHECK(bureau.balances() == balances);
    const RecoveryOutcome other = book_one(bureau, recovery("R1", 5001));
    CHECK(other.what == RecoveryOutcome::What::rejected);
    CHECK(other.code == RowCode::duplicate_key);
    CHECK(other.message.english.find("amount") != std::string::npos);
  });
}

TEST_CASE("recoveries on what was never compensated are rejected") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000000);
    CHECK(book_one(bureau, recovery("R1", 5000)).code == RowCode::bad_value);
    bureau.settle_batch("b");
    CHECK(book_one(bureau, recovery("R1", 5000, 0, "2020-11-30")).code == RowCode::dates_out_of_order);
    CHECK(book_one(bureau, recovery("R1", 5000)).what == RecoveryOutcome::What::booked);
  });
}

TEST_CASE("two banks' claims of one id need the bank named") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.bad_claim("ccb", "A", 1000);
    bureau.settle_batch("b");
    RecoveryRow row = recovery("R1", 5000);
    CHECK(book_one(bureau, row).code == RowCode::bad_value);
    row.bank = BankId("ccb");
    CHECK(book_one(bureau, row).bank == BankId("ccb"));
  });
}

TEST_CASE("order and size of recoveries never change the totals, and no payer gets back more than it bore") {
  std::mt19937 random(11);
  for (int round = 0; round < 4; ++round) {
    std::vector<std::int64_t> amounts;
    for (int i = 0; i < 8; ++i) amounts.push_back(1 + static_cast<std::int64_t>(random() % (round == 3 ? 40'000'000 : 10'000'000)));
    std::string expected;
    for (int order = 0; order < 2; ++order) {
      FreshDatabases databases;
      for (const std::string& url : databases.urls()) {
        Bureau bureau(url, {PolicyText{}});
        one_compensated(bureau);
        for (std::size_t i = 0; i < amounts.size(); ++i) book_one(bureau, recovery("R" + std::to_string(i), amounts[i]));
        if (expected.empty()) expected = bureau.balances();
        CHECK(bureau.balances() == expected);
      }
      std::shuffle(amounts.begin(), amounts.end(), random);
    }
    if (round == 3) CHECK(expected.find("income:recovered:city:icbc -500000.00\n") != std::string::npos);
  }
}

TEST_CASE("costs that arrive late lower the next return to zero and are carried") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    one_compensated(bureau);
    CHECK(book_one(bureau, recovery("R1", 1000'00)).returns[0].amount == yuan(500));
    CHECK(book_one(bureau, recovery("R2", 0, 400'00)).returns[0].amount == Fen(0));
    CHECK(book_one(bureau, recovery("R3", 300'00)).returns[0].amount == Fen(0));
    CHECK(book_one(bureau, recovery("R4", 200'00)).returns[0].amount == yuan(50));
  });
}

TEST_CASE("with costs borne by the bank they lower nothing") {
  PolicyText text;
  text.costs = "borne-by-bank";
  on_both({text}, [](Bureau& bureau) {
    one_compensated(bureau);
    CHECK(book_one(bureau, recovery("R1", 1000'00, 400'00)).returns[0].amount == yuan(500));
  });
}

TEST_CASE("a reversed recovery leaves the books as if it had never been") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    one_compensated(bureau);
    book_one(bureau, recovery("R1", 1000'00));
    const std::string before = bureau.balances();
    book_one(bureau, recovery("R2", 777'77, 33'33));
    Transaction transaction = bureau.database().write();
    CHECK(reverse_recovery(transaction, {RecoveryId("R2"), "X2", "cheque returned"}, rules(bureau)));
    CHECK_FALSE(reverse_recovery(transaction, {RecoveryId("R2"), "X2", "cheque returned"}, rules(bureau)));
    CHECK_THROWS_AS(reverse_recovery(transaction, {RecoveryId("R2"), "X3", "again"}, rules(bureau)), Failure);
    CHECK_THROWS_AS(reverse_recovery(transaction, {RecoveryId("R9"), "X9", "unknown"}, rules(bureau)), Failure);
    CHECK_THROWS_WITH(reverse(transaction, {.batch = BatchId("b"), .reversal = "r", .why = "w", .user = UserId("u")}), Catch::Contains("recoveries"));
    transaction.commit();
    CHECK(bureau.balances() == before);
  });
}

TEST_CASE("the id of a reversal is no id for another recovery") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    one_compensated(bureau);
    book_one(bureau, recovery("R1", 1000'00));
    Transaction transaction = bureau.database().write();
    REQUIRE(reverse_recovery(transaction, {RecoveryId("R1"), "X1", "cheque returned"}, rules(bureau)));
    const RecoveryOutcome outcome = book_recovery(transaction, recovery("X1", 500'00), rules(bureau));
    CHECK(outcome.what == RecoveryOutcome::What::rejected);
    CHECK(outcome.code == RowCode::duplicate_key);
  });
}
