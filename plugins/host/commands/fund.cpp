// fund status, fund deposit.
#include <memory>

#include <fmt/format.h>

#include "core/ledger/fund.hpp"
#include "core/report/text_table.hpp"
#include "plugins/host/bureau.hpp"
#include "plugins/host/commands/report_job.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

Exit show_status(const Globals& globals) {
  Bureau bureau = open_bureau(globals);
  Transaction transaction = bureau.database.read();
  using Align = TextTable::Align;
  TextTable table({{globals.say({"基金", "fund"})},
                   {globals.say({"累计存入", "deposited"}), Align::right},
                   {globals.say({"累计支付", "paid"}), Align::right},
                   {globals.say({"余额", "balance"}), Align::right},
                   {globals.say({"待复核占用", "reserved"}), Align::right},
                   {globals.say({"可用", "available"}), Align::right}});
  for (const std::string& fund : opened_funds(transaction)) {
    const FundStatus status = fund_status(transaction, fund);
    table.add({globals.say(bureau.site.fund_name(fund)), format_yuan(status.deposited), format_yuan(status.paid), format_yuan(status.balance),
               format_yuan(status.reserved), format_yuan(status.available())});
  }
  if (table.empty()) globals.tell({"尚无基金存入记录", "nothing was deposited into any fund yet"});
  else fmt::print("{}", table.text());
  return Exit::done;
}

struct DepositArguments {
  std::string fund;
  std::optional<Fen> amount;
  std::optional<Day> on;
  std::string reference;
  std::string source = "budget";
  std::string as;
};

// A source that nobody knows would be credited for ever without owing anything.
void require_known(const Globals& globals, const DepositSource& source) {
  if (source.kind == DepositSource::Kind::budget) return;
  ReportJob books(globals, ReportJob::Policies::read);
  if (source.kind == DepositSource::Kind::award) books.require_reimbursing_payer(source.of);
  else books.require_bank(source.of);
}

Exit book_deposit(const Globals& globals, const DepositArguments& arguments) {
  const auto source = parse_deposit_source(arguments.source);
  require_known(globals, *source);
  Bureau bureau = open_bureau(globals);
  const UserId user = bureau.user(arguments.as, Role::maker);
  Transaction transaction = bureau.database.write();
  const bool booked = deposit(transaction, {.fund = arguments.fund, .reference = arguments.reference, .amount = *arguments.amount,
                                            .received_on = *arguments.on, .source = *source, .by = user}, bureau.site.closing_date);
  transaction.commit();
  if (booked) globals.tell({fmt::format("基金 {} 存入 {} 元", arguments.fund, format_yuan(*arguments.amount)), fmt::format("{} deposited into fund {}", format_yuan(*arguments.amount), arguments.fund)});
  else globals.tell({"该凭证号此前已入账，没有改动", "this reference was booked before; nothing changed"});
  return Exit::done;
}

}  // namespace

void add_fund_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* fund = program.add_subcommand("fund", globals.say({"补偿基金", "funds that compensation is paid from"}));
  fund->require_subcommand(1);
  add_leaf(*fund, globals, invocation, "status", {"各基金余额", "balances of the funds"}, "talent-loan fund status",
           [&globals] { return show_status(globals); });
  auto arguments = std::make_shared<DepositArguments>();
  CLI::App* leaf = add_leaf(*fund, globals, invocation, "deposit", {"登记存入基金的款项", "book money paid into a fund"},
                            "talent-loan fund deposit --fund city-talent-loan --amount 50000000.00 --on 2020-06-01 --reference 2020-115",
                            [&globals, arguments] { return book_deposit(globals, *arguments); });
  leaf->add_option("--fund", arguments->fund, globals.say({"基金（见政策文件）", "fund, as the policy names it"}))->required()->type_name("NAME");
  add_yuan(*leaf, globals, "--amount", arguments->amount, {"金额（元）", "amount in yuan"})->required();
  add_day(*leaf, globals, "--on", arguments->on, {"到账日", "the day it was received"})->required();
  leaf->add_option("--reference", arguments->reference, globals.say({"凭证号，每笔唯一", "voucher or transfer number, unique"}))->required()->type_name("TEXT");
  leaf->add_option("--source", arguments->source, globals.say({"来源：budget、award:付款方、returns:银行", "budget, award:PAYER or returns:BANK"}))
      ->check(CLI::Validator([&globals](const std::string& given) {
        return parse_deposit_source(given) ? std::string()
                                           : fmt::format("{}: {}", talent_loan::quoted(given), globals.say({"可用：budget、award:付款方、returns:银行", "allowed: budget, award:PAYER, returns:BANK"}));
      }, "", ""))
      ->type_name("SOURCE");
  add_as(*leaf, globals, arguments->as);
}

}  // namespace talent_loan::host
