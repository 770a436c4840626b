#include "core/report/batch_report.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/report/amount_in_words.hpp"
#include "core/report/text_table.hpp"
#include "core/settlement/batch_rows.hpp"

namespace talent_loan {
namespace {

using Align = TextTable::Align;

Text status_words(BatchStatus status) {
  switch (status) {
    case BatchStatus::prepared: return {"待复核（未记账）", "prepared, not booked"};
    case BatchStatus::booked: return {"已记账", "booked"};
    case BatchStatus::reversed: return {"已冲销", "reversed"};
  }
  return {};
}

Text payment_words(const std::string& status) {
  if (status == "prepared") return {"待复核", status};
  if (status == "instructed") return {"已指令", status};
  if (status == "paid") return {"已付", status};
  if (status == "failed") return {"付款失败", status};
  return {"已作废", status};
}

// Writes one report; keeps what every section needs.
class Writer {
 public:
  Writer(Transaction& transaction, const BatchRecord& batch, const PolicySet& policies, const Site& site, Language language)
      : transaction_(transaction), batch_(batch), policies_(policies), site_(site), language_(language),
        totals_(stored_totals(transaction, batch.number)) {}

  std::string write() {
    head();
    banks();
    payments();
    awards();
    claims();
    rejected();
    waiting();
    clauses();
    return std::move(out_);
  }

 private:
  std::string say(const Text& text) const { return text.in(language_); }
  std::string say(const char* chinese, const char* english) const { return language_ == Language::chinese ? chinese : english; }
  void section(const char* chinese, const char* english) { out_ += "\n" + say(chinese, english) + "\n"; }
  TextTable::Column left(const char* chinese, const char* english) const { return {say(chinese, english)}; }
  TextTable::Column right(const char* chinese, const char* english) const { return {say(chinese, english), Align::right}; }

  void head() {
    out_ += say(site_.city) + say("人才贷风险补偿结算单", ": settlement of talent loan compensation");
    out_ += fmt::format("\n{} {}    {} {}    {} {}    {} {}\n", say("批次", "batch"), batch_.batch.text(), say("截至", "as of"),
                        format_day(batch_.as_of), say("方案", "scheme"), batch_.scheme.text(), say("状态", "status"),
                        say(status_words(batch_.status)));
    out_ += fmt::format("{} {}    {} {}\n", say("制单", "prepared by"), batch_.prepared_by.text(), say("复核", "booked by"),
                        batch_.booked_by.empty() ? "—" : batch_.booked_by.text());
    out_ += say("单位：元\n", "amounts in yuan\n");
  }

  void banks() {
    section("一、各银行汇总", "1. By bank");
    std::vector<TextTable::Column> columns{left("银行", "bank"), right("笔数", "claims"), right("本金损失", "principal loss")};
    for (const PayerId& payer : batch_.payers) {
      columns.push_back({say(site_.payer_name(payer)) + say("支付", " pays"), Align::right});
      columns.push_back({say(site_.payer_name(payer)) + say("承担", " bears"), Align::right});
    }
    columns.push_back(right("银行承担", "bank bears"));
    TextTable table(columns);
    BankTotal all;
    for (const auto& [bank, total] : totals_) {
      add_bank_row(table, say(site_.bank_name(bank)), total);
      all.claims += total.claims;
      all.principal_loss += total.principal_loss;
      all.bank_bears += total.bank_bears;
      for (const auto& [payer, amounts] : total.payers) {
        all.payers[payer].pays += amounts.pays;
        all.payers[payer].bears += amounts.bears;
      }
    }
    add_bank_row(table, say("合计", "total"), all);
    out_ += table.text("  ");
  }

  void add_bank_row(TextTable& table, const std::string& name, const BankTotal& total) {
    std::vector<std::string> cells{name, std::to_string(total.claims), format_yuan(total.principal_loss)};
    for (const PayerId& payer : batch_.payers) {
      const auto found = total.payers.find(payer);
      const PayerTotal amounts = found == total.payers.end() ? PayerTotal{} : found->second;
      cells.push_back(format_yuan(amounts.pays));
      cells.push_back(format_yuan(amounts.bears));
    }
    cells.push_back(format_yuan(total.bank_bears));
    table.add(std::move(cells));
  }

