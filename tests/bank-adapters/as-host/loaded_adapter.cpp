#include "tests/bank-adapters/as-host/loaded_adapter.hpp"

#include <dlfcn.h>

#include <list>

namespace talent_loan::testing {
namespace {

namespace border = sdk::border;
using border::sized;

template <typename Optional>
std::optional<sdk::Day> maybe_day(Optional days) {
  return days == TALENT_LOAN_NO_DAY ? std::nullopt : std::optional(border::day(days));
}

sdk::Application value(const talent_loan_application& from) {
  sdk::Application out;
  out.application_id = border::value(from.application_id);
  out.borrower_kind = static_cast<sdk::BorrowerKind>(from.borrower_kind);
  out.borrower_id = border::value(from.borrower_id);
  out.applied_on = border::day(from.applied_on);
  out.amount = {from.amount};
  out.purpose = border::value(from.purpose);
  out.secured = from.secured == TALENT_LOAN_YES;
  out.guaranteed = from.guaranteed == TALENT_LOAN_YES;
  if (from.term_months > 0) out.term_months = from.term_months;
  if (from.rate >= 0) out.rate = sdk::Rate{from.rate};
  out.tags = border::values(from.tags);
  return out;
}

sdk::Event value(const talent_loan_event& from) {
  sdk::Event out;
  out.kind = static_cast<sdk::EventKind>(from.kind);
  out.event_id = border::value(from.event_id);
  out.loan_id = border::value(from.loan_id);
  out.happened_on = border::day(from.happened_on);
  out.overdue_days = from.overdue_days;
  out.amount = {from.amount};
  out.costs = {from.costs};
  if (from.loan_class != 0) out.loan_class = static_cast<sdk::LoanClass>(from.loan_class);
  out.due_on = maybe_day(from.due_on);
  out.sequence = from.sequence;
  return out;
}

sdk::Claim value(const talent_loan_claim& from) {
  sdk::Claim out;
  out.claim_id = border::value(from.claim_id);
  out.loan_id = border::value(from.loan_id);
  out.borrower_id = border::value(from.borrower_id);
  out.bank_id = border::value(from.bank_id);
  out.disbursed_on = border::day(from.disbursed_on);
  out.defaulted_on = border::day(from.defaulted_on);
  out.claimed_on = maybe_day(from.claimed_on);
  out.outstanding_principal = {from.outstanding_principal};
  out.recovered_principal = {from.recovered_principal};
  if (from.loan_amount >= 0) out.loan_amount = sdk::Fen{from.loan_amount};
  return out;
}

sdk::Reject value(const talent_loan_reject& from) {
  return {static_cast<sdk::RejectCode>(from.code), border::value(from.source), from.line, border::value(from.key), border::value(from.text)};
}

CallFailed value(const talent_loan_error& from) {
  return {static_cast<sdk::Result>(from.code), static_cast<sdk::Retry>(from.retry), border::value(from.text), border::value(from.field)};
}

Answer value(const talent_loan_answer& from) {
  return {border::value(from.key), border::value(from.receipt), {}, from.error == nullptr ? std::nullopt : std::optional(value(*from.error))};
}

Answer value(const talent_loan_issue_answer& from) {
  Answer out{border::value(from.key), {}, {}, from.error == nullptr ? std::nullopt : std::optional(value(*from.error))};
  if (out.failed) return out;
  out.issued.outcome = static_cast<sdk::IssueOutcome>(from.outcome);
  out.issued.loan_id = border::value(from.loan_id);
  out.issued.disbursed_on = maybe_day(from.disbursed_on);
  out.issued.amount = {from.amount};
  if (from.rate >= 0) out.issued.rate = sdk::Rate{from.rate};
  out.issued.due_on = maybe_day(from.due_on);
  if (from.term_months > 0) out.issued.term_months = from.term_months;
  out.issued.reason = border::value(from.reason);
  return out;
}

// The sinks' `host` is one of these.
template <typename Record>
struct Gathered {
  Polled<Record> polled;
};

template <typename Record, typename CSink, typename CRecord>
talent_loan_sink_reply take(const CSink* sink, const CRecord* items, std::size_t count, const talent_loan_cursor* after) {
  auto& polled = static_cast<Gathered<Record>*>(sink->host)->polled;
  for (std::size_t i = 0; i < count; ++i) polled.records.push_back(value(items[i]));
  if (after->position < polled.cursor.position) throw std::runtime_error("the cursor went back");
  polled.cursor = {after->position, border::value(after->token)};
  return TALENT_LOAN_SINK_CONTINUE;
}

template <typename Record, typename CSink>
void reject(const CSink* sink, const talent_loan_reject* rows, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) static_cast<Gathered<Record>*>(sink->host)->polled.rejects.push_back(value(rows[i]));
}

template <typename CSink, typename CAnswer>
void take_answers(const CSink* sink, const CAnswer* items, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) static_cast<std::vector<Answer>*>(sink->host)->push_back(value(items[i]));
}

}  // namespace

