// report batch, bank, fund, year: what a clerk reads, signs and files.
#include <functional>
#include <memory>

#include "core/report/batch_report.hpp"
#include "core/report/batch_workbook.hpp"
#include "core/report/statements.hpp"
#include "plugins/host/bureau.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

struct BatchArguments {
  std::string batch;
  std::string out = "-";
  std::string xlsx;
};

Exit report_batch(const Globals& globals, const BatchArguments& arguments) {
  const PolicySet policies = load_configured_policies(globals);
  Bureau bureau = open_bureau(globals);
  Transaction transaction = bureau.database.read();
  const auto batch = find_batch(transaction, BatchId(arguments.batch));
  if (!batch) {
    throw Failure({"没有批次 " + talent_loan::quoted(arguments.batch), "there is no batch " + talent_loan::quoted(arguments.batch)},
                  {"批次由 settle 产生", "batches are made by settle"});
  }
  if (!arguments.xlsx.empty()) {
    OutputFile workbook(arguments.xlsx);
    workbook.write(batch_workbook(transaction, *batch, bureau.site, globals.language));
    workbook.commit();
    return Exit::done;
  }
  OutputFile file(arguments.out);
  file.write(batch_report(transaction, *batch, policies, bureau.site, globals.language));
  file.commit();
  return Exit::done;
}

struct StatementArguments {
  std::string subject;  // a bank or a fund
  int year = 0;
  std::optional<Day> from;
  std::optional<Day> to;
  std::string out = "-";
};

// Writes what `make` reads in one consistent state of the books.
Exit write_statement(const Globals& globals, const std::string& out, const std::function<std::string(Transaction&, const Site&)>& make) {
  Bureau bureau = open_bureau(globals);
  Transaction transaction = bureau.database.read();
  OutputFile file(out);
  file.write(make(transaction, bureau.site));
  file.commit();
  return Exit::done;
}

void add_out(CLI::App& leaf, const Globals& globals, std::string& out) {
  leaf.add_option("--out", out, globals.say({"输出文件，默认标准输出", "output file; default: standard output"}))->type_name("FILE");
}

void add_bank(CLI::App& report, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<StatementArguments>();
  CLI::App* leaf = add_leaf(report, globals, invocation, "bank", {"银行对账单", "statement of a bank"}, "talent-loan report bank --bank icbc --to 2020-12-31",
                            [&globals, arguments] {
                              return write_statement(globals, arguments->out, [&](Transaction& transaction, const Site& site) {
                                const Day day = arguments->to.value_or(day_in_china(transaction.now()));
                                return bank_statement(transaction, BankId(arguments->subject), day, site, globals.language);
                              });
                            });
  leaf->add_option("--bank", arguments->subject, globals.say({"银行", "bank id"}))->required()->type_name("ID");
  add_day(*leaf, globals, "--to", arguments->to, {"截至该日，默认今天", "up to that day; default: today"});
  add_out(*leaf, globals, arguments->out);
}

void add_fund(CLI::App& report, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<StatementArguments>();
  CLI::App* leaf = add_leaf(report, globals, invocation, "fund", {"基金流水", "movements of a fund"}, "talent-loan report fund --fund city-talent-loan",
                            [&globals, arguments] {
                              return write_statement(globals, arguments->out, [&](Transaction& transaction, const Site& site) {
                                return fund_statement(transaction, arguments->subject, arguments->from, arguments->to, site, globals.language);
                              });
                            });
  leaf->add_option("--fund", arguments->subject, globals.say({"基金", "fund"}))->required()->type_name("NAME");
  add_day(*leaf, globals, "--from", arguments->from, {"自该日起", "from that day"});
  add_day(*leaf, globals, "--to", arguments->to, {"截至该日", "up to that day"});
  add_out(*leaf, globals, arguments->out);
}

void add_year(CLI::App& report, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<StatementArguments>();
  CLI::App* leaf = add_leaf(report, globals, invocation, "year", {"年度汇总", "summary of a year"}, "talent-loan report year --year 2020",
                            [&globals, arguments] {
                              return write_statement(globals, arguments->out, [&](Transaction& transaction, const Site& site) {
                                return year_summary(transaction, arguments->year, site, globals.language);
                              });
                            });
  leaf->add_option("--year", arguments->year, globals.say({"年度", "calendar year"}))->required()->check(CLI::Range(1, 9999))->type_name("YYYY");
  add_out(*leaf, globals, arguments->out);
}

}  // namespace

void add_report_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* report = program.add_subcommand("report", globals.say({"报表", "reports"}));
  report->require_subcommand(1);
  auto arguments = std::make_shared<BatchArguments>();
  CLI::App* leaf = add_leaf(*report, globals, invocation, "batch", {"结算单", "the sheet of a settlement batch"},
                            "talent-loan report batch --batch 2020-12", [&globals, arguments] { return report_batch(globals, *arguments); });
  leaf->add_option("--batch", arguments->batch, globals.say({"批次号", "batch id"}))->required()->type_name("ID");
  add_out(*leaf, globals, arguments->out);
  leaf->add_option("--xlsx", arguments->xlsx, globals.say({"写成 Excel 工作簿", "write a spreadsheet instead"}))->type_name("FILE");
  add_bank(*report, globals, invocation);
  add_fund(*report, globals, invocation);
  add_year(*report, globals, invocation);
}

}  // namespace talent_loan::host
