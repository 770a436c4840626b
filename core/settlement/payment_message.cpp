#include "core/settlement/payment_message.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pugixml.hpp>

#include "core/settlement/batch_rows.hpp"

namespace talent_loan {
namespace {

constexpr const char* pain_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.10";

// One debtor and what it pays.
struct DebtorPayments {
  SiteParty debtor;
  std::vector<Payment> payments;
  Fen sum;
};

// What the schema takes: characters, not bytes; control characters can stand in no XML at all.
bool fits(const std::string& text, std::size_t at_most) {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  const auto characters = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  return !text.empty() && !control && characters <= at_most;
}

constexpr std::size_t name_at_most = 140, account_at_most = 34, agent_at_most = 35, text_at_most = 140;

bool usable(const SiteParty& party) { return fits(party.name.chinese, name_at_most) && fits(party.account, account_at_most) && fits(party.agent, agent_at_most); }

// The first `at_most` characters.
std::string cut(const std::string& text, std::size_t at_most) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && ++characters > at_most) return text.substr(0, i);
  }
  return text;
}

const SiteParty* party(const std::vector<SiteParty>& parties, const std::string& id) {
  const auto found = std::find_if(parties.begin(), parties.end(), [&](const SiteParty& p) { return p.id == id && !p.account.empty() && !p.agent.empty(); });
  return found == parties.end() ? nullptr : &*found;
}

// Whether the payment belongs in the next message. The first holds all; once the bank has answered it, what is still
// instructed is on its way, and only what failed is sent again.
bool to_be_sent(const Payment& payment, bool first) { return payment.status == "failed" || (first && payment.status == "instructed"); }

// By fund or payer, in the order of the batch's payments.
std::vector<DebtorPayments> by_debtor(const std::vector<Payment>& payments, bool first, const Site& site) {
  std::vector<DebtorPayments> debtors;
  std::vector<std::string> missing, unusable;
  const auto need = [&](const std::vector<SiteParty>& parties, const char* key, const std::string& id) {
    const SiteParty* found = party(parties, id);
    const std::string name = std::string(key) + "." + id;
    std::vector<std::string>& names = found == nullptr ? missing : unusable;
    if ((found == nullptr || !usable(*found)) && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return found;
  };
  for (const Payment& payment : payments) {
    if (!to_be_sent(payment, first)) continue;
    const bool from_fund = !payment.fund.empty();
    const std::string& id = from_fund ? payment.fund : payment.payer.text();
    const SiteParty* debtor = need(from_fund ? site.funds : site.payers, from_fund ? "funds" : "payers", id);
    need(site.banks, "banks", payment.bank.text());
    if (debtor == nullptr) continue;
    auto found = std::find_if(debtors.begin(), debtors.end(), [&](const DebtorPayments& d) { return d.debtor.account == debtor->account && d.debtor.id == id; });
    if (found == debtors.end()) found = debtors.insert(debtors.end(), {*debtor, {}, {}});
    found->payments.push_back(payment);
    found->sum += payment.amount;
  }
  if (!unusable.empty()) {
    throw Failure({fmt::format("site.yaml 中这些户名、账号或行号不能写入付款报文：{}", fmt::join(unusable, "、")),
                   fmt::format("site.yaml: names, accounts or agents that a payment message cannot hold: {}", fmt::join(unusable, ", "))},
                  {fmt::format("户名 1 至 {} 字，账号至多 {}，行号至多 {}，不含控制字符", name_at_most, account_at_most, agent_at_most),
                   fmt::format("names of 1 to {} characters, accounts of at most {}, agents of at most {}, no control characters", name_at_most, account_at_most, agent_at_most)});
  }
  if (missing.empty()) return debtors;
  throw Failure({fmt::format("site.yaml 中缺少账号（account、agent）：{}", fmt::join(missing, "、")),
                 fmt::format("site.yaml gives no account and agent for: {}", fmt::join(missing, ", "))},
                {"补充后重试；CSV 付款指令不需要账号", "add them; payments as CSV need none"});
}

pugi::xml_node child(pugi::xml_node parent, const char* name) { return parent.append_child(name); }

void leaf(pugi::xml_node parent, const char* name, const std::string& text) { child(parent, name).text().set(text.c_str()); }

void agent(pugi::xml_node parent, const char* name, const SiteParty& of) {
  leaf(child(child(child(parent, name), "FinInstnId"), "ClrSysMmbId"), "MmbId", of.agent);
}

void account(pugi::xml_node parent, const char* name, const SiteParty& of) {
  const pugi::xml_node node = child(parent, name);
  leaf(child(child(node, "Id"), "Othr"), "Id", of.account);
  leaf(node, "Ccy", "CNY");
}

void append_transfer(pugi::xml_node info, const BatchRecord& batch, const Payment& payment, const SiteParty& creditor) {
  const pugi::xml_node transfer = child(info, "CdtTrfTxInf");
  leaf(child(transfer, "PmtId"), "EndToEndId", payment.id);
  const pugi::xml_node amount = child(child(transfer, "Amt"), "InstdAmt");
  pugi::xml_node(amount).append_attribute("Ccy").set_value("CNY");
  amount.text().set(format_yuan(payment.amount).c_str());
  agent(transfer, "CdtrAgt", creditor);
  leaf(child(transfer, "Cdtr"), "Nm", creditor.name.chinese);
  account(transfer, "CdtrAcct", creditor);
  leaf(child(transfer, "RmtInf"), "Ustrd", cut(fmt::format("人才贷风险补偿 {} {}", batch.batch.text(), payment.payer.text()), text_at_most));
}

void append_debtor(pugi::xml_node initiation, const BatchRecord& batch, const std::string& message, const Site& site, const DebtorPayments& debtor, std::size_t index) {
  const pugi::xml_node info = child(initiation, "PmtInf");
  leaf(info, "PmtInfId", fmt::format("{}-D{}", message, index));
  leaf(info, "PmtMtd", "TRF");
  leaf(info, "NbOfTxs", std::to_string(debtor.payments.size()));
  leaf(info, "CtrlSum", format_yuan(debtor.sum));
  leaf(child(info, "ReqdExctnDt"), "Dt", format_day(batch.as_of));
  leaf(child(info, "Dbtr"), "Nm", debtor.debtor.name.chinese);
  account(info, "DbtrAcct", debtor.debtor);
  agent(info, "DbtrAgt", debtor.debtor);
  for (const Payment& payment : debtor.payments) append_transfer(info, batch, payment, *party(site.banks, payment.bank.text()));
}

}  // namespace