sdk::Day day(const std::string& iso) {
  const std::chrono::year_month_day date{std::chrono::year(std::stoi(iso.substr(0, 4))), std::chrono::month(static_cast<unsigned>(std::stoi(iso.substr(5, 2)))),
                                         std::chrono::day(static_cast<unsigned>(std::stoi(iso.substr(8, 2))))};
  return sdk::Day(sdk::Day::duration(static_cast<int>(std::chrono::sys_days(date).time_since_epoch().count())));
}

// What the host keeps while a call runs.
struct LoadedAdapter::Running {
  std::chrono::steady_clock::time_point end;
  std::optional<std::chrono::steady_clock::time_point> cancel_at;
  std::optional<CallFailed> failed;
  std::vector<std::string>& log;
};

template <typename Call>
void LoadedAdapter::run(Call call) {
  const auto now = std::chrono::steady_clock::now();
  Running running{now + deadline, cancel_after ? std::optional(now + *cancel_after) : std::nullopt, std::nullopt, log_};
  auto context = sized<talent_loan_call>();
  context.host = &running;
  context.milliseconds_left = [](const talent_loan_call* with) -> std::int64_t {
    const auto left = static_cast<const Running*>(with->host)->end - std::chrono::steady_clock::now();
    return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
  };
  context.cancelled = [](const talent_loan_call* with) -> talent_loan_yes_no {
    const auto& at = static_cast<const Running*>(with->host)->cancel_at;
    return at && std::chrono::steady_clock::now() >= *at ? TALENT_LOAN_YES : TALENT_LOAN_NO;
  };
  context.fail = [](const talent_loan_call* with, const talent_loan_error* error) {
    static_cast<Running*>(with->host)->failed = value(*error);
  };
  context.log = [](const talent_loan_call* with, talent_loan_log_level, talent_loan_text line) {
    static_cast<Running*>(with->host)->log.push_back(border::value(line));
  };
  const talent_loan_result result = call(&context);
  if (result == TALENT_LOAN_OK) return;
  if (!running.failed || running.failed->text.empty()) throw std::runtime_error("an error without a text");
  if (static_cast<talent_loan_result>(running.failed->code) != result) throw std::runtime_error("another code than was stated");
  throw *running.failed;
}

