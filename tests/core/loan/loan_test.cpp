// The loan book on both databases: each key once, the stages of an application, balances over all banks.
#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "core/loan/balances.hpp"
#include "core/loan/book.hpp"
#include "core/loan/borrower_seal.hpp"
#include "core/loan/reservations.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using talent_loan::testing::FreshDatabases;

namespace {

Day day(const char* text) { return *parse_day(text); }

Application application(const char* id, std::int64_t yuan) {
  return {.bank = BankId("icbc"), .id = ApplicationId(id), .borrower_id = "370303199001011234", .applied_on = day("2020-06-01"),
          .amount = Fen(yuan * 100), .purpose = "innovation", .term_months = 12, .rate = Ratio::percent(4), .tags = {"key-list"}};
}

Decision eligible() {
  return {.eligible = true, .version = VersionId("zibo-2020-56"), .programme = ProgrammeId("zibo-yingcai"), .level = Level::municipal,
          .talent = TalentId("T1"), .cites = {"§4"}, .decided_on = day("2020-06-02")};
}

IssueResult disbursed(const char* loan, std::int64_t yuan) {
  return {.state = IssueState::disbursed, .loan = LoanId(loan), .amount = Fen(yuan * 100), .disbursed_on = day("2020-06-05"),
          .maturity = day("2021-06-05")};
}

Loan loan(const char* bank, const char* id, const char* on, std::int64_t yuan) {
  return {.bank = BankId(bank), .id = LoanId(id), .borrower_id = "370303199001011234", .talent = TalentId("T1"), .amount = Fen(yuan * 100),
          .disbursed_on = day(on)};
}

LoanEvent repayment(const char* bank, const std::string& id, const char* loan_id, const char* on, std::int64_t yuan) {
  return {.bank = BankId(bank), .id = EventId(id), .loan = LoanId(loan_id), .kind = EventKind::repayment, .occurred_on = day(on),
          .amount = Fen(yuan * 100)};
}

const Vault& vault() {
  static const Vault key(MasterKey{1});
  return key;
}

const std::string number = "370303199001011234";

Application sealed_application(const char* id, std::int64_t yuan, const Vault& key = vault()) {
  Application made = application(id, yuan);
  seal_borrower(key, made);
  return made;
}

// Everything that the tables of the book hold, as text.
std::string whole_book(Transaction& transaction) {
  std::string all;
  for (const char* table : {"loan_applications", "loan_decisions", "loans", "audit_entries"}) {
    transaction.each(std::string("SELECT * FROM ") + table, {}, [&](const Row& row) {
      for (std::size_t i = 0; i < row.size(); ++i) all += row.optional_text(i).value_or("-") + "|";
    });
  }
  return all;
}

std::vector<Filed> filed(const std::vector<Filing>& filings) {
  std::vector<Filed> out;
  for (const Filing& filing : filings) out.push_back(filing.filed);
  return out;
}

}  // namespace

TEST_CASE("a record is filed once; its repetition is a no-op and other content a conflict that names the field") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    {
      Transaction transaction = database.write();
      CHECK(filed(register_applications(transaction, {application("A1", 100), application("A2", 200), application("A1", 100)})) ==
            std::vector{Filed::accepted, Filed::accepted, Filed::repeated});
      transaction.commit();
    }
    Transaction transaction = database.write();
    const auto again = register_applications(transaction, {application("A2", 200), application("A1", 101), application("A3", 0)});
    CHECK(filed(again) == std::vector{Filed::repeated, Filed::conflict, Filed::rejected});
    CHECK(again[1].field == "amount");
    CHECK(again[2].field == "amount");
    CHECK(find_application(transaction, BankId("icbc"), ApplicationId("A1"))->application.amount == Fen(10000));
    CHECK_FALSE(find_application(transaction, BankId("ccb"), ApplicationId("A1")));
  }
}

