#include "core/report/claim_report.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/loan/book.hpp"
#include "core/report/columns.hpp"
#include "core/settlement/recovery_movements.hpp"

namespace talent_loan {
namespace {

bool wanted(const ClaimFilter& filter, ClaimState state) {
  return filter.states.empty() || std::find(filter.states.begin(), filter.states.end(), state) != filter.states.end();
}

// "2026-11-25 16:40 北京时间": of an instant in UTC, to the minute; a dash where there is none.
std::string in_china(const std::string& utc) {
  if (utc.size() < 16) return "—";
  const int hour = std::stoi(utc.substr(11, 2)) + 8;
  const Day day = parse_day(utc.substr(0, 10)).value().plus_days(hour / 24);
  return fmt::format("{} {:02}:{}", format_day(day), hour % 24, utc.substr(14, 2));
}

// Talents by their number on the lists; never by their identity number.
std::string borrower_text(const Reporting& reporting, const Loan& loan) {
  const bool sealed = !loan.borrower_sealed.empty();  // a hash stands for the number: nobody could read anything in it
  if (sealed && !loan.talent.empty()) return reporting.say("人才 ", "talent ") + loan.talent.text();
  const std::string masked = sealed ? reporting.say("证件号码已加密", "a sealed identity number") : masked_identifier(loan.borrower_id);
  return loan.talent.empty() ? masked : beside(masked, reporting.say("人才 ", "talent ") + loan.talent.text(), reporting.language);
}

void changes(const Reporting& reporting, const ClaimHistory& history, Report& out) {
  ReportRows& rows = out.table(reporting.say("经过", "history"), {day_column("on", {"日期", "day"}), {"state", {"状态", "state"}}, {"what", {"事项", "what"}},
                                                             {.key = "amount", .title = {"金额", "amount"}, .kind = CellKind::money}, {"by", {"经办", "by"}},
                                                             {"recorded", {"记录时间（北京）", "recorded (Beijing)"}}, {"cite", {"依据", "rests on"}}, {"why", {"说明", "why"}}});
  for (const ClaimChange& change : history.changes) {
    rows.day(change.on).text(reporting.say(state_name(change.state))).text(reporting.say(change.what));
    change.amount ? rows.money(*change.amount) : rows.blank();
    rows.text(change.by_bank ? reporting.bank_name(history.status.claim.bank) : reporting.user(change.by)).text(in_china(change.recorded_at)).text(change.cite);
    rows.text(reporting.say(change.why)).end_row();
  }
}

void split(const Reporting& reporting, const ClaimHistory& history, Report& out) {
  std::map<PayerId, Fen> returned;
  for (const RecoveryMovement& movement : recovery_movements_of(reporting.transaction, history.status.number)) {
    for (const PayerReturn& part : movement.returns) returned[part.payer] += part.amount;
  }
  ReportRows& rows = out.table(reporting.say("分担与返还", "who pays, bears and got back"), {{"payer", {"出资方", "payer"}}, money_column("pays", {"支付", "pays"}), money_column("bears", {"承担", "bears"}),
                                                                                  money_column("returned", {"已返还", "returned"}), money_column("net", {"净承担", "bears net"}, "[bears]-[returned]")});
  for (const PayerAmount& payer : history.payers) {
    rows.text(reporting.payer(payer.payer)).money(payer.pays).money(payer.bears).money(returned[payer.payer]).money(payer.bears - returned[payer.payer]).end_row();
  }
  rows.totals(reporting.say("合计", "total"));
  if (rows.empty()) return;
  const ClaimStatus& status = history.status;
  out.note(fmt::format("{} {}    {} {}    {} {}    {} {}", reporting.say("本金损失", "principal loss"), format_yuan(status.principal_loss), reporting.say("银行承担", "bank bears"),
                       format_yuan(status.bank_bears), reporting.say("补偿后追回", "recovered since"), format_yuan(status.recovered), reporting.say("费用", "costs"), format_yuan(status.costs)));
  out.note(reporting.say("补偿、结案和核销都不消灭借款人的债务。", "Neither compensation nor closing nor a write-off ends the borrower's debt."));
}

}  // namespace

std::vector<ReportColumn> claim_columns() {
  std::vector<ReportColumn> columns = bank_columns();
  for (ReportColumn& column : std::vector<ReportColumn>{{"claim_id", {"申报号", "claim"}}, {"loan_id", {"贷款号", "loan"}}, day_column("defaulted_on", {"违约日", "defaulted"}),
                                                        day_column("claimed_on", {"申报日", "claimed"}), {"state", {"状态", "state"}}, {"batch", {"批次", "batch"}}, {"code", {"代码", "code"}}, {"waiting_for", {"等待基金", "waits for fund"}},
                                                        money_column("claimed", {"申报损失", "loss claimed"}), money_column("principal_loss", {"本金损失", "principal loss"}),
                                                        money_column("compensated", {"补偿", "compensated"}), money_column("bank_bears", {"银行承担", "bank bears"}),
                                                        money_column("recovered", {"追回", "recovered"}), money_column("costs", {"费用", "costs"}), money_column("returned", {"返还", "returned"})}) {
    columns.push_back(std::move(column));
  }
  return columns;
}

void claim_list(const Reporting& reporting, const ClaimFilter& filter, StatesAs states, ReportRows& rows) {
  each_claim_status(reporting.transaction, filter.bank, [&](const ClaimStatus& status) {
    if (!wanted(filter, status.state)) return;
    const Claim& claim = status.claim;
    put_bank(rows, reporting, claim.bank).text(claim.id.text()).text(claim.loan.text()).day(claim.defaulted_on).day(claim.claimed_on);
    rows.text(states == StatesAs::words ? std::string(word(status.state)) : reporting.say(state_name(status.state)));
    rows.text(status.batch.text()).text(status.code).text(status.waiting_for);
    rows.money(claim.outstanding_principal - claim.recovered_principal).money(status.principal_loss).money(status.paid).money(status.bank_bears);
    rows.money(status.recovered).money(status.costs).money(status.returned).end_row();
  });
}

void claims_report(const Reporting& reporting, const ClaimFilter& filter, Report& out) {
  std::vector<std::string> states;
  for (const ClaimState state : filter.states) states.push_back(reporting.say(state_name(state)));
  out.head(titled(reporting, reporting.say("补偿申请台账", "claims")),
           {fmt::format("{} {}    {} {}    {}", reporting.say("银行", "bank"), filter.bank ? reporting.bank(*filter.bank) : reporting.say("全部", "all"), reporting.say("状态", "state"),
                        states.empty() ? reporting.say("全部", "all") : fmt::format("{}", fmt::join(states, "、")), reporting.say("单位：元", "amounts in yuan"))});
  ReportRows& rows = out.table(reporting.say("补偿申请", "claims"), claim_columns());
  claim_list(reporting, filter, StatesAs::names, rows);
  rows.totals(reporting.say("合计", "total"));
  if (std::find(filter.states.begin(), filter.states.end(), ClaimState::approved) != filter.states.end()) out.note(reporting.say(why_none_is_approved()));
}

void claim_report(const Reporting& reporting, const ClaimHistory& history, Report& out) {
  const ClaimStatus& status = history.status;
  const auto loan = find_loan(reporting.transaction, status.claim.bank, status.claim.loan);
  std::vector<std::string> lines{
      fmt::format("{} {}    {} {}    {} {}", reporting.say("银行", "bank"), reporting.bank(status.claim.bank), reporting.say("申报号", "claim"), status.claim.id.text(), reporting.say("贷款号", "loan"),
                  status.claim.loan.text()),
      fmt::format("{} {}    {}", reporting.say("现状", "state"), reporting.say(state_name(status.state)), reporting.say("单位：元", "amounts in yuan"))};
  if (loan) {
    lines.push_back(fmt::format("{} {}    {} {}    {} {}", reporting.say("借款人", "borrower"), borrower_text(reporting, *loan), reporting.say("放款", "disbursed"),
                                format_day(loan->disbursed_on), reporting.say("金额", "amount"), format_yuan(loan->amount)));
  }
  out.head(titled(reporting, reporting.say("补偿申请履历", "the life of a claim")), lines);
  changes(reporting, history, out);
  split(reporting, history, out);
}

}  // namespace talent_loan