LoadedAdapter::LoadedAdapter(const std::string& name, const std::string& config, const std::string& base_directory) {
  const std::string path = std::string(TALENT_LOAN_ADAPTERS) + "/" + name + ".so";
  library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) throw std::runtime_error(dlerror());
  const auto* entry = static_cast<const talent_loan_entry*>(dlsym(library_, "talent_loan_adapter_entry"));
  table_ = static_cast<const talent_loan_adapter_table*>(entry->get_table(border::c(std::string_view(TALENT_LOAN_ADAPTER_TABLE_1))));
  notices_ = static_cast<const talent_loan_notices_table*>(entry->get_table(border::c(std::string_view(TALENT_LOAN_NOTICES_TABLE_1))));
  auto opening = sized<talent_loan_opening>();
  opening.language = TALENT_LOAN_ENGLISH;
  opening.bank_id = border::c(std::string_view("bank-1"));
  opening.config = border::c(config);
  opening.config_path = border::c(std::string_view("bank.yaml"));
  opening.base_directory = border::c(base_directory);
  try {
    run([&](const talent_loan_call* call) { return table_->open(call, &opening, &instance_); });
  } catch (...) {
    dlclose(library_);
    throw;
  }
}

LoadedAdapter::~LoadedAdapter() {
  run([&](const talent_loan_call* call) { return table_->close(call, instance_); });
  dlclose(library_);
}

void LoadedAdapter::health() {
  run([&](const talent_loan_call* call) { return table_->health(call, instance_); });
}

bool LoadedAdapter::takes(sdk::Notice notice) {
  talent_loan_yes_no answer = 0;
  run([&](const talent_loan_call* call) { return notices_->takes(call, instance_, static_cast<talent_loan_notice>(notice), &answer); });
  return answer == TALENT_LOAN_YES;
}

template <typename Record, typename CSink, typename Function>
Polled<Record> LoadedAdapter::poll(Function function, const sdk::Cursor& after, std::uint32_t at_most, const std::string& as_of) {
  Gathered<Record> gathered;
  gathered.polled.cursor = after;
  auto sink = sized<CSink>();
  sink.host = &gathered;
  sink.take = &take<Record>;
  sink.reject = &reject<Record>;
  auto cursor = sized<talent_loan_cursor>();
  cursor.position = after.position;
  cursor.token = border::c(after.token);
  auto poll = sized<talent_loan_poll>();
  poll.at_most = at_most;
  poll.after = &cursor;
  poll.as_of = border::c(day(as_of));
  run([&](const talent_loan_call* call) { return function(call, instance_, &poll, &sink); });
  if (gathered.polled.records.size() > at_most) throw std::runtime_error("more records than asked for");
  return gathered.polled;
}

Polled<sdk::Application> LoadedAdapter::poll_applications(const sdk::Cursor& after, std::uint32_t at_most, const std::string& as_of) {
  return poll<sdk::Application, talent_loan_application_sink>(table_->poll_applications, after, at_most, as_of);
}
Polled<sdk::Event> LoadedAdapter::poll_events(const sdk::Cursor& after, std::uint32_t at_most, const std::string& as_of) {
  return poll<sdk::Event, talent_loan_event_sink>(table_->poll_events, after, at_most, as_of);
}
Polled<sdk::Claim> LoadedAdapter::poll_claims(const sdk::Cursor& after, std::uint32_t at_most, const std::string& as_of) {
  return poll<sdk::Claim, talent_loan_claim_sink>(table_->poll_claims, after, at_most, as_of);
}

