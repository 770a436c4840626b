// A report as a workbook (.xlsx) for spreadsheets: one sheet per table, set up to be printed on A4.
#pragma once

#include <memory>

#include "core/report/report.hpp"

namespace talent_loan {

// Every sheet bears the heading; the header of its table stays in view and is repeated on every printed page. Amounts
// and counts are numbers, days are dates, totals and columns with a formula are formulas beside their values for
// readers that do not calculate. Text is never a formula, whatever it begins with. The same input gives the same
// bytes.
class WorkbookReport : public Report {
 public:
  // `made_on`: what the file says of its making; a day of the report's own, not the clock's.
  WorkbookReport(Language language, Day made_on);
  ~WorkbookReport() override;

  void head(const std::string& title, const std::vector<std::string>& lines) override;
  ReportRows& table(const std::string& name, std::vector<ReportColumn> columns) override;
  void note(const std::string& line) override;
  void chart(const ReportChart& chart) override;

  // The bytes of the file; nothing can be added afterwards. Throws Failure where it cannot be built, as where a
  // table has more rows than a sheet.
  std::string bytes();

 private:
  class Book;
  std::unique_ptr<Book> book_;
};

}  // namespace talent_loan
