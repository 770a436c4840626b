#include <fmt/format.h>

#include "core/report/columns.hpp"
#include "core/report/statements.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/settlement/recovery_movements.hpp"

namespace talent_loan {
namespace {

// A bank's year.
struct BankYear {
  std::int64_t submitted = 0;
  std::int64_t rejected = 0;
  BankTotal total;
  FenSum recovered;
  FenSum costs;
  FenSum returned;
};

struct PayerYear {
  PayerTotal total;
  FenSum returned;
};

struct Year {
  std::map<BankId, BankYear> banks;
  std::map<PayerId, PayerYear> payers;
  std::int64_t batches = 0;
};

void add_batches(Transaction& transaction, int number, Year& year) {
  for (const BatchRecord& batch : batches(transaction)) {
    if (batch.status != BatchStatus::booked || batch.as_of.year() != number) continue;
    ++year.batches;
    for (const auto& [bank, total] : stored_totals(transaction, batch.number)) {
      BankTotal& sum = year.banks[bank].total;
      sum.claims += total.claims;
      sum.principal_loss += total.principal_loss;
      sum.bank_bears += total.bank_bears;
      for (const auto& [payer, amounts] : total.payers) {
        PayerTotal& of_payer = year.payers[payer].total;
        of_payer.pays += amounts.pays;
        of_payer.bears += amounts.bears;
        of_payer.reimburses += amounts.reimburses;
      }
    }
    transaction.each("SELECT c.bank_id, COUNT(*) FROM settlement_rejects r JOIN claims c ON c.number = r.claim WHERE r.batch = :batch GROUP BY c.bank_id", {batch.number},
                     [&](const Row& row) { year.banks[row.id<BankId>(0)].rejected += row.integer(1); });
  }
}

Year gather(Transaction& transaction, int number) {
  Year year;
  const Period days{std::chrono::year(number) / std::chrono::January / 1, std::chrono::year(number) / std::chrono::December / 31};
  add_batches(transaction, number, year);
  transaction.each("SELECT bank_id, COUNT(*) FROM claims WHERE claimed_on >= :from AND claimed_on <= :to GROUP BY bank_id", {days.from, *days.to},
                   [&](const Row& row) { year.banks[row.id<BankId>(0)].submitted = row.integer(1); });
  each_recovery_movement(transaction, days, [&](const RecoveryMovement& movement) {
    BankYear& bank = year.banks[movement.bank];
    bank.recovered += movement.amount;
    bank.costs += movement.costs;
    bank.returned += movement.returned();
    for (const PayerReturn& part : movement.returns) year.payers[part.payer].returned += part.amount;
  });
  return year;
}

void by_bank(const Reporting& reporting, const Year& year, Report& out) {
  std::vector<ReportColumn> columns = bank_columns();
  for (ReportColumn& column : std::vector<ReportColumn>{count_column("submitted", {"当年申报", "submitted"}), count_column("rejected", {"未通过", "rejected"}),
                                                        count_column("claims", {"已补偿", "compensated claims"}), money_column("principal_loss", {"本金损失", "principal loss"}),
                                                        money_column("compensated", {"补偿", "compensated"}),
                                                        money_column("bank_bears", {"银行承担", "bank bears"}, "[principal_loss]-[compensated]"),
                                                        money_column("recovered", {"追回", "recovered"}), money_column("costs", {"费用", "costs"}), money_column("returned", {"返还", "returned"}),
                                                        money_column("net", {"净补偿", "net compensation"}, "[compensated]-[returned]")}) {
    columns.push_back(std::move(column));
  }
  ReportRows& rows = out.table(reporting.say("按银行", "by bank"), std::move(columns));
  for (const auto& [bank, sums] : year.banks) {
    const Fen compensated = sums.total.principal_loss - sums.total.bank_bears;
    put_bank(rows, reporting, bank).count(sums.submitted).count(sums.rejected).count(sums.total.claims).money(sums.total.principal_loss).money(compensated);
    rows.money(sums.total.bank_bears).money(sums.recovered).money(sums.costs).money(sums.returned).money(compensated - sums.returned.to_fen()).end_row();
  }
  rows.totals(reporting.say("合计", "total"));
  out.chart({.title = reporting.say("各银行：本金损失、补偿、返还", "by bank: losses, compensation, returns"), .categories = "bank", .series = {"principal_loss", "compensated", "returned"}});
}

void by_payer(const Reporting& reporting, const Year& year, Report& out) {
  ReportRows& rows = out.table(reporting.say("按出资方", "by payer"), {{"payer", {"出资方", "payer"}}, money_column("pays", {"支付", "pays"}),
                                                                 money_column("reimburses", {"其中补助他方", "reimburses others"}), money_column("bears", {"承担", "bears"}),
                                                                 money_column("returned", {"返还", "returned"}), money_column("net", {"净承担", "bears net"}, "[bears]-[returned]")});
  for (const auto& [payer, sums] : year.payers) {
    rows.text(reporting.payer(payer)).money(sums.total.pays).money(sums.total.reimburses).money(sums.total.bears).money(sums.returned);
    rows.money(sums.total.bears - sums.returned.to_fen()).end_row();
  }
  rows.totals(reporting.say("合计", "total"));
  out.chart({.title = reporting.say("各出资方：承担、返还", "by payer: borne, returned"), .categories = "payer", .series = {"bears", "returned"}});
  out.note(reporting.say("补偿按批次截至日、追偿按收回日计入年度；冲销随原追偿。", "compensation counts by the batches' as-of day, recoveries by the day received, reversals with their recovery."));
}

}  // namespace

void year_summary(const Reporting& reporting, int number, Report& out) {
  const Year year = gather(reporting.transaction, number);
  out.head(fmt::format("{} · {}{}", reporting.say(reporting.site.city), number, reporting.say(" 年度人才贷风险补偿", ": compensation of talent loans")),
           {fmt::format("{} {}    {}", reporting.say("批次", "batches"), year.batches, reporting.say("单位：元", "amounts in yuan"))});
  by_bank(reporting, year, out);
  by_payer(reporting, year, out);
}

}  // namespace talent_loan
