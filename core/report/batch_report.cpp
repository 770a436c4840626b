#include "core/report/batch_report.hpp"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/report/amount_in_words.hpp"
#include "core/report/columns.hpp"
#include "core/report/settlement_words.hpp"
#include "core/settlement/batch_rows.hpp"

namespace talent_loan {
namespace {

// Tells one batch; keeps what every table needs.
class Teller {
 public:
  Teller(const Reporting& reporting, const BatchRecord& batch, Report& out)
      : reporting_(reporting), batch_(batch), out_(out), totals_(stored_totals(reporting.transaction, batch.number)) {}

  void tell() {
    head();
    banks();
    payments();
    awards();
    claims();
    rejected();
    waiting();
    clauses();
    out_.note(signatures(reporting_));
  }

 private:
  std::string say(const char* chinese, const char* english) const { return reporting_.say(chinese, english); }

  void head() {
    out_.head(titled(reporting_, say("人才贷风险补偿结算单", "settlement of talent loan compensation")),
              {fmt::format("{} {}    {} {}    {} {}    {} {}", say("批次", "batch"), batch_.batch.text(), say("截至", "as of"), format_day(batch_.as_of),
                           say("方案", "scheme"), batch_.scheme.text(), say("状态", "status"), reporting_.say(status_words(batch_.status))),
               fmt::format("{} {}    {} {}    {}", say("制单", "prepared by"), reporting_.user(batch_.prepared_by), say("复核", "booked by"),
                           reporting_.user(batch_.booked_by), say("单位：元", "amounts in yuan"))});
  }

  void banks() {
    std::vector<ReportColumn> columns = bank_columns();
    columns.push_back(count_column("claims", {"笔数", "claims"}));
    columns.push_back(money_column("principal_loss", {"本金损失", "principal loss"}));
    add_payer_columns(columns);
    columns.push_back(money_column("bank_bears", {"银行承担", "bank bears"}));
    ReportRows& rows = out_.table(say("各银行汇总", "by bank"), std::move(columns));
    for (const auto& [bank, total] : totals_) {
      put_bank(rows, reporting_, bank);
      rows.count(total.claims).money(total.principal_loss);
      for (const PayerId& payer : batch_.payers) {
        const auto found = total.payers.find(payer);
        const PayerTotal amounts = found == total.payers.end() ? PayerTotal{} : found->second;
        rows.money(amounts.pays).money(amounts.bears);
      }
      rows.money(total.bank_bears).end_row();
    }
    rows.totals(say("合计", "total"));
  }

  void add_payer_columns(std::vector<ReportColumn>& columns) const {
    for (const PayerId& payer : batch_.payers) {
      const Text name = reporting_.site.payer_name(payer);
      columns.push_back(money_column(payer.text() + "_pays", {name.chinese + "支付", name.english + " pays"}));
      columns.push_back(money_column(payer.text() + "_bears", {name.chinese + "承担", name.english + " bears"}));
    }
  }

  void payments() {
    ReportRows& rows = out_.table(say("付款", "payments"), {{"payment_id", {"付款编号", "payment"}},
                                                          {"payer", {"付款方", "payer"}},
                                                          {"bank", {"收款银行", "bank"}},
                                                          money_column("amount", {"金额", "amount"}),
                                                          {"status", {"状态", "status"}},
                                                          {"in_words", {"大写金额", "in words"}}});
    for (const Payment& payment : stored_payments(reporting_.transaction, batch_.number)) {
      const std::string payer = reporting_.payer(payment.payer);
      rows.text(payment.id).text(payment.fund.empty() ? payer : beside(reporting_.fund(payment.fund), payer, reporting_.language));
      rows.text(reporting_.bank(payment.bank)).money(payment.amount).text(reporting_.say(payment_words(payment.status))).text(amount_in_words(payment.amount)).end_row();
    }
    if (rows.empty()) return;
    const Fen sum = rows.sum("amount").to_fen();
    rows.totals(say("合计", "total"));
    out_.note(say("合计大写：", "total in words: ") + amount_in_words(sum));
  }

