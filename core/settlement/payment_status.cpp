// The bank's answer to payment instructions: pain.002.001.11.
#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "core/files/files.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/settlement/payment_message.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

constexpr const char* pain_002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.11";

struct Reported {
  std::string end_to_end;
  std::string status;
  std::string reason;
  std::string amount;  // empty: not told
  std::string of_group{};  // PmtInfSts, what is said of the payments of one debtor together; may be empty
};

[[noreturn]] void refuse(const std::string& source, std::string chinese, std::string english) {
  throw Failure(Diagnostic{.place = {.file = source}, .found = {std::move(chinese), std::move(english)}, .allowed = {},
                           .remedy = {"未作任何标记；请与银行核对回执", "nothing was marked; check the report with the bank"}});
}

// Local names, whatever prefix the sender chose.
bool named(const pugi::xml_node& node, const char* name) {
  const char* local = std::strrchr(node.name(), ':');
  return std::strcmp(local == nullptr ? node.name() : local + 1, name) == 0;
}

std::vector<pugi::xml_node> children(const pugi::xml_node& parent, const char* name) {
  std::vector<pugi::xml_node> found;
  for (const pugi::xml_node& node : parent.children()) {
    if (named(node, name)) found.push_back(node);
  }
  return found;
}

std::string text_at(pugi::xml_node node, std::initializer_list<const char*> path) {
  for (const char* name : path) {
    const auto next = children(node, name);
    if (next.empty()) return "";
    node = next.front();
  }
  return node.text().get();
}

bool in_namespace(const pugi::xml_node& root) {
  for (const pugi::xml_attribute& attribute : root.attributes()) {
    if (std::strncmp(attribute.name(), "xmlns", 5) == 0 && std::strcmp(attribute.value(), pain_002) == 0) return true;
  }
  return false;
}

// The message that the report answers, and what it says of all of it.
struct Original {
  std::string message;
  std::string status;
  std::string reason;
  std::string count;
  std::string sum;
};

struct Answer {
  Original original;
  std::vector<Reported> payments;
  std::vector<std::string> groups{};  // every PmtInfSts
};

std::string reason_at(const pugi::xml_node& node) {
  const std::string code = text_at(node, {"StsRsnInf", "Rsn", "Cd"});
  const std::string own = code.empty() ? text_at(node, {"StsRsnInf", "Rsn", "Prtry"}) : code;
  const std::string more = text_at(node, {"StsRsnInf", "AddtlInf"});
  return own.empty() || more.empty() ? own + more : own + " " + more;
}

Reported payment_from(const pugi::xml_node& item, const std::string& source) {
  const std::string currency = [&] {
    for (const auto& reference : children(item, "OrgnlTxRef")) {
      for (const auto& amount : children(reference, "Amt")) {
        for (const auto& instructed : children(amount, "InstdAmt")) return std::string(instructed.attribute("Ccy").value());
      }
    }
    return std::string("CNY");
  }();
  Reported reported{text_at(item, {"OrgnlEndToEndId"}), text_at(item, {"TxSts"}), reason_at(item), text_at(item, {"OrgnlTxRef", "Amt", "InstdAmt"})};
  if (currency != "CNY") {
    refuse(source, fmt::format("付款 {} 的币种为 {}", quoted(reported.end_to_end), quoted(currency)), fmt::format("payment {} is told in {}", quoted(reported.end_to_end), quoted(currency)));
  }
  return reported;
}

Answer parse(const std::string& xml, const std::string& source) {
  if (const std::size_t at = invalid_utf8_at(xml); at != std::string::npos || xml.find('\0') != std::string::npos) {
    refuse(source, "回执不是 UTF-8 文本", "the report is no UTF-8 text");
  }
  pugi::xml_document document;
  // No document type, so no entities of the sender's own: they stay text that no rule accepts.
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8);
  const pugi::xml_node root = document.document_element();
  if (!parsed || !named(root, "Document") || !in_namespace(root)) {
    refuse(source, "不是 pain.002.001.11 回执", "this is no pain.002.001.11 status report");
  }
  Answer answer;
  for (const auto& report : children(root, "CstmrPmtStsRpt")) {
    for (const auto& group : children(report, "OrgnlGrpInfAndSts")) {
      answer.original = {text_at(group, {"OrgnlMsgId"}), text_at(group, {"GrpSts"}), reason_at(group), text_at(group, {"OrgnlNbOfTxs"}), text_at(group, {"OrgnlCtrlSum"})};
    }
    for (const auto& info : children(report, "OrgnlPmtInfAndSts")) {
      answer.groups.push_back(text_at(info, {"PmtInfSts"}));
      for (const auto& item : children(info, "TxInfAndSts")) {
        answer.payments.push_back(payment_from(item, source));
        answer.payments.back().of_group = answer.groups.back();
      }
    }
  }
  return answer;
}

