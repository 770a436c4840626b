// An adapter's real library, loaded and called through the C interface as a host does it, with what it hands
// over as values that tests can compare. Texts are English.
#pragma once

#include <talent_loan/sdk.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace talent_loan::testing {

// How long a configuration of a test lets its adapter wait for the bank, in milliseconds.
constexpr int patient_ms = 20'000;  // even a machine that is held up answers within it
constexpr int impatient_ms = 500;   // for a bank that never answers

// 2026-05-20 as the day the interface counts.
sdk::Day day(const std::string& iso);

// What a call or one item of a batch failed with.
struct CallFailed : std::runtime_error {
  CallFailed(sdk::Result result, sdk::Retry retry_how, std::string said, std::string about)
      : std::runtime_error(said), code(result), retry(retry_how), text(std::move(said)), field(std::move(about)) {}
  sdk::Result code;
  sdk::Retry retry;
  std::string text;
  std::string field;
};

template <typename Record>
struct Polled {
  std::vector<Record> records;
  std::vector<sdk::Reject> rejects;
  sdk::Cursor cursor;
};

struct Answer {
  std::string key;
  std::string receipt;
  sdk::Issued issued;  // of issue
  std::optional<CallFailed> failed;
};

class LoadedAdapter {
 public:
  // Throws CallFailed where open() fails. `name` is the library's: "database".
  LoadedAdapter(const std::string& name, const std::string& config, const std::string& base_directory);
  LoadedAdapter(const LoadedAdapter&) = delete;
  LoadedAdapter& operator=(const LoadedAdapter&) = delete;
  ~LoadedAdapter();

  std::chrono::milliseconds deadline{20'000};                     // of every call
  std::optional<std::chrono::milliseconds> cancel_after;          // the host's change of mind

  void health();
  bool takes(sdk::Notice notice);
  Polled<sdk::Application> poll_applications(const sdk::Cursor& after = {}, std::uint32_t at_most = 1000, const std::string& as_of = "2030-01-01");
  Polled<sdk::Event> poll_events(const sdk::Cursor& after = {}, std::uint32_t at_most = 1000, const std::string& as_of = "2030-01-01");
  Polled<sdk::Claim> poll_claims(const sdk::Cursor& after = {}, std::uint32_t at_most = 1000, const std::string& as_of = "2030-01-01");
  std::vector<Answer> decision(const std::vector<sdk::Decision>& items);
  std::vector<Answer> issue(const std::vector<sdk::IssueRequest>& items);
  std::vector<Answer> settled(const std::vector<sdk::Settled>& items);
  std::vector<Answer> scored(const std::vector<sdk::Scored>& items);

  // What the adapter wrote to the host's log.
  const std::vector<std::string>& log() const { return log_; }

 private:
  struct Running;
  template <typename Call>
  void run(Call call);
  template <typename Record, typename CSink, typename Function>
  Polled<Record> poll(Function function, const sdk::Cursor& after, std::uint32_t at_most, const std::string& as_of);
  template <typename CItem, typename Function>
  std::vector<Answer> tell(Function function, const std::vector<CItem>& items);

  void* library_ = nullptr;
  const talent_loan_adapter_table* table_ = nullptr;
  const talent_loan_notices_table* notices_ = nullptr;
  talent_loan_instance* instance_ = nullptr;
  std::vector<std::string> log_;
};

// Runs `call`, which must fail, and returns what it failed with.
template <typename Call>
CallFailed failure_of(Call call) {
  try {
    call();
  } catch (const CallFailed& failed) {
    return failed;
  }
  throw std::runtime_error("the call succeeded");
}

}  // namespace talent_loan::testing

namespace talent_loan::sdk {
inline std::ostream& operator<<(std::ostream& out, Result result) { return out << static_cast<std::int32_t>(result); }
inline std::ostream& operator<<(std::ostream& out, Retry retry) { return out << static_cast<std::int32_t>(retry); }
inline std::ostream& operator<<(std::ostream& out, RejectCode code) { return out << static_cast<std::int32_t>(code); }
}  // namespace talent_loan::sdk
