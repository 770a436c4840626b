// The adapter `rest-json` against connections that break off, trickle or answer without a body.
#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <thread>

#include <fmt/format.h>

#include "tests/bank-adapters/as-host/loaded_adapter.hpp"
#include "tests/bank-adapters/rest-json/certificates.hpp"
#include "tests/bank-adapters/rest-json/json_bank.hpp"
#include "tests/bank-adapters/rest-json/raw_bank.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;
using sdk::Result;
using sdk::Retry;

namespace {

using Files = BankFiles;

std::string config(int port, int timeout_ms = patient_ms) {
  return fmt::format("schema: talent-loan/rest-json/1\nserver: {{url: 'https://127.0.0.1:{}/v1', connect_timeout_ms: {}, timeout_ms: {}, ca: ca.pem, attempts: 1}}\n", port, patient_ms, timeout_ms) + R"yaml(
health: {path: /health}
events:
  path: /events
  query: {after: after}
  records: /items
  next: /next
  fields: {event_id: /id, kind: {constant: repayment}, loan_id: /loan, happened_on: /on, amount: /amount}
decisions:
  path: /decisions
  body: {/applicationNo: application_id, /reasons: {field: reasons, join: ","}}
issue:
  path: /loans
  body: {/applicationNo: application_id}
  fields: {outcome: /state, reason: /why}
)yaml";
}

sdk::Decision decision(std::size_t bytes = 1) { return {"dec:A-1:1", "D-1", "A-1", true, {std::string(bytes, 'x')}, "zibo-2020-56", "", {}, day("2026-03-02")}; }

// The signal is as a program that cares for none has it: any that comes ends the tests.
void care_for_no_signals() {
  struct sigaction now {};
  sigaction(SIGPIPE, nullptr, &now);
  REQUIRE(now.sa_handler == SIG_DFL);
  sigset_t held;
  pthread_sigmask(SIG_BLOCK, nullptr, &held);
  REQUIRE(sigismember(&held, SIGPIPE) == 0);
}

}  // namespace

TEST_CASE("a connection that breaks off while we write or read ends the call and nothing else") {
  Files files;
  std::signal(SIGPIPE, SIG_DFL);
  bool half_an_answer = false;
  RawBank bank(files.folder, "server", [&](RawBank::Line& line) {
    line.read();
    if (half_an_answer) line.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"receipt");
    line.reset();
  });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  for (int i = 0; i < 10; ++i) {
    half_an_answer = i % 2 == 1;
    care_for_no_signals();
    const auto reset = *adapter.decision({decision(half_an_answer ? 1 : 4000)})[0].failed;
    INFO(reset.text);
    CHECK(reset.code == Result::unavailable);
    CHECK(reset.retry == Retry::same_key);
    CHECK(failure_of([&] { adapter.health(); }).code == Result::unavailable);
  }
}

TEST_CASE("a bank that wants a certificate that we have not refuses us and ends nothing else") {
  Files files;
  JsonBank bank(files.folder, "server", files.folder / "ca.pem", [](const Asked&) { return Told{}; });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  for (int i = 0; i < 10; ++i) {
    care_for_no_signals();
    CHECK(failure_of([&] { adapter.health(); }).code == Result::unavailable);
    const auto refused = *adapter.decision({decision(4000)})[0].failed;
    INFO(refused.text);
    CHECK(refused.code == Result::unavailable);
  }
}

TEST_CASE("a call that is cancelled while the bank hangs up ends nothing else") {
  Files files;
  std::signal(SIGPIPE, SIG_DFL);
  RawBank bank(files.folder, "server", [&](RawBank::Line& line) {
    line.read();
    while (!line.over() && line.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  for (int i = 0; i < 10; ++i) {
    care_for_no_signals();
    adapter.cancel_after = std::chrono::milliseconds(20 + i);
    CHECK_THROWS_AS(adapter.health(), CallFailed);
  }
}

TEST_CASE("an answer without a body is enough for a notice, and said to be none where something is asked for") {
  Files files;
  std::string head;
  RawBank bank(files.folder, "server", [&](RawBank::Line& line) {
    while (!line.over() && line.read_request() && line.write(head + "\r\n\r\n")) continue;
  });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  for (const char* each : {"HTTP/1.1 204 No Content", "HTTP/1.1 205 Reset Content", "HTTP/1.1 200 OK\r\nContent-Length: 0"}) {
    head = each;
    INFO(head);
    const std::string status = head.substr(9, 3);
    adapter.health();
    const auto told = adapter.decision({decision()})[0];
    INFO((told.failed ? told.failed->text : "taken"));
    CHECK_FALSE(told.failed);
    CHECK(told.receipt.empty());
    const auto asked = failure_of([&] { adapter.poll_events(); });
    CHECK(asked.code == Result::bad_data);
    CHECK(asked.text == "/events: the answer (HTTP " + status + ") has no body");
    const auto lent = *adapter.issue({{"iss:A-1", "A-1", "D-1", day("2026-03-02")}})[0].failed;
    CHECK(lent.code == Result::bad_data);
    CHECK(lent.retry == Retry::same_key);
    CHECK(lent.text == "/loans: the answer (HTTP " + status + ") has no body");
  }
  head = "HTTP/1.1 304 Not Modified";
  const auto refused = failure_of([&] { adapter.health(); });
  CHECK(refused.code == Result::bad_data);
  CHECK(refused.text == "GET /v1/health: the bank answers code \"HTTP 304\": \"\"");
}

TEST_CASE("the time for a whole answer covers its head, and its head has an end") {
  Files files;
  bool in_a_flood = false;
  RawBank bank(files.folder, "server", [&](RawBank::Line& line) {
    if (!line.read_request() || !line.write("HTTP/1.1 200 OK\r\n")) return;
    const std::string much(8'000, 'x');
    while (!line.over() && line.write(in_a_flood ? "X: " + much + "\r\n" : "X: y\r\n")) {
      if (!in_a_flood) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  const auto start = std::chrono::steady_clock::now();
  LoadedAdapter adapter("rest-json", config(bank.port(), impatient_ms), files.path());
  const auto late = *adapter.decision({decision()})[0].failed;
  INFO(late.text);
  CHECK(late.code == Result::timed_out);
  CHECK(late.retry == Retry::same_key);
  CHECK(late.field == "server.timeout_ms");
  in_a_flood = true;
  LoadedAdapter patient("rest-json", config(bank.port()), files.path());
  const auto long_head = failure_of([&] { patient.health(); });
  CHECK(long_head.code == Result::bad_data);
  CHECK(long_head.text.find("the head of the answer is too long") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}
