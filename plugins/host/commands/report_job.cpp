#include "plugins/host/commands/report_job.hpp"

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
