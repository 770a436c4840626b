#include "core/report/text_table.hpp"

#include <algorithm>
#include <cstdint>

namespace talent_loan {
namespace {

struct CodePoints {
  std::uint32_t first;
  std::uint32_t last;
};

// Wide and full-width blocks of Unicode's EastAsianWidth.txt, by block: what Chinese text is made of.
constexpr CodePoints wide[] = {{0x1100, 0x115F},  {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF},
                               {0x4E00, 0x9FFF},  {0xA000, 0xA4CF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
                               {0xFE30, 0xFE6F},  {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF},
                               {0x20000, 0x3FFFD}};
constexpr CodePoints zero[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};

template <std::size_t size>
bool in(const CodePoints (&blocks)[size], std::uint32_t c) {
  return std::any_of(std::begin(blocks), std::end(blocks),
                     [c](const CodePoints& b) { return b.first <= c && c <= b.last; });
}

std::size_t width_of(std::uint32_t code_point) {
  return in(zero, code_point) ? 0 : in(wide, code_point) ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  std::uint32_t code_point = 0;
  const auto finish = [&] { width += code_point == 0 ? 0 : width_of(code_point); };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) {
      code_point = code_point << 6 | (byte & 0x3F);
      continue;
    }
    finish();
    code_point = byte < 0x80 ? byte : byte < 0xE0 ? byte & 0x1F : byte < 0xF0 ? byte & 0x0F : byte & 0x07;
  }
  finish();
  return width;
}

std::vector<std::size_t> TextTable::widths(bool with_titles) const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = with_titles ? display_width(columns_[i].title) : 0;
    for (const auto& row : rows_) width = i < row.size() ? std::max(width, display_width(row[i])) : width;
    out.push_back(width);
  }
  return out;
}

std::string TextTable::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                            std::string_view indent) const {
  std::string out(indent);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string cell = i < cells.size() ? cells[i] : "";
    const std::string pad(widths[i] - display_width(cell), ' ');
    if (i != 0) out += "  ";
    out += columns_[i].align == Align::right ? pad + cell : cell + pad;
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::string TextTable::text(std::string_view indent) const {
  const std::vector<std::size_t> cells_wide = widths(true);
  std::vector<std::string> titles;
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    titles.push_back(columns_[i].title);
    rules.emplace_back(cells_wide[i], '-');
  }
  std::string out = line(titles, cells_wide, indent) + line(rules, cells_wide, indent);
  for (const auto& row : rows_) out += line(row, cells_wide, indent);
  return out;
}

std::string TextTable::rows(std::string_view indent) const {
  const std::vector<std::size_t> cells_wide = widths(false);
  std::string out;
  for (const auto& row : rows_) out += line(row, cells_wide, indent);
  return out;
}

}  // namespace talent_loan
