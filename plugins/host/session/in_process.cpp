#include <algorithm>
#include <atomic>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/c_values.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {
namespace {

using Clock = std::chrono::steady_clock;

// The running call as its C callbacks see it. It lives as long as the session, longer than any call, so that a
// callback used after its call has ended finds `running` false instead of freed memory.
struct CallState {
  std::atomic<bool> running{false};
  std::atomic<bool> called_late{false};
  std::thread::id thread;
  const void* collecting = nullptr;  // whose sink belongs to the running call
  Clock::time_point deadline;
  std::optional<RawError> stated;
  std::optional<Text> fault;
  AdapterLog log;
};

constexpr std::size_t rejects_at_most = 100'000;

// Runs what a callback does, for as long as callbacks are allowed. The border of the C line on the host's side:
// the first fault is kept for the caller, nothing is thrown through the adapter.
template <typename Body>
bool within_call(CallState& state, const void* collector, Body body) noexcept {
  const bool own = collector == nullptr || collector == state.collecting;
  if (!state.running || state.thread != std::this_thread::get_id() || !own) {
    state.called_late = true;
    return false;
  }
  if (state.fault) return false;
  try {
    body();
    return !state.fault;
  } catch (const Unreadable& unreadable) {
    state.fault = unreadable.what;
  } catch (const std::bad_alloc&) {
    state.fault = Text{"内存不足", "out of memory"};
  } catch (const std::length_error&) {
    state.fault = Text{"数量不可能", "an impossible count"};
  }
  return false;
}

int64_t milliseconds_left(const talent_loan_call* call) {
  const auto& state = *static_cast<const CallState*>(call->host);
  const auto left = std::chrono::duration_cast<Milliseconds>(state.deadline - Clock::now()).count();
  return left > 0 ? left : 0;
}
talent_loan_yes_no cancelled(const talent_loan_call* call) {
  const auto& state = *static_cast<const CallState*>(call->host);
  return state.running && Clock::now() < state.deadline ? TALENT_LOAN_NO : TALENT_LOAN_YES;
}
void fail(const talent_loan_call* call, const talent_loan_error* error) {
  auto& state = *static_cast<CallState*>(call->host);
  within_call(state, nullptr, [&] { state.stated = copied(error); });
}
void log(const talent_loan_call* call, talent_loan_log_level level, talent_loan_text line) {
  auto& state = *static_cast<CallState*>(call->host);
  within_call(state, nullptr, [&] { if (state.log) state.log(level, copied(line, "log")); });
}

// Becomes the copy of a C struct where it is put, so that a vector makes it in its place and moves nothing.
template <typename CStruct>
struct CopyOf {
  const CStruct& from;
  using Copy = decltype(copied(std::declval<const CStruct&>()));
  operator Copy() const { return copied(from); }
};

// What a sink of records collects during one poll.
template <typename Record>
struct Collector {
  CallState* state = nullptr;
  std::size_t at_most = 0;
  RawPolled<Record> polled;
};

template <typename Record, typename CSink, typename CRecord>
talent_loan_sink_reply take(const CSink* sink, const CRecord* items, std::size_t count, const talent_loan_cursor* after) {
  auto& collector = *static_cast<Collector<Record>*>(sink->host);
  const bool welcome = within_call(*collector.state, &collector, [&] {
    auto& records = collector.polled.records;
    if (count > collector.at_most - records.size()) {
      throw Unreadable{{fmt::format("交来超过 {} 条记录", collector.at_most), fmt::format("handed over more than {} records", collector.at_most)}};
    }
    // Room for many batches at a time: a reserve of what is needed now would move every record at every batch.
    const std::size_t needed = records.size() + count;
    if (records.capacity() < needed) records.reserve(std::max(needed, std::min(8 * needed, collector.at_most)));
    for (std::size_t i = 0; i < count; ++i) records.emplace_back(CopyOf<CRecord>{element_of(items, i, "record")});
    collector.polled.batches.push_back({records.size(), copied(after)});
    if (collector.polled.batches.size() > collector.at_most + 1) throw Unreadable{{"空批次过多", "too many empty batches"}};
  });
  return welcome && collector.polled.records.size() < collector.at_most ? TALENT_LOAN_SINK_CONTINUE : TALENT_LOAN_SINK_STOP;
}

template <typename Record, typename CSink>
void reject(const CSink* sink, const talent_loan_reject* rows, std::size_t count) {
  auto& collector = *static_cast<Collector<Record>*>(sink->host);
  within_call(*collector.state, &collector, [&] {
    auto& rejects = collector.polled.rejects;
    if (count > rejects_at_most - rejects.size()) throw Unreadable{{"拒收行过多", "too many rejected rows"}};
    for (std::size_t i = 0; i < count; ++i) rejects.push_back(copied(element_of(rows, i, "reject")));
  });
}

template <typename Answer>
struct AnswerCollector {
  CallState* state = nullptr;
  std::size_t at_most = 0;
  std::vector<Answer> answers;
};

template <typename Answer, typename CSink, typename CAnswer>
void take_answers(const CSink* sink, const CAnswer* items, std::size_t count) {
  auto& collector = *static_cast<AnswerCollector<Answer>*>(sink->host);
  within_call(*collector.state, &collector, [&] {
    if (count > collector.at_most - collector.answers.size()) throw Unreadable{{"答复多于请求", "more answers than questions"}};
    for (std::size_t i = 0; i < count; ++i) collector.answers.push_back(copied(element_of(items, i, "answer")));
  });
}

class InProcessSession final : public AdapterSession {
 public:
  InProcessSession(std::shared_ptr<const AdapterLibrary> library, AdapterLog log)
      : library_(std::move(library)), table_(library_->table()) {
    state_.log = std::move(log);
    call_ = {sizeof call_, 0, &state_, &milliseconds_left, &cancelled, &host::fail, &host::log};
    applications_.state = events_.state = claims_.state = answers_.state = issues_.state = &state_;
    applications_sink_ = {sizeof applications_sink_, 0, &applications_, &take<RawApplication>, &reject<RawApplication>};
    events_sink_ = {sizeof events_sink_, 0, &events_, &take<RawEvent>, &reject<RawEvent>};
    claims_sink_ = {sizeof claims_sink_, 0, &claims_, &take<RawClaim>, &reject<RawClaim>};
    answers_sink_ = {sizeof answers_sink_, 0, &answers_, &take_answers<RawAnswer>};
    issues_sink_ = {sizeof issues_sink_, 0, &issues_, &take_answers<RawIssueAnswer>};
  }
  ~InProcessSession() override {
    if (instance_ == nullptr) return;
    try {
      close(Milliseconds(5000));
    } catch (const AdapterFailure&) {
      // The instance is gone whatever close() returned, and nobody is left to be told.
    }
  }

