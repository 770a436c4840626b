// The journal: only balanced entries, only in open periods, undone only by their opposite.
#include <catch2/catch.hpp>

#include "core/ledger/export.hpp"
#include "core/ledger/fund.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using talent_loan::testing::FreshDatabases;

namespace {

Day day(const char* text) { return *parse_day(text); }

JournalEntry entry(const char* on, std::vector<Posting> postings) {
  return {.number = 0, .posted_on = day(on), .kind = "test", .reference = "t", .description = "d", .cite = "§4", .postings = std::move(postings)};
}

}  // namespace

TEST_CASE("an entry that does not balance is not booked") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    CHECK_THROWS_WITH(post(transaction, entry("2020-01-01", {{"a", Fen(5)}, {"b", Fen(-4)}}), std::nullopt), Catch::Contains("does not balance"));
    CHECK(trial_balance(transaction).empty());
    CHECK(post(transaction, entry("2020-01-01", {{"a", Fen(0)}, {"b", Fen(0)}}), std::nullopt) == 0);
    CHECK(post(transaction, entry("2020-01-01", {{"a", Fen(5)}, {"b", Fen(-5)}}), std::nullopt) == 1);
    CHECK(account_balance(transaction, "a") == Fen(5));
  }
}

TEST_CASE("a closed period takes no entries") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    const std::vector<Posting> postings{{"a", Fen(5)}, {"b", Fen(-5)}};
    CHECK_THROWS_WITH(post(transaction, entry("2020-06-30", postings), day("2020-06-30")), Catch::Contains("closed period"));
    CHECK(post(transaction, entry("2020-07-01", postings), day("2020-06-30")) == 1);
    CHECK(first_open_day(day("2020-01-01"), day("2020-06-30")) == day("2020-07-01"));
    CHECK(first_open_day(day("2020-08-01"), day("2020-06-30")) == day("2020-08-01"));
  }
}

TEST_CASE("an entry is undone once, by its opposite") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    const std::int64_t number = post(transaction, entry("2020-01-01", {{"a", Fen(5)}, {"b", Fen(-5)}}), std::nullopt);
    CHECK(post_opposite(transaction, number, day("2020-02-01"), "undo", "r", "why", std::nullopt) == 2);
    CHECK_THROWS_AS(post_opposite(transaction, number, day("2020-02-01"), "undo", "r2", "why", std::nullopt), Failure);
    CHECK_THROWS_AS(post_opposite(transaction, 99, day("2020-02-01"), "undo", "r3", "why", std::nullopt), Failure);
    for (const AccountBalance& account : trial_balance(transaction)) CHECK(account.balance.count() == 0);
    CHECK(trial_balance(transaction, day("2020-01-31")).front().balance.count() == 5);
  }
}

TEST_CASE("ids cannot pose as another account or as another program's syntax") {
  CHECK(account::fund("a:b") == "assets:fund:a%3Ab");
  CHECK(account::compensation(PayerId("city"), BankId("x  y;z")) == "expenses:compensation:city:x%20%20y%3Bz");
  CHECK(account::fund("市级") == "assets:fund:市级");
}

TEST_CASE("the journal's exports hold every posting") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    deposit(transaction, {.fund = "f", .reference = "=v;1\n", .amount = Fen(12345), .received_on = day("2020-01-02")}, std::nullopt);
    std::string csv, hledger;
    export_journal_csv(transaction, std::nullopt, std::nullopt, [&](std::string_view text) { csv += text; });
    export_journal_hledger(transaction, std::nullopt, std::nullopt, [&](std::string_view text) { hledger += text; });
    CHECK(csv.find("1,2020-01-02,deposit,\"'=v;1\n\",assets:fund:f,123.45,0.00,") != std::string::npos);
    CHECK(csv.find("equity:deposits:f,0.00,123.45,") != std::string::npos);
    CHECK(hledger.find("2020-01-02 * (1) deposit =v 1  - deposit into fund f from budget\n    assets:fund:f  CNY 123.45\n") != std::string::npos);
    export_journal_csv(transaction, day("2020-01-03"), std::nullopt, [&](std::string_view text) { CHECK(text.find("entry,") == 0); });
  }
}

TEST_CASE("what comes back into a fund settles what was owed to it") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    post(transaction, entry("2020-01-01", {{account::award_receivable(PayerId("province")), Fen(300)}, {account::returns_receivable(BankId("icbc")), Fen(50)}, {"x", Fen(-350)}}), std::nullopt);
    for (const char* source : {"award:province", "returns:icbc"}) {
      deposit(transaction, {.fund = "f", .reference = source, .amount = Fen(50), .received_on = day("2020-01-02"), .source = *parse_deposit_source(source)}, std::nullopt);
    }
    CHECK(account_balance(transaction, account::award_receivable(PayerId("province"))) == Fen(250));
    CHECK(account_balance(transaction, account::returns_receivable(BankId("icbc"))) == Fen(0));
    CHECK(fund_status(transaction, "f").balance == Fen(100));
    CHECK(opened_funds(transaction) == std::vector<std::string>{"f"});
    CHECK_FALSE(parse_deposit_source("award:"));
    CHECK_FALSE(parse_deposit_source("gift"));
  }
}
