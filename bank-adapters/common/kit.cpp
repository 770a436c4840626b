#include "bank-adapters/common/kit.hpp"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <thread>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/records.hpp"

namespace talent_loan::adapters {
namespace {

constexpr std::chrono::milliseconds look_every{10};

}  // namespace

std::string shortened(std::string text) {
  if (text.size() <= TALENT_LOAN_TEXT_BYTES_AT_MOST) return text;
  constexpr std::string_view more = "…";
  text.resize(TALENT_LOAN_TEXT_BYTES_AT_MOST - more.size());
  const std::size_t cut = invalid_at(Encoding::utf8, text);
  if (cut != std::string::npos) text.resize(cut);
  return text.append(more);
}

sdk::Error error(Language language, sdk::Result code, sdk::Retry retry, const Text& text, std::string field) {
  return {code, retry, shortened(text.in(language)), std::move(field)};
}

sdk::Error error(const Refused& refused, Language language) {
  const std::string field = refused.problems().empty() ? std::string() : refused.problems().front().place.field;
  const auto with = [&](sdk::Result code, sdk::Retry retry) { return sdk::Error(code, retry, shortened(refused.sentences(language)), field); };
  switch (refused.why()) {
    case Refusal::configuration: return with(sdk::Result::bad_config, sdk::Retry::never);
    case Refusal::data: return with(sdk::Result::bad_data, sdk::Retry::later);
    case Refusal::conflict: return with(sdk::Result::conflict, sdk::Retry::never);
    case Refusal::unavailable: break;
  }
  return with(sdk::Result::unavailable, sdk::Retry::later);
}

std::int32_t today_in_china() {
  constexpr std::time_t eight_hours = 8 * 3600;
  return static_cast<std::int32_t>((std::time(nullptr) + eight_hours) / 86400);
}

std::optional<Reject> make(const std::vector<Value>& values, std::int64_t, sdk::Application& record) {
  record = to_application(values);
  return std::nullopt;
}

std::optional<Reject> make(const std::vector<Value>& values, std::int64_t place, sdk::Event& record) {
  auto reject = to_event(values, "", place, record);
  if (!reject && record.event_id.empty()) reject = Reject{RejectCode::missing_value, "event_id", {"缺少 event_id", "event_id has no value"}};
  return reject;
}

std::optional<Reject> make(const std::vector<Value>& values, std::int64_t, sdk::Claim& record) {
  record = to_claim(values);
  return std::nullopt;
}

sdk::Reject told(const Reject& reject, Language language, std::string source, std::uint64_t line, std::string key) {
  return {static_cast<sdk::RejectCode>(reject.code), shortened(std::move(source)), line, shortened(std::move(key)), shortened(reject.text.in(language))};
}

struct CallWatch::State {
  std::mutex mutex;
  std::condition_variable changed;
  bool over = false;
  std::thread thread;
};

CallWatch::CallWatch(const sdk::Call& call, std::function<void()> interrupt, std::function<bool()> late) : state_(std::make_unique<State>()) {
  state_->thread = std::thread([state = state_.get(), &call, interrupt = std::move(interrupt), late = std::move(late)] {
    std::unique_lock lock(state->mutex);
    while (!state->changed.wait_for(lock, look_every, [&] { return state->over; })) {
      if (!call.cancelled() && call.milliseconds_left() > 0 && !late()) continue;
      interrupt();
      return;
    }
  });
}

CallWatch::~CallWatch() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->over = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

void pause(const sdk::Call& call, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  call.check();
  for (auto left = time; left > std::chrono::milliseconds(0);) {
    std::this_thread::sleep_for(std::min(left, look_every));
    call.check();
    left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  }
}

}  // namespace talent_loan::adapters