TEST_CASE("an application goes from received to a loan that rests on its decision") {
  FreshDatabases databases;
  const BankId bank("icbc");
  const ApplicationId id("A1");
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    register_applications(transaction, {application("A1", 100)});
    REQUIRE(applications_at(transaction, bank, ApplicationStage::received).size() == 1);
    CHECK(record_receipt(transaction, bank, id, "r").filed == Filed::rejected);
    CHECK(record_decision(transaction, bank, id, eligible()).filed == Filed::accepted);
    CHECK(record_decision(transaction, bank, id, eligible()).filed == Filed::repeated);
    Decision other = eligible();
    other.talent = TalentId("T2");
    CHECK(record_decision(transaction, bank, id, other).field == "talent_id");
    CHECK(record_issue(transaction, bank, id, disbursed("L1", 90)).filed == Filed::rejected);
    CHECK(record_receipt(transaction, bank, id, "r").filed == Filed::accepted);
    CHECK(record_receipt(transaction, bank, id, "r").filed == Filed::repeated);
    CHECK(record_issue(transaction, bank, id, {}).filed == Filed::accepted);
    REQUIRE(applications_at(transaction, bank, ApplicationStage::told).size() == 1);
    CHECK(record_issue(transaction, bank, id, disbursed("L1", 101)).field == "amount");
    CHECK(record_issue(transaction, bank, id, disbursed("L1", 90)).filed == Filed::accepted);
    CHECK(record_issue(transaction, bank, id, disbursed("L1", 90)).filed == Filed::repeated);
    CHECK(record_issue(transaction, bank, id, disbursed("L2", 90)).field == "loan_id");
    CHECK(record_issue(transaction, bank, id, disbursed("L1", 80)).field == "amount");
    const auto registered = find_loan(transaction, bank, LoanId("L1"));
    REQUIRE(registered);
    CHECK(registered->talent == TalentId("T1"));
    CHECK(registered->level == Level::municipal);
    CHECK(registered->tags == std::vector<std::string>{"key-list"});
    CHECK(registered->rate == Ratio::percent(4));
    CHECK(applications_at(transaction, bank, ApplicationStage::closed).front().loan == LoanId("L1"));
  }
}

TEST_CASE("an application that is not eligible is closed once the bank knows") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    register_applications(transaction, {application("A1", 100)});
    Decision decision{.eligible = false, .reasons = {"TALENT_NOT_LISTED", "BANK_NOT_FILED"}, .decided_on = day("2020-06-02")};
    record_decision(transaction, BankId("icbc"), ApplicationId("A1"), decision);
    record_receipt(transaction, BankId("icbc"), ApplicationId("A1"), "");
    const auto record = find_application(transaction, BankId("icbc"), ApplicationId("A1"));
    CHECK(record->stage == ApplicationStage::closed);
    CHECK(record->decision->reasons == decision.reasons);
    CHECK(record_issue(transaction, BankId("icbc"), ApplicationId("A1"), disbursed("L1", 90)).filed == Filed::rejected);
  }
}