  void open(const Opening& opening, Milliseconds allowed) override {
    const talent_loan_opening c_opening = borrowed(opening);
    talent_loan_instance* opened = nullptr;
    run(allowed, [&] { return table_.open(&call_, &c_opening, &opened); });
    if (opened == nullptr) broke({"open 成功却没有给出实例", "open succeeded without giving an instance"});
    instance_ = opened;
  }
  void close(Milliseconds allowed) override {
    run(allowed, [&] { return table_.close(&call_, std::exchange(instance_, nullptr)); });
  }
  void health(Milliseconds allowed) override {
    run(allowed, [&] { return table_.health(&call_, instance_); });
  }
  RawNotices notices(Milliseconds allowed) override {
    if (library_->notices() == nullptr) return {};
    const auto takes = [&](talent_loan_notice notice) {
      talent_loan_yes_no answer = 0;
      run(allowed, [&] { return library_->notices()->takes(&call_, instance_, notice, &answer); });
      return answer;
    };
    return {1, takes(TALENT_LOAN_NOTICE_DECISION), takes(TALENT_LOAN_NOTICE_ISSUE), takes(TALENT_LOAN_NOTICE_SETTLED), takes(TALENT_LOAN_NOTICE_SCORED)};
  }
  RawPolled<RawApplication> poll_applications(const PollRequest& poll, Milliseconds allowed) override {
    return polled(table_.poll_applications, poll, applications_, applications_sink_, allowed);
  }
  RawPolled<RawEvent> poll_events(const PollRequest& poll, Milliseconds allowed) override {
    return polled(table_.poll_events, poll, events_, events_sink_, allowed);
  }
  RawPolled<RawClaim> poll_claims(const PollRequest& poll, Milliseconds allowed) override {
    return polled(table_.poll_claims, poll, claims_, claims_sink_, allowed);
  }
  std::vector<RawAnswer> decision(const std::vector<DecisionNotice>& items, Milliseconds allowed) override {
    return told(table_.decision, BorrowedDecisions(items), answers_, answers_sink_, allowed);
  }
  std::vector<RawIssueAnswer> issue(const std::vector<IssueRequest>& items, Milliseconds allowed) override {
    return told(table_.issue, BorrowedIssues(items), issues_, issues_sink_, allowed);
  }
  std::vector<RawAnswer> settled(const std::vector<SettledNotice>& items, Milliseconds allowed) override {
    return told(table_.settled, BorrowedSettled(items), answers_, answers_sink_, allowed);
  }
  std::vector<RawAnswer> scored(const std::vector<ScoredNotice>& items, Milliseconds allowed) override {
    return told(table_.scored, BorrowedScored(items), answers_, answers_sink_, allowed);
  }

