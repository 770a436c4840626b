// The kit's border: C structs to values and back, batches, and catching everything. Included by sdk.hpp;
// nothing here is for adapters to name.
#pragma once

#include <list>
#include <new>

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

inline talent_loan_text c(std::string_view text) { return {text.data(), text.size()}; }
inline std::string value(talent_loan_text text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }
inline std::vector<std::string> values(talent_loan_texts texts) {
  std::vector<std::string> out;
  out.reserve(texts.count);
  for (std::size_t i = 0; i < texts.count; ++i) out.push_back(value(texts.items[i]));
  return out;
}
inline std::int32_t c(Day day) { return day.time_since_epoch().count(); }
inline std::int32_t c(std::optional<Day> day) { return day ? c(*day) : TALENT_LOAN_NO_DAY; }
inline Day day(std::int32_t days) { return Day(Day::duration(days)); }
inline std::int64_t c(std::optional<Rate> rate) { return rate ? rate->hundred_millionths : -1; }
inline talent_loan_yes_no c(bool yes) { return yes ? TALENT_LOAN_YES : TALENT_LOAN_NO; }

// A C struct with its size filled and everything else zero.
template <typename Struct>
Struct sized() {
  Struct made{};
  made.struct_size = sizeof(Struct);
  return made;
}

inline talent_loan_error c(const Error& error) {
  auto out = sized<talent_loan_error>();
  out.code = static_cast<talent_loan_result>(error.code());
  out.retry = static_cast<talent_loan_retry>(error.retry());
  out.text = c(error.text());
  out.field = c(error.field());
  return out;
}

inline talent_loan_cursor c(const Cursor& cursor) {
  auto out = sized<talent_loan_cursor>();
  out.position = cursor.position;
  out.token = c(cursor.token);
  return out;
}

// A struct of the host that is smaller than the first release's is no struct of this interface.
template <typename Struct>
const Struct& checked(const Struct* from, const char* what) {
  if (from == nullptr || from->struct_size < sizeof(Struct)) {
    throw Error(Result::bad_request, Retry::never, std::string("struct too small: ") + what, what);
  }
  return *from;
}

// Element `index` of an array of the host, whose elements may be larger than ours.
template <typename Struct>
const Struct& element(const Struct* items, std::size_t index, const char* what) {
  const std::size_t stride = checked(items, what).struct_size;
  const char* at = reinterpret_cast<const char*>(items) + index * stride;
  return checked(reinterpret_cast<const Struct*>(at), what);
}

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

// The text lists that the C structs of one batch point into.
using Lists = std::list<std::vector<talent_loan_text>>;

inline talent_loan_texts c(const std::vector<std::string>& texts, Lists& lists) {
  if (texts.empty()) return {nullptr, 0};
  auto& list = lists.emplace_back();
  for (const std::string& text : texts) list.push_back(c(text));
  return {list.data(), list.size()};
}

inline talent_loan_application c(const Application& from, Lists& lists) {
  auto out = sized<talent_loan_application>();
  out.borrower_kind = static_cast<talent_loan_borrower_kind>(from.borrower_kind);
  out.application_id = c(from.application_id);
  out.borrower_id = c(from.borrower_id);
  out.applied_on = c(from.applied_on);
  out.term_months = from.term_months.value_or(0);
  out.amount = from.amount.count;
  out.rate = c(from.rate);
  out.purpose = c(from.purpose);
  out.secured = c(from.secured);
  out.guaranteed = c(from.guaranteed);
  out.tags = c(from.tags, lists);
  return out;
}

inline talent_loan_event c(const Event& from, Lists&) {
  auto out = sized<talent_loan_event>();
  out.kind = static_cast<talent_loan_event_kind>(from.kind);
  out.event_id = c(from.event_id);
  out.loan_id = c(from.loan_id);
  out.happened_on = c(from.happened_on);
  out.overdue_days = from.overdue_days;
  out.amount = from.amount.count;
  out.costs = from.costs.count;
  out.loan_class = from.loan_class ? static_cast<talent_loan_class>(*from.loan_class) : 0;
  out.due_on = c(from.due_on);
  out.sequence = from.sequence;
  return out;
}

inline talent_loan_claim c(const Claim& from, Lists&) {
  auto out = sized<talent_loan_claim>();
  out.claim_id = c(from.claim_id);
  out.loan_id = c(from.loan_id);
  out.borrower_id = c(from.borrower_id);
  out.bank_id = c(from.bank_id);
  out.disbursed_on = c(from.disbursed_on);
  out.defaulted_on = c(from.defaulted_on);
  out.claimed_on = c(from.claimed_on);
  out.outstanding_principal = from.outstanding_principal.count;
  out.recovered_principal = from.recovered_principal.count;
  out.loan_amount = from.loan_amount ? from.loan_amount->count : -1;
  out.line = from.line;
  return out;
}

