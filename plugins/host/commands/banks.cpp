#include <memory>

#include <fmt/format.h>

#include "core/store/audit.hpp"
#include "core/talent/bank_filings.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

Exit list_banks(const Globals& globals) {
  Database database = open_database(globals);
  Transaction look = database.read();
  std::string out = "bank_id,name,filed_from,filed_to,ended_because\n";
  for (const BankFiling& filing : bank_filings(look)) {
    RowText(out).text(filing.bank.text()).text(filing.name).plain(format_day(filing.filed.from))
        .plain(filing.filed.to ? format_day(*filing.filed.to) : "").text(filing.ended_because.value_or("")).end();
  }
  fmt::print("{}", out);
  return Exit::done;
}

struct FileArguments {
  std::string bank;
  std::string name;
  std::optional<Day> from;
  std::optional<Day> to;
};

Exit file(const Globals& globals, const FileArguments& arguments) {
  Database database = open_database(globals);
  Transaction transaction = database.write();
  const bool changed = file_bank(transaction, {BankId(arguments.bank), arguments.name, {*arguments.from, arguments.to}}, operating_user());
  transaction.commit();
  if (changed) globals.tell({fmt::format("银行 {} 自 {} 起备案", arguments.bank, format_day(*arguments.from)), fmt::format("bank {} is filed from {}", arguments.bank, format_day(*arguments.from))});
  else globals.tell({fmt::format("银行 {} 早已如此备案，没有改动", arguments.bank), fmt::format("bank {} was filed so before; nothing changed", arguments.bank)});
  return Exit::done;
}

struct UnfileArguments {
  std::string bank;
  std::string why;
  std::optional<Day> from;
};

Exit unfile(const Globals& globals, const UnfileArguments& arguments) {
  Database database = open_database(globals);
  Transaction transaction = database.write();
  const bool changed = unfile_bank(transaction, BankId(arguments.bank), *arguments.from, arguments.why, operating_user());
  transaction.commit();
  if (changed) globals.tell({fmt::format("银行 {} 自 {} 起不再备案", arguments.bank, format_day(*arguments.from)), fmt::format("bank {} is not filed from {} on", arguments.bank, format_day(*arguments.from))});
  else globals.tell({fmt::format("银行 {} 早已如此，没有改动", arguments.bank), fmt::format("bank {} was unfiled so before; nothing changed", arguments.bank)});
  return Exit::done;
}

}  // namespace

void add_banks_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* banks = program.add_subcommand("banks", globals.say({"合作银行备案", "filed banks"}));
  banks->require_subcommand(1);
  add_leaf(*banks, globals, invocation, "list", {"列出备案及起止日期（CSV）", "list filings with their periods (CSV)"}, "talent-loan banks list",
           [&globals] { return list_banks(globals); });

  auto filing = std::make_shared<FileArguments>();
  CLI::App* leaf = add_leaf(*banks, globals, invocation, "file", {"登记银行备案", "file a bank"},
                            "talent-loan banks file bank-a --from 2020-01-01 --name 某银行淄博分行", [&globals, filing] { return file(globals, *filing); });
  leaf->add_option("BANK", filing->bank, globals.say({"银行编号", "bank id"}))->required();
  add_day(*leaf, globals, "--from", filing->from, {"备案第一天", "the first day"})->required();
  add_day(*leaf, globals, "--to", filing->to, {"备案最后一天（默认无期限）", "the last day (no end)"});
  leaf->add_option("--name", filing->name, globals.say({"银行名称", "the bank's name"}))->type_name("NAME");

  auto ending = std::make_shared<UnfileArguments>();
  leaf = add_leaf(*banks, globals, invocation, "unfile", {"结束银行备案", "end a bank's filing"},
                  "talent-loan banks unfile bank-a --from 2021-01-01 --why \"licence withdrawn\"", [&globals, ending] { return unfile(globals, *ending); });
  leaf->add_option("BANK", ending->bank, globals.say({"银行编号", "bank id"}))->required();
  add_day(*leaf, globals, "--from", ending->from, {"不再备案的第一天", "the first day without filing"})->required();
  leaf->add_option("--why", ending->why, globals.say({"原因", "the reason"}))->required()->type_name("TEXT");
}

}  // namespace talent_loan::host
