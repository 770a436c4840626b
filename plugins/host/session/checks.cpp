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
Polled<Record> converted(const RawPolled<Raw>& raw, const PollRequest& poll, Convert convert) {
  Polled<Record> out;
  out.after = checked_cursor(raw, poll);
  out.moved = out.after != poll.after;
  out.rejects = checked_rejects(raw.rejects);
  out.records.reserve(raw.records.size());
  for (const Raw& record : raw.records) convert(record, out);
  return out;
}

bool valid_borrower(BorrowerKind kind, const std::string& id) {
  return kind == BorrowerKind::employer ? valid_social_credit_code(id) : plausible_identity_number(id);
}

void convert_application(const RawApplication& raw, const BankId& bank, Polled<Application>& out) {
  const FieldChecks check("application", raw.application_id);
  Application made;
  made.bank = bank;
  made.id = ApplicationId(check.identifier(raw.application_id, "application_id"));
  made.borrower_kind = static_cast<BorrowerKind>(check.one_of(raw.borrower_kind, TALENT_LOAN_BORROWER_EMPLOYER, "borrower_kind"));
  made.borrower_id = check.identifier(raw.borrower_id, "borrower_id");
  made.applied_on = check.day(raw.applied_on, "applied_on");
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

void convert_event(const RawEvent& raw, const BankId& bank, Polled<LoanEvent>& out) {
  const FieldChecks check("event", raw.event_id);
  LoanEvent& made = out.records.emplace_back();  // in its place: a poll may bring a million
  made.bank = bank;
  made.id = EventId(check.identifier(raw.event_id, "event_id"));
  made.loan = LoanId(check.identifier(raw.loan_id, "loan_id"));
  made.kind = static_cast<EventKind>(check.one_of(raw.kind, TALENT_LOAN_EVENT_WRITE_OFF, "kind"));
  made.occurred_on = check.day(raw.happened_on, "happened_on");
  made.sequence = check.within(raw.sequence, 0, INT64_MAX, "sequence");
  const Fen amount = check.amount(raw.amount, "amount");
  const Fen costs = check.amount(raw.costs, "costs");
  const std::int64_t overdue_days = check.within(raw.overdue_days, 0, 36500, "overdue_days");
  switch (made.kind) {
    case EventKind::recovery:
    case EventKind::recovery_reversed:
      made.costs = costs;
      [[fallthrough]];
    case EventKind::repayment:
    case EventKind::write_off:
      made.amount = amount;
      if (amount == Fen(0)) {
        out.records.pop_back();
        out.rejects.push_back(rejected(raw.event_id, RowCode::bad_amount, {"金额为 0", "the amount is 0"}));
      }
      break;
    case EventKind::overdue:
      made.overdue_days = overdue_days;
      break;
    case EventKind::classification:
      made.loan_class = static_cast<LoanClass>(check.one_of(raw.loan_class, TALENT_LOAN_CLASS_LOSS, "loan_class"));
      break;
    case EventKind::extension:
    case EventKind::renewal:
      made.maturity = check.day(raw.due_on, "due_on");
      break;
    case EventKind::defaulted:
      break;
  }
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
  made.claim.claimed_on = check.optional_day(raw.claimed_on, "claimed_on").value_or(Day(poll.as_of));
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

IssueResult issue_result(const RawIssueAnswer& raw) {
  const FieldChecks check("issue", raw.key);
  IssueResult made;
  switch (check.one_of(raw.outcome, TALENT_LOAN_PENDING, "outcome")) {
    case TALENT_LOAN_DISBURSED:
      made.state = IssueState::disbursed;
      made.loan = LoanId(check.identifier(raw.loan_id, "loan_id"));
      made.amount = Fen(check.within(raw.amount, 1, TALENT_LOAN_FEN_AT_MOST, "amount"));
      made.disbursed_on = check.day(raw.disbursed_on, "disbursed_on");
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

std::string value_of(const RawAnswer& raw) { return FieldChecks("answer", raw.key).text(raw.receipt, "receipt"); }
IssueResult value_of(const RawIssueAnswer& raw) { return issue_result(raw); }

template <typename Value, typename Raw>
std::vector<Answered<Value>> matched(const std::vector<Raw>& raw, const std::vector<std::string>& keys) {
  std::map<std::string, const Raw*> by_key;
  for (const std::string& key : keys) by_key.emplace(key, nullptr);
  for (const Raw& answer : raw) {
    const auto asked = by_key.find(answer.key);
    if (asked == by_key.end()) broke_rules("answer", "key", {"没有问过 " + quoted(answer.key), quoted(answer.key) + " was not asked"}, {});
    if (asked->second != nullptr) broke_rules("answer", "key", {quoted(answer.key) + " 答了两次", quoted(answer.key) + " was answered twice"}, {});
    asked->second = &answer;
  }
  std::vector<Answered<Value>> out;
  for (const std::string& key : keys) {
    auto& made = out.emplace_back();
    made.key = key;
    const Raw* answer = by_key[key];
    if (answer == nullptr) {
      made.failure.emplace(AdapterFailure::Kind::timed_out, Retry::same_key, Diagnostic{{}, {"没有答复", "no answer"}, {}, {"下次同步用同一键再问", "it is asked again with the same key at the next sync"}});
    } else if (answer->result == TALENT_LOAN_OK) {
      made.value = value_of(*answer);
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

Polled<Application> checked(const RawPolled<RawApplication>& raw, const PollRequest& poll, const BankId& bank) {
  return converted<Application>(raw, poll, [&](const RawApplication& record, auto& out) { convert_application(record, bank, out); });
}
Polled<LoanEvent> checked(const RawPolled<RawEvent>& raw, const PollRequest& poll, const BankId& bank) {
  return converted<LoanEvent>(raw, poll, [&](const RawEvent& record, auto& out) { convert_event(record, bank, out); });
}
Polled<StatedClaim> checked(const RawPolled<RawClaim>& raw, const PollRequest& poll, const BankId& bank, bool serves_several) {
  return converted<StatedClaim>(raw, poll, [&](const RawClaim& record, auto& out) {
    convert_claim(record, stated_claim(record, poll, bank, serves_several), out);
  });
}
Polled<StatedClaim> stated(const RawPolled<RawClaim>& raw, const PollRequest& poll, const BankId& bank, bool serves_several) {
  return converted<StatedClaim>(raw, poll, [&](const RawClaim& record, auto& out) {
    out.records.push_back(stated_claim(record, poll, bank, serves_several));
  });
}
std::vector<Answered<std::string>> checked(const std::vector<RawAnswer>& raw, const std::vector<std::string>& keys) {
  return matched<std::string>(raw, keys);
}
std::vector<Answered<IssueResult>> checked(const std::vector<RawIssueAnswer>& raw, const std::vector<std::string>& keys) {
  return matched<IssueResult>(raw, keys);
}

}  // namespace talent_loan::host
