// What a runner process may use, what it inherits, and that a bank's round outlives its death.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/plugins/host/rounds.hpp"

using namespace talent_loan;
using namespace talent_loan::host;
using talent_loan::testing::read_file;
using talent_loan::testing::Rounds;
using Elapsed = std::chrono::steady_clock;

namespace {

const std::string events = "application;A-1;talent;11010519491231002X;2020-06-01;10000000;innovation;no;no\n"
                           "issue;A-1;disbursed;L-1;2020-06-10;10000000;2021-06-10\nevent;E-1;1;L-1;2020-07-01;1000000\n";

Isolation either() { return GENERATE(Isolation::process, Isolation::in_process); }

}  // namespace

TEST_CASE("a runner that dies in the middle of a round is started again after a pause, and the round is finished") {
  for (const char* call : {"open", "health", "poll_applications", "decision", "issue", "poll_events", "poll_claims"}) {
    INFO(call);
    Rounds rounds;
    BankBinding bank = rounds.bank("a", events + "fault;" + call + ";crash-once\n");
    bank.attempts = 2;
    const auto begin = Elapsed::now();
    const auto report = rounds.sync({bank}).front();
    CHECK(report.failures.empty());
    CHECK(report.counts.disbursed == 1);
    CHECK(report.counts.events == 1);
    CHECK(Elapsed::now() - begin >= Milliseconds(200));
    const std::string told = read_file(rounds.path("a/bank.log"));
    CHECK(std::count(told.begin(), told.end(), '\n') == 2);
  }
}

TEST_CASE("a runner that dies at every attempt fails its bank's round") {
  Rounds rounds;
  BankBinding bank = rounds.bank("a", events + "fault;poll_events;crash\n");
  bank.attempts = 2;
  CHECK_THAT(rounds.said(bank), Catch::Contains("poll_events of bank a") && Catch::Contains("signal 11"));
}

TEST_CASE("a bank that says 'not now' is asked again after pauses that grow, and no oftener than its binding allows") {
  Rounds rounds(either());
  BankBinding bank = rounds.bank("a", events + "fault;health;unavailable-twice\n");
  bank.attempts = 2;
  CHECK_THAT(rounds.said(bank), Catch::Contains("not now"));
  CHECK(read_file(rounds.path("a/calls")) == "xx");
  std::filesystem::remove(rounds.path("a/calls"));
  bank.attempts = 3;
  const auto begin = Elapsed::now();
  CHECK(rounds.said(bank).empty());
  CHECK(read_file(rounds.path("a/calls")) == "xxx");
  CHECK(Elapsed::now() - begin >= Milliseconds(200 + 400));
}

TEST_CASE("a runner that spends its CPU time is ended, and the limit is named") {
  for (const auto& [fault, words] : {std::pair{"spin", "cpu_seconds: 1"}, std::pair{"spin-quietly", "signal 9"}}) {
    Rounds rounds;
    BankBinding bank = rounds.bank("a", std::string("fault;poll_events;") + fault + "\n");
    bank.timeout = Milliseconds(120'000);
    bank.limits.cpu_seconds = 1;
    CHECK_THAT(rounds.said(bank), Catch::Contains("poll_events of bank a") && Catch::Contains(words));
  }
}

TEST_CASE("a runner that writes more than it may is ended, and the limit is named") {
  Rounds rounds;
  BankBinding bank = rounds.bank("a", "fault;poll_events;write-much\n");
  bank.limits.file_bytes = std::uint64_t{2} << 20;
  CHECK_THAT(rounds.said(bank), Catch::Contains("file that is too large") && Catch::Contains("file_mb: 2"));
  CHECK(std::filesystem::file_size(rounds.path("a/much.bin")) <= std::uintmax_t{2} << 20);
  bank.config = "fault;poll_events;write-much-quietly\n";  // one that goes on after the signal still may not write it
  CHECK(rounds.said(bank).empty());
  CHECK(std::filesystem::file_size(rounds.path("a/much.bin")) <= std::uintmax_t{2} << 20);
}

TEST_CASE("a runner opens no more files than it may") {
  Rounds rounds;
  BankBinding bank = rounds.bank("a", "fault;poll_events;open-many\n");
  bank.limits.open_files = 40;
  CHECK_THAT(rounds.said(bank), Catch::Contains("opened 3"));
}

TEST_CASE("a runner inherits nothing but the socket to its host, whatever the host has open") {
  Rounds rounds;
  const int kept = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  REQUIRE(kept >= 0);
  const int far = ::fcntl(kept, F_DUPFD, 400);
  CHECK_THAT(rounds.said(rounds.bank("a", "fault;health;descriptors\n")), Catch::Contains("descriptors: 0 1 2 3."));
  ::close(kept);
  ::close(far);
}

TEST_CASE("what a runner writes to standard output and error reaches nobody") {
  Rounds rounds;
  int ends[2];
  REQUIRE(::pipe2(ends, O_NONBLOCK) == 0);
  const int output = ::dup(STDOUT_FILENO);
  const int error = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDOUT_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  const auto report = rounds.sync({rounds.bank("a", events + "fault;poll_events;print\n")}).front();
  ::dup2(output, STDOUT_FILENO);
  ::dup2(error, STDERR_FILENO);
  char byte = 0;
  CHECK(::read(ends[0], &byte, 1) == -1);
  CHECK(report.failures.empty());
  CHECK(report.counts.events == 1);
  for (const int descriptor : {ends[0], ends[1], output, error}) ::close(descriptor);
}
