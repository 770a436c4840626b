// A report's table as a CSV file: the columns' keys as header, rows as they come.
#pragma once

#include "core/files/files.hpp"
#include "core/report/report.hpp"

namespace talent_loan {

// Cells that a spreadsheet would run as formulas get an apostrophe (RowText::text). A row of totals is left out: it
// would be counted by whoever adds the column up. `out` outlives it; the caller commits it.
class CsvRows : public ReportRows {
 public:
  CsvRows(std::vector<ReportColumn> columns, OutputFile& out);

 private:
  void write_cell(std::size_t column, const ReportCell& cell) override;
  void write_row_end() override;
  void write_total(std::size_t, const ReportCell&) override { total_ = true; }

  OutputFile& out_;
  std::string line_;
  RowText row_;
  bool total_ = false;
};

}  // namespace talent_loan