// The payments of the batch whose first message the report answers: that message held all of them. Empty where the
// message is none of those.
std::vector<Payment> payments_of_message(Transaction& transaction, const std::string& message) {
  const auto batch = find_batch(transaction, BatchId(message));
  return batch ? stored_payments(transaction, batch->number) : std::vector<Payment>{};
}

// As numbers, which may be written in several ways: "02", "1422.210".
bool same_count(std::string told, std::size_t sent) {
  told.erase(0, std::min(told.find_first_not_of('0'), told.size() - 1));
  return told == std::to_string(sent);
}

bool same_sum(std::string told, FenSum sent) {
  const std::size_t point = told.find('.');
  while (point != std::string::npos && told.size() > point + 3 && told.back() == '0') told.pop_back();
  const auto amount = parse_yuan(told);
  return amount && amount->count() == sent.count();
}

// What the report says of the message as a whole must be what was sent.
void check_original(Transaction& transaction, const Original& original, const std::string& source) {
  const std::vector<Payment> sent = payments_of_message(transaction, original.message);
  if (sent.empty()) return;
  FenSum sum;
  for (const Payment& payment : sent) sum += payment.amount;
  const bool count_differs = !original.count.empty() && !same_count(original.count, sent.size());
  const bool sum_differs = !original.sum.empty() && !same_sum(original.sum, sum);
  if (!count_differs && !sum_differs) return;
  refuse(source,
         fmt::format("回执所述原报文 {} 共 {} 笔、{} 元；账中为 {} 笔、{} 元", quoted(original.message), quoted(original.count), quoted(original.sum), sent.size(), format_yuan(sum)),
         fmt::format("the report says that message {} held {} payments of {}; the books say {} of {}", quoted(original.message), quoted(original.count), quoted(original.sum), sent.size(),
                     format_yuan(sum)));
}

constexpr std::array<std::string_view, 11> not_final{"ACCP", "ACFC", "ACIS", "ACSP", "ACTC", "ACWC", "ACWP", "BLCK", "PATC", "PDNG", "RCVD"};

// The status that the books keep; empty where the report is not final.
std::string final_status(const std::string& status, const std::string& source) {
  if (status == "ACSC" || status == "ACCC") return "paid";
  if (status == "RJCT" || status == "CANC") return "failed";
  if (std::find(not_final.begin(), not_final.end(), status) == not_final.end()) {
    refuse(source, fmt::format("不认识的状态 {}", quoted(status)), fmt::format("unknown status {}", quoted(status)));
  }
  return "";
}

// One status for the whole message stands for each of its payments.
std::vector<Reported> payments_told(Transaction& transaction, const Answer& answer, const std::string& source) {
  if (!answer.payments.empty()) return answer.payments;
  const Original& original = answer.original;
  std::vector<Reported> all;
  if (original.status.empty() || original.status == "PART") refuse(source, "回执中没有逐笔状态", "the report holds no transaction status");
  for (const Payment& payment : payments_of_message(transaction, original.message)) all.push_back({payment.id, original.status, original.reason, ""});
  if (all.empty()) {
    refuse(source, fmt::format("没有发出过报文 {}", quoted(original.message)), fmt::format("there is no batch whose first message was {}", quoted(original.message)));
  }
  return all;
}

void check_told_once(const std::vector<Reported>& payments, const std::string& source) {
  std::map<std::string, std::string> told;
  for (const Reported& item : payments) {
    const auto [known, added] = told.emplace(item.end_to_end, item.status);
    if (added || known->second == item.status) continue;
    refuse(source, fmt::format("付款 {} 有两种状态 {}、{}", quoted(item.end_to_end), quoted(known->second), quoted(item.status)),
           fmt::format("payment {} is told as both {} and {}", quoted(item.end_to_end), quoted(known->second), quoted(item.status)));
  }
}

// A status of many payments that is final holds for each of them: where one is told otherwise, the report cannot be right.
void check_not_contradicted(const Answer& answer, const std::vector<Reported>& payments, const std::string& source) {
  const auto require_same = [&](const std::string& of_many, const Reported& item) {
    if (of_many.empty() || of_many == "PART") return;
    const std::string all = final_status(of_many, source);
    if (all.empty() || all == final_status(item.status, source)) return;
    refuse(source, fmt::format("付款 {} 为 {}，而其整组或整个报文为 {}", quoted(item.end_to_end), quoted(item.status), quoted(of_many)),
           fmt::format("payment {} is told as {}, and its group or the whole message as {}", quoted(item.end_to_end), quoted(item.status), quoted(of_many)));
  };
  for (const Reported& item : payments) {
    require_same(answer.original.status, item);
    require_same(item.of_group, item);
    if (!answer.payments.empty()) continue;
    for (const std::string& group : answer.groups) require_same(group, item);  // it is not told which payments are whose
  }
}

