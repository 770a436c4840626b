// ledger trial-balance, ledger journal.
#include <memory>

#include <fmt/format.h>

#include "core/ledger/export.hpp"
#include "core/report/journal_words.hpp"
#include "core/report/text_table.hpp"
#include "plugins/host/bureau.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

struct LedgerArguments {
  std::optional<Day> from;
  std::optional<Day> to;
  std::string format = "text";
  std::string out = "-";
};

using Align = TextTable::Align;

void trial_balance_text(const Globals& globals, const std::vector<AccountBalance>& balances, const Sink& sink) {
  TextTable table({{globals.say({"科目", "account"})}, {globals.say({"借方", "debit"}), Align::right},
                   {globals.say({"贷方", "credit"}), Align::right}, {globals.say({"余额", "balance"}), Align::right}});
  FenSum debits, credits;
  for (const AccountBalance& account : balances) {
    debits += account.debits;
    credits += account.credits;
    table.add({account.account, format_yuan(account.debits), format_yuan(account.credits), format_yuan(account.balance)});
  }
  table.add({globals.say({"合计", "total"}), format_yuan(debits), format_yuan(credits), "0.00"});
  sink(table.text());
}

void journal_text(const Globals& globals, Transaction& transaction, const LedgerArguments& arguments, const Sink& sink) {
  each_entry(transaction, arguments.from, arguments.to, [&](const JournalEntry& entry) {
    std::string out = fmt::format("{}  {}  {} {}  {}\n", entry.number, format_day(entry.posted_on),
                                  globals.say(entry_kind_words(entry.kind)), entry.reference, globals.say(entry_description(entry)));
    for (const Posting& posting : entry.postings) {
      out += fmt::format("    {:<60} {:>18} {:>18}\n", posting.account, posting.amount.negative() ? "" : format_yuan(posting.amount),
                         posting.amount.negative() ? format_yuan(Fen() - posting.amount) : "");
    }
    sink(out);
  });
}

Exit trial_balance_command(const Globals& globals, const LedgerArguments& arguments) {
  Bureau bureau = open_bureau(globals);
  Transaction transaction = bureau.database.read();
  OutputFile file(arguments.out);
  const Sink sink = [&](std::string_view text) { file.write(text); };
  const std::vector<AccountBalance> balances = trial_balance(transaction, arguments.to);
  if (arguments.format == "csv") export_trial_balance_csv(balances, sink);
  else trial_balance_text(globals, balances, sink);
  file.commit();
  return Exit::done;
}

Exit journal_command(const Globals& globals, const LedgerArguments& arguments) {
  Bureau bureau = open_bureau(globals);
  Transaction transaction = bureau.database.read();
  OutputFile file(arguments.out);
  const Sink sink = [&](std::string_view text) { file.write(text); };
  if (arguments.format == "csv") export_journal_csv(transaction, arguments.from, arguments.to, sink);
  else if (arguments.format == "hledger") export_journal_hledger(transaction, arguments.from, arguments.to, sink);
  else journal_text(globals, transaction, arguments, sink);
  file.commit();
  return Exit::done;
}

void add_common(CLI::App& leaf, const Globals& globals, LedgerArguments& arguments, const std::vector<std::string>& formats) {
  add_day(leaf, globals, "--to", arguments.to, {"截至该日", "up to that day"});
  leaf.add_option("--format", arguments.format, globals.say({"格式", "format"}))->check(CLI::IsMember(formats));
  leaf.add_option("--out", arguments.out, globals.say({"输出文件，默认标准输出", "output file; default: standard output"}))->type_name("FILE");
}

}  // namespace

void add_ledger_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* ledger = program.add_subcommand("ledger", globals.say({"复式账", "the double-entry books"}));
  ledger->require_subcommand(1);
  auto balance = std::make_shared<LedgerArguments>();
  CLI::App* leaf = add_leaf(*ledger, globals, invocation, "trial-balance", {"试算平衡表", "the trial balance"},
                            "talent-loan ledger trial-balance --to 2020-12-31 --format csv",
                            [&globals, balance] { return trial_balance_command(globals, *balance); });
  add_common(*leaf, globals, *balance, {"text", "csv"});
  auto journal = std::make_shared<LedgerArguments>();
  leaf = add_leaf(*ledger, globals, invocation, "journal", {"日记账", "the journal"},
                  "talent-loan ledger journal --format hledger --out books.journal",
                  [&globals, journal] { return journal_command(globals, *journal); });
  add_common(*leaf, globals, *journal, {"text", "csv", "hledger"});
  add_day(*leaf, globals, "--from", journal->from, {"自该日起", "from that day"});
}

}  // namespace talent_loan::host
