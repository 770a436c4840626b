// What the report commands share: one consistent state of the books, names, and the files a report is written to.
#pragma once

#include <functional>
#include <string>

#include "core/files/files.hpp"
#include "core/report/report.hpp"
#include "core/report/reporting.hpp"
#include "core/settlement/batch.hpp"
#include "plugins/host/bureau.hpp"

namespace talent_loan::host {

struct ReportFiles {
  std::string out;   // text; empty: standard output, unless one of the others is asked for
  std::string xlsx;
  std::string csv;
};
// --out, --xlsx and, where the report has a list, --csv.
enum class HasList { no, yes };
void add_report_files(CLI::App& leaf, const Globals& globals, ReportFiles& files, HasList list = HasList::no);

class ReportJob {
 public:
  // Clauses are read from the configured policies where a report shows them.
  enum class Policies { unread, read };
  ReportJob(const Globals& globals, Policies policies);

  const Reporting& reporting() const { return reporting_; }
  Transaction& transaction() { return transaction_; }
  BatchRecord batch(const std::string& id);  // throws Failure where there is none
  // Throws Failure with the ids there are where nobody knows this one: a slip of the pen would give an empty report, or book
  // what nobody owes.
  void require_bank(const std::string& id);
  void require_fund(const std::string& id);  // REQUIRES: policies were read
  void require_reimbursing_payer(const std::string& id);  // REQUIRES: policies were read
  // The last day that anything was posted on: when a report without a day of its own says it was made.
  Day last_posting();

  // Writes the report to every file that is asked for; all appear or none.
  void write(const ReportFiles& files, Day made_on, const std::function<void(Report&)>& tell, const std::function<void(OutputFile&)>& list = {});

 private:
  Bureau bureau_;
  PolicySet policies_;
  Transaction transaction_;
  BankNames names_;
  Reporting reporting_;
};

}  // namespace talent_loan::host