inline talent_loan_reject c(const Reject& from) {
  auto out = sized<talent_loan_reject>();
  out.code = static_cast<talent_loan_reject_code>(from.code);
  out.source = c(from.source);
  out.line = from.line;
  out.key = c(from.key);
  out.text = c(from.text);
  return out;
}

inline Decision value(const talent_loan_decision& from) {
  return {value(from.key),           value(from.decision_id), value(from.application_id), from.eligible == TALENT_LOAN_YES,
          values(from.reasons),      value(from.policy_version), value(from.programme),   values(from.cites),
          day(from.decided_on)};
}

inline IssueRequest value(const talent_loan_issue& from) {
  return {value(from.key), value(from.application_id), value(from.decision_id), day(from.as_of)};
}

inline Settled value(const talent_loan_settled& from) {
  Settled out{value(from.key),  value(from.batch_id),       value(from.claim_id),      value(from.loan_id),
              from.accepted == TALENT_LOAN_YES, value(from.code), value(from.policy_version), Fen{from.principal_loss},
              Fen{from.paid},   Fen{from.bank_bears},       {}};
  for (std::size_t i = 0; i < from.payer_count; ++i) {
    const auto& payer = element(from.payers, i, "payers");
    out.payers.push_back({value(payer.payer), Fen{payer.pays}, Fen{payer.bears}});
  }
  return out;
}

inline Scored value(const talent_loan_scored& from) {
  Scored out{value(from.key), from.year, value(from.score), from.rank, from.banks, value(from.grade), {}};
  for (std::size_t i = 0; i < from.breakdown_count; ++i) {
    const auto& points = element(from.breakdown, i, "breakdown");
    out.breakdown.push_back({value(points.indicator), value(points.points)});
  }
  return out;
}

template <typename Value, typename Struct>
std::vector<Value> batch(const Struct* items, std::size_t count, const char* what) {
  std::vector<Value> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.push_back(value(element(items, i, what)));
  return out;
}

// Gathers records into batches of up to `batch_records` for the host's sink.
template <typename Record, typename CRecord, typename CSink>
class Batches final : public Sink<Record> {
 public:
  static constexpr std::size_t batch_records = 512;
  Batches(const CSink& sink, const Poll& poll) : sink_(sink), left_(poll.at_most), after_(poll.after) {}

  bool deliver(Record record, Cursor after) override {
    if (stopped_) throw Error(Result::internal, Retry::never, "a record was handed over after the host had said stop");
    if (records_.capacity() == 0) records_.reserve(left_ < batch_records ? left_ : batch_records);
    records_.push_back(std::move(record));
    after_ = std::move(after);
    moved_ = true;
    if (--left_ == 0) stopped_ = true;
    if (stopped_ || records_.size() == batch_records) flush();
    return !stopped_;
  }
  void skip_to(Cursor after) override {
    after_ = std::move(after);
    moved_ = true;
  }
  void reject(Reject row) override { rejects_.push_back(std::move(row)); }

  void flush() {
    if (!rejects_.empty()) {
      std::vector<talent_loan_reject> rows;
      rows.reserve(rejects_.size());
      for (const Reject& row : rejects_) rows.push_back(c(row));
      sink_.reject(&sink_, rows.data(), rows.size());
      rejects_.clear();
    }
    if (!moved_) return;
    Lists lists;
    std::vector<CRecord> items;
    items.reserve(records_.size());
    for (const Record& record : records_) items.push_back(c(record, lists));
    const talent_loan_cursor after = c(after_);
    if (sink_.take(&sink_, items.data(), items.size(), &after) != TALENT_LOAN_SINK_CONTINUE) stopped_ = true;
    records_.clear();
    moved_ = false;
  }

 private:
  const CSink& sink_;
  std::uint32_t left_;
  Cursor after_;
  bool moved_ = false;
  bool stopped_ = false;
  std::vector<Record> records_;
  std::vector<Reject> rejects_;
};

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

template <typename Value, typename Struct, typename Answers, typename CSink, auto Method>
talent_loan_result tell(const talent_loan_call* call, talent_loan_instance* instance, const Struct* items,
                        std::size_t count, const CSink* sink) {
  return guarded(call, [&] {
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
      &tell<Decision, talent_loan_decision, ReceiptsOut, talent_loan_answer_sink, &Adapter::decisions>,
      &tell<IssueRequest, talent_loan_issue, IssueAnswersOut, talent_loan_issue_answer_sink, &Adapter::issues>,
      &poll<Event, talent_loan_event, talent_loan_event_sink, &Adapter::poll_events>,
      &poll<Claim, talent_loan_claim, talent_loan_claim_sink, &Adapter::poll_claims>,
      &tell<Settled, talent_loan_settled, ReceiptsOut, talent_loan_answer_sink, &Adapter::settlements>,
      &tell<Scored, talent_loan_scored, ReceiptsOut, talent_loan_answer_sink, &Adapter::scores>,
  };
  static constexpr std::string_view offered = TALENT_LOAN_ADAPTER_TABLE_1;
  return std::string_view(name.data, name.size) == offered ? &functions : nullptr;
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
