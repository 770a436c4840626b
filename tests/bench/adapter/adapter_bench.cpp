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
#include <string_view>
#include <thread>
#include <utility>
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

void print(const std::string& what, double ours) { fmt::print("{:<64} {:>12.1f} ns\n", what, ours); }

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

// What the adapter and its kit spend on the same polls, whoever calls: a sink that looks at nothing but the cursor.
class BarePolls {
 public:
  explicit BarePolls(const LibraryFile& file, std::uint64_t events) : library_(AdapterLibrary::load(file)), events_(events) {
    call_ = {sizeof call_, 0, this, [](const talent_loan_call*) { return std::int64_t{60'000}; }, [](const talent_loan_call*) -> talent_loan_yes_no { return TALENT_LOAN_NO; },
             [](const talent_loan_call*, const talent_loan_error*) {}, [](const talent_loan_call*, talent_loan_log_level, talent_loan_text) {}};
    const std::string script = fmt::format("many-events;L-1;{};2020-07-01\n", events);
    talent_loan_opening opening{};
    opening.struct_size = sizeof opening;
    opening.language = TALENT_LOAN_CHINESE;
    opening.bank_id = text("bench");
    opening.config = text(script);
    opening.config_path = opening.base_directory = text("/");
    if (library_->table().open(&call_, &opening, &instance_) != TALENT_LOAN_OK) std::abort();
  }
  ~BarePolls() { library_->table().close(&call_, instance_); }
  BarePolls(const BarePolls&) = delete;
  BarePolls& operator=(const BarePolls&) = delete;

  void drain() {
    std::uint64_t before = 1;
    got_ = 0;
    position_ = 0;
    token_.clear();
    while (got_ != std::exchange(before, got_)) {
      const talent_loan_cursor after{sizeof after, 0, position_, text(token_)};
      const talent_loan_poll poll{sizeof poll, 4096, &after, 30000, 0};
      const talent_loan_event_sink sink{sizeof sink, 0, this, &take, [](const talent_loan_event_sink*, const talent_loan_reject*, std::size_t) {}};
      if (library_->table().poll_events(&call_, instance_, &poll, &sink) != TALENT_LOAN_OK) std::abort();
    }
    if (got_ != events_) std::abort();
  }

 private:
  static talent_loan_text text(std::string_view borrowed) { return {borrowed.data(), borrowed.size()}; }
  static talent_loan_sink_reply take(const talent_loan_event_sink* sink, const talent_loan_event*, std::size_t count, const talent_loan_cursor* after) {
    auto& self = *static_cast<BarePolls*>(sink->host);
    self.got_ += count;
    self.position_ = after->position;
    self.token_.assign(after->token.data, after->token.size);
    return TALENT_LOAN_SINK_CONTINUE;
  }

  std::shared_ptr<const AdapterLibrary> library_;
  std::uint64_t events_;
  talent_loan_call call_{};
  talent_loan_instance* instance_ = nullptr;
  std::uint64_t got_ = 0;
  std::int64_t position_ = 0;
  std::string token_;
};

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
  BarePolls bare(file, events);
  print(fmt::format("event made by the adapter and its kit, to no host ({} events)", events), nanoseconds(events, [&] { bare.drain(); }));
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
  fmt::print("{:<64} {:>12.2f}\n", "ratio", many / one);
}
