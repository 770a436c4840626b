// kill -9 at any moment of settle and recover: nothing half, nothing twice. Each killed run is repeated to its
// end and compared with an undisturbed one. TALENT_LOAN_KILLS sets how many (default 40 of each).
#include <cstdlib>
#include <random>

#include <catch2/catch.hpp>

#include "tests/plugins/host/commands/office.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

constexpr int claims = 400;

int kills() {
  const char* wanted = std::getenv("TALENT_LOAN_KILLS");
  return wanted == nullptr ? 40 : std::atoi(wanted);
}

void many_claims(Bureau& bureau) {
  std::vector<Loan> loans;
  std::vector<LoanEvent> events;
  std::vector<Claim> submitted;
  for (int i = 0; i < claims; ++i) {
    const std::string id = "C" + std::to_string(i);
    const BankId bank(i % 3 == 0 ? "icbc" : "ccb");
    loans.push_back({.bank = bank, .id = LoanId(id), .borrower_id = id, .amount = Fen(100'000'01 + i * 7), .disbursed_on = day("2020-06-01")});
    LoanEvent overdue{.bank = bank, .id = EventId(id), .loan = LoanId(id), .kind = EventKind::overdue, .occurred_on = day("2020-12-01")};
    overdue.overdue_days = 91;
    events.push_back(overdue);
    submitted.push_back({.bank = bank, .id = ClaimId(id), .loan = LoanId(id), .defaulted_on = day("2020-12-01"), .claimed_on = day("2020-12-02"),
                         .outstanding_principal = Fen(100'000'01 + i * 7), .recovered_principal = Fen()});
  }
  Transaction transaction = bureau.database().write();
  register_loans(transaction, loans);
  register_events(transaction, events);
  submit_claims(transaction, submitted);
  transaction.commit();
}

std::string recoveries() {
  std::string csv = "recovery_id,claim_id,received_on,amount,costs\n";
  for (int i = 0; i < 60; ++i) csv += "R" + std::to_string(i) + ",C" + std::to_string(i % 20) + ",2021-02-01,1234.56,7.89\n";
  return csv;
}

// Everything that may not differ between a disturbed and an undisturbed run.
std::string outcome(Office& office) {
  std::string all = office.file("b-lines.csv") + office.file("b-totals.csv") + office.file("b-payments.csv") + office.bureau().balances();
  if (office.has("returns.csv")) all += office.file("returns.csv");
  Transaction transaction = office.bureau().database().read();
  for (const char* sql : {"SELECT COUNT(*) FROM journal_entries", "SELECT COUNT(*) FROM settlement_lines", "SELECT COUNT(*) FROM recoveries",
                          "SELECT COUNT(*) FROM audit_entries"}) {
    all += std::to_string(transaction.query_one(sql)->integer(0)) + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("settle and recover survive kill -9 at any moment") {
  const auto recover = [](Office& office) {
    return std::vector<std::string>{"recover", "--recoveries", office.path("r.csv"), "--returns", office.path("returns.csv")};
  };
  std::string settled, recovered;
  std::chrono::milliseconds settle_time{}, recover_time{};
  {
    Office office;
    many_claims(office.bureau());
    office.write("r.csv", recoveries());
    const auto timed = [](const std::function<void()>& run) {
      const auto begin = std::chrono::steady_clock::now();
      run();
      return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    };
    settle_time = timed([&] { REQUIRE(office.run(office.settle_arguments("b")).exit == 0); });
    settled = outcome(office);
    recover_time = timed([&] { REQUIRE(office.run(recover(office)).exit == 0); });
    recovered = outcome(office);
  }
  std::random_device device;
  const auto seed = device();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  int killed = 0;
  for (int round = 0; round < kills(); ++round) {
    Office office;
    many_claims(office.bureau());
    office.write("r.csv", recoveries());
    const auto moment = [&](std::chrono::milliseconds span) {
      return std::chrono::milliseconds(1 + random() % static_cast<std::uint64_t>(span.count() + 5));
    };
    killed += office.run(office.settle_arguments("b"), moment(settle_time)).signal != 0;
    REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
    REQUIRE(outcome(office) == settled);
    killed += office.run(recover(office), moment(recover_time)).signal != 0;
    REQUIRE(office.run(recover(office)).exit == 0);
    REQUIRE(outcome(office) == recovered);
  }
  CHECK(killed > 0);
}
