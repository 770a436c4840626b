// Balances read at once equal those asked for one by one.
#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "core/loan/balances.hpp"
#include "core/loan/book.hpp"
#include "core/loan/borrower_balances.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using talent_loan::testing::FreshDatabases;

namespace {

Day random_day(std::mt19937& random) { return parse_day("2020-01-01")->plus_days(static_cast<std::int32_t>(random() % 120)); }

// Few borrowers, days and amounts, so that loans meet: several of one borrower, events of one day, before the
// disbursement, more repaid than lent, more recovered than owed.
void fill(Transaction& transaction, std::mt19937& random) {
  constexpr std::array<EventKind, 6> kinds{EventKind::repayment, EventKind::recovery,  EventKind::recovery_reversed,
                                           EventKind::write_off, EventKind::overdue, EventKind::defaulted};
  std::vector<Loan> loans;
  std::vector<LoanEvent> events;
  for (int i = 0; i < 60; ++i) {
    const bool employer = random() % 3 == 0;
    Loan loan{.bank = BankId(random() % 2 == 0 ? "icbc" : "ccb"), .id = LoanId("L" + std::to_string(i)),
              .borrower_kind = employer ? BorrowerKind::employer : BorrowerKind::talent,
              .borrower_id = employer ? "91370303MA3C000006" : "E0000000" + std::to_string(random() % 3),
              .talent = TalentId(employer || random() % 2 == 0 ? "" : "T" + std::to_string(random() % 3)),
              .amount = Fen(random() % 20 == 0 ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(1 + random() % 1000)),
              .disbursed_on = random_day(random)};
    for (std::size_t event = random() % 6; event > 0; --event) {
      const EventKind kind = kinds[random() % kinds.size()];
      LoanEvent made{.bank = loan.bank, .id = EventId(loan.id.text() + "-" + std::to_string(event)), .loan = loan.id, .kind = kind, .occurred_on = random_day(random)};
      if (kind == EventKind::overdue) made.overdue_days = 10;
      else if (kind != EventKind::defaulted) made.amount = Fen(static_cast<std::int64_t>(1 + random() % 600));
      events.push_back(made);
    }
    loans.push_back(loan);
  }
  const auto accepted = [](const std::vector<Filing>& filings) {
    return std::count_if(filings.begin(), filings.end(), [](const Filing& filing) { return filing.filed == Filed::accepted; });
  };
  REQUIRE(accepted(register_loans(transaction, loans)) == static_cast<std::ptrdiff_t>(loans.size()));
  REQUIRE(accepted(register_events(transaction, events)) > 0);
}

}  // namespace

TEST_CASE("every borrower's balance on every day is the one that the loan book gives one by one") {
  FreshDatabases databases;
  unsigned seed = 1;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    std::mt19937 random(seed++);
    Database database = Database::open(url);
    {
      Transaction look = database.read();
      CHECK(BorrowerBalances(look).on(BorrowerKind::talent, "T1", random_day(random)) == Fen());
    }
    Transaction transaction = database.write();
    fill(transaction, random);
    const BorrowerBalances balances(transaction);
    bool any_owed = false;
    for (const char* key : {"T0", "T1", "T2", "E00000000", "E00000001", "E00000002", "91370303MA3C000006", "nobody"}) {
      for (const BorrowerKind kind : {BorrowerKind::talent, BorrowerKind::employer}) {
        for (Day day = *parse_day("2019-12-30"); day < *parse_day("2020-06-01"); day = day.plus_days(3)) {
          INFO(key << " " << format_day(day));
          const Fen expected = balance_of(transaction, {kind, key}, day);
          CHECK(balances.on(kind, key, day) == expected);
          any_owed = any_owed || expected > Fen();
        }
      }
    }
    CHECK(any_owed);
  }
}

TEST_CASE("a reader gives the same balances to few and to many who ask, on several threads") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    std::mt19937 random(3);
    Database database = Database::open(url);
    Transaction transaction = database.write();
    fill(transaction, random);
    std::vector<Borrower> borrowers{{BorrowerKind::employer, "91370303MA3C000006"}, {BorrowerKind::talent, "nobody"}};
    for (const char* key : {"T0", "T1", "T2", "E00000000", "E00000001"}) borrowers.push_back({BorrowerKind::talent, key});
    std::vector<std::pair<Day, std::vector<Fen>>> expected;
    for (int i = 0; i < 20; ++i) {
      const Day day = random_day(random);
      std::vector<Fen>& on_day = expected.emplace_back(day, std::vector<Fen>()).second;
      for (const Borrower& borrower : borrowers) on_day.push_back(balance_of(transaction, borrower, day));
    }
    const BalanceReader reader(transaction);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int round = 0; round * 140 < 2 * BalanceReader::one_by_one; ++round) {
          for (const auto& [day, fen] : expected) {
            for (std::size_t i = 0; i < borrowers.size(); ++i) wrong += reader.balance_of(borrowers[i], day) == fen[i] ? 0 : 1;
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
  }
}
