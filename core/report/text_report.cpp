#include "core/report/text_report.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace talent_loan {
namespace {

constexpr std::array<const char*, 11> numerals{"", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};

std::vector<TextTable::Column> text_columns(const std::vector<ReportColumn>& columns, Language language) {
  std::vector<TextTable::Column> out;
  for (const ReportColumn& column : columns) {
    const bool number = column.kind == CellKind::count || column.kind == CellKind::money;
    out.push_back({column.title.in(language), number ? TextTable::Align::right : TextTable::Align::left});
  }
  return out;
}

// One line of a table: a line break inside a cell would shift everything below it.
std::string in_one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  return out;
}

struct CellText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(std::string_view text) const { return in_one_line(text); }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(Fen amount) const { return format_yuan(amount); }
  std::string operator()(Day day) const { return format_day(day); }
};

}  // namespace

class TextReport::Rows : public ReportRows {
 public:
  Rows(const std::vector<ReportColumn>& columns, Language language) : ReportRows(columns), table_(text_columns(columns, language)) {}
  std::string text() const { return table_.text("  "); }

 private:
  void write_cell(std::size_t, const ReportCell& cell) override { cells_.push_back(std::visit(CellText(), cell)); }
  void write_total(std::size_t column, const ReportCell& cell) override { write_cell(column, cell); }
  void write_row_end() override { table_.add(std::exchange(cells_, {})); }

  TextTable table_;
  std::vector<std::string> cells_;
};

TextReport::TextReport(Language language) : language_(language) {}
TextReport::~TextReport() = default;

void TextReport::head(const std::string& title, const std::vector<std::string>& lines) {
  out_ += title + "\n";
  for (const std::string& line : lines) out_ += line + "\n";
}

ReportRows& TextReport::table(const std::string& name, std::vector<ReportColumn> columns) {
  end_table();
  ++tables_;
  out_ += language_ == Language::chinese ? fmt::format("\n{}、{}\n", numerals.at(static_cast<std::size_t>(tables_)), name) : fmt::format("\n{}. {}\n", tables_, name);
  rows_ = std::make_unique<Rows>(columns, language_);
  return *rows_;
}

void TextReport::note(const std::string& line) { notes_.push_back(line); }

void TextReport::end_table() {
  if (rows_) out_ += rows_->empty() ? (language_ == Language::chinese ? "  无\n" : "  none\n") : rows_->text();
  for (const std::string& line : notes_) out_ += "  " + line + "\n";
  notes_.clear();
  rows_.reset();
}

std::string TextReport::text() {
  end_table();
  return std::move(out_);
}

}  // namespace talent_loan
