#include "core/report/report_sheet.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/report/text_table.hpp"

namespace talent_loan {
namespace {

constexpr std::uint8_t a4 = 9;
constexpr std::size_t narrowest = 6;
constexpr std::size_t widest = 44;  // wider text is wrapped
constexpr std::size_t title_width = 12;  // of the title of a number
constexpr double line_height = 15;  // points
constexpr std::size_t characters_at_most = 32767;  // of a cell, by the format

lxw_format* bordered(lxw_workbook* book, const char* numbers, bool total) {
  lxw_format* format = workbook_add_format(book);
  if (*numbers != '\0') format_set_num_format(format, numbers);
  format_set_border(format, LXW_BORDER_THIN);
  format_set_border_color(format, 0x808080);
  format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
  if (total) format_set_bold(format), format_set_bg_color(format, 0xF2F2F2);
  return format;
}

lxw_format* text_format(lxw_workbook* book, bool total) {
  lxw_format* format = bordered(book, "", total);
  format_set_text_wrap(format);
  return format;
}

lxw_format* day_format(lxw_workbook* book) {
  lxw_format* format = bordered(book, "yyyy-mm-dd", false);
  format_set_align(format, LXW_ALIGN_CENTER);
  return format;
}

lxw_format* header_format(lxw_workbook* book) {
  lxw_format* format = bordered(book, "", true);
  format_set_bg_color(format, 0xDDE6F0);
  format_set_text_wrap(format);
  format_set_align(format, LXW_ALIGN_CENTER);
  return format;
}

lxw_format* line_format(lxw_workbook* book, bool title) {
  lxw_format* format = workbook_add_format(book);
  format_set_text_wrap(format);
  format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
  if (title) format_set_bold(format), format_set_font_size(format, 14);
  return format;
}

// "1,234,567.89" and "1,234,567": characters with the separators.
std::size_t shown_width(Fen amount) {
  const std::size_t width = format_yuan(amount).size();
  return width + (width - 4) / 3;
}
std::size_t shown_width(std::int64_t number) {
  const std::size_t width = std::to_string(number).size();
  return width + (width - 1) / 3;
}

std::size_t lines_of(std::size_t text, std::size_t column) { return (text + column - 1) / column; }

std::string cell_name(lxw_row_t row, std::size_t column) {
  char name[LXW_MAX_CELL_NAME_LENGTH];
  lxw_rowcol_to_cell(name, row, static_cast<lxw_col_t>(column));
  return name;
}

}  // namespace

SheetFormats::SheetFormats(lxw_workbook* book)
    : title(line_format(book, true)), line(line_format(book, false)), header(header_format(book)), text(text_format(book, false)),
      count(bordered(book, "#,##0", false)), money(bordered(book, "#,##0.00", false)), day(day_format(book)),
      total_text(text_format(book, true)), total_count(bordered(book, "#,##0", true)), total_money(bordered(book, "#,##0.00", true)) {}

void check_written(lxw_error error, const std::string& sheet) {
  if (error == LXW_NO_ERROR) return;
  const bool full = error == LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE;
  throw Failure({fmt::format("无法生成工作簿的工作表 {}（{}）", sheet, lxw_strerror(error)), fmt::format("cannot make the sheet {} of the workbook ({})", sheet, lxw_strerror(error))},
                full ? Text{"行数超过工作表上限 1048576，请改用 CSV 或缩小范围", "a sheet holds 1048576 rows: use CSV, or ask for less"}
                     : Text{"检查临时目录的空间", "check the space in the temporary folder"});
}

double shown_yuan(Fen amount) { return static_cast<double>(amount.count()) / 100.0; }

void set_up_print(lxw_worksheet* sheet, Language language) {
  worksheet_set_landscape(sheet);
  worksheet_set_paper(sheet, a4);
  worksheet_set_margins(sheet, 0.5, 0.5, 0.6, 0.7);
  worksheet_center_horizontally(sheet);
  worksheet_fit_to_pages(sheet, 1, 0);
  worksheet_set_header(sheet, "&R&A");  // which sheet of the workbook a page belongs to
  worksheet_set_footer(sheet, language == Language::chinese ? "&C第 &P 页，共 &N 页" : "&Cpage &P of &N");
}

ReportSheet::ReportSheet(lxw_workbook* book, const SheetFormats& formats, Language language, const std::string& name,
                             std::vector<ReportColumn> columns, const std::string& title, const std::vector<std::string>& lines)
    : ReportRows(std::move(columns)), sheet_(workbook_add_worksheet(book, name.c_str())), formats_(formats), language_(language), name_(name),
      title_(title), lines_(lines), widths_(this->columns().size(), narrowest) {
  if (sheet_ == nullptr) check_written(LXW_ERROR_PARAMETER_VALIDATION, name);
  header_ = static_cast<lxw_row_t>(lines_.size()) + 1;
  row_ = header_;
  for (std::size_t i = 0; i < this->columns().size(); ++i) write_header(i);
  ++row_;
  set_up_print(sheet_, language);
  worksheet_freeze_panes(sheet_, header_ + 1, 0);
  worksheet_repeat_rows(sheet_, header_, header_);
}

void ReportSheet::fit(std::size_t column, std::size_t width) { widths_[column] = std::clamp(width + 2, widths_[column], widest); }

void ReportSheet::write_text(std::size_t column, std::string_view text, lxw_format* format) {
  std::string cell(text);
  const std::size_t width = display_width(cell);
  fit(column, width);
  row_lines_ = std::max(row_lines_, lines_of(width, widest - 2));
  if (cell.size() > characters_at_most) cell = quoted(cell);
  check_written(worksheet_write_string(sheet_, row_, static_cast<lxw_col_t>(column), cell.c_str(), format), name_);
}

// Titles of numbers are wrapped rather than widen the column.
void ReportSheet::write_header(std::size_t column) {
  const std::string& title = columns()[column].title.in(language_);
  fit(column, std::min(display_width(title), columns()[column].kind == CellKind::text ? widest : title_width));
  check_written(worksheet_write_string(sheet_, row_, static_cast<lxw_col_t>(column), title.c_str(), formats_.header), name_);
}

void ReportSheet::write_money(std::size_t column, Fen amount) {
  const auto at = static_cast<lxw_col_t>(column);
  fit(column, shown_width(amount));
  const std::string& formula = columns()[column].formula;
  if (formula.empty() || (empty() && formula.find("[^") != std::string::npos)) {
    check_written(worksheet_write_number(sheet_, row_, at, shown_yuan(amount), formats_.money), name_);
    return;
  }
  check_written(worksheet_write_formula_num(sheet_, row_, at, resolved(formula).c_str(), formats_.money, shown_yuan(amount)), name_);
}

std::string ReportSheet::resolved(const std::string& formula) const {
  std::string out = "=";
  for (std::size_t at = 0; at < formula.size(); ++at) {
    if (formula[at] != '[') {
      out += formula[at];
      continue;
    }
    const std::size_t end = formula.find(']', at);
    const bool above = formula[at + 1] == '^';
    const std::size_t key = at + (above ? 2 : 1);
    out += cell_name(above ? row_ - 1 : row_, index_of(std::string_view(formula).substr(key, end - key)));
    at = end;
  }
  return out;
}

void ReportSheet::write_cell(std::size_t column, const ReportCell& cell) {
  const auto at = static_cast<lxw_col_t>(column);
  last_ = row_;
  if (const auto* text = std::get_if<std::string_view>(&cell)) return write_text(column, *text, formats_.text);
  if (const auto* amount = std::get_if<Fen>(&cell)) return write_money(column, *amount);
  if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    fit(column, shown_width(*number));
    return check_written(worksheet_write_number(sheet_, row_, at, static_cast<double>(*number), formats_.count), name_);
  }
  if (const auto* day = std::get_if<Day>(&cell)) {
    fit(column, 10);
    if (day->year() < 1900) return write_text(column, format_day(*day), formats_.text);  // spreadsheets know none
    const std::chrono::year_month_day date = day->date();
    lxw_datetime when{static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())), static_cast<int>(static_cast<unsigned>(date.day())), 0, 0, 0};
    return check_written(worksheet_write_datetime(sheet_, row_, at, &when, formats_.day), name_);
  }
  check_written(worksheet_write_blank(sheet_, row_, at, formats_.text), name_);
}

