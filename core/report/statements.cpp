#include "core/report/statements.hpp"

#include <map>

#include <fmt/format.h>

#include "core/ledger/fund.hpp"
#include "core/loan/balances.hpp"
#include "core/report/text_table.hpp"
#include "core/settlement/batch_rows.hpp"

namespace talent_loan {
namespace {

constexpr auto right = TextTable::Align::right;

// Picks the language once; every heading of a statement is written beside its translation.
struct Say {
  Language language;
  std::string operator()(const char* chinese, const char* english) const { return language == Language::chinese ? chinese : english; }
  std::string operator()(const Text& text) const { return text.in(language); }
};

Fen paid_in(const BankTotal& total) {
  Fen paid;
  for (const auto& [payer, amounts] : total.payers) paid += amounts.pays;
  return paid;
}

struct RecoveredSums {
  Fen amount;
  Fen costs;
  Fen returned;
};

constexpr const char* select_recoveries =
    "SELECT c.bank_id, r.received_on, r.amount_fen, r.costs_fen,"
    " (SELECT CAST(COALESCE(SUM(t.amount_fen), 0) AS BIGINT) FROM recovery_returns t WHERE t.recovery = r.recovery_id)"
    " FROM recoveries r JOIN claims c ON c.number = r.claim WHERE r.reversal_id IS NULL AND r.received_on >= :from AND r.received_on <= :to";

// Recoveries that stand, by bank, received within the days.
std::map<BankId, RecoveredSums> recovered_by_bank(Transaction& transaction, Day from, Day to) {
  std::map<BankId, RecoveredSums> banks;
  transaction.each(select_recoveries, {from, to}, [&](const Row& row) {
    RecoveredSums& sums = banks[row.id<BankId>(0)];
    sums.amount += row.fen(2);
    sums.costs += row.fen(3);
    sums.returned += row.fen(4);
  });
  return banks;
}

std::map<PayerId, Fen> returned_by_payer(Transaction& transaction, Day from, Day to) {
  std::map<PayerId, Fen> payers;
  transaction.each(
      "SELECT t.payer, t.amount_fen FROM recovery_returns t JOIN recoveries r ON r.recovery_id = t.recovery"
      " WHERE r.reversal_id IS NULL AND r.received_on >= :from AND r.received_on <= :to",
      {from, to}, [&](const Row& row) { payers[row.id<PayerId>(0)] += row.fen(1); });
  return payers;
}

Day first_of(int year) { return parse_day(fmt::format("{:04}-01-01", year)).value(); }
Day last_of(int year) { return parse_day(fmt::format("{:04}-12-31", year)).value(); }

}  // namespace

std::string bank_statement(Transaction& transaction, const BankId& bank, Day day, const Site& site, Language language) {
  const Say say{language};
  const BankPortfolio book = portfolio_of(transaction, bank, day);
  std::string out = fmt::format("{} · {}  {} {}\n", say(site.bank_name(bank)), say("人才贷对账单", "statement of talent loans"), say("截至", "as of"), format_day(day));
  out += fmt::format("{} {}  {} {}  {} {}\n", say("在贷笔数", "loans"), book.loans, say("余额", "balance"), format_yuan(book.balance),
                     say("其中不良", "non-performing"), format_yuan(book.non_performing));
  TextTable table({{say("批次", "batch")}, {say("截至", "as of")}, {say("笔数", "claims"), right}, {say("本金损失", "principal loss"), right},
                   {say("补偿", "compensated"), right}, {say("银行承担", "bank bears"), right}});
  for (const BatchRecord& batch : batches(transaction)) {
    if (batch.status != BatchStatus::booked || batch.as_of > day) continue;
    const BatchTotals totals = stored_totals(transaction, batch.number);
    const auto found = totals.find(bank);
    if (found == totals.end()) continue;
    const BankTotal& total = found->second;
    table.add({batch.batch.text(), format_day(batch.as_of), std::to_string(total.claims), format_yuan(total.principal_loss), format_yuan(paid_in(total)),
               format_yuan(total.bank_bears)});
  }
  out += "\n" + (table.empty() ? say("没有补偿批次\n", "no batches\n") : table.text());
  const RecoveredSums sums = recovered_by_bank(transaction, first_of(1), day)[bank];
  out += fmt::format("\n{} {}  {} {}  {} {}  {} {}\n", say("追回", "recovered"), format_yuan(sums.amount), say("费用", "costs"), format_yuan(sums.costs),
                     say("应返还", "to be returned"), format_yuan(sums.returned), say("尚未返还", "not yet returned"),
                     format_yuan(account_balance(transaction, account::returns_receivable(bank))));
  return out;
}

std::string fund_statement(Transaction& transaction, const std::string& fund, const std::optional<Day>& from, const std::optional<Day>& to,
                           const Site& site, Language language) {
  const Say say{language};
  const std::string name = account::fund(fund);
  TextTable table({{say("日期", "day")}, {say("分录", "entry"), right}, {say("摘要", "what")}, {say("存入", "in"), right}, {say("支付", "out"), right},
                   {say("余额", "balance"), right}});
  FenSum balance;
  each_entry(transaction, std::nullopt, to, [&](const JournalEntry& entry) {
    for (const Posting& posting : entry.postings) {
      if (posting.account != name) continue;
      balance += posting.amount;
      if (from && entry.posted_on < *from) continue;
      const bool out = posting.amount.negative();
      table.add({format_day(entry.posted_on), std::to_string(entry.number), entry.kind + " " + entry.reference, out ? "" : format_yuan(posting.amount),
                 out ? format_yuan(Fen() - posting.amount) : "", format_yuan(balance)});
    }
  });
  const FundStatus status = fund_status(transaction, fund);
  return fmt::format("{} · {}\n", say(site.fund_name(fund)), say("资金流水", "movements of the fund")) +
         (table.empty() ? say("没有流水\n", "no movements\n") : table.text()) +
         fmt::format("{} {}  {} {}  {} {}\n", say("余额", "balance"), format_yuan(status.balance), say("待复核占用", "reserved"), format_yuan(status.reserved),
                     say("可用", "available"), format_yuan(status.available()));
}

std::string year_summary(Transaction& transaction, int year, const Site& site, Language language) {
  const Say say{language};
  BatchTotals banks;
  std::int64_t count = 0;
  for (const BatchRecord& batch : batches(transaction)) {
    if (batch.status != BatchStatus::booked || batch.as_of.year() != year) continue;
    ++count;
    for (const auto& [bank, total] : stored_totals(transaction, batch.number)) {
      BankTotal& sum = banks[bank];
      sum.claims += total.claims;
      sum.principal_loss += total.principal_loss;
      sum.bank_bears += total.bank_bears;
      for (const auto& [payer, amounts] : total.payers) {
        sum.payers[payer].pays += amounts.pays;
        sum.payers[payer].bears += amounts.bears;
      }
    }
  }
  auto recovered = recovered_by_bank(transaction, first_of(year), last_of(year));
  for (const auto& [bank, sums] : recovered) banks[bank];  // a bank may only have recoveries
  TextTable by_bank({{say("银行", "bank")}, {say("笔数", "claims"), right}, {say("本金损失", "principal loss"), right}, {say("补偿", "compensated"), right},
                     {say("银行承担", "bank bears"), right}, {say("追回", "recovered"), right}, {say("返还", "returned"), right}});
  BankTotal all;
  RecoveredSums all_recovered;
  std::map<PayerId, PayerTotal> payers;
  const auto add_row = [&](const std::string& name, const BankTotal& total, Fen paid, const RecoveredSums& sums) {
    by_bank.add({name, std::to_string(total.claims), format_yuan(total.principal_loss), format_yuan(paid), format_yuan(total.bank_bears), format_yuan(sums.amount),
                 format_yuan(sums.returned)});
  };
  Fen paid;
  for (const auto& [bank, total] : banks) {
    add_row(say(site.bank_name(bank)), total, paid_in(total), recovered[bank]);
    all.claims += total.claims;
    all.principal_loss += total.principal_loss;
    all.bank_bears += total.bank_bears;
    paid += paid_in(total);
    all_recovered.amount += recovered[bank].amount;
    all_recovered.returned += recovered[bank].returned;
    for (const auto& [payer, amounts] : total.payers) {
      payers[payer].pays += amounts.pays;
      payers[payer].bears += amounts.bears;
    }
  }
  add_row(say("合计", "total"), all, paid, all_recovered);
  TextTable by_payer({{say("付款方", "payer")}, {say("支付", "pays"), right}, {say("承担", "bears"), right}, {say("返还", "returned"), right}});
  std::map<PayerId, Fen> returned = returned_by_payer(transaction, first_of(year), last_of(year));
  for (const auto& [payer, amount] : returned) payers[payer];
  for (const auto& [payer, amounts] : payers) {
    by_payer.add({say(site.payer_name(payer)), format_yuan(amounts.pays), format_yuan(amounts.bears), format_yuan(returned[payer])});
  }
  return fmt::format("{} · {} {}  {} {}\n\n", say(site.city), year, say("年度人才贷风险补偿", "compensation of talent loans"), say("批次", "batches"), count) +
         by_bank.text() + "\n" + (by_payer.empty() ? "" : by_payer.text());
}

}  // namespace talent_loan