 private:
  [[noreturn]] static void broke(Text what) {
    throw AdapterFailure(AdapterFailure::Kind::broke_rules, Retry::never,
                         {{}, std::move(what), {}, {"适配器违反接口约定：请其提供者用 talent-loan adapter check 检查", "the adapter breaks the interface: have its maker run talent-loan adapter check"}});
  }

  // Runs one call into the adapter and turns what came of it into an exception, or returns.
  template <typename Call>
  void run(Milliseconds allowed, Call call) {
    state_.thread = std::this_thread::get_id();
    state_.deadline = Clock::now() + allowed;
    state_.stated.reset();
    state_.fault.reset();
    if (state_.called_late) late();
    state_.running = true;
    talent_loan_result result = 0;
    bool threw = false;
    try {
      result = call();
    } catch (...) {  // an adapter's exception has any type; that it came at all is what matters
      threw = true;
    }
    state_.running = false;
    state_.collecting = nullptr;
    if (threw) broke({"异常越过了 C 接口", "an exception crossed the C interface"});
    if (state_.called_late) late();
    if (state_.fault) broke(*state_.fault);
    if (result != TALENT_LOAN_OK) stated(result);
  }

  [[noreturn]] void late() {
    state_.called_late = false;
    broke({"调用结束之后或在别的线程上交来了结果", "handed over results after the call had ended, or on another thread"});
  }

  [[noreturn]] void stated(talent_loan_result result) {
    if (result < TALENT_LOAN_OK || result > TALENT_LOAN_INTERNAL) {
      broke({fmt::format("返回了未知的结果 {}", result), fmt::format("returned the unknown result {}", result)});
    }
    if (!state_.stated) broke({fmt::format("返回错误 {} 却没有说明", result), fmt::format("returned error {} without saying why", result)});
    const RawError& error = *state_.stated;
    if (error.code != result) {
      broke({fmt::format("返回 {} 却说明为 {}", result, error.code), fmt::format("returned {} but stated {}", result, error.code)});
    }
    throw stated_failure(error);
  }

  template <typename Function, typename Record, typename CSink>
  RawPolled<Record> polled(Function function, const PollRequest& poll, Collector<Record>& collector, const CSink& sink,
                           Milliseconds allowed) {
    const talent_loan_cursor after{sizeof after, 0, poll.after.position, borrowed(poll.after.token)};
    const talent_loan_poll c_poll{sizeof c_poll, poll.at_most, &after, poll.as_of, 0};
    collector = {&state_, poll.at_most, {}};
    state_.collecting = &collector;
    run(allowed, [&] { return function(&call_, instance_, &c_poll, &sink); });
    return std::exchange(collector.polled, {});
  }

  template <typename Function, typename Batch, typename Answer, typename CSink>
  std::vector<Answer> told(Function function, const Batch& batch, AnswerCollector<Answer>& collector, const CSink& sink,
                           Milliseconds allowed) {
    collector = {&state_, batch.structs().size(), {}};
    state_.collecting = &collector;
    run(allowed, [&] { return function(&call_, instance_, batch.structs().data(), batch.structs().size(), &sink); });
    return std::exchange(collector.answers, {});
  }

  std::shared_ptr<const AdapterLibrary> library_;
  const talent_loan_adapter_table& table_;
  talent_loan_instance* instance_ = nullptr;
  CallState state_;
  talent_loan_call call_{};
  Collector<RawApplication> applications_;
  Collector<RawEvent> events_;
  Collector<RawClaim> claims_;
  AnswerCollector<RawAnswer> answers_;
  AnswerCollector<RawIssueAnswer> issues_;
  talent_loan_application_sink applications_sink_{};
  talent_loan_event_sink events_sink_{};
  talent_loan_claim_sink claims_sink_{};
  talent_loan_answer_sink answers_sink_{};
  talent_loan_issue_answer_sink issues_sink_{};
};

}  // namespace

std::unique_ptr<AdapterSession> in_process_session(std::shared_ptr<const AdapterLibrary> library, AdapterLog log) {
  return std::make_unique<InProcessSession>(std::move(library), std::move(log));
}

}  // namespace talent_loan::host