  void awards() {
    std::map<PayerId, Fen> due;
    for (const auto& [bank, total] : totals_) {
      for (const auto& [payer, amounts] : total.payers) due[payer] += amounts.reimburses;
    }
    ReportRows& rows = out_.table(say("应申请的上级奖励", "claimed from reimbursing payers"),
                                  {{"payer", {"出资方", "payer"}}, money_column("amount", {"金额", "amount"}), {"in_words", {"大写金额", "in words"}}});
    for (const auto& [payer, amount] : due) {
      if (amount > Fen()) rows.text(reporting_.payer(payer)).money(amount).text(amount_in_words(amount)).end_row();
    }
    if (!rows.empty()) out_.note(say("由本级财政先行支付；清单见 report award", "laid out by the payer that paid; the list: report award"));
  }

  void claims() {
    std::vector<ReportColumn> columns{{"claim_id", {"申报号", "claim"}}, {"bank", {"银行", "bank"}}, {"loan_id", {"贷款号", "loan"}},
                                      {"policy_version", {"政策版本", "policy version"}}, money_column("principal_loss", {"本金损失", "principal loss"}),
                                      money_column("paid", {"支付银行", "paid to bank"})};
    add_payer_columns(columns);
    columns.push_back(money_column("bank_bears", {"银行承担", "bank bears"}));
    ReportRows& rows = out_.table(say("逐笔明细", "claim by claim"), std::move(columns));
    each_line(reporting_.transaction, batch_.number, [&](const StoredLine& line) {
      std::map<PayerId, PayerAmount> amounts;
      Fen paid;
      for (const PayerAmount& payer : line.payers) amounts.insert_or_assign(payer.payer, payer), paid += payer.pays;
      versions_.insert(line.version);
      rows.text(line.claim_id.text()).text(reporting_.bank(line.bank)).text(line.loan.text()).text(line.version.text()).money(line.principal_loss).money(paid);
      for (const PayerId& payer : batch_.payers) rows.money(amounts[payer].pays).money(amounts[payer].bears);
      rows.money(line.bank_bears).end_row();
    });
    rows.totals(say("合计", "total"));
  }

  void rejected() {
    ReportRows& rows = out_.table(say("未通过", "rejected"), {{"claim_id", {"申报号", "claim"}}, {"bank", {"银行", "bank"}}, {"code", {"代码", "code"}}, {"reason", {"原因", "reason"}}});
    reporting_.transaction.each(
        "SELECT c.claim_id, c.bank_id, r.code, r.chinese, r.english FROM settlement_rejects r JOIN claims c ON c.number = r.claim"
        " WHERE r.batch = :batch ORDER BY r.position",
        {batch_.number}, [&](const Row& row) {
          rows.text(row.text(0)).text(reporting_.bank(row.id<BankId>(1))).text(row.text(2)).text(reporting_.say({row.text(3), row.text(4)})).end_row();
        });
  }

  void waiting() {
    ReportRows& rows = out_.table(say("基金不足待下批", "waiting for their fund"), {{"claim_id", {"申报号", "claim"}}, {"bank", {"银行", "bank"}}, {"fund", {"基金", "fund"}},
                                                                            money_column("needed", {"需要", "needed"})});
    reporting_.transaction.each(
        "SELECT c.claim_id, c.bank_id, w.fund, w.needed_fen FROM settlement_waiting w JOIN claims c ON c.number = w.claim"
        " WHERE w.batch = :batch ORDER BY w.position",
        {batch_.number},
        [&](const Row& row) { rows.text(row.text(0)).text(reporting_.bank(row.id<BankId>(1))).text(reporting_.fund(row.text(2))).money(row.fen(3)).end_row(); });
    rows.totals(say("合计", "total"));
  }

  void clauses() {
    ReportRows& rows = out_.table(say("依据", "rests on"), {{"version", {"政策版本", "policy version"}}, {"document", {"文号", "document"}}, {"clauses", {"条款", "clauses"}}, {"title", {"名称", "title"}}});
    for (const VersionId& id : versions_) {
      const PolicyVersion* version = reporting_.policies.find(id);
      rows.text(id.text());
      if (version == nullptr) rows.blank().blank().blank().end_row();
      else rows.text(version->document).text(compensation_clauses(*version)).text(version->title).end_row();
    }
  }

  const Reporting& reporting_;
  const BatchRecord& batch_;
  Report& out_;
  BatchTotals totals_;
  std::set<VersionId> versions_;
};

}  // namespace

void batch_report(const Reporting& reporting, const BatchRecord& batch, Report& out) { Teller(reporting, batch, out).tell(); }

}  // namespace talent_loan
