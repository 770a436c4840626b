#include <fmt/format.h>

#include "core/ledger/journal.hpp"
#include "core/loan/balances.hpp"
#include "core/report/columns.hpp"
#include "core/report/statements.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/settlement/recovery_movements.hpp"

namespace talent_loan {
namespace {

constexpr Day first_day = std::chrono::year(1) / std::chrono::January / 1;

void batches_of(const Reporting& reporting, const BankId& bank, Day day, Report& out) {
  ReportRows& rows = out.table(reporting.say("补偿批次", "batches"), {{"batch", {"批次", "batch"}}, day_column("as_of", {"截至", "as of"}), count_column("claims", {"笔数", "claims"}),
                                                                 money_column("principal_loss", {"本金损失", "principal loss"}), money_column("compensated", {"补偿", "compensated"}),
                                                                 money_column("bank_bears", {"银行承担", "bank bears"})});
  for (const BatchRecord& batch : batches(reporting.transaction)) {
    if (batch.status != BatchStatus::booked || batch.as_of > day) continue;
    const BatchTotals totals = stored_totals(reporting.transaction, batch.number);
    const auto found = totals.find(bank);
    if (found == totals.end()) continue;
    const BankTotal& total = found->second;
    rows.text(batch.batch.text()).day(batch.as_of).count(total.claims).money(total.principal_loss).money(total.principal_loss - total.bank_bears).money(total.bank_bears).end_row();
  }
  rows.totals(reporting.say("合计", "total"));
}

// Gives what the bank must return by them.
Fen recoveries_of(const Reporting& reporting, const BankId& bank, Day day, Report& out) {
  ReportRows& rows = out.table(reporting.say("追偿", "recoveries"), {{"recovery_id", {"追偿编号", "recovery"}}, {"claim_id", {"申报号", "claim"}}, day_column("received_on", {"收回日", "received on"}),
                                                                {"kind", {"类别", "kind"}}, money_column("amount", {"收回", "recovered"}), money_column("costs", {"费用", "costs"}),
                                                                money_column("returned", {"应返还", "to be returned"})});
  each_recovery_movement(reporting.transaction, {first_day, day}, [&](const RecoveryMovement& movement) {
    if (movement.bank != bank) return;
    rows.text(movement.key).text(movement.claim_id.text()).day(movement.received_on);
    rows.text(movement.reversal ? reporting.say("冲销 ", "reversal of ") + movement.recovery.text() : reporting.say("追偿", "recovery"));
    rows.money(movement.amount).money(movement.costs).money(movement.returned()).end_row();
  });
  const Fen due = rows.sum("returned").to_fen();
  rows.totals(reporting.say("合计", "total"));
  return due;
}

// Gives what the bank has returned.
Fen returns_of(const Reporting& reporting, const BankId& bank, Day day, Report& out) {
  ReportRows& rows = out.table(reporting.say("已返还", "returned"), {{"reference", {"凭证号", "reference"}}, day_column("received_on", {"到账日", "received on"}), {"fund", {"基金", "fund"}},
                                                              money_column("amount", {"金额", "amount"})});
  reporting.transaction.each(
      "SELECT reference, received_on, fund, amount_fen FROM fund_deposits WHERE source = :source AND received_on <= :day ORDER BY received_on, reference COLLATE \"C\"",
      {"returns:" + bank.text(), day}, [&](const Row& row) { rows.text(row.text(0)).day(row.day(1)).text(reporting.fund(row.text(2))).money(row.fen(3)).end_row(); });
  const Fen returned = rows.sum("amount").to_fen();
  rows.totals(reporting.say("合计", "total"));
  return returned;
}

}  // namespace

void bank_statement(const Reporting& reporting, const BankId& bank, Day day, Report& out) {
  const BankPortfolio book = portfolio_of(reporting.transaction, bank, day);
  out.head(reporting.bank(bank) + " · " + reporting.say("人才贷对账单", "statement of talent loans"),
           {fmt::format("{} {}    {}", reporting.say("截至", "as of"), format_day(day), reporting.say("单位：元", "amounts in yuan")),
            fmt::format("{} {}    {} {}    {} {}", reporting.say("在贷笔数", "loans"), book.loans, reporting.say("余额", "balance"), format_yuan(book.balance),
                        reporting.say("其中不良", "non-performing"), format_yuan(book.non_performing))});
  batches_of(reporting, bank, day, out);
  const Fen due = recoveries_of(reporting, bank, day, out);
  const Fen returned = returns_of(reporting, bank, day, out);
  out.note(fmt::format("{} {}    {} {}    {} {}", reporting.say("应返还", "to be returned"), format_yuan(due), reporting.say("已返还", "returned"), format_yuan(returned),
                       reporting.say("尚未返还", "not yet returned"), format_yuan(due - returned)));
  out.note(signatures(reporting));
}

}  // namespace talent_loan
