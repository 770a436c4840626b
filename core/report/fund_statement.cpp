#include <algorithm>

#include <fmt/format.h>

#include "core/ledger/fund.hpp"
#include "core/report/columns.hpp"
#include "core/report/journal_words.hpp"
#include "core/report/statements.hpp"

namespace talent_loan {
namespace {

struct Movement {
  Day posted_on;
  std::int64_t entry = 0;
  std::string kind;
  std::string reference;
  Fen amount;
};

// By day, then in the order of booking: an entry may be dated before others that were booked earlier.
std::vector<Movement> movements_of(Transaction& transaction, const std::string& fund, const std::optional<Day>& to) {
  std::vector<Movement> movements;
  each_entry(transaction, std::nullopt, to, [&](const JournalEntry& entry) {
    for (const Posting& posting : entry.postings) {
      if (posting.account == account::fund(fund)) movements.push_back({entry.posted_on, entry.number, entry.kind, entry.reference, posting.amount});
    }
  });
  std::stable_sort(movements.begin(), movements.end(), [](const Movement& a, const Movement& b) { return a.posted_on < b.posted_on; });
  return movements;
}

}  // namespace

void fund_statement(const Reporting& reporting, const std::string& fund, const std::optional<Day>& from, const std::optional<Day>& to, Report& out) {
  const FundStatus status = fund_status(reporting.transaction, fund);
  out.head(beside(reporting.fund(fund), fund, reporting.language) + " · " + reporting.say("资金流水", "movements of the fund"),
           {fmt::format("{} {}    {} {}    {}", reporting.say("自", "from"), from ? format_day(*from) : "—", reporting.say("至", "to"), to ? format_day(*to) : "—",
                        reporting.say("单位：元", "amounts in yuan"))});
  ReportColumn balance_column = money_column("balance", {"余额", "balance"}, "[^balance]+[in]-[out]");
  balance_column.summed = false;
  ReportRows& rows = out.table(reporting.say("流水", "movements"), {day_column("day", {"日期", "day"}), {"entry", {"分录", "entry"}}, {"what", {"摘要", "what"}}, {"reference", {"凭证", "reference"}},
                                                              money_column("in", {"存入", "in"}), money_column("out", {"支付", "out"}), balance_column});
  std::vector<Movement> movements = movements_of(reporting.transaction, fund, to);
  FenSum balance;
  auto next = movements.cbegin();
  for (; next != movements.cend() && from && next->posted_on < *from; ++next) balance += next->amount;
  from ? rows.day(*from) : rows.blank();
  rows.blank().text(reporting.say("期初余额", "balance brought forward")).blank().blank().blank().money(balance).end_row();
  for (; next != movements.cend(); ++next) {
    balance += next->amount;
    rows.day(next->posted_on).text(std::to_string(next->entry)).text(reporting.say(entry_kind_words(next->kind))).text(next->reference);
    if (next->amount.negative()) rows.blank().money(Fen() - next->amount);
    else rows.money(next->amount).blank();
    rows.money(balance).end_row();
  }
  rows.totals(reporting.say("合计", "total"));
  out.note(fmt::format("{} {}    {} {}    {} {}", reporting.say("账面余额", "balance now"), format_yuan(status.balance), reporting.say("待复核占用", "reserved"),
                       format_yuan(status.reserved), reporting.say("可用", "available"), format_yuan(status.available())));
}

}  // namespace talent_loan
