// The bank's answer to payment instructions: pain.002.001.11.
#include <cstring>
#include <map>

#include <fmt/format.h>
#include <pugixml.hpp>

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

std::vector<Reported> parse(const std::string& xml, const std::string& source) {
  pugi::xml_document document;
  // No document type, so no entities of the sender's own: they stay text that no rule accepts.
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8);
  const pugi::xml_node root = document.document_element();
  if (!parsed || !named(root, "Document") || !in_namespace(root)) {
    refuse(source, "不是 pain.002.001.11 回执", "this is no pain.002.001.11 status report");
  }
  std::vector<Reported> reported;
  for (const auto& report : children(root, "CstmrPmtStsRpt")) {
    for (const auto& info : children(report, "OrgnlPmtInfAndSts")) {
      for (const auto& item : children(info, "TxInfAndSts")) {
        reported.push_back({text_at(item, {"OrgnlEndToEndId"}), text_at(item, {"TxSts"}), text_at(item, {"StsRsnInf", "Rsn", "Cd"}),
                            text_at(item, {"OrgnlTxRef", "Amt", "InstdAmt"})});
      }
    }
  }
  if (reported.empty()) refuse(source, "回执中没有逐笔状态", "the report holds no transaction status");
  return reported;
}

// The status that the books keep; empty where the report is not final.
std::string final_status(const std::string& status) {
  if (status == "ACSC" || status == "ACCC") return "paid";
  return status == "RJCT" || status == "CANC" ? "failed" : "";
}

}  // namespace

PaymentStatusSummary apply_status_report(Transaction& transaction, const std::string& xml, const std::string& source, const UserId& user) {
  PaymentStatusSummary summary;
  for (const Reported& item : parse(xml, source)) {
    const auto stored = transaction.query_one("SELECT status, amount_fen FROM settlement_payments WHERE payment_id = :id", {item.end_to_end});
    if (!stored) refuse(source, "没有付款 " + quoted(item.end_to_end), "there is no payment " + quoted(item.end_to_end));
    const std::string& before = stored->text(0);
    if (!item.amount.empty() && parse_yuan(item.amount) != stored->fen(1)) {
      refuse(source, fmt::format("付款 {} 金额 {}，账中为 {}", item.end_to_end, quoted(item.amount), format_yuan(stored->fen(1))),
             fmt::format("payment {} of {}: the books say {}", item.end_to_end, quoted(item.amount), format_yuan(stored->fen(1))));
    }
    const std::string now = final_status(item.status);
    if (now.empty()) {
      ++summary.pending;
      continue;
    }
    if (now == before) {
      ++summary.repeated;
      continue;
    }
    if (before != "instructed" && before != "failed") {
      refuse(source, fmt::format("付款 {} 已是 {}，回执为 {}", item.end_to_end, before, quoted(item.status)),
             fmt::format("payment {} is {}, the report says {}", item.end_to_end, before, quoted(item.status)));
    }
    transaction.execute("UPDATE settlement_payments SET status = :status, status_reason = :reason WHERE payment_id = :id",
                        {now, item.reason, item.end_to_end});
    ++(now == "paid" ? summary.paid : summary.failed);
  }
  if (summary.paid + summary.failed > 0) {
    record(transaction, {.actor = user.text(), .action = "settle payment-status", .subject = source,
                         .details = fmt::format("{} paid, {} failed, {} pending", summary.paid, summary.failed, summary.pending), .cite = ""});
  }
  return summary;
}

}  // namespace talent_loan
