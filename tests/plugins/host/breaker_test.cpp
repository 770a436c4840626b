// The circuit breaker that each bank has: kept in the database from one run to the next, moved by a clock that the
// tests set.
#include <catch2/catch.hpp>

#include "core/store/audit.hpp"
#include "plugins/host/sync/breaker.hpp"
#include "tests/plugins/host/rounds.hpp"
#include "tests/support/postgres.hpp"

using namespace talent_loan;
using namespace talent_loan::host;
using namespace std::chrono_literals;
using talent_loan::testing::Rounds;

namespace {

const std::string down = "fault;health;unavailable\n";
const std::string up = "event;E-1;6;L-1;2020-10-02\n";

// The bank "a" with a breaker that opens at the third failed round, for 10 minutes, at most 40.
BankBinding bank(Rounds& rounds, const std::string& script) {
  BankBinding binding = rounds.bank("a", script);
  binding.breaker = {3, 10min, 40min};
  return binding;
}

void open_breaker(Rounds& rounds) {
  for (int round = 0; round < 3; ++round) CHECK_THAT(rounds.said(bank(rounds, down)), Catch::Contains("the bank is closed"));
}

bool asked(Rounds& rounds, const std::string& script) { return !rounds.sync({bank(rounds, script)}).front().left_alone; }

std::vector<std::string> audited(Rounds& rounds) {
  std::vector<std::string> details;
  Transaction transaction = rounds.database().read();
  transaction.each("SELECT details FROM audit_entries WHERE details LIKE 'breaker:%' ORDER BY sequence", {}, [&](const Row& row) { details.push_back(row.text(0)); });
  return details;
}

}  // namespace

TEST_CASE("a bank whose rounds fail one after the other is left alone, and it is said since when, why, and until when") {
  Rounds rounds;
  open_breaker(rounds);
  rounds.clock.pass(9min);
  const auto report = rounds.sync({bank(rounds, up)}).front();
  CHECK(report.left_alone);
  REQUIRE(report.failures.size() == 1);
  CHECK_THAT(report.failures.front().sentence(Language::english),
             Catch::Contains("3 rounds in a row have failed since 2020-12-31 09:00") && Catch::Contains("the bank is closed") &&
                 Catch::Contains("tries it again from 2020-12-31 09:10 on") && Catch::Contains("sync --bank a"));
  CHECK_THAT(report.failures.front().sentence(Language::chinese), Catch::Contains("自 2020-12-31 09:00（北京时间）起连续失败 3 次") && Catch::Contains("2020-12-31 09:10 以后"));
  CHECK(report.counts.events == 0);
}

TEST_CASE("failures that are not in a row, or fewer than it takes, leave a breaker closed") {
  Rounds rounds;
  CHECK_FALSE(rounds.said(bank(rounds, down)).empty());
  CHECK_FALSE(rounds.said(bank(rounds, down)).empty());
  CHECK(rounds.said(bank(rounds, up)).empty());
  CHECK_FALSE(rounds.said(bank(rounds, down)).empty());
  CHECK_FALSE(rounds.said(bank(rounds, down)).empty());
  CHECK(rounds.said(bank(rounds, up)).empty());
  CHECK(audited(rounds) == std::vector<std::string>{"breaker: 1 failed rounds", "breaker: 2 failed rounds", "breaker: closed after 2 failed rounds",
                                                    "breaker: 1 failed rounds", "breaker: 2 failed rounds", "breaker: closed after 2 failed rounds"});
}

TEST_CASE("when its pause is over a bank is tried once: what goes through closes the breaker") {
  Rounds rounds;
  open_breaker(rounds);
  rounds.clock.pass(10min);
  const auto report = rounds.sync({bank(rounds, up)}).front();
  CHECK(report.failures.empty());
  CHECK(report.counts.rejected + report.counts.events == 1);
  CHECK(audited(rounds).back() == "breaker: closed after 3 failed rounds");
  CHECK_FALSE(rounds.said(bank(rounds, down)).empty());  // counted from one again
  CHECK(asked(rounds, up));
}

TEST_CASE("a trial that fails makes the pause twice as long, up to the longest") {
  Rounds rounds;
  open_breaker(rounds);
  for (const auto pause : {10min, 20min, 40min, 40min}) {
    rounds.clock.pass(pause - 1min);
    CHECK_FALSE(asked(rounds, down));
    rounds.clock.pass(1min);
    CHECK(asked(rounds, down));
  }
}

