// The results of a year, the figures of the loan book and the rewards, on both databases.
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "core/assessment/loan_book.hpp"
#include "core/assessment/results.hpp"
#include "core/assessment/rewards.hpp"
#include "core/ledger/fund.hpp"
#include "core/loan/book.hpp"
#include "core/store/audit.hpp"
#include "core/talent/bank_filings.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using namespace talent_loan::assessment;
using talent_loan::testing::FreshDatabases;

namespace {

Day day(const char* text) {
  return *parse_day(text);
}

void on_both(const std::function<void(Database&)>& check) {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    check(database);
  }
}

Table one_indicator(const std::string& rest = "") {
  return parse_table(
      "schema: talent-loan/assessment/1\nid: t\nindicators:\n  - {id: x, points: 10, formula: {kind: linear, "
      "from: [0, 0], to: [10, 10]}}\n"
      "grades: [{at_least: 5, name: good}, {name: poor}]\n" +
          rest,
      "t.yaml");
}

StoredRun run_year(Transaction& transaction, int year, const std::map<std::string, std::string>& marks) {
  const Table table = one_indicator();
  Values values(table);
  for (const auto& [bank, mark] : marks) values.add(values.add_bank(bank), "x", *Exact::parse(mark));
  return store(transaction, year, table, values, score(table, values), "tester");
}

Loan loan(const char* bank, const char* id, const char* borrower, const char* on, std::int64_t yuan) {
  Loan out;
  out.bank = BankId(bank);
  out.id = LoanId(id);
  out.borrower_id = borrower;
  out.amount = Fen(yuan * 100);
  out.disbursed_on = day(on);
  return out;
}

LoanEvent event(const char* bank, const char* id, const char* loan_id, EventKind kind, const char* on) {
  LoanEvent out;
  out.bank = BankId(bank);
  out.id = EventId(id);
  out.loan = LoanId(loan_id);
  out.kind = kind;
  out.occurred_on = day(on);
  return out;
}