TEST_CASE("events count once, however they are split, ordered and repeated, even before their loan") {
  std::mt19937 random(7);
  for (int round = 0; round < 3; ++round) {
    FreshDatabases databases;
    for (const std::string& url : databases.urls()) {
      Database database = Database::open(url);
      std::vector<LoanEvent> events;
      for (int i = 0; i < 150; ++i) events.push_back(repayment("icbc", "E" + std::to_string(i), "L1", "2020-07-01", 1));
      std::vector<LoanEvent> stream = events;
      stream.insert(stream.end(), events.begin(), events.begin() + 75);
      std::shuffle(stream.begin(), stream.end(), random);
      std::size_t accepted = 0;
      for (std::size_t begin = 0; begin < stream.size();) {
        const std::size_t end = std::min(stream.size(), begin + 1 + random() % 80);
        Transaction transaction = database.write();
        for (const Filing& filing : register_events(transaction, {stream.begin() + begin, stream.begin() + end})) {
          REQUIRE((filing.filed == Filed::accepted || filing.filed == Filed::repeated));
          accepted += filing.filed == Filed::accepted;
        }
        transaction.commit();
        begin = end;
      }
      CHECK(accepted == events.size());
      Transaction transaction = database.write();
      register_loans(transaction, {loan("icbc", "L1", "2020-06-01", 1000)});
      CHECK(balance_of(transaction, {BorrowerKind::talent, "T1"}, day("2020-06-30")) == Fen(1000'00));
      CHECK(balance_of(transaction, {BorrowerKind::talent, "T1"}, day("2020-07-01")) == Fen(850'00));
    }
  }
}

TEST_CASE("an event handed over again from another place is the same event, and other content is named for what it is") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    const auto at = [](std::int64_t sequence, std::int64_t yuan = 1) {
      LoanEvent event = repayment("icbc", "E1", "L1", "2020-07-01", yuan);
      event.sequence = sequence;
      return event;
    };
    Transaction transaction = database.write();
    CHECK(filed(register_events(transaction, {at(4), at(9)})) == std::vector{Filed::accepted, Filed::repeated});
    const auto again = register_events(transaction, {at(2), at(2, 5)});
    CHECK(filed(again) == std::vector{Filed::repeated, Filed::conflict});
    CHECK(again[1].field == "amount");
    CHECK(transaction.query_one("SELECT sequence FROM loan_events")->integer(0) == 4);
  }
}

TEST_CASE("limits cover the oldest loans first, over all banks, whatever order they were reported in") {
  FreshDatabases databases;
  Limits limits;
  limits.per_talent = Fen(1000'00);
  limits.over = Limits::Over::uncovered;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    const Loan newest = loan("abc", "3", "2020-08-01", 300), middle = loan("ccb", "2", "2020-07-01", 500), oldest = loan("icbc", "1", "2020-06-01", 800);
    register_loans(transaction, {newest, middle, oldest});
    CHECK(covered_amount(transaction, limits, oldest) == Fen(800'00));
    CHECK(covered_amount(transaction, limits, middle) == Fen(200'00));
    CHECK(covered_amount(transaction, limits, newest) == Fen(0));
    register_events(transaction, {repayment("icbc", "E1", "1", "2020-07-15", 700)});
    CHECK(covered_amount(transaction, limits, middle) == Fen(200'00));
    CHECK(covered_amount(transaction, limits, newest) == Fen(300'00));
    CHECK(covered_amount(transaction, Limits{}, newest) == Fen(300'00));
  }
}

TEST_CASE("a bank's non-performing share counts loans classified substandard or worse") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    register_loans(transaction, {loan("icbc", "1", "2020-06-01", 800), loan("icbc", "2", "2020-06-01", 200), loan("ccb", "1", "2020-06-01", 50)});
    LoanEvent classified = repayment("icbc", "E1", "2", "2020-07-01", 0);
    classified.kind = EventKind::classification;
    classified.amount.reset();
    classified.loan_class = LoanClass::doubtful;
    register_events(transaction, {classified});
    const auto all = portfolios(transaction, day("2020-12-31"));
    REQUIRE(all.size() == 2);
    CHECK(all[0].bank == BankId("ccb"));
    CHECK(all[1].loans == 2);
    CHECK(all[1].balance.to_fen() == Fen(1000'00));
    CHECK(all[1].non_performing.to_fen() == Fen(200'00));
    CHECK(portfolio_of(transaction, BankId("icbc"), day("2020-06-30")).non_performing.to_fen() == Fen(0));
  }
}

TEST_CASE("a talent's number is sealed in the book, and the same application again is the same") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    CHECK(filed(register_applications(transaction, {sealed_application("A1", 100)})) == std::vector{Filed::accepted});
    CHECK(filed(register_applications(transaction, {sealed_application("A1", 100)})) == std::vector{Filed::repeated});
    Application another = application("A1", 100);
    another.borrower_id = "370303199001011235";
    seal_borrower(vault(), another);
    const auto conflict = register_applications(transaction, {another});
    CHECK(conflict.front().filed == Filed::conflict);
    CHECK(conflict.front().field == "borrower_id");
    const Application stored = find_application(transaction, BankId("icbc"), ApplicationId("A1"))->application;
    CHECK(stored.borrower_id == sealed_borrower_id(vault(), number));
    CHECK(borrower_number(vault(), stored) == number);
    CHECK_THROWS_AS(borrower_number(Vault(MasterKey{2}), stored), Failure);
    Application moved = stored;  // a sealed number under another's hash opens to nothing
    moved.borrower_id = sealed_borrower_id(vault(), "370303199001011235");
    CHECK_THROWS_AS(borrower_number(vault(), moved), Failure);
    CHECK(whole_book(transaction).find(number) == std::string::npos);

    Application enterprise = application("A2", 100);
    enterprise.borrower_kind = BorrowerKind::employer;
    enterprise.borrower_id = "91350100M000100Y43";
    seal_borrower(vault(), enterprise);
    CHECK(enterprise.borrower_id == "91350100M000100Y43");
    CHECK(borrower_number(vault(), enterprise) == "91350100M000100Y43");
  }
}

TEST_CASE("numbers that an earlier version stored in the clear are sealed once, and balances stay what they were") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    Loan unlisted = loan("ccb", "L2", "2020-06-01", 50);
    unlisted.talent = TalentId();
    register_applications(transaction, {application("A1", 100)});
    register_loans(transaction, {loan("icbc", "L1", "2020-06-01", 800), unlisted});
    REQUIRE(has_unsealed_borrowers(transaction));
    CHECK(seal_borrowers(transaction, vault(), "tester") == 3);
    CHECK_FALSE(has_unsealed_borrowers(transaction));
    CHECK(seal_borrowers(transaction, vault(), "tester") == 0);
    CHECK(whole_book(transaction).find(number) == std::string::npos);
    CHECK(balance_of(transaction, {BorrowerKind::talent, "T1"}, day("2020-06-30")) == Fen(800'00));
    CHECK(balance_of(transaction, {BorrowerKind::talent, sealed_borrower_id(vault(), number)}, day("2020-06-30")) == Fen(50'00));
    CHECK(filed(register_applications(transaction, {sealed_application("A1", 100)})) == std::vector{Filed::repeated});
  }
}

TEST_CASE("a change of the key seals the book anew, with the talents whose keys changed") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    const Vault next(MasterKey{2});
    Loan unlisted = loan("ccb", "L2", "2020-06-01", 50);
    unlisted.talent = TalentId();
    Loan listed = loan("icbc", "L1", "2020-06-01", 800);
    seal_borrower(vault(), unlisted);
    seal_borrower(vault(), listed);
    register_applications(transaction, {sealed_application("A1", 100)});
    record_decision(transaction, BankId("icbc"), ApplicationId("A1"), eligible());
    register_loans(transaction, {listed, unlisted});
    CHECK(reseal_borrowers(transaction, vault(), next, {{"T1", "T9"}}) == 3);
    const auto record = find_application(transaction, BankId("icbc"), ApplicationId("A1"));
    CHECK(borrower_number(next, record->application) == number);
    CHECK_THROWS_AS(borrower_number(vault(), record->application), Failure);
    CHECK(record->decision->talent == TalentId("T9"));
    CHECK(balance_of(transaction, {BorrowerKind::talent, "T9"}, day("2020-06-30")) == Fen(800'00));
    CHECK(balance_of(transaction, {BorrowerKind::talent, sealed_borrower_id(next, number)}, day("2020-06-30")) == Fen(50'00));
  }
}

TEST_CASE("an application on its way is reserved once, for the talent whom its decision names") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    register_applications(transaction, {sealed_application("A1", 100), sealed_application("A2", 40)});
    record_decision(transaction, BankId("icbc"), ApplicationId("A1"), eligible());
    Decision unlisted = eligible();
    unlisted.talent = TalentId();
    record_decision(transaction, BankId("icbc"), ApplicationId("A2"), unlisted);
    CHECK(reserved_for(transaction, {BorrowerKind::talent, "T1"}) == Fen(100'00));
    CHECK(reserved_for(transaction, {BorrowerKind::talent, sealed_borrower_id(vault(), number)}) == Fen(40'00));
    CHECK(reserved_for(transaction, {BorrowerKind::employer, "T1"}) == Fen());
  }
}

TEST_CASE("a decision keeps the list version and the day of knowledge that it rests on") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.write();
    register_applications(transaction, {sealed_application("A1", 100)});
    Decision decision = eligible();
    decision.list_version = 7;
    decision.known_on = day("2020-07-01");
    record_decision(transaction, BankId("icbc"), ApplicationId("A1"), decision);
    const Decision stored = *find_application(transaction, BankId("icbc"), ApplicationId("A1"))->decision;
    CHECK(stored.list_version == 7);
    CHECK(stored.known_on == day("2020-07-01"));
    decision.list_version = 8;
    CHECK(record_decision(transaction, BankId("icbc"), ApplicationId("A1"), decision).field == "list_version");
  }
}