std::string payment_message_id(Transaction& transaction, const BatchRecord& batch) {
  const auto reports = transaction.query_one("SELECT COUNT(*) FROM payment_reports WHERE batch = :batch", {batch.number});
  const std::int64_t round = reports->integer(0);
  return round == 0 ? batch.batch.text() : fmt::format("{}-M{}", batch.batch.text(), round + 1);
}

std::string payment_message(Transaction& transaction, const BatchRecord& batch, const Site& site) {
  const std::string message = payment_message_id(transaction, batch);
  const std::vector<DebtorPayments> debtors = by_debtor(stored_payments(transaction, batch.number), message == batch.batch.text(), site);
  if (batch.status != BatchStatus::booked || debtors.empty()) {
    throw Failure({fmt::format("批次 {} 状态 {}，没有待付款项", batch.batch.text(), word(batch.status)),
                   fmt::format("batch {} is {}: there is nothing to pay", batch.batch.text(), word(batch.status))},
                  {"付款报文只含已记账批次的付款；银行已有回执之后，只含失败的付款", "a payment message holds the payments of a booked batch; once its bank has reported, those that failed"});
  }
  const auto booked_at = transaction.query_one("SELECT booked_at FROM settlement_batches WHERE number = :number", {batch.number});
  std::size_t count = 0;
  Fen sum;
  for (const DebtorPayments& debtor : debtors) count += debtor.payments.size(), sum += debtor.sum;
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("Document");
  root.append_attribute("xmlns").set_value(pain_001);
  const pugi::xml_node initiation = child(root, "CstmrCdtTrfInitn");
  const pugi::xml_node header = child(initiation, "GrpHdr");
  leaf(header, "MsgId", message);
  leaf(header, "CreDtTm", booked_at->text(0));
  leaf(header, "NbOfTxs", std::to_string(count));
  leaf(header, "CtrlSum", format_yuan(sum));
  leaf(child(header, "InitgPty"), "Nm", cut(site.city.chinese + "财政局", name_at_most));
  for (std::size_t i = 0; i < debtors.size(); ++i) append_debtor(initiation, batch, message, site, debtors[i], i + 1);
  std::ostringstream out;
  document.save(out, "  ", pugi::format_indent, pugi::encoding_utf8);
  return out.str();
}

}  // namespace talent_loan
