// From what the configurable adapters share to the kit: errors, records read by a field map, and the watch that
// cuts off a call that waits.
#pragma once

#include <talent_loan/sdk.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bank-adapters/common/fields.hpp"
#include "bank-adapters/common/problem.hpp"

namespace talent_loan::adapters {

inline Language language_of(sdk::Language language) {
  return language == sdk::Language::chinese ? Language::chinese : Language::english;
}
inline Language language_of(const sdk::Call& call) { return language_of(call.language()); }

// The kit's error with a text in the call's language.
sdk::Error error(Language language, sdk::Result code, sdk::Retry retry, const Text& text, std::string field = {});
inline sdk::Error error(const sdk::Call& call, sdk::Result code, sdk::Retry retry, const Text& text, std::string field = {}) {
  return error(language_of(call), code, retry, text, std::move(field));
}
sdk::Error error(const Refused& refused, Language language);

// Runs `body` and returns what it returns; a Refused becomes the kit's error.
template <typename Body>
auto stated(const sdk::Call& call, Body body) {
  try {
    return body();
  } catch (const Refused& refused) {
    throw error(refused, language_of(call));
  }
}

// Whether a configuration with a message of its own for each notice has one for these: the others are not taken.
template <typename Config>
bool states(const Config& config, sdk::Notice notice) {
  switch (notice) {
    case sdk::Notice::decision: return config.decisions.has_value();
    case sdk::Notice::issue: return config.issue.has_value();
    case sdk::Notice::settled: return config.settled.has_value();
    case sdk::Notice::scored: return config.scores.has_value();
  }
  return true;
}

// China's calendar day: the day in the names of files and the heads of messages to the bank. Days since 1970-01-01.
std::int32_t today_in_china();

// A row's values, in the order of the record's fields, become a record, or the reason why they are none. `place` is
// the row's among all of its stream: an event's order within its day where the bank gives none.
std::optional<Reject> make(const std::vector<Value>& values, std::int64_t place, sdk::Application& record);
std::optional<Reject> make(const std::vector<Value>& values, std::int64_t place, sdk::Event& record);
std::optional<Reject> make(const std::vector<Value>& values, std::int64_t place, sdk::Claim& record);

// The day by which the bank dates a record: none is handed over before its day has come.
inline sdk::Day dated(const sdk::Application& record) { return record.applied_on; }
inline sdk::Day dated(const sdk::Event& record) { return record.happened_on; }
inline std::optional<sdk::Day> dated(const sdk::Claim& record) { return record.claimed_on; }

sdk::Reject told(const Reject& reject, Language language, std::string source, std::uint64_t line, std::string key);

// A text as the interface takes it: whole characters, at most TALENT_LOAN_TEXT_BYTES_AT_MOST bytes.
std::string shortened(std::string text);

// While it lives, a thread looks every few milliseconds whether the call was cancelled, its deadline passed or `late`
// says that the bank's own time is up, and then calls `interrupt` once, which must make the waiting operation return
// with an error (by shutting its socket down, for instance). Both run on that thread and may not throw.
class CallWatch {
 public:
  CallWatch(const sdk::Call& call, std::function<void()> interrupt, std::function<bool()> late = [] { return false; });
  CallWatch(const CallWatch&) = delete;
  CallWatch& operator=(const CallWatch&) = delete;
  ~CallWatch();  // ends the thread; the interrupt is not running afterwards

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Runs `body`, and again after a pause that grows, while it fails in a way in which asking again unchanged can
// help and the call has time left: up to `attempts` times in all. Whatever `body` sends must carry its key.
template <typename Body>
auto repeated(const sdk::Call& call, int attempts, Body body);

// Waits, and throws the call's error as soon as it is cancelled or out of time.
void pause(const sdk::Call& call, std::chrono::milliseconds time);

template <typename Body>
auto repeated(const sdk::Call& call, int attempts, Body body) {
  for (std::chrono::milliseconds wait{100};; wait *= 4) {
    try {
      return body();
    } catch (const sdk::Error& failed) {
      const bool helps = failed.retry() != sdk::Retry::never && (failed.code() == sdk::Result::unavailable || failed.code() == sdk::Result::timed_out);
      if (!helps || --attempts <= 0 || call.cancelled() || call.milliseconds_left() <= wait.count()) throw;
    }
    pause(call, wait);
  }
}

}  // namespace talent_loan::adapters
