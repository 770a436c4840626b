// Tables for a terminal: columns line up where Chinese characters take two cells each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace talent_loan {

// Cells that UTF-8 text takes on a terminal (Unicode East Asian Width; ambiguous characters count one).
std::size_t display_width(std::string_view text);

// A plain table: header, a rule, rows. Numbers stand right, words left.
//
//   TextTable table({{"支付方"}, {"支付", TextTable::Align::right}});
//   table.add({"city", "800000.00"});
//   out += table.text("  ");
class TextTable {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // Missing cells are empty. REQUIRES: no more cells than columns.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Every line begins with `indent` and ends in a line feed, without trailing blanks.
  std::string text(std::string_view indent = "") const;
  std::string rows(std::string_view indent = "") const;  // without header and rule

 private:
  std::vector<std::size_t> widths(bool with_titles) const;
  std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                   std::string_view indent) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace talent_loan
