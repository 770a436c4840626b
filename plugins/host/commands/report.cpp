// report batch, bank, fund, year: what a clerk reads, signs and files. Claims and awards: report_claims.cpp.
#include <memory>

#include "core/report/batch_report.hpp"
#include "core/report/statements.hpp"
#include "plugins/host/commands/report_claims.hpp"
#include "plugins/host/commands/report_job.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

struct StatementArguments {
  std::string subject;  // a batch, a bank or a fund
  int year = 0;
  std::optional<Day> from;
  std::optional<Day> to;
  ReportFiles files;
};

Exit report_batch(const Globals& globals, const StatementArguments& arguments) {
  ReportJob job(globals, ReportJob::Policies::read);
  const BatchRecord batch = job.batch(arguments.subject);
  job.write(arguments.files, batch.as_of, [&](Report& out) { batch_report(job.reporting(), batch, out); });
  return Exit::done;
}

Exit report_bank(const Globals& globals, const StatementArguments& arguments) {
  ReportJob job(globals, ReportJob::Policies::unread);
  job.require_bank(arguments.subject);
  const Day day = arguments.to.value_or(day_in_china(job.transaction().now()));
  job.write(arguments.files, day, [&](Report& out) { bank_statement(job.reporting(), BankId(arguments.subject), day, out); });
  return Exit::done;
}

Exit report_fund(const Globals& globals, const StatementArguments& arguments) {
  ReportJob job(globals, ReportJob::Policies::read);
  job.require_fund(arguments.subject);
  const Day made_on = arguments.to.value_or(job.last_posting());
  job.write(arguments.files, made_on, [&](Report& out) { fund_statement(job.reporting(), arguments.subject, arguments.from, arguments.to, out); });
  return Exit::done;
}

Exit report_year(const Globals& globals, const StatementArguments& arguments) {
  ReportJob job(globals, ReportJob::Policies::unread);
  const Day last = std::chrono::year(arguments.year) / std::chrono::December / 31;
  job.write(arguments.files, last, [&](Report& out) { year_summary(job.reporting(), arguments.year, out); });
  return Exit::done;
}

using Body = Exit (*)(const Globals&, const StatementArguments&);

std::pair<CLI::App*, std::shared_ptr<StatementArguments>> add_statement(CLI::App& report, const Globals& globals, Invocation& invocation, const std::string& name, const Text& description,
                                                                        const std::string& example, Body body) {
  auto arguments = std::make_shared<StatementArguments>();
  CLI::App* leaf = add_leaf(report, globals, invocation, name, description, example, [&globals, arguments, body] { return body(globals, *arguments); });
  return {leaf, arguments};
}

}  // namespace

void add_report_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* report = program.add_subcommand("report", globals.say({"报表", "reports"}));
  report->require_subcommand(1);

  auto [batch, of_batch] = add_statement(*report, globals, invocation, "batch", {"结算单", "the sheet of a settlement batch"}, "talent-loan report batch --batch 2020-12 --xlsx 2020-12.xlsx", report_batch);
  batch->add_option("--batch", of_batch->subject, globals.say({"批次号", "batch id"}))->required()->type_name("ID");
  add_report_files(*batch, globals, of_batch->files);

  auto [bank, of_bank] = add_statement(*report, globals, invocation, "bank", {"银行对账单", "statement of a bank"}, "talent-loan report bank --bank icbc --to 2020-12-31", report_bank);
  bank->add_option("--bank", of_bank->subject, globals.say({"银行", "bank id"}))->required()->type_name("ID");
  add_day(*bank, globals, "--to", of_bank->to, {"截至该日，默认今天", "up to that day; default: today"});
  add_report_files(*bank, globals, of_bank->files);

  auto [fund, of_fund] = add_statement(*report, globals, invocation, "fund", {"基金流水", "movements of a fund"}, "talent-loan report fund --fund city-talent-loan", report_fund);
  fund->add_option("--fund", of_fund->subject, globals.say({"基金", "fund"}))->required()->type_name("NAME");
  add_day(*fund, globals, "--from", of_fund->from, {"自该日起", "from that day"});
  add_day(*fund, globals, "--to", of_fund->to, {"截至该日", "up to that day"});
  add_report_files(*fund, globals, of_fund->files);

  auto [year, of_year] = add_statement(*report, globals, invocation, "year", {"年度汇总", "summary of a year"}, "talent-loan report year --year 2020 --xlsx 2020.xlsx", report_year);
  year->add_option("--year", of_year->year, globals.say({"年度", "calendar year"}))->required()->check(CLI::Range(1, 9999))->type_name("YYYY");
  add_report_files(*year, globals, of_year->files);

  add_claim_reports(*report, globals, invocation);
}

}  // namespace talent_loan::host