void keep_report(Transaction& transaction, std::int64_t batch, const Reported& item, const std::string& status, const std::string& source, const UserId& user) {
  transaction.execute(
      "INSERT INTO payment_reports (batch, payment_id, number, status, reason, source, reported_by, reported_at)"
      " SELECT CAST(:batch AS BIGINT), CAST(:id AS TEXT), COALESCE(MAX(number), 0) + 1, CAST(:status AS TEXT), CAST(:reason AS TEXT), CAST(:source AS TEXT),"
      " CAST(:by AS TEXT), CAST(:at AS TEXT) FROM payment_reports WHERE batch = :same_batch AND payment_id = :same",
      {batch, item.end_to_end, status, item.reason, source, user, format_utc(transaction.now()), batch, item.end_to_end});
}

// The message that was last sent for the batch of these payments, before this report changes anything: what failed in an
// earlier one and is told to have failed in this one failed again. Empty where none is known.
std::string latest_message(Transaction& transaction, const std::vector<Reported>& payments) {
  for (const Reported& item : payments) {
    const auto batch = transaction.query_one("SELECT b.batch_id FROM settlement_payments p JOIN settlement_batches b ON b.number = p.batch WHERE p.payment_id = :id",
                                             {item.end_to_end});
    if (batch) return payment_message_id(transaction, find_batch(transaction, batch->id<BatchId>(0)).value());
  }
  return "";
}

// What a report changes: the state of payments, and what was reported of them.
constexpr std::array<const char*, 2> tables_of_reports{"settlement_payments", "payment_reports"};

void record_report(Transaction& transaction, const PaymentStatusSummary& summary, const std::set<std::int64_t>& batches, const std::string& source, const UserId& user) {
  std::vector<Seal> seals;
  for (const std::int64_t batch : batches) {
    for (const char* table : tables_of_reports) seals.push_back(seal_rows(transaction, table, batch));
  }
  record(transaction, {.actor = user.text(), .action = "settle payment-status", .subject = source,
                       .details = fmt::format("{} paid, {} failed, {} pending", summary.paid, summary.failed, summary.pending), .cite = ""}, seals);
}

}  // namespace

PaymentStatusSummary apply_status_report(Transaction& transaction, const std::string& xml, const std::string& source, const UserId& user) {
  PaymentStatusSummary summary;
  const Answer answer = parse(xml, source);
  check_original(transaction, answer.original, source);
  const std::vector<Reported> payments = payments_told(transaction, answer, source);
  check_told_once(payments, source);
  check_not_contradicted(answer, payments, source);
  std::set<std::int64_t> batches;
  const std::string latest = latest_message(transaction, payments);
  for (const Reported& item : payments) {
    const auto stored = transaction.query_one("SELECT status, amount_fen, batch FROM settlement_payments WHERE payment_id = :id", {item.end_to_end});
    if (!stored) refuse(source, "没有付款 " + quoted(item.end_to_end), "there is no payment " + quoted(item.end_to_end));
    const std::string& before = stored->text(0);
    if (!item.amount.empty() && parse_yuan(item.amount) != stored->fen(1)) {
      refuse(source, fmt::format("付款 {} 金额 {}，账中为 {}", item.end_to_end, quoted(item.amount), format_yuan(stored->fen(1))),
             fmt::format("payment {} of {}: the books say {}", item.end_to_end, quoted(item.amount), format_yuan(stored->fen(1))));
    }
    const std::string now = final_status(item.status, source);
    if (now.empty()) {
      ++summary.pending;
      continue;
    }
    const bool failed_again = now == "failed" && !latest.empty() && answer.original.message == latest;
    if (now == before && !failed_again) {
      ++summary.repeated;
      continue;
    }
    if (before != "instructed" && before != "failed") {
      refuse(source, fmt::format("付款 {} 已是 {}，回执为 {}", item.end_to_end, before, quoted(item.status)),
             fmt::format("payment {} is {}, the report says {}", item.end_to_end, before, quoted(item.status)));
    }
    const std::int64_t batch = stored->integer(2);
    if (batches.insert(batch).second) {
      for (const char* table : tables_of_reports) require_untouched(transaction, table, batch);
    }
    transaction.execute("UPDATE settlement_payments SET status = :status, status_reason = :reason WHERE payment_id = :id",
                        {now, item.reason, item.end_to_end});
    keep_report(transaction, batch, item, now, source, user);
    ++(now == "paid" ? summary.paid : summary.failed);
  }
  if (summary.paid + summary.failed > 0) record_report(transaction, summary, batches, source, user);
  return summary;
}

}  // namespace talent_loan
