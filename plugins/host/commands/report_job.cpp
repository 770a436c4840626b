#include "plugins/host/commands/report_job.hpp"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/report/award_claim.hpp"
#include "core/report/text_report.hpp"
#include "core/report/workbook_report.hpp"
#include "plugins/host/banks/banks_file.hpp"

namespace talent_loan::host {
namespace {

// As filed; banks.yaml knows them in both languages.
BankNames known_names(const Globals& globals, Transaction& transaction) {
  BankNames names = filed_bank_names(transaction);
  for (auto& [bank, name] : load_bank_names(globals.config_directory)) names.insert_or_assign(bank, name);
  return names;
}

void require_known(const std::set<std::string>& known, const std::string& id, const Text& what, const Text& where) {
  if (known.contains(id)) return;
  const std::vector<std::string> all(known.begin(), known.end());
  const std::string near = nearest_word(id, all);
  const std::string listed = near.empty() ? fmt::format("{}", fmt::join(all, ", ")) : near;
  throw Failure({fmt::format("没有{} {}", what.chinese, talent_loan::quoted(id)), fmt::format("there is no {} {}", what.english, talent_loan::quoted(id))},
                {fmt::format("{}：{}", near.empty() ? where.chinese : "是否为", listed), fmt::format("{}: {}", near.empty() ? where.english : "did you mean", listed)});
}

}  // namespace

void add_report_files(CLI::App& leaf, const Globals& globals, ReportFiles& files, HasList list) {
  leaf.add_option("--out", files.out, globals.say({"文本文件，默认标准输出", "text to this file; default: standard output"}))->type_name("FILE");
  leaf.add_option("--xlsx", files.xlsx, globals.say({"写成 Excel 工作簿", "a spreadsheet"}))->type_name("FILE");
  if (list == HasList::yes) leaf.add_option("--csv", files.csv, globals.say({"清单写成 CSV", "the list as CSV"}))->type_name("FILE");
}

ReportJob::ReportJob(const Globals& globals, Policies policies)
    : bureau_(open_bureau(globals)), policies_(policies == Policies::read ? load_configured_policies(globals) : PolicySet({})), transaction_(bureau_.database.read()),
      names_(known_names(globals, transaction_)), reporting_{transaction_, bureau_.site, policies_, names_, globals.language} {}

BatchRecord ReportJob::batch(const std::string& id) {
  const auto found = find_batch(transaction_, BatchId(id));
  if (found) return *found;
  throw Failure({"没有批次 " + talent_loan::quoted(id), "there is no batch " + talent_loan::quoted(id)}, {"批次由 settle 产生", "batches are made by settle"});
}

void ReportJob::require_bank(const std::string& id) {
  std::set<std::string> known;
  for (const auto& [bank, name] : names_) known.insert(bank.text());
  for (const SiteParty& bank : bureau_.site.banks) known.insert(bank.id);
  transaction_.each("SELECT bank_id FROM loans UNION SELECT bank_id FROM claims UNION SELECT bank_id FROM bank_filings", {}, [&](const Row& row) { known.insert(row.text(0)); });
  require_known(known, id, {"银行", "bank"}, {"备案、banks.yaml 和台账中的银行", "banks that are filed, in banks.yaml or in the loan book"});
}

void ReportJob::require_fund(const std::string& id) {
  std::set<std::string> known;
  for (const SiteParty& fund : bureau_.site.funds) known.insert(fund.id);
  for (const PolicyVersion& version : policies_.versions()) {
    if (version.compensation.fund) known.insert(version.compensation.fund->name);
  }
  transaction_.each("SELECT fund FROM fund_deposits UNION SELECT fund FROM settlement_payments", {}, [&](const Row& row) { known.insert(row.text(0)); });
  known.erase("");  // paid from a budget
  require_known(known, id, {"基金", "fund"}, {"政策、site.yaml 和账中的基金", "funds of the policies, of site.yaml and in the books"});
}

void ReportJob::require_reimbursing_payer(const std::string& id) {
  std::set<std::string> known;
  for (const PayerId& payer : reimbursing_payers(reporting_)) known.insert(payer.text());
  require_known(known, id, {"补助他方的出资方", "reimbursing payer"}, {"政策中有 reimburses 的出资方", "payers whose shares reimburse"});
}

Day ReportJob::last_posting() {
  const auto row = transaction_.query_one("SELECT MAX(posted_on) FROM journal_entries");
  return row->optional_day(0).value_or(Day());
}

void ReportJob::write(const ReportFiles& files, Day made_on, const std::function<void(Report&)>& tell, const std::function<void(OutputFile&)>& list) {
  const bool text_wanted = !files.out.empty() || (files.xlsx.empty() && files.csv.empty());
  std::optional<OutputFile> text = output_for(text_wanted && files.out.empty() ? "-" : files.out), workbook = output_for(files.xlsx), csv = output_for(files.csv);
  if (text) {
    TextReport report(reporting_.language);
    tell(report);
    text->write(report.text());
  }
  if (workbook) {
    WorkbookReport report(reporting_.language, made_on);
    tell(report);
    workbook->write(report.bytes());
  }
  if (csv) list(*csv);
  std::vector<OutputFile*> all;
  for (auto* file : {&text, &workbook, &csv}) {
    if (*file) all.push_back(&**file);
  }
  commit_all(all);
}

}  // namespace talent_loan::host