// Two banks, five loans over two years, one repaid, one classified, one settled and recovered.
void fill_book(Transaction& transaction) {
  register_loans(transaction, {loan("A", "1", "p", "2019-05-01", 100), loan("A", "2", "p", "2020-05-01", 200),
                               loan("A", "3", "q", "2020-06-01", 300), loan("B", "1", "q", "2020-06-01", 400),
                               loan("B", "2", "r", "2021-01-01", 500)});
  LoanEvent repaid = event("A", "e1", "1", EventKind::repayment, "2020-12-31");
  repaid.amount = Fen(100'00);
  LoanEvent part = event("A", "e2", "2", EventKind::repayment, "2020-12-31");
  part.amount = Fen(50'00);
  LoanEvent later = event("A", "e3", "2", EventKind::repayment, "2021-01-01");
  later.amount = Fen(150'00);
  LoanEvent bad = event("A", "e4", "3", EventKind::classification, "2020-11-01");
  bad.loan_class = LoanClass::substandard;
  register_events(transaction, {repaid, part, later, bad});
  Claim claim;
  claim.bank = BankId("A");
  claim.id = ClaimId("C");
  claim.loan = LoanId("3");
  claim.defaulted_on = day("2020-10-01");
  claim.claimed_on = day("2020-11-01");
  claim.outstanding_principal = Fen(300'00);
  submit_claims(transaction, {claim});
  const char* batch =
      "INSERT INTO settlement_batches (number, batch_id, scheme, as_of, status, payers, cite, prepared_by, "
      "prepared_at)"
      " VALUES (:number, :id, 's', :as_of, :status, 'city', '', 'u', '2020-12-01T00:00:00.000Z')";
  transaction.execute(batch, {1, "one", day("2020-12-01"), "reversed"});
  transaction.execute(batch, {2, "two", day("2020-12-31"), "booked"});
  for (const int number : {1, 2}) {
    transaction.execute(
        "INSERT INTO settlement_lines (claim, batch, position, part, principal_loss_fen, bank_bears_fen, pays_1_fen, "
        "bears_1_fen, pays_2_fen, bears_2_fen, pays_3_fen, bears_3_fen, more_pay_fen, more_bear_fen)"
        " VALUES (1, :batch, 1, 1, 30000, 6000, 24000, 24000, 0, 0, 0, 0, 0, 0)",
        {number});
  }
  const char* recovery =
      "INSERT INTO recoveries (recovery_id, number, claim, received_on, amount_fen, costs_fen, reversal_id)"
      " VALUES (:id, :number, 1, :on, 4000, 500, :reversal)";
  transaction.execute(recovery, {"R1", 1, day("2020-12-20"), std::nullopt});
  transaction.execute(recovery, {"R2", 2, day("2020-12-21"), "X"});
  transaction.execute(recovery, {"R3", 3, day("2021-01-01"), std::nullopt});
}

std::string book_table() {
  std::string yaml = "schema: talent-loan/assessment/1\nid: t\nindicators:\n";
  for (const char* name :
       {"balance", "loans", "disbursed", "first_time_borrowers", "npl_ratio", "compensated", "recovered"}) {
    yaml += fmt::format(
        "  - {{id: {0}, source: loan-book/{0}, formula: {{kind: bands, bands: [{{points: 1}}]}}}}\n", name);
  }
  return yaml;
}

std::string figures(const Values& values, const char* bank) {
  std::string out;
  for (std::size_t i = 0; i < values.indicators().size(); ++i)
    out += fmt::format("{}{}={}", i == 0 ? "" : " ", values.indicators()[i],
                       values.at(i, *values.bank_index(bank))->shown());
  return out;
}

}  // namespace

TEST_CASE("the figures of the loan book are as of the year's end") {
  on_both([](Database& database) {
    Transaction transaction = database.write();
    fill_book(transaction);
    file_bank(transaction, {BankId("F"), "f", {day("2020-12-31"), std::nullopt}}, "tester");
    file_bank(transaction, {BankId("G"), "g", {day("2018-01-01"), day("2019-12-31")}}, "tester");
    const Table table = parse_table(book_table(), "t.yaml");
    Values values(table);
    values.add(values.add_bank("A"), "balance", Exact(1));
    values.add_bank("only-in-file");
    CHECK(add_loan_book(transaction, 2020, table, values) == 1);
    CHECK(figures(values, "A") ==
          "balance=450 loans=2 disbursed=500 first_time_borrowers=1 npl_ratio=≈66.666667 compensated=240 "
          "recovered=40");
    CHECK(figures(values, "B") ==
          "balance=400 loans=1 disbursed=400 first_time_borrowers=0 npl_ratio=0 compensated=0 recovered=0");
    CHECK_FALSE(values.bank_index("G").has_value());
    CHECK(figures(values, "F") == figures(values, "only-in-file"));
    CHECK(figures(values, "only-in-file") ==
          "balance=0 loans=0 disbursed=0 first_time_borrowers=0 npl_ratio=0 compensated=0 recovered=0");
  });
}

TEST_CASE("every figure is the sum of what its loans add") {
  on_both([](Database& database) {
    Transaction transaction = database.write();
    fill_book(transaction);
    std::string trace;
    each_contribution(transaction, 2020, [&](const Contribution& one) {
      trace += fmt::format("{} {} {} {} {}\n", word(one.figure), one.bank.text(), one.loan.text(),
                           one.reference, one.amount.count());
    });
    CHECK(trace ==
          "balance A 2  15000\nloans A 2  1\ndisbursed A 2  20000\n"
          "balance A 3  30000\nloans A 3  1\nnon_performing A 3  30000\ndisbursed A 3  30000\n"
          "balance B 1  40000\nloans B 1  1\ndisbursed B 1  40000\n"
          "first_time_borrowers A 3  1\ncompensated A 3 C 24000\nrecovered A 3 R1 4000\n");
    CHECK(contributes(Figure::non_performing, "loan-book/npl_ratio"));
    CHECK(contributes(Figure::balance, "loan-book/npl_ratio"));
    CHECK_FALSE(contributes(Figure::balance, "loan-book/loans"));
  });
}

TEST_CASE("a year's result is its last run, and the same result is stored once") {
  on_both([](Database& database) {
    Transaction transaction = database.write();
    CHECK_FALSE(run_of_year(transaction, 2020).has_value());
    const StoredRun first = run_year(transaction, 2020, {{"A", "4"}, {"B", "7.5"}});
    CHECK(run_year(transaction, 2020, {{"A", "4"}, {"B", "7.5"}}).number == first.number);
    const StoredRun second = run_year(transaction, 2020, {{"A", "8"}, {"B", "7.5"}});
    CHECK(second.number == first.number + 1);
    run_year(transaction, 2019, {{"B", "1"}});
    CHECK(run_of_year(transaction, 2020)->number == second.number);
    const auto scores = scores_of_run(transaction, *run_of_year(transaction, 2020));
    REQUIRE(scores.size() == 2);
    CHECK(scores[0].bank == BankId("A"));
    CHECK(scores[0].score == "8.00");
    CHECK(scores[0].grade == "good");
    REQUIRE(scores[1].breakdown.size() == 1);
    CHECK(scores[1].breakdown[0].value == "7.5");
    CHECK(scores[1].breakdown[0].points == "7.50");
    CHECK(scores[1].breakdown[0].full_points == "10");
    const auto of_b = scores_of_bank(transaction, BankId("B"));
    REQUIRE(of_b.size() == 2);
    CHECK(of_b[0].year == 2019);
    CHECK(of_b[1].rank == 2);
    CHECK(of_b[1].banks == 2);
    CHECK(of_b[1].breakdown[0].points == "7.50");
    CHECK(scores_of_bank(transaction, BankId("Z")).empty());
  });
}

TEST_CASE("a sum is divided to the fen, and what is left over goes to the best one by one") {
  std::vector<StoredScore> scores(4);
  const std::vector<std::tuple<const char*, int, const char*, const char*>> rows{{"A", 1, "50.00", "good"},
                                                                                 {"B", 2, "25.00", "fair"},
                                                                                 {"C", 2, "25.00", "fair"},
                                                                                 {"D", 4, "-3.00", "poor"}};
  for (std::size_t i = 0; i < 4; ++i) {
    scores[i].bank = BankId(std::get<0>(rows[i]));
    scores[i].rank = std::get<1>(rows[i]);
    scores[i].score = std::get<2>(rows[i]);
    scores[i].grade = std::get<3>(rows[i]);
  }
  const auto amounts = [&](std::int64_t fen, DivideBy by, const Parts& parts = {}) {
    std::string out;
    for (const Reward& one : divide(scores, Fen(fen), by, parts)) out += format_yuan(one.amount) + " ";
    return out;
  };
  CHECK(amounts(10'003, DivideBy::score) == "50.02 25.01 25.00 0.00 ");
  CHECK(amounts(100, DivideBy::rank) ==
        "0.37 0.27 0.27 0.09 ");  // 4, 3, 3 and 1 parts: 36, 27, 27, 9 and one fen over
  CHECK(amounts(100, DivideBy::rank, {{"1", Exact(2)}, {"4", Exact(1)}}) == "0.67 0.00 0.00 0.33 ");
  CHECK(amounts(100, DivideBy::grade, {{"good", Exact(1)}, {"fair", Exact(1)}}) == "0.34 0.33 0.33 0.00 ");
  CHECK(amounts(1, DivideBy::score) == "0.01 0.00 0.00 0.00 ");
  CHECK_THROWS_AS(amounts(100, DivideBy::grade), Failure);
}

TEST_CASE("rewards are booked once, from a fund that holds them or from a budget") {
  on_both([](Database& database) {
    Transaction transaction = database.write();
    RewardRequest request;
    request.year = 2020;
    request.sum = Fen(1'000'00);
    request.fund = "rewards";
    request.posted_on = day("2021-02-01");
    request.user = "tester";
    CHECK_THROWS_AS(grant(transaction, request), Failure);  // not assessed yet
    run_year(transaction, 2020, {{"A", "6"}, {"B", "3"}});
    CHECK_THROWS_AS(grant(transaction, request), Failure);  // the fund holds nothing
    Deposit paid_in;
    paid_in.fund = "rewards";
    paid_in.reference = "V1";
    paid_in.amount = Fen(1'500'00);
    paid_in.received_on = day("2021-01-31");
    deposit(transaction, paid_in, std::nullopt);
    const auto rewards = grant(transaction, request);
    REQUIRE(rewards.size() == 2);
    CHECK(rewards[0].amount == Fen(666'67));
    CHECK(rewards[1].amount == Fen(333'33));
    CHECK(account_balance(transaction, account::reward(BankId("A"))) == Fen(666'67));
    CHECK(account_balance(transaction, account::fund("rewards")) == Fen(500'00));
    CHECK(grant(transaction, request).size() == 2);
    CHECK(account_balance(transaction, account::fund("rewards")) == Fen(500'00));
    request.by = DivideBy::rank;
    CHECK_THROWS_AS(grant(transaction, request), Failure);
    run_year(transaction, 2021, {{"A", "6"}, {"B", "3"}});
    request.year = 2021;
    request.fund.clear();
    request.payer = PayerId("city");
    grant(transaction, request);
    CHECK(account_balance(transaction, account::budget(PayerId("city"))) == Fen(-1'000'00));
    trial_balance(transaction);
    CHECK_FALSE(verify_audit(transaction).broken);
    transaction.execute("UPDATE assessment_rewards SET amount_fen = amount_fen + 1 WHERE year = 2021 AND bank_id = 'B'");
    CHECK(verify_audit(transaction).broken->english.starts_with("table assessment_rewards (year=2021 bank_id=B): was changed"));
    transaction.execute("UPDATE assessment_reward_rounds SET sum_fen = sum_fen + 1 WHERE year = 2020");
    CHECK(verify_audit(transaction).broken->english.starts_with("table assessment_reward_rounds (year=2020): was changed"));
  });
}
