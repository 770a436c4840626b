// What the interface costs beside what lies below it: a direct virtual call, a bare round trip through a socket.
//   adapter_bench [EVENTS]     (default 1,000,000 events from one bank)
// Prints nanoseconds per call or record, ours beside the peer on the same machine in the same run.
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/checks.hpp"
#include "plugins/host/session/session.hpp"

using namespace talent_loan;
using namespace talent_loan::host;

namespace {

constexpr Milliseconds allowed{60'000};
constexpr int rounds = 5;

// The median of several runs, in nanoseconds per unit.
double nanoseconds(std::uint64_t units, const std::function<void()>& work) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    times.push_back(static_cast<double>(std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count()) / static_cast<double>(units));
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void print(const std::string& what, double ours) { fmt::print("{:<58} {:>12.1f} ns\n", what, ours); }

double socket_round_trip(std::uint64_t trips) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
  const pid_t echo = ::fork();
  if (echo == 0) {
    ::close(ends[0]);
    char byte = 0;
    while (::read(ends[1], &byte, 1) == 1 && ::write(ends[1], &byte, 1) == 1) continue;
    ::_exit(0);
  }
  ::close(ends[1]);
  const double cost = nanoseconds(trips, [&] {
    char byte = 0;
    for (std::uint64_t i = 0; i < trips; ++i) {
      if (::write(ends[0], &byte, 1) != 1 || ::read(ends[0], &byte, 1) != 1) std::abort();
    }
  });
  ::close(ends[0]);
  ::waitpid(echo, nullptr, 0);
  return cost;
}

struct Virtual {
  virtual ~Virtual() = default;
  virtual int call(int value) = 0;
};
struct Direct final : Virtual {
  int call(int value) override { return value + 1; }
};

double virtual_call(std::uint64_t calls) {
  Direct direct;
  Virtual* volatile hidden = &direct;
  volatile int value = 0;
  return nanoseconds(calls, [&] {
    for (std::uint64_t i = 0; i < calls; ++i) value = hidden->call(value);
  });
}

// What no plugin can avoid where a record is handed over as a struct: a call through a pointer, 200 bytes in and out.
struct Record200 {
  std::uint64_t words[25];
};
__attribute__((noinline)) Record200 pass_on(Record200 record) {
  record.words[0] += record.words[24];
  return record;
}

double pointer_call(std::uint64_t calls) {
  Record200 (*volatile hidden)(Record200) = &pass_on;
  Record200 record{};
  const double cost = nanoseconds(calls, [&] {
    for (std::uint64_t i = 0; i < calls; ++i) record = hidden(record);
  });
  if (record.words[0] != 0) std::abort();
  return cost;
}

void drain(AdapterSession& session, std::uint64_t events) {
  PollRequest poll{4096, {}, 30000};
  std::uint64_t got = 0;
  while (true) {
    const auto polled = checked(session.poll_events(poll, allowed), poll, BankId("bench"));
    got += polled.records.size();
    if (!polled.moved) break;
    poll.after = polled.after;
  }
  if (got != events) {
    fmt::print(stderr, "{} events instead of {}\n", got, events);
    std::exit(1);
  }
}

std::unique_ptr<AdapterSession> opened(const LibraryFile& file, bool isolated, std::uint64_t events) {
  auto session = isolated ? process_session(file, RunnerLimits{0, 0, 256, 0}, {}) : in_process_session(AdapterLibrary::load(file), {});
  session->open({1, "bench", fmt::format("many-events;L-1;{};2020-07-01\n", events), "bench", "/"}, allowed);
  return session;
}

// Banks side by side, each in a runner of its own, as a sync has them.
double banks_at_once(const LibraryFile& file, std::uint64_t banks, std::uint64_t events) {
  std::vector<std::unique_ptr<AdapterSession>> sessions;
  for (std::uint64_t i = 0; i < banks; ++i) sessions.push_back(opened(file, true, events));
  return nanoseconds(banks * events, [&] {
    std::vector<std::thread> threads;
    for (const auto& session : sessions) threads.emplace_back([&] { drain(*session, events); });
    for (std::thread& thread : threads) thread.join();
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  constexpr std::uint64_t calls = 20'000;
  const LibraryFile file = store_library(std::string(TALENT_LOAN_TEST_ADAPTERS) + "/scripted_bank.so", std::nullopt);
  print("virtual call", virtual_call(5'000'000));
  print("function pointer, 200-byte struct copied in and out", pointer_call(5'000'000));
  print("bare round trip through a socket", socket_round_trip(calls));
  for (const bool isolated : {false, true}) {
    const auto session = opened(file, isolated, events);
    const std::string where = isolated ? "isolated" : "in process";
    print("health call, " + where, nanoseconds(calls, [&] {
            for (std::uint64_t i = 0; i < calls; ++i) session->health(allowed);
          }));
    print(fmt::format("event polled, copied, checked, {} ({} events)", where, events), nanoseconds(events, [&] { drain(*session, events); }));
    session->close(allowed);
  }
  constexpr std::uint64_t banks = 40;
  const double one = banks_at_once(file, 1, events);
  const double many = banks_at_once(file, banks, events / banks);
  print(fmt::format("event, isolated, 1 bank with {}", events), one);
  print(fmt::format("event, isolated, {} banks at once with {} each", banks, events / banks), many);
  fmt::print("{:<58} {:>12.2f}\n", "ratio", many / one);
}