  void payments() {
    const std::vector<Payment> payments = stored_payments(transaction_, batch_.number);
    section("二、付款", "2. Payments");
    if (payments.empty()) return none();
    Fen sum;
    for (const Payment& payment : payments) {
      const std::string from = payment.fund.empty() ? say(site_.payer_name(payment.payer))
                                                    : say(site_.fund_name(payment.fund)) + "（" + say(site_.payer_name(payment.payer)) + "）";
      out_ += fmt::format("  {}  {} → {}  {}  {}\n", payment.id, from, say(site_.bank_name(payment.bank)), format_yuan(payment.amount),
                          say(payment_words(payment.status)));
      out_ += fmt::format("      {}\n", amount_in_words(payment.amount));
      sum += payment.amount;
    }
    out_ += fmt::format("  {} {}  {}\n", say("付款合计", "total paid"), format_yuan(sum), amount_in_words(sum));
  }

  void awards() {
    std::map<PayerId, Fen> due;
    for (const auto& [bank, total] : totals_) {
      for (const auto& [payer, amounts] : total.payers) due[payer] += amounts.reimburses;
    }
    std::erase_if(due, [](const auto& entry) { return entry.second == Fen(); });
    section("三、应向上级申请的奖励（由市财政先行支付）", "3. To be claimed from payers that reimburse");
    if (due.empty()) return none();
    for (const auto& [payer, amount] : due) {
      out_ += fmt::format("  {}  {}  {}\n", say(site_.payer_name(payer)), format_yuan(amount), amount_in_words(amount));
    }
  }

  void claims() {
    section("四、逐笔明细", "4. Claim by claim");
    TextTable table({left("申报号", "claim"), left("银行", "bank"), left("贷款号", "loan"), left("政策版本", "policy version"),
                     right("本金损失", "principal loss"), right("支付银行", "paid to bank"), right("银行承担", "bank bears")});
    each_line(transaction_, batch_.number, [&](const StoredLine& line) {
      Fen paid;
      for (const PayerAmount& payer : line.payers) paid += payer.pays;
      versions_.insert(line.version);
      table.add({line.claim_id.text(), say(site_.bank_name(line.bank)), line.loan.text(), line.version.text(), format_yuan(line.principal_loss),
                 format_yuan(paid), format_yuan(line.bank_bears)});
    });
    if (table.empty()) return none();
    out_ += table.text("  ");
  }

  void rejected() {
    section("五、未通过", "5. Rejected");
    TextTable table({left("申报号", "claim"), left("银行", "bank"), left("代码", "code"), left("原因", "reason")});
    transaction_.each(
        "SELECT c.claim_id, c.bank_id, r.code, r.chinese, r.english FROM settlement_rejects r JOIN claims c ON c.number = r.claim"
        " WHERE r.batch = :batch ORDER BY r.position",
        {batch_.number}, [&](const Row& row) {
          table.add({row.text(0), say(site_.bank_name(row.id<BankId>(1))), row.text(2), language_ == Language::chinese ? row.text(3) : row.text(4)});
        });
    if (table.empty()) return none();
    out_ += table.text("  ");
  }

  void waiting() {
    TextTable table({left("申报号", "claim"), left("银行", "bank"), left("基金", "fund"), right("需要", "needed")});
    transaction_.each(
        "SELECT c.claim_id, c.bank_id, w.fund, w.needed_fen FROM settlement_waiting w JOIN claims c ON c.number = w.claim"
        " WHERE w.batch = :batch ORDER BY w.position",
        {batch_.number}, [&](const Row& row) {
          table.add({row.text(0), say(site_.bank_name(row.id<BankId>(1))), say(site_.fund_name(row.text(2))), format_yuan(row.fen(3))});
        });
    if (table.empty()) return;
    section("六、基金不足，等待下一批次", "6. Waiting for their fund, in order");
    out_ += table.text("  ");
  }

  void clauses() {
    section("依据", "Rests on");
    if (versions_.empty()) return none();
    for (const VersionId& id : versions_) {
      const PolicyVersion* version = policies_.find(id);
      if (version == nullptr) {
        out_ += fmt::format("  {}\n", id.text());
        continue;
      }
      out_ += fmt::format("  {}  {}  {}\n", id.text(), version->document, version->title);
      std::set<std::string> cites;
      for (const Share& share : version->compensation.shares) cites.insert(share.cite);
      cites.insert(version->compensation.trigger.cite);
      cites.erase("");
      out_ += fmt::format("    {} {}\n", say("条款", "clauses"), fmt::join(cites, " "));
    }
  }

  void none() { out_ += say("  无\n", "  none\n"); }

  Transaction& transaction_;
  const BatchRecord& batch_;
  const PolicySet& policies_;
  const Site& site_;
  Language language_;
  BatchTotals totals_;
  std::set<VersionId> versions_;
  std::string out_;
};

}  // namespace

std::string batch_report(Transaction& transaction, const BatchRecord& batch, const PolicySet& policies, const Site& site, Language language) {
  return Writer(transaction, batch, policies, site, language).write();
}

}  // namespace talent_loan