TEST_CASE("a trial makes one attempt, however many the binding allows") {
  Rounds rounds;
  open_breaker(rounds);
  rounds.clock.pass(10min);
  BankBinding patient = bank(rounds, "fault;health;unavailable-twice\n");
  patient.attempts = 3;
  CHECK_THAT(rounds.said(patient), Catch::Contains("not now"));
  CHECK(testing::read_file(rounds.path("a/calls")) == "x");
}

TEST_CASE("asking for a bank by name tries it at once") {
  Rounds rounds;
  open_breaker(rounds);
  CHECK_FALSE(asked(rounds, up));
  CHECK(rounds.said(bank(rounds, up), true).empty());
  CHECK(asked(rounds, up));
}

TEST_CASE("while one run tries a bank, and where it was cut off while trying, another leaves the bank alone") {
  Rounds rounds;
  open_breaker(rounds);
  rounds.clock.pass(10min);
  // A trial that ends with this program: admitted, and nothing after it.
  BankBinding gone = bank(rounds, up);
  gone.adapter = "/nonexistent/gone.so";  // no library, so that neither outcome is noted
  CHECK_THAT(rounds.said(gone), Catch::Contains("gone.so"));
  CHECK_FALSE(asked(rounds, up));
  rounds.clock.pass(10min);
  CHECK(asked(rounds, up));
}

TEST_CASE("a library that cannot be loaded says nothing about its bank") {
  Rounds rounds;
  BankBinding gone = bank(rounds, up);
  gone.adapter = "/nonexistent/gone.so";
  for (int round = 0; round < 5; ++round) CHECK_THAT(rounds.said(gone), Catch::Contains("gone.so"));
  CHECK(asked(rounds, up));
  CHECK(audited(rounds).empty());
}

TEST_CASE("the reason that is kept of a failing bank shows no identity number") {
  Rounds rounds;
  Transaction transaction = rounds.database().write();
  const BankId bank("a");
  const BreakerRule rule{3, 10min, 40min};
  const std::string actor = "tester";
  Breaker(bank, rule, actor).failed(transaction, {{}, {"找不到 11010519491231002X", "11010519491231002X is not known"}, {}, {}});
  const std::vector<BreakerState> kept = breakers(transaction);
  REQUIRE(kept.size() == 1);
  CHECK_THAT(kept.front().reason.chinese, Catch::Contains("找不到 1101") && !Catch::Contains("19491231"));
  CHECK_THAT(kept.front().reason.english, Catch::Contains("is not known") && !Catch::Contains("19491231"));
  CHECK(kept.front().failures == 1);
  CHECK_FALSE(kept.front().retry_at);
}

TEST_CASE("one bank's breaker does not touch another") {
  Rounds rounds;
  open_breaker(rounds);
  const auto reports = rounds.sync({bank(rounds, up), rounds.bank("b", up)});
  CHECK(reports[0].left_alone);
  CHECK_FALSE(reports[1].left_alone);
  CHECK(reports[1].failures.empty());
}

TEST_CASE("a breaker that is switched off never opens, and one that was open is passed by") {
  Rounds rounds;
  open_breaker(rounds);
  BankBinding never = bank(rounds, down);
  never.breaker.failures = 0;
  for (int round = 0; round < 4; ++round) CHECK_THAT(rounds.said(never), Catch::Contains("the bank is closed"));
}

TEST_CASE("a clock that was wrong does not lock a bank out") {
  Rounds rounds;
  rounds.clock.set("2090-01-01", 9, 0);
  open_breaker(rounds);
  rounds.clock.set("2020-12-31", 9, 0);
  CHECK(asked(rounds, up));
}

TEST_CASE("the default breaker opens at the fifth failed round, for a quarter of an hour") {
  Rounds rounds;
  for (int round = 0; round < 5; ++round) CHECK_FALSE(rounds.sync({rounds.bank("a", down)}).front().left_alone);
  rounds.clock.pass(14min);
  CHECK(rounds.sync({rounds.bank("a", down)}).front().left_alone);
  rounds.clock.pass(1min);
  CHECK_FALSE(rounds.sync({rounds.bank("a", down)}).front().left_alone);
}

TEST_CASE("the breaker is the same on PostgreSQL") {
  testing::PostgresServer server;
  Rounds rounds(Isolation::in_process, server.fresh_database());
  open_breaker(rounds);
  CHECK_FALSE(asked(rounds, up));
  rounds.clock.pass(10min);
  CHECK(asked(rounds, up));
  Transaction transaction = rounds.database().read();
  CHECK_FALSE(verify_audit(transaction).broken);
}
