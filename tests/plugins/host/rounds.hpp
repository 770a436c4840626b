// Rounds of scripted banks on a database of their own, at a time of the test's choosing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plugins/host/sync/sync.hpp"
#include "tests/support/run_program.hpp"

namespace talent_loan::testing {

class SetClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  void set(const std::string& day, int hour, int minute) {
    const std::chrono::sys_days midnight{std::chrono::days(parse_day(day)->days_since_1970())};
    now_ = Instant(midnight + std::chrono::hours(hour - 8) + std::chrono::minutes(minute));  // as clocks show it in China
  }
  void pass(std::chrono::minutes minutes) { now_ += minutes; }

 private:
  Instant now_{};
};

// Every application is eligible: what is decided is not what these tests are about.
class Eligible final : public host::DecisionMaker {
 public:
  Decision decide(Transaction&, const Application&, Day decided_on) override {
    Decision decision;
    decision.eligible = true;
    decision.version = VersionId("v1");
    decision.decided_on = decided_on;
    return decision;
  }
};

class Rounds {
 public:
  explicit Rounds(host::Isolation isolation = host::Isolation::process, const std::string& url = {})
      : isolation_(isolation), database_(Database::open(url.empty() ? "sqlite://" + (folder_ / "loans.db") : url, {.clock = &clock})) {
    clock.set("2020-12-31", 9, 0);
  }

  host::BankBinding bank(const std::string& id, const std::string& script) {
    host::BankBinding binding;
    binding.id = BankId(id);
    binding.name = verbatim(id);
    binding.adapter = std::string(TALENT_LOAN_TEST_ADAPTERS) + "/scripted_bank.so";
    binding.isolation = isolation_;
    binding.config = script;
    binding.base_directory = folder_ / id;
    binding.timeout = host::Milliseconds(5000);
    binding.attempts = 1;
    std::filesystem::create_directories(binding.base_directory);
    return binding;
  }
  std::vector<host::BankReport> sync(std::vector<host::BankBinding> banks, bool even_if_open = false) {
    host::SyncRequest request;
    request.bindings = std::move(banks);
    request.maker = host::session_maker(folder_.path().string(), {}, clock);
    request.as_of = *parse_day("2020-12-31");
    request.actor = "tester";
    request.language = Language::english;
    request.try_open_breakers = even_if_open;
    request.key.file = folder_ / "key";
    return host::sync_banks(database_, decisions_, request);
  }
  // What the round of one bank said where it failed; empty: it went through.
  std::string said(const host::BankBinding& binding, bool even_if_open = false) {
    const auto report = sync({binding}, even_if_open).front();
    return report.failures.empty() ? std::string() : report.failures.front().sentence(Language::english);
  }
  std::string path(const std::string& name) const { return folder_ / name; }
  Database& database() { return database_; }

  SetClock clock;

 private:
  host::Isolation isolation_;
  TemporaryFolder folder_;
  Database database_;
  Eligible decisions_;
};

}  // namespace talent_loan::testing