// Not every program makes room for wrapped text by itself.
void ReportSheet::write_row_end() {
  if (row_lines_ > 1) check_written(worksheet_set_row(sheet_, row_, line_height * static_cast<double>(row_lines_), nullptr), name_);
  row_lines_ = 1;
  ++row_;
}

void ReportSheet::write_total(std::size_t column, const ReportCell& sum) {
  const auto at = static_cast<lxw_col_t>(column);
  if (const auto* label = std::get_if<std::string_view>(&sum)) return write_text(column, *label, formats_.total_text);
  const auto* amount = std::get_if<Fen>(&sum);
  const auto* number = std::get_if<std::int64_t>(&sum);
  if (amount == nullptr && number == nullptr) return check_written(worksheet_write_blank(sheet_, row_, at, formats_.total_text), name_);
  const double value = amount != nullptr ? shown_yuan(*amount) : static_cast<double>(*number);
  fit(column, 1 + (amount != nullptr ? shown_width(*amount) : shown_width(*number)));  // bold
  const std::string formula = fmt::format("=SUM({}:{})", cell_name(first_row(), column), cell_name(last_, column));
  check_written(worksheet_write_formula_num(sheet_, row_, at, formula.c_str(), amount != nullptr ? formats_.total_money : formats_.total_count, value), name_);
}

double ReportSheet::width_of(std::size_t column) const { return static_cast<double>(widths_[column]); }

void ReportSheet::write_line(lxw_row_t row, const std::string& line, lxw_format* format) {
  const auto last = static_cast<lxw_col_t>(columns().size() - 1);
  double width = 0;
  for (std::size_t i = 0; i < columns().size(); ++i) width += width_of(i);
  const double size = format == formats_.title ? 1.4 : 1.0;
  const double rows = 1 + static_cast<double>(static_cast<std::size_t>(static_cast<double>(display_width(line)) * size / width));
  check_written(worksheet_set_row(sheet_, row, line_height * size * rows, nullptr), name_);
  if (last == 0) check_written(worksheet_write_string(sheet_, row, 0, line.c_str(), format), name_);
  else check_written(worksheet_merge_range(sheet_, row, 0, row, last, line.c_str(), format), name_);
}

void ReportSheet::finish() {
  for (std::size_t i = 0; i < columns().size(); ++i) {
    const auto at = static_cast<lxw_col_t>(i);
    check_written(worksheet_set_column(sheet_, at, at, width_of(i), nullptr), name_);
    row_lines_ = std::max(row_lines_, lines_of(display_width(columns()[i].title.in(language_)) + 1, widths_[i]));
  }
  check_written(worksheet_set_row(sheet_, header_, line_height * static_cast<double>(row_lines_), nullptr), name_);
  write_line(0, title_, formats_.title);
  for (std::size_t i = 0; i < lines_.size(); ++i) write_line(static_cast<lxw_row_t>(i + 1), lines_[i], formats_.line);
  if (empty()) notes_.insert(notes_.begin(), language_ == Language::chinese ? "无" : "none");
  for (const std::string& note : notes_) write_line(row_++, note, formats_.line);
}

}  // namespace talent_loan
