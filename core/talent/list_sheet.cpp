#include "core/talent/list_sheet.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/files/yaml.hpp"

namespace talent_loan {
namespace {

using enum ListColumn;
constexpr std::size_t header_within_rows = 30;
constexpr std::array<ListColumn, 6> needed{talent_id, name, id_type, id_number, programme, valid_from};
constexpr std::array<ListColumn, 4> dates{valid_from, valid_to, employed_from, employed_to};

std::size_t number(ListColumn column) { return static_cast<std::size_t>(column); }
bool is_date(ListColumn column) { return std::find(dates.begin(), dates.end(), column) != dates.end(); }

// Blanks of every width that stand around a cell's text unseen.
constexpr std::array<std::string_view, 7> blanks{" ", "\t", "\r", "\n", "\u3000", "\u00A0", "\uFEFF"};

std::string_view without_blanks_around(std::string_view text) {
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view blank : blanks) {
      for (; text.starts_with(blank); found = true) text.remove_prefix(blank.size());
      for (; text.ends_with(blank); found = true) text.remove_suffix(blank.size());
    }
  }
  return text;
}

// A header without what forms add to it: blanks, line breaks, stars, and a remark in brackets behind it.
std::string plain_header(std::string_view header) {
  std::string out(header);
  const auto leave_out = [&](std::string_view what) {
    for (std::size_t at = out.find(what); at != std::string::npos; at = out.find(what, at)) out.erase(at, what.size());
  };
  for (const std::string_view blank : blanks) leave_out(blank);
  for (const std::string_view star : {"*", "＊", "：", ":"}) leave_out(star);
  for (const auto& [open, close] : {std::pair<std::string_view, std::string_view>{"（", "）"}, {"(", ")"}}) {
    const std::size_t at = out.find(open);
    if (at != std::string::npos && at != 0 && out.ends_with(close)) out.erase(at);
  }
  return out;
}

void read_words(const YamlValue& map, ListVocabulary& vocabulary) {
  for (const auto& [word, cells] : map.entries()) {
    for (const YamlValue& cell : cells.filled_list()) {
      if (const auto text = cell.text()) vocabulary.words.emplace(*text, word);
    }
  }
}

void read_columns(const YamlValue& map, ListVocabulary& vocabulary) {
  const YamlMap columns = map.map(list_column_names());
  for (std::size_t i = 0; i < list_columns; ++i) {
    for (const YamlValue& header : columns.optional(list_column_names()[i]).list()) {
      if (const auto text = header.text()) vocabulary.columns.emplace(plain_header(*text), static_cast<ListColumn>(i));
    }
  }
}

// Day as clerks write it: 2020-06-01, 2020/6/1, 2020.6.1, 2020年6月1日, 20200601.
std::optional<Day> written_day(std::string_view text) {
  std::array<int, 3> parts{};
  std::size_t part = 0;
  std::size_t digits = 0;
  if (text.size() == 8 && text.find_first_not_of("0123456789") == std::string_view::npos) {
    return parse_day(fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2)));
  }
  constexpr std::array<std::string_view, 3> after{"年", "月", "日"};
  while (!text.empty()) {
    if (part == parts.size()) return std::nullopt;
    if (text.front() >= '0' && text.front() <= '9' && digits < 4) {
      parts[part] = parts[part] * 10 + (text.front() - '0');
      ++digits;
      text.remove_prefix(1);
      continue;
    }
    // "20/6/1" could be three days; a year has four digits.
    if (digits == 0 || (part == 0) != (digits == 4) || (part > 0 && digits > 2)) return std::nullopt;
    const bool chinese = text.starts_with(after[part]);
    if (!chinese && (part == 2 || std::string_view("-/.").find(text.front()) == std::string_view::npos)) return std::nullopt;
    text.remove_prefix(chinese ? after[part].size() : 1);
    ++part;
    digits = 0;
    if (part == 3) return text.empty() ? parse_day(fmt::format("{:04}-{:02}-{:02}", parts[0], parts[1], parts[2])) : std::nullopt;
  }
  return part == 2 && (digits == 1 || digits == 2) ? parse_day(fmt::format("{:04}-{:02}-{:02}", parts[0], parts[1], parts[2])) : std::nullopt;
}

std::string date_cell(WorkbookCell::Kind kind, std::string_view text, bool counts_from_1904) {
  std::optional<Day> day;
  if (kind == WorkbookCell::Kind::number) day = day_of_serial_number(text, counts_from_1904);
  if (!day) day = written_day(text);
  return day ? format_day(*day) : std::string(text);
}

}  // namespace

