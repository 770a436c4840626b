#include "plugins/host/session/checks.hpp"

#include <map>

#include <fmt/format.h>
#include <talent_loan_adapter.h>

#include "core/talent/verification.hpp"
#include "plugins/host/session/field_checks.hpp"

namespace talent_loan::host {
namespace {

RejectedRow rejected(std::string key, RowCode code, Text message) { return {{}, 0, std::move(key), code, std::move(message)}; }

// The last cursor of a poll, after checking that none of its batches turned the stream back.
template <typename Record>
RawCursor checked_cursor(const RawPolled<Record>& raw, const PollRequest& poll) {
  RawCursor last = poll.after;
  std::uint64_t begin = 0;
  for (const RawBatch& batch : raw.batches) {
    FieldChecks("cursor").text(batch.after.token, "token");
    const bool has_records = batch.end > begin;
    const std::int64_t least = last.position + (has_records ? 1 : 0);
    if (batch.after.position < least) {
      broke_rules("cursor", "position", {fmt::format("从 {} 退到 {}", last.position, batch.after.position), fmt::format("went from {} back to {}", last.position, batch.after.position)},
                  {fmt::format("至少 {}", least), fmt::format("at least {}", least)});
    }
    begin = batch.end;
    last = batch.after;
  }
  return last;
}

std::vector<RejectedRow> checked_rejects(const std::vector<RawReject>& raw) {
  std::vector<RejectedRow> out;
  out.reserve(raw.size());
  for (const RawReject& row : raw) {
    const FieldChecks check("reject", row.key);
    const auto code = static_cast<RowCode>(check.one_of(row.code, TALENT_LOAN_RECOVERED_OVER_OUTSTANDING, "code"));
    if (row.text.empty()) broke_rules("reject " + quoted(row.key), "text", {"为空", "is empty"}, {"说明原因的句子", "a sentence that says why"});
    out.push_back({check.text(row.source, "source"), row.line, check.text(row.key, "key"), code, verbatim(check.text(row.text, "text"))});
  }
  return out;
}

template <typename Record, typename Raw, typename Convert>
Polled<Record> converted(RawPolled<Raw>& raw, const PollRequest& poll, Convert convert) {
  Polled<Record> out;
  out.after = checked_cursor(raw, poll);
  out.moved = out.after != poll.after;
  out.rejects = checked_rejects(raw.rejects);
  out.records.reserve(raw.records.size());
  for (Raw& record : raw.records) convert(record, out);
  return out;
}

bool valid_borrower(BorrowerKind kind, const std::string& id) {
  return kind == BorrowerKind::employer ? valid_social_credit_code(id) : plausible_identity_number(id);
}

void convert_application(const RawApplication& raw, std::int32_t as_of, const BankId& bank, Polled<Application>& out) {
  const FieldChecks check("application", raw.application_id);
  Application made;
  made.bank = bank;
  made.id = ApplicationId(check.identifier(raw.application_id, "application_id"));
  made.borrower_kind = static_cast<BorrowerKind>(check.one_of(raw.borrower_kind, TALENT_LOAN_BORROWER_EMPLOYER, "borrower_kind"));
  made.borrower_id = check.identifier(raw.borrower_id, "borrower_id");
  made.applied_on = check.dated(raw.applied_on, as_of, "applied_on");
  made.amount = check.amount(raw.amount, "amount");
  made.purpose = check.identifier(raw.purpose, "purpose");
  made.secured = check.yes_no(raw.secured, "secured");
  made.guaranteed = check.yes_no(raw.guaranteed, "guaranteed");
  made.term_months = check.optional_months(raw.term_months, "term_months");
  made.rate = check.optional_rate(raw.rate, "rate");
  for (const std::string& tag : raw.tags) made.tags.push_back(check.identifier(tag, "tags"));
  if (made.amount == Fen(0)) {
    out.rejects.push_back(rejected(raw.application_id, RowCode::bad_amount, {"申请金额为 0", "the amount applied for is 0"}));
  } else if (!valid_borrower(made.borrower_kind, made.borrower_id)) {
    const std::string shown = masked_identifier(made.borrower_id);
    out.rejects.push_back(rejected(raw.application_id, RowCode::bad_identifier, {"证件号或信用代码的校验不符：" + shown, "the borrower's number fails its check: " + shown}));
  } else {
    out.records.push_back(std::move(made));
  }
}

// What `make` returns, made where it is put: a vector moves nothing.
template <typename Make>
struct InPlace {
  Make make;
  operator decltype(std::declval<Make>()())() const { return make(); }
};
template <typename Make>
InPlace<Make> in_place(Make make) {
  return {std::move(make)};
}

bool moves_money(EventKind kind) {
  return kind == EventKind::repayment || kind == EventKind::recovery || kind == EventKind::recovery_reversed || kind == EventKind::write_off;
}

// Takes the texts of `raw` for its own: a poll may bring a million.
void convert_event(RawEvent& raw, std::int32_t as_of, const BankId& bank, Polled<LoanEvent>& out) {
  const FieldChecks check("event", raw.event_id);
  check.identifier(raw.event_id, "event_id");
  check.identifier(raw.loan_id, "loan_id");
  const auto kind = static_cast<EventKind>(check.one_of(raw.kind, TALENT_LOAN_EVENT_WRITE_OFF, "kind"));
  const Day occurred_on = check.dated(raw.happened_on, as_of, "happened_on");
  check.within(raw.sequence, 0, INT64_MAX, "sequence");
  const Fen amount = check.amount(raw.amount, "amount");
  const Fen costs = check.amount(raw.costs, "costs");
  check.within(raw.overdue_days, 0, 36500, "overdue_days");
  if (kind == EventKind::classification) check.one_of(raw.loan_class, TALENT_LOAN_CLASS_LOSS, "loan_class");
  const bool renewed = kind == EventKind::extension || kind == EventKind::renewal;
  if (renewed) check.day(raw.due_on, "due_on");
  if (amount == Fen(0) && moves_money(kind)) {
    out.rejects.push_back(rejected(raw.event_id, RowCode::bad_amount, {"金额为 0", "the amount is 0"}));
    return;
  }
  out.records.emplace_back(in_place([&] {
    return LoanEvent{
        .bank = bank,
        .id = EventId(std::move(raw.event_id)),
        .loan = LoanId(std::move(raw.loan_id)),
        .kind = kind,
        .occurred_on = occurred_on,
        .sequence = raw.sequence,
        .amount = moves_money(kind) ? std::optional(amount) : std::nullopt,
        .costs = kind == EventKind::recovery || kind == EventKind::recovery_reversed ? std::optional(costs) : std::nullopt,
        .overdue_days = kind == EventKind::overdue ? std::optional<std::int64_t>(raw.overdue_days) : std::nullopt,
        .loan_class = kind == EventKind::classification ? std::optional(static_cast<LoanClass>(raw.loan_class)) : std::nullopt,
        .maturity = renewed ? std::optional(Day(raw.due_on)) : std::nullopt,
    };
  }));
}

StatedClaim stated_claim(const RawClaim& raw, const PollRequest& poll, const BankId& bank, bool serves_several) {
  const FieldChecks check("claim", raw.claim_id);
  StatedClaim made;
  made.claim.bank = bank;
  if (!raw.bank_id.empty() && raw.bank_id != bank.text()) {
    if (!serves_several) {
      broke_rules("claim " + quoted(raw.claim_id), "bank_id", verbatim(quoted(raw.bank_id)), {"本行，或在 banks.yaml 中写 serves: several", "this bank, or `serves: several` in banks.yaml"});
    }
    made.claim.bank = BankId(check.text(raw.bank_id, "bank_id"));
  }
  made.claim.id = ClaimId(check.identifier(raw.claim_id, "claim_id"));
  made.claim.loan = LoanId(check.identifier(raw.loan_id, "loan_id"));
  made.borrower_id = check.identifier(raw.borrower_id, "borrower_id");
  made.disbursed_on = check.day(raw.disbursed_on, "disbursed_on");
  made.claim.defaulted_on = check.day(raw.defaulted_on, "defaulted_on");
  made.claim.claimed_on = raw.claimed_on == TALENT_LOAN_NO_DAY ? Day(poll.as_of) : check.dated(raw.claimed_on, poll.as_of, "claimed_on");
  made.claim.outstanding_principal = check.amount(raw.outstanding_principal, "outstanding_principal");
  made.claim.recovered_principal = check.amount(raw.recovered_principal, "recovered_principal");
  made.loan_amount = check.optional_amount(raw.loan_amount, "loan_amount");
  made.line = raw.line;
  return made;
}

void convert_claim(const RawClaim& raw, StatedClaim made, Polled<StatedClaim>& out) {
  if (made.claim.defaulted_on < made.disbursed_on) {
    const std::string days = format_day(made.claim.defaulted_on) + " < " + format_day(made.disbursed_on);
    out.rejects.push_back(rejected(raw.claim_id, RowCode::dates_out_of_order, {"违约日早于放款日：" + days, "defaulted before disbursed: " + days}));
  } else if (made.claim.recovered_principal > made.claim.outstanding_principal) {
    out.rejects.push_back(rejected(raw.claim_id, RowCode::recovered_over_outstanding, {"已收回本金超过未还本金", "more principal recovered than outstanding"}));
  } else {
    out.records.push_back(std::move(made));
    return;
  }
  out.rejects.back().line = raw.line;
}

IssueResult issue_result(const RawIssueAnswer& raw, std::int32_t as_of) {
  const FieldChecks check("issue", raw.key);
  IssueResult made;
  switch (check.one_of(raw.outcome, TALENT_LOAN_PENDING, "outcome")) {
    case TALENT_LOAN_DISBURSED:
      made.state = IssueState::disbursed;
      made.loan = LoanId(check.identifier(raw.loan_id, "loan_id"));
      made.amount = Fen(check.within(raw.amount, 1, TALENT_LOAN_FEN_AT_MOST, "amount"));
      made.disbursed_on = check.dated(raw.disbursed_on, as_of, "disbursed_on");
      made.maturity = check.optional_day(raw.due_on, "due_on");
      made.term_months = check.optional_months(raw.term_months, "term_months");
      made.rate = check.optional_rate(raw.rate, "rate");
      break;
    case TALENT_LOAN_DECLINED:
      made.state = IssueState::declined;
      made.declined_because = check.text(raw.reason, "reason");
      if (raw.reason.empty()) broke_rules("issue " + quoted(raw.key), "reason", {"为空", "is empty"}, {"银行拒绝的原因", "why the bank declined"});
      break;
    default:
      made.state = IssueState::pending;
  }
  return made;
}

// `value_of` reads the value of an answer that says OK, and of which key it is.
template <typename Value, typename Raw, typename ValueOf>
std::vector<Answered<Value>> matched(const std::vector<Raw>& raw, const std::vector<std::string>& keys, ValueOf value_of) {
  std::map<std::string, const Raw*> by_key;
  for (const std::string& key : keys) by_key.emplace(key, nullptr);
  for (const Raw& answer : raw) {
    const auto asked = by_key.find(answer.key);
    if (asked == by_key.end()) broke_rules("answer", "key", {"没有问过 " + quoted(answer.key), quoted(answer.key) + " was not asked"}, {});
    if (asked->second != nullptr) broke_rules("answer", "key", {quoted(answer.key) + " 答了两次", quoted(answer.key) + " was answered twice"}, {});
    asked->second = &answer;
  }
  std::vector<Answered<Value>> out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string& key = keys[i];
    auto& made = out.emplace_back();
    made.key = key;
    const Raw* answer = by_key[key];
    if (answer == nullptr) {
      made.failure.emplace(AdapterFailure::Kind::timed_out, Retry::same_key, Diagnostic{{}, {"没有答复", "no answer"}, {}, {"下次同步用同一键再问", "it is asked again with the same key at the next sync"}});
    } else if (answer->result == TALENT_LOAN_OK) {
      made.value = value_of(*answer, i);
    } else if (answer->error.empty() || answer->error.front().code != answer->result) {
      broke_rules("answer " + quoted(key), "error", {"失败却没有相符的说明", "failed without a matching error"}, {});
    } else {
      made.failure.emplace(stated_failure(answer->error.front()));
    }
  }
  return out;
}

}  // namespace

