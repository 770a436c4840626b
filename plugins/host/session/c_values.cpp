#include "plugins/host/session/c_values.hpp"

#include <fmt/format.h>

namespace talent_loan::host {
namespace {

template <typename Struct>
Struct sized() {
  Struct made{};
  made.struct_size = sizeof(Struct);
  return made;
}

std::vector<talent_loan_text> texts_of(const std::vector<std::string>& texts) {
  std::vector<talent_loan_text> out;
  out.reserve(texts.size());
  for (const std::string& text : texts) out.push_back(borrowed(text));
  return out;
}

}  // namespace

void unreadable(talent_loan_text text, const char* field) {
  if (text.data == nullptr) throw Unreadable{{fmt::format("{}：空指针", field), fmt::format("{}: null pointer", field)}};
  throw Unreadable{{fmt::format("{}：{} 字节，超过 {}", field, text.size, TALENT_LOAN_TEXT_BYTES_AT_MOST),
                    fmt::format("{}: {} bytes, more than {}", field, text.size, TALENT_LOAN_TEXT_BYTES_AT_MOST)}};
}

std::vector<std::string> copied(talent_loan_texts texts, const char* field) {
  if (texts.count > list_items_at_most || (texts.count > 0 && texts.items == nullptr)) {
    throw Unreadable{{fmt::format("{}：列表无效（{} 项）", field, texts.count), fmt::format("{}: impossible list ({} items)", field, texts.count)}};
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < texts.count; ++i) out.push_back(copied(texts.items[i], field));
  return out;
}

RawError copied(const talent_loan_error* error) {
  const talent_loan_error& from = element_of(error, 0, "error");
  return {from.code, from.retry, copied(from.text, "error.text"), copied(from.field, "error.field")};
}

RawCursor copied(const talent_loan_cursor* cursor) {
  const talent_loan_cursor& from = element_of(cursor, 0, "cursor");
  return {from.position, copied(from.token, "cursor.token")};
}

RawReject copied(const talent_loan_reject& row) {
  return {row.code, copied(row.source, "reject.source"), row.line, copied(row.key, "reject.key"), copied(row.text, "reject.text")};
}

RawApplication copied(const talent_loan_application& from) {
  return {copied(from.application_id, "application_id"),
          from.borrower_kind,
          copied(from.borrower_id, "borrower_id"),
          from.applied_on,
          from.term_months,
          from.amount,
          from.rate,
          copied(from.purpose, "purpose"),
          from.secured,
          from.guaranteed,
          copied(from.tags, "tags")};
}

RawEvent copied(const talent_loan_event& from) {
  return {copied(from.event_id, "event_id"), from.kind,       copied(from.loan_id, "loan_id"),
          from.happened_on,                  from.overdue_days, from.amount,
          from.costs,                        from.loan_class, from.due_on,
          from.sequence};
}

RawClaim copied(const talent_loan_claim& from) {
  return {copied(from.claim_id, "claim_id"),
          copied(from.loan_id, "loan_id"),
          copied(from.borrower_id, "borrower_id"),
          copied(from.bank_id, "bank_id"),
          from.disbursed_on,
          from.defaulted_on,
          from.claimed_on,
          from.outstanding_principal,
          from.recovered_principal,
          from.loan_amount,
          from.line};
}

RawAnswer copied(const talent_loan_answer& from) {
  RawAnswer out{copied(from.key, "key"), from.result, copied(from.receipt, "receipt"), {}};
  if (from.error != nullptr) out.error.push_back(copied(from.error));
  return out;
}

RawIssueAnswer copied(const talent_loan_issue_answer& from) {
  RawIssueAnswer out{copied(from.key, "key"), from.result, {}, from.outcome, from.disbursed_on, copied(from.loan_id, "loan_id"),
                     from.amount, from.rate, from.due_on, from.term_months, copied(from.reason, "reason")};
  if (from.error != nullptr) out.error.push_back(copied(from.error));
  return out;
}

talent_loan_opening borrowed(const Opening& opening) {
  auto out = sized<talent_loan_opening>();
  out.language = opening.language;
  out.bank_id = borrowed(opening.bank_id);
  out.config = borrowed(opening.config);
  out.config_path = borrowed(opening.config_path);
  out.base_directory = borrowed(opening.base_directory);
  return out;
}

BorrowedDecisions::BorrowedDecisions(const std::vector<DecisionNotice>& items) {
  lists_.reserve(items.size() * 2);
  for (const DecisionNotice& item : items) {
    auto& out = structs_.emplace_back(sized<talent_loan_decision>());
    out.eligible = item.eligible;
    out.key = borrowed(item.key);
    out.decision_id = borrowed(item.decision_id);
    out.application_id = borrowed(item.application_id);
    out.policy_version = borrowed(item.policy_version);
    out.programme = borrowed(item.programme);
    out.decided_on = item.decided_on;
    const auto& reasons = lists_.emplace_back(texts_of(item.reasons));
    out.reasons = {reasons.data(), reasons.size()};
    const auto& cites = lists_.emplace_back(texts_of(item.cites));
    out.cites = {cites.data(), cites.size()};
  }
}

BorrowedIssues::BorrowedIssues(const std::vector<IssueRequest>& items) {
  for (const IssueRequest& item : items) {
    auto& out = structs_.emplace_back(sized<talent_loan_issue>());
    out.as_of = item.as_of;
    out.key = borrowed(item.key);
    out.application_id = borrowed(item.application_id);
    out.decision_id = borrowed(item.decision_id);
  }
}

BorrowedSettled::BorrowedSettled(const std::vector<SettledNotice>& items) {
  lists_.reserve(items.size());
  for (const SettledNotice& item : items) {
    auto& payers = lists_.emplace_back();
    for (const PayerLine& line : item.payers) {
      auto& payer = payers.emplace_back(sized<talent_loan_payer_amount>());
      payer.payer = borrowed(line.payer);
      payer.pays = line.pays;
      payer.bears = line.bears;
    }
    auto& out = structs_.emplace_back(sized<talent_loan_settled>());
    out.accepted = item.accepted;
    out.key = borrowed(item.key);
    out.batch_id = borrowed(item.batch_id);
    out.claim_id = borrowed(item.claim_id);
    out.loan_id = borrowed(item.loan_id);
    out.code = borrowed(item.code);
    out.policy_version = borrowed(item.policy_version);
    out.principal_loss = item.principal_loss;
    out.paid = item.paid;
    out.bank_bears = item.bank_bears;
    out.payers = payers.data();
    out.payer_count = payers.size();
  }
}

BorrowedScored::BorrowedScored(const std::vector<ScoredNotice>& items) {
  lists_.reserve(items.size());
  for (const ScoredNotice& item : items) {
    auto& breakdown = lists_.emplace_back();
    for (const PointsLine& line : item.breakdown) {
      auto& points = breakdown.emplace_back(sized<talent_loan_indicator_points>());
      points.indicator = borrowed(line.indicator);
      points.points = borrowed(line.points);
    }
    auto& out = structs_.emplace_back(sized<talent_loan_scored>());
    out.year = item.year;
    out.key = borrowed(item.key);
    out.score = borrowed(item.score);
    out.rank = item.rank;
    out.banks = item.banks;
    out.grade = borrowed(item.grade);
    out.breakdown = breakdown.data();
    out.breakdown_count = breakdown.size();
  }
}

}  // namespace talent_loan::host
