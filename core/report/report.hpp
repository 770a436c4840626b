// What a report is made of, whatever it is written as: a heading, tables with their totals, notes. Each report is
// told once, to a Report; text for a terminal and a workbook for spreadsheets are two kinds of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/message/message.hpp"
#include "core/money/money.hpp"

namespace talent_loan {

enum class CellKind { text = 1, count, money, day };

struct ReportColumn {
  std::string key;  // its name in CSV, and in formulas
  Text title;
  CellKind kind = CellKind::text;
  bool summed = false;  // in the row of totals
  // How a money cell follows from others of its row, for a workbook: "[paid]-[returned]"; "[^balance]" is the
  // cell of the row above. The caller gives its value all the same.
  std::string formula{};
};

using ReportCell = std::variant<std::monostate, std::string_view, std::int64_t, Fen, Day>;

// A table filled cell by cell, in the order of its columns.
class ReportRows {
 public:
  explicit ReportRows(std::vector<ReportColumn> columns) : columns_(std::move(columns)), sums_(columns_.size()) {}
  ReportRows(const ReportRows&) = delete;
  ReportRows& operator=(const ReportRows&) = delete;
  virtual ~ReportRows() = default;

  ReportRows& text(std::string_view cell) { return put(cell); }
  ReportRows& count(std::int64_t cell) { return put(cell); }
  ReportRows& money(Fen cell) { return put(cell); }
  ReportRows& money(FenSum cell) { return put(cell.to_fen()); }
  ReportRows& day(Day cell) { return put(cell); }
  ReportRows& blank() { return put({}); }
  // REQUIRES: a cell was put in every column.
  void end_row();
  // The last row: the label in the first column, sums beneath the summed ones. Nothing where no row was put.
  void totals(const std::string& label);

  bool empty() const { return rows_ == 0; }
  // Of a money column, over the rows so far.
  FenSum sum(std::string_view key) const;

 protected:
  virtual void write_cell(std::size_t column, const ReportCell& cell) = 0;
  virtual void write_row_end() = 0;
  // `sum`: a count or money; monostate where the column has none.
  virtual void write_total(std::size_t column, const ReportCell& sum) = 0;

  const std::vector<ReportColumn>& columns() const { return columns_; }
  std::size_t index_of(std::string_view key) const;  // REQUIRES: a column has it

 private:
  ReportRows& put(const ReportCell& cell);

  std::vector<ReportColumn> columns_;
  std::vector<FenSum> sums_;  // counts and money alike
  std::size_t column_ = 0;
  std::int64_t rows_ = 0;
};

// Columns of a table that are drawn beside each other for each of its rows; totals are left out.
struct ReportChart {
  std::string title;
  std::string categories;            // key of the column that names a row
  std::vector<std::string> series;  // keys of money columns
};

class Report {
 public:
  virtual ~Report() = default;

  // Once, first: the title and lines that say what the report covers.
  virtual void head(const std::string& title, const std::vector<std::string>& lines) = 0;
  // Begins a table and ends the one before; `name` is at most 31 characters without []:*?/\. Valid until the next.
  virtual ReportRows& table(const std::string& name, std::vector<ReportColumn> columns) = 0;
  // A line below the table that was begun last.
  virtual void note(const std::string& line) = 0;
  // Draws the table that was begun last, where the report can hold pictures.
  virtual void chart(const ReportChart& chart) = 0;
};

}  // namespace talent_loan