namespace {

talent_loan_decision c(const sdk::Decision& from, border::Texts& texts) {
  auto out = sized<talent_loan_decision>();
  out.eligible = border::c(from.eligible);
  out.key = border::c(from.key);
  out.decision_id = border::c(from.decision_id);
  out.application_id = border::c(from.application_id);
  out.reasons = texts.keep(from.reasons);
  out.policy_version = border::c(from.policy_version);
  out.programme = border::c(from.programme);
  out.cites = texts.keep(from.cites);
  out.decided_on = border::c(from.decided_on);
  return out;
}

talent_loan_issue c(const sdk::IssueRequest& from) {
  auto out = sized<talent_loan_issue>();
  out.as_of = border::c(from.as_of);
  out.key = border::c(from.key);
  out.application_id = border::c(from.application_id);
  out.decision_id = border::c(from.decision_id);
  return out;
}

talent_loan_settled c(const sdk::Settled& from, std::list<std::vector<talent_loan_payer_amount>>& payers) {
  auto out = sized<talent_loan_settled>();
  out.accepted = border::c(from.accepted);
  out.key = border::c(from.key);
  out.batch_id = border::c(from.batch_id);
  out.claim_id = border::c(from.claim_id);
  out.loan_id = border::c(from.loan_id);
  out.code = border::c(from.code);
  out.policy_version = border::c(from.policy_version);
  out.principal_loss = from.principal_loss.count;
  out.paid = from.paid.count;
  out.bank_bears = from.bank_bears.count;
  auto& list = payers.emplace_back();
  for (const sdk::PayerAmount& payer : from.payers) {
    auto amount = sized<talent_loan_payer_amount>();
    amount.payer = border::c(payer.payer);
    amount.pays = payer.pays.count;
    amount.bears = payer.bears.count;
    list.push_back(amount);
  }
  out.payers = list.data();
  out.payer_count = list.size();
  return out;
}

talent_loan_scored c(const sdk::Scored& from, std::list<std::vector<talent_loan_indicator_points>>& breakdowns) {
  auto out = sized<talent_loan_scored>();
  out.year = from.year;
  out.key = border::c(from.key);
  out.score = border::c(from.score);
  out.rank = from.rank;
  out.banks = from.banks;
  out.grade = border::c(from.grade);
  auto& list = breakdowns.emplace_back();
  for (const sdk::IndicatorPoints& points : from.breakdown) {
    auto one = sized<talent_loan_indicator_points>();
    one.indicator = border::c(points.indicator);
    one.points = border::c(points.points);
    list.push_back(one);
  }
  out.breakdown = list.data();
  out.breakdown_count = list.size();
  return out;
}

}  // namespace

template <typename CItem, typename Function>
std::vector<Answer> LoadedAdapter::tell(Function function, const std::vector<CItem>& items) {
  std::vector<Answer> answers;
  const auto ask = [&](auto sink) {
    sink.host = &answers;
    run([&](const talent_loan_call* call) { return function(call, instance_, items.data(), items.size(), &sink); });
  };
  if constexpr (std::is_same_v<CItem, talent_loan_issue>) {
    auto sink = sized<talent_loan_issue_answer_sink>();
    sink.take = &take_answers;
    ask(sink);
  } else {
    auto sink = sized<talent_loan_answer_sink>();
    sink.take = &take_answers;
    ask(sink);
  }
  if (answers.size() != items.size()) throw std::runtime_error("not one answer for each item");
  return answers;
}

std::vector<Answer> LoadedAdapter::decision(const std::vector<sdk::Decision>& items) {
  border::Texts texts;
  std::vector<talent_loan_decision> structs;
  for (const sdk::Decision& item : items) structs.push_back(c(item, texts));
  return tell(table_->decision, structs);
}

std::vector<Answer> LoadedAdapter::issue(const std::vector<sdk::IssueRequest>& items) {
  std::vector<talent_loan_issue> structs;
  for (const sdk::IssueRequest& item : items) structs.push_back(c(item));
  return tell(table_->issue, structs);
}

std::vector<Answer> LoadedAdapter::settled(const std::vector<sdk::Settled>& items) {
  std::list<std::vector<talent_loan_payer_amount>> payers;
  std::vector<talent_loan_settled> structs;
  for (const sdk::Settled& item : items) structs.push_back(c(item, payers));
  return tell(table_->settled, structs);
}

std::vector<Answer> LoadedAdapter::scored(const std::vector<sdk::Scored>& items) {
  std::list<std::vector<talent_loan_indicator_points>> breakdowns;
  std::vector<talent_loan_scored> structs;
  for (const sdk::Scored& item : items) structs.push_back(c(item, breakdowns));
  return tell(table_->scored, structs);
}

}  // namespace talent_loan::testing
