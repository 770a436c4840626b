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

struct Files {
  TemporaryFolder folder;
  CertificateAuthority authority{"bank authority"};
  Files() {
    authority.write_certificate(folder, "ca");
    authority.issue(folder, "server", "IP:127.0.0.1");
  }
  std::string path() const { return folder.path().string(); }
};

std::string config(int port, int timeout_ms = patient_ms) {
  return fmt::format("schema: talent-loan/rest-json/1\nserver: {{url: 'https://127.0.0.1:{}/v1', connect_timeout_ms: {}, timeout_ms: {}, ca: ca.pem, attempts: 1}}\n", port, patient_ms, timeout_ms) + R"yaml(
health: {path: /health}
decisions:
  path: /decisions
  body: {/applicationNo: application_id, /reasons: {field: reasons, join: ","}}
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
