// The kit's border: the functions of the C interface on top of the class Adapter, and catching everything. Included
// by sdk.hpp; nothing here is for adapters to name.
#pragma once

#include <new>

#include <talent_loan/sdk_batches.hpp>
#include <talent_loan/sdk_values.hpp>

namespace talent_loan::sdk {

inline void Call::check() const {
  if (cancelled()) {
    throw Error(Result::cancelled, Retry::later, say("主机已取消本次调用", "the host cancelled the call"));
  }
  if (milliseconds_left() <= 0) {
    throw Error(Result::timed_out, Retry::same_key, say("已超过本次调用的期限", "the deadline of the call has passed"));
  }
}

inline Issued Issued::declined(std::string why) {
  Issued answer;
  answer.outcome = IssueOutcome::declined;
  answer.reason = std::move(why);
  return answer;
}

namespace border {

// The opaque instance of the C interface.
struct Instance {
  Language language;
  std::unique_ptr<Adapter> adapter;
};

inline Instance& instance_of(talent_loan_instance* opaque) { return *reinterpret_cast<Instance*>(opaque); }

// Runs `body`; whatever it throws becomes a stated error. The one place where all exceptions end, because
// none may cross the C line.
template <typename Body>
talent_loan_result guarded(const talent_loan_call* call, Body body) noexcept {
  const auto fail = [call](const Error& error) {
    const talent_loan_error stated = c(error);
    call->fail(call, &stated);
    return stated.code;
  };
  try {
    try {
      body();
      return TALENT_LOAN_OK;
    } catch (const Error& error) {
      return fail(error);
    } catch (const std::bad_alloc&) {
      return fail(Error(Result::internal, Retry::later, "out of memory"));
    } catch (const std::exception& error) {
      return fail(Error(Result::internal, Retry::never, *error.what() != '\0' ? error.what() : "exception without a text"));
    } catch (...) {
      return fail(Error(Result::internal, Retry::never, "exception of an unknown type"));
    }
  } catch (...) {  // no memory even for the error's text
    return TALENT_LOAN_INTERNAL;
  }
}

class ReceiptsOut final : public Receipts {
 public:
  explicit ReceiptsOut(const talent_loan_answer_sink& sink) : sink_(sink) {}
  void accept(std::string_view key, std::string_view receipt) override { give(key, receipt, nullptr); }
  void refuse(std::string_view key, const Error& error) override {
    const talent_loan_error stated = c(error);
    give(key, {}, &stated);
  }

 private:
  void give(std::string_view key, std::string_view receipt, const talent_loan_error* error) {
    auto answer = sized<talent_loan_answer>();
    answer.result = error == nullptr ? TALENT_LOAN_OK : error->code;
    answer.key = c(key);
    answer.receipt = c(receipt);
    answer.error = error;
    sink_.take(&sink_, &answer, 1);
  }
  const talent_loan_answer_sink& sink_;
};

class IssueAnswersOut final : public IssueAnswers {
 public:
  explicit IssueAnswersOut(const talent_loan_issue_answer_sink& sink) : sink_(sink) {}
  void answer(std::string_view key, const Issued& issued) override {
    auto out = sized<talent_loan_issue_answer>();
    out.result = TALENT_LOAN_OK;
    out.key = c(key);
    out.outcome = static_cast<talent_loan_issue_outcome>(issued.outcome);
    out.disbursed_on = c(issued.disbursed_on);
    out.loan_id = c(issued.loan_id);
    out.amount = issued.amount.count;
    out.rate = c(issued.rate);
    out.due_on = c(issued.due_on);
    out.term_months = issued.term_months.value_or(0);
    out.reason = c(issued.reason);
    sink_.take(&sink_, &out, 1);
  }
  void refuse(std::string_view key, const Error& error) override {
    auto out = sized<talent_loan_issue_answer>();
    const talent_loan_error stated = c(error);
    out.result = stated.code;
    out.key = c(key);
    out.error = &stated;
    out.disbursed_on = TALENT_LOAN_NO_DAY;
    out.due_on = TALENT_LOAN_NO_DAY;
    out.rate = -1;
    sink_.take(&sink_, &out, 1);
  }