AdapterFailure stated_failure(const RawError& error) {
  const FieldChecks check("error");
  check.one_of(error.code - 1, TALENT_LOAN_INTERNAL - 1, "code");
  check.one_of(error.retry, TALENT_LOAN_RETRY_LATER, "retry");
  if (error.text.empty()) broke_rules("error", "text", {"为空", "is empty"}, {"说明原因的句子", "a sentence that says why"});
  static constexpr const char* words[] = {"BAD_CONFIG", "UNAVAILABLE", "DENIED", "BAD_DATA", "NOT_FOUND", "CONFLICT", "TIMED_OUT", "CANCELLED", "BAD_REQUEST", "INTERNAL"};
  const Place place{{}, 0, 0, check.text(error.field, "field")};
  const std::string stated = fmt::format("{}: {}", words[error.code - 2], check.text(error.text, "text"));
  const auto kind = error.code == TALENT_LOAN_TIMED_OUT ? AdapterFailure::Kind::timed_out : AdapterFailure::Kind::stated;
  return AdapterFailure(kind, static_cast<Retry>(error.retry), {place, verbatim(stated), {}, {}});
}

Notices checked(const RawNotices& raw) {
  if (raw.declared == 0) return {};
  const FieldChecks check("notices");
  return {check.yes_no(raw.decision, "decision"), check.yes_no(raw.issue, "issue"), check.yes_no(raw.settled, "settled"), check.yes_no(raw.scored, "scored")};
}
Polled<Application> checked(RawPolled<RawApplication> raw, const PollRequest& poll, const BankId& bank) {
  return converted<Application>(raw, poll, [&](const RawApplication& record, auto& out) { convert_application(record, poll.as_of, bank, out); });
}
Polled<LoanEvent> checked(RawPolled<RawEvent> raw, const PollRequest& poll, const BankId& bank) {
  return converted<LoanEvent>(raw, poll, [&](RawEvent& record, auto& out) { convert_event(record, poll.as_of, bank, out); });
}
Polled<StatedClaim> checked(RawPolled<RawClaim> raw, const PollRequest& poll, const BankId& bank, bool serves_several) {
  return converted<StatedClaim>(raw, poll, [&](const RawClaim& record, auto& out) {
    convert_claim(record, stated_claim(record, poll, bank, serves_several), out);
  });
}
Polled<StatedClaim> stated(RawPolled<RawClaim> raw, const PollRequest& poll, const BankId& bank, bool serves_several) {
  return converted<StatedClaim>(raw, poll, [&](const RawClaim& record, auto& out) {
    out.records.push_back(stated_claim(record, poll, bank, serves_several));
  });
}
std::vector<Answered<std::string>> checked(const std::vector<RawAnswer>& raw, const std::vector<std::string>& keys) {
  return matched<std::string>(raw, keys, [](const RawAnswer& answer, std::size_t) { return FieldChecks("answer", answer.key).text(answer.receipt, "receipt"); });
}
std::vector<Answered<IssueResult>> checked(const std::vector<RawIssueAnswer>& raw, const std::vector<IssueRequest>& asked) {
  std::vector<std::string> keys;
  for (const IssueRequest& request : asked) keys.push_back(request.key);
  return matched<IssueResult>(raw, keys, [&](const RawIssueAnswer& answer, std::size_t i) { return issue_result(answer, asked[i].as_of); });
}

}  // namespace talent_loan::host
