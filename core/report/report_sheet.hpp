// Internal to core/report: one sheet of a workbook report, and what all workbooks share.
#pragma once

#include <string>
#include <vector>

#include <xlsxwriter.h>

#include "core/report/report.hpp"

namespace talent_loan {

// The looks that all sheets share. Owned by the workbook.
struct SheetFormats {
  explicit SheetFormats(lxw_workbook* book);

  lxw_format* title;
  lxw_format* line;    // a line of plain text over the width of the table
  lxw_format* header;
  lxw_format* text;
  lxw_format* count;
  lxw_format* money;
  lxw_format* day;
  lxw_format* total_text;
  lxw_format* total_count;
  lxw_format* total_money;
};

// Throws Failure that names the sheet where the library refused something.
void check_written(lxw_error error, const std::string& sheet);

// A spreadsheet knows no other number than a binary one; up to 90 trillion yuan it shows every fen as it is.
double shown_yuan(Fen amount);

// A4 across, as wide as the page, the sheet's name above, page numbers beneath.
void set_up_print(lxw_worksheet* sheet, Language language);

class ReportSheet : public ReportRows {
 public:
  ReportSheet(lxw_workbook* book, const SheetFormats& formats, Language language, const std::string& name, std::vector<ReportColumn> columns,
                const std::string& title, const std::vector<std::string>& lines);

  const std::string& name() const { return name_; }
  void note(const std::string& line) { notes_.push_back(line); }
  // Widths, notes, what stays in view: once the table is full.
  void finish();

  // Rows of the table, without header and totals; REQUIRES: it has some.
  lxw_row_t first_row() const { return header_ + 1; }
  lxw_row_t last_row() const { return last_; }
  lxw_col_t column_of(std::string_view key) const { return static_cast<lxw_col_t>(index_of(key)); }
  const std::string& title_of(std::string_view key) const { return columns()[index_of(key)].title.in(language_); }

 private:
  void write_cell(std::size_t column, const ReportCell& cell) override;
  void write_row_end() override;
  void write_total(std::size_t column, const ReportCell& sum) override;

  void write_header(std::size_t column);
  void write_text(std::size_t column, std::string_view text, lxw_format* format);
  void write_money(std::size_t column, Fen amount);
  std::string resolved(const std::string& formula) const;
  void fit(std::size_t column, std::size_t width);
  // A line of text over all columns, high enough to be read whole.
  void write_line(lxw_row_t row, const std::string& line, lxw_format* format);
  double width_of(std::size_t column) const;

  lxw_worksheet* sheet_;
  const SheetFormats& formats_;
  Language language_;
  std::string name_;
  std::string title_;
  std::vector<std::string> lines_;
  std::vector<std::string> notes_;
  std::vector<std::size_t> widths_;  // of the widest cell, in characters
  std::size_t row_lines_ = 1;        // that the text of the row needs
  lxw_row_t header_ = 0;
  lxw_row_t row_ = 0;
  lxw_row_t last_ = 0;
};

}  // namespace talent_loan