ListVocabulary load_list_vocabulary(const std::string& path, const Programmes& programmes) {
  YamlProblems problems;
  const YamlMap root = read_yaml(path, "programmes", {"programmes", "columns", "words"}, problems);
  ListVocabulary vocabulary;
  if (root.has("columns")) read_columns(root.optional("columns"), vocabulary);
  if (root.has("words")) read_words(root.optional("words"), vocabulary);
  problems.throw_if_any();
  for (std::size_t i = 0; i < list_columns; ++i) vocabulary.columns.emplace(list_column_names()[i], static_cast<ListColumn>(i));
  for (const auto& [id, one] : programmes) {
    vocabulary.words.emplace(one.name.chinese, id.text());
    vocabulary.words.emplace(one.name.english, id.text());
  }
  return vocabulary;
}

ListSheet::ListSheet(const WorkbookSheet& sheet, const ListVocabulary& vocabulary, const std::string& path) : sheet_(sheet), vocabulary_(vocabulary) {
  std::size_t best_found = 0;
  std::string missing;
  for (std::size_t row = 0; row < std::min(sheet.rows.size(), header_within_rows); ++row) {
    std::array<std::size_t, list_columns> positions;
    positions.fill(nowhere);
    std::size_t found = 0;
    for (std::size_t column = 0; column < sheet.rows[row].size(); ++column) {
      const auto known = vocabulary.columns.find(plain_header(sheet.rows[row][column].text));
      if (known == vocabulary.columns.end() || positions[number(known->second)] != nowhere) continue;
      positions[number(known->second)] = column;
      ++found;
    }
    if (found <= best_found) continue;
    best_found = found;
    header_row_ = row;
    positions_ = positions;
  }
  for (const ListColumn column : needed) {
    if (best_found == 0 || positions_[number(column)] == nowhere) missing += (missing.empty() ? "" : ", ") + list_column_names()[number(column)];
  }
  if (missing.empty()) return;
  throw Failure(Diagnostic{.place = {.file = path, .line = best_found == 0 ? 1 : header_row_ + 1},
                           .found = {fmt::format("表头缺少列：{}", missing), fmt::format("the header lacks columns: {}", missing)},
                           .allowed = {"programmes.yaml 的 columns 中的列名，表头在前 30 行内", "the names under columns in programmes.yaml, within the first 30 rows"}});
}

std::vector<std::uint32_t> ListSheet::date_columns() const {
  std::vector<std::uint32_t> columns;
  for (const ListColumn column : dates) {
    if (positions_[number(column)] != nowhere) columns.push_back(static_cast<std::uint32_t>(positions_[number(column)]));
  }
  return columns;
}

class ListSheet::Rows final : public ListRows {
 public:
  explicit Rows(const ListSheet& list) : list_(list), next_(list.header_row_ + 1) {}

  bool next(ListRow& row) override {
    const auto& rows = list_.sheet_.rows;
    while (next_ < rows.size() && rows[next_].empty()) ++next_;
    if (next_ >= rows.size()) return false;
    row.line = next_ + 1;
    row.fault = {};
    for (std::size_t i = 0; i < list_columns; ++i) {
      const std::size_t position = list_.positions_[i];
      const WorkbookCell cell = position < rows[next_].size() ? rows[next_][position] : WorkbookCell{};
      texts_[i] = text_of(static_cast<ListColumn>(i), cell);
      row.cells[i] = texts_[i];
      if (static_cast<ListColumn>(i) == id_number) row.id_number_was_number = cell.kind == WorkbookCell::Kind::number;
    }
    ++next_;
    return true;
  }

 private:
  std::string text_of(ListColumn column, const WorkbookCell& cell) const {
    if (cell.kind == WorkbookCell::Kind::empty) return {};
    const std::string_view text = without_blanks_around(cell.text);
    if (is_date(column)) return date_cell(cell.kind, text, list_.sheet_.counts_from_1904);
    if (column != id_type && column != programme && column != level) return std::string(text);
    const auto known = list_.vocabulary_.words.find(text);
    return known == list_.vocabulary_.words.end() ? std::string(text) : known->second;
  }

  const ListSheet& list_;
  std::size_t next_;
  std::array<std::string, list_columns> texts_;
};

std::unique_ptr<ListRows> ListSheet::rows() const { return std::make_unique<Rows>(*this); }

}  // namespace talent_loan
