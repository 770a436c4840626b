#include "core/report/award_claim.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/ledger/journal.hpp"
#include "core/loan/book.hpp"
#include "core/report/amount_in_words.hpp"
#include "core/report/columns.hpp"
#include "core/settlement/batch_rows.hpp"

namespace talent_loan {
namespace {

Fen reimbursed(const PayerAmount& payer) { return std::max(Fen(), payer.bears - payer.pays); }

std::vector<BatchRecord> batches_in(Transaction& transaction, const AwardScope& scope) {
  if (scope.batch) return {*scope.batch};
  std::vector<BatchRecord> of_year;
  for (BatchRecord& batch : batches(transaction)) {
    if (batch.status == BatchStatus::booked && batch.as_of.year() == scope.year) of_year.push_back(std::move(batch));
  }
  return of_year;
}

// The ratios and clauses of the payer's reimbursing shares that hold for the loan: "30%", "§4".
struct Terms {
  std::string ratio;
  std::string clauses;
};
Terms terms_of(const PolicyVersion& version, const PayerId& payer, const LoanFacts& facts) {
  std::vector<std::string> ratios;
  std::set<std::string> clauses;
  for (const Share& share : version.compensation.shares) {
    const bool ours = std::any_of(share.members.begin(), share.members.end(), [&](const ShareMember& member) { return member.payer == payer; });
    if (!share.reimburses || !ours || !share.when.holds(facts)) continue;
    ratios.push_back(format_percent(share.ratio_for(facts)));
    if (!share.cite.empty()) clauses.insert(share.cite);
  }
  return {fmt::format("{}", fmt::join(ratios, "+")), fmt::format("{}", fmt::join(clauses, " "))};
}

void check_booked(const AwardScope& scope) {
  if (!scope.batch || scope.batch->status == BatchStatus::booked) return;
  throw Failure({fmt::format("批次 {} 状态 {}", scope.batch->batch.text(), word(scope.batch->status)), fmt::format("batch {} is {}", scope.batch->batch.text(), word(scope.batch->status))},
                {"只有已记账的批次可以申请奖励", "an award is claimed for booked batches only"});
}

void check_reimburses(const Reporting& reporting, const PayerId& payer) {
  const std::vector<PayerId> known = reimbursing_payers(reporting);
  if (std::find(known.begin(), known.end(), payer) != known.end()) return;
  std::vector<std::string> names;
  for (const PayerId& one : known) names.push_back(one.text());
  throw Failure({fmt::format("出资方 {} 不返还他方已支付的补偿", quoted(payer.text())), fmt::format("payer {} reimburses nobody", quoted(payer.text()))},
                {fmt::format("政策中有 reimburses 的出资方：{}", fmt::join(names, "、")), fmt::format("payers whose shares reimburse: {}", fmt::join(names, ", "))});
}

// Claimed, received and outstanding over all time, with the books' own word on it.
void standing(const Reporting& reporting, const PayerId& payer, Report& out) {
  FenSum claimed;
  for (const BatchRecord& batch : batches(reporting.transaction)) {
    if (batch.status != BatchStatus::booked) continue;
    for (const auto& [bank, total] : stored_totals(reporting.transaction, batch.number)) {
      const auto found = total.payers.find(payer);
      if (found != total.payers.end()) claimed += found->second.reimburses;
    }
  }
  ReportRows& rows = out.table(reporting.say("已收奖励", "received"), {{"reference", {"凭证号", "reference"}}, day_column("received_on", {"到账日", "received on"}), {"fund", {"基金", "fund"}},
                                                              money_column("amount", {"金额", "amount"})});
  reporting.transaction.each("SELECT reference, received_on, fund, amount_fen FROM fund_deposits WHERE source = :source ORDER BY received_on, fund COLLATE \"C\", reference COLLATE \"C\"",
                             {"award:" + payer.text()},
                             [&](const Row& row) { rows.text(row.text(0)).day(row.day(1)).text(reporting.fund(row.text(2))).money(row.fen(3)).end_row(); });
  const Fen received = rows.sum("amount").to_fen();
  rows.totals(reporting.say("合计", "total"));
  const Fen outstanding = account_balance(reporting.transaction, account::award_receivable(payer));
  if (claimed.to_fen() - received != outstanding) {
    throw Failure({fmt::format("应收奖励：批次合计 {} 减已收 {}，账面为 {}", format_yuan(claimed), format_yuan(received), format_yuan(outstanding)),
                   fmt::format("award: the batches say {} less {} received, the books say {}", format_yuan(claimed), format_yuan(received), format_yuan(outstanding))},
                  {"请用 audit verify 检查", "check it with audit verify"});
  }
  const Fen owed = Fen() - account_balance(reporting.transaction, account::returns_owed(payer));
  out.note(fmt::format("{} {}    {} {}    {} {}", reporting.say("累计申请", "claimed in all"), format_yuan(claimed), reporting.say("累计收到", "received in all"), format_yuan(received),
                       reporting.say("尚未收到", "outstanding"), format_yuan(outstanding)));
  out.note(reporting.say("追偿中应退还该出资方：", "owed to this payer of recoveries: ") + format_yuan(owed));
}

}  // namespace

Day AwardScope::last_day() const { return batch ? batch->as_of : Day(std::chrono::year(year) / std::chrono::December / 31); }

std::vector<PayerId> reimbursing_payers(const Reporting& reporting) {
  std::set<PayerId> payers;
  for (const PolicyVersion& version : reporting.policies.versions()) {
    for (const Share& share : version.compensation.shares) {
      if (!share.reimburses) continue;
      for (const ShareMember& member : share.members) payers.insert(member.payer);
    }
  }
  reporting.transaction.each("SELECT DISTINCT payer FROM settlement_payer_totals WHERE reimburses_fen > 0", {}, [&](const Row& row) { payers.insert(row.id<PayerId>(0)); });
  return {payers.begin(), payers.end()};
}

std::vector<ReportColumn> award_columns() {
  std::vector<ReportColumn> columns = bank_columns();
  for (ReportColumn& column : std::vector<ReportColumn>{{"batch", {"批次", "batch"}}, {"claim_id", {"申报号", "claim"}}, {"loan_id", {"贷款号", "loan"}},
                                                        day_column("disbursed_on", {"放款日", "disbursed"}), day_column("defaulted_on", {"违约日", "defaulted"}),
                                                        money_column("principal_loss", {"本金损失", "principal loss"}), money_column("paid", {"已支付银行", "paid to bank"}),
                                                        {"ratio", {"比例", "ratio"}}, money_column("amount", {"奖励金额", "award"}), {"policy_version", {"政策版本", "policy version"}},
                                                        {"clauses", {"条款", "clauses"}}}) {
    columns.push_back(std::move(column));
  }
  return columns;
}

void award_list(const Reporting& reporting, const PayerId& payer, const AwardScope& scope, ReportRows& rows) {
  check_booked(scope);
  check_reimburses(reporting, payer);
  struct Entry {
    StoredLine line;
    Fen amount;
  };
  for (const BatchRecord& batch : batches_in(reporting.transaction, scope)) {
    std::vector<Entry> entries;  // gathered first: the loans are asked for one by one
    each_line(reporting.transaction, batch.number, [&](const StoredLine& line) {
      for (const PayerAmount& part : line.payers) {
        if (part.payer == payer && reimbursed(part) > Fen()) entries.push_back({line, reimbursed(part)});
      }
    });
    for (const auto& [line, amount] : entries) {
      const auto loan = find_loan(reporting.transaction, line.bank, line.loan);
      const auto claim = reporting.transaction.query_one("SELECT defaulted_on FROM claims WHERE number = :claim", {line.claim});
      const PolicyVersion* version = reporting.policies.find(line.version);
      const Terms terms = version != nullptr && loan ? terms_of(*version, payer, loan->facts()) : Terms{};
      put_bank(rows, reporting, line.bank).text(batch.batch.text()).text(line.claim_id.text()).text(line.loan.text());
      loan ? rows.day(loan->disbursed_on) : rows.blank();
      rows.day(claim->day(0)).money(line.principal_loss).money(line.principal_loss - line.bank_bears).text(terms.ratio).money(amount).text(line.version.text()).text(terms.clauses).end_row();
    }
  }
}

void award_claim(const Reporting& reporting, const PayerId& payer, const AwardScope& scope, Report& out) {
  const std::string what = scope.batch ? reporting.say("批次 ", "batch ") + scope.batch->batch.text() : fmt::format("{}{}", scope.year, reporting.say(" 年度", ""));
  out.head(titled(reporting, reporting.say("人才贷风险补偿奖励申请表", "claim of the award for talent loan compensation")),
           {fmt::format("{} {}    {} {}    {}", reporting.say("申请对象", "claimed from"), beside(reporting.payer(payer), payer.text(), reporting.language),
                        reporting.say("范围", "for"), what, reporting.say("单位：元", "amounts in yuan"))});
  ReportRows& rows = out.table(reporting.say("奖励清单", "list of claims"), award_columns());
  award_list(reporting, payer, scope, rows);
  const Fen sum = rows.sum("amount").to_fen();
  rows.totals(reporting.say("合计", "total"));
  out.note(fmt::format("{} {}  {}", reporting.say("申请金额", "claimed"), format_yuan(sum), amount_in_words(sum)));
  out.note(signatures(reporting));
  standing(reporting, payer, out);
}

}  // namespace talent_loan