 private:
  const talent_loan_issue_answer_sink& sink_;
};

// Asks for each item of a batch and turns what is thrown into that item's answer.
template <typename Item, typename Answers, typename Ask>
void each(const Call& call, const std::vector<Item>& items, Answers& answers, Ask ask) {
  for (const Item& item : items) {
    try {
      call.check();
      ask(item);
    } catch (const Error& error) {
      answers.refuse(item.key, error);
    } catch (const std::exception& error) {
      answers.refuse(item.key, Error(Result::internal, Retry::never, *error.what() != '\0' ? error.what() : "exception without a text"));
    }
  }
}

template <typename Class>
talent_loan_result open(const talent_loan_call* call, const talent_loan_opening* opening, talent_loan_instance** out) {
  return guarded(call, [&] {
    const talent_loan_opening& from = checked(opening, "opening");
    const Opening values{static_cast<Language>(from.language), value(from.bank_id), value(from.config),
                         value(from.config_path), value(from.base_directory)};
    auto made = std::make_unique<Instance>();
    made->language = values.language;
    made->adapter = std::make_unique<Class>(values, Call(*call, values.language));
    *out = reinterpret_cast<talent_loan_instance*>(made.release());
  });
}

inline talent_loan_result close(const talent_loan_call* call, talent_loan_instance* instance) {
  return guarded(call, [&] { delete &instance_of(instance); });
}

inline talent_loan_result health(const talent_loan_call* call, talent_loan_instance* instance) {
  return guarded(call, [&] { instance_of(instance).adapter->health(Call(*call, instance_of(instance).language)); });
}

// One C function per call; `Method` is the member of Adapter that it reaches.
template <typename Record, typename CRecord, typename CSink, auto Method>
talent_loan_result poll(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_poll* poll,
                        const CSink* sink) {
  return guarded(call, [&] {
    const talent_loan_poll& from = checked(poll, "poll");
    const talent_loan_cursor& after = checked(from.after, "poll.after");
    const Poll values{from.at_most, {after.position, value(after.token)}, day(from.as_of)};
    Batches<Record, CRecord, CSink> batches(checked(sink, "sink"), values);
    (instance_of(instance).adapter.get()->*Method)(Call(*call, instance_of(instance).language), values, batches);
    batches.flush();
  });
}

inline talent_loan_result takes(const talent_loan_call* call, talent_loan_instance* instance, talent_loan_notice notice,
                                talent_loan_yes_no* answer) {
  return guarded(call, [&] {
    if (notice < TALENT_LOAN_NOTICE_DECISION || notice > TALENT_LOAN_NOTICE_SCORED) {
      throw Error(Result::bad_request, Retry::never, "unknown notice " + std::to_string(notice), "notice");
    }
    *answer = c(instance_of(instance).adapter->takes(static_cast<Notice>(notice)));
  });
}

template <Notice Kind, typename Value, typename Struct, typename Answers, typename CSink, auto Method>
talent_loan_result tell(const talent_loan_call* call, talent_loan_instance* instance, const Struct* items,
                        std::size_t count, const CSink* sink) {
  return guarded(call, [&] {
    const Instance& asked = instance_of(instance);
    if (!asked.adapter->takes(Kind)) {
      throw Error(Result::bad_request, Retry::never,
                  Call(*call, asked.language).say("本适配器按其配置不接收此类通知", "the adapter's configuration takes no notices of this kind"), "items");
    }
    const std::vector<Value> values = batch<Value>(items, count, "items");
    Answers answers(checked(sink, "sink"));
    (instance_of(instance).adapter.get()->*Method)(Call(*call, instance_of(instance).language), values, answers);
  });
}

template <typename Class>
const void* table(talent_loan_text name) {
  static constexpr talent_loan_adapter_table functions = {
      sizeof(talent_loan_adapter_table),
      0,
      &open<Class>,
      &close,
      &health,
      &poll<Application, talent_loan_application, talent_loan_application_sink, &Adapter::poll_applications>,
      &tell<Notice::decision, Decision, talent_loan_decision, ReceiptsOut, talent_loan_answer_sink, &Adapter::decisions>,
      &tell<Notice::issue, IssueRequest, talent_loan_issue, IssueAnswersOut, talent_loan_issue_answer_sink, &Adapter::issues>,
      &poll<Event, talent_loan_event, talent_loan_event_sink, &Adapter::poll_events>,
      &poll<Claim, talent_loan_claim, talent_loan_claim_sink, &Adapter::poll_claims>,
      &tell<Notice::settled, Settled, talent_loan_settled, ReceiptsOut, talent_loan_answer_sink, &Adapter::settlements>,
      &tell<Notice::scored, Scored, talent_loan_scored, ReceiptsOut, talent_loan_answer_sink, &Adapter::scores>,
  };
  static constexpr talent_loan_notices_table notices = {sizeof(talent_loan_notices_table), 0, &takes};
  const std::string_view asked(name.data, name.size);
  if (asked == TALENT_LOAN_ADAPTER_TABLE_1) return &functions;
  if (asked == TALENT_LOAN_NOTICES_TABLE_1) return &notices;
  return nullptr;
}

}  // namespace border

inline void Adapter::decisions(const Call& call, const std::vector<Decision>& items, Receipts& receipts) {
  border::each(call, items, receipts, [&](const Decision& item) { receipts.accept(item.key, decision(call, item)); });
}
inline void Adapter::issues(const Call& call, const std::vector<IssueRequest>& items, IssueAnswers& answers) {
  border::each(call, items, answers, [&](const IssueRequest& item) { answers.answer(item.key, issue(call, item)); });
}
inline void Adapter::settlements(const Call& call, const std::vector<Settled>& items, Receipts& receipts) {
  border::each(call, items, receipts, [&](const Settled& item) { receipts.accept(item.key, settled(call, item)); });
}
inline void Adapter::scores(const Call& call, const std::vector<Scored>& items, Receipts& receipts) {
  border::each(call, items, receipts, [&](const Scored& item) { receipts.accept(item.key, scored(call, item)); });
}

}  // namespace talent_loan::sdk
