#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "core/files/workbook.hpp"
#include "core/files/workbook_archive.hpp"

namespace talent_loan {
namespace {

constexpr std::uint32_t columns_at_most = 256;
constexpr std::uint32_t rows_at_most = 1U << 20;  // the format's own

// Text of a string item: plain, or in runs; phonetic hints (rPh) are not part of it.
std::string string_item(const pugi::xml_node& item) {
  std::string text;
  for (const pugi::xml_node node : item.children()) {
    if (xml_named(node, "t")) text += node.text().get();
    if (xml_named(node, "r")) text += xml_child(node, "t").text().get();
  }
  return text;
}

std::string trimmed(std::string text) {
  constexpr std::string_view blanks = " \t\r\n";
  for (;;) {
    const std::size_t first = text.find_first_not_of(blanks);
    text = first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
    // The ideographic space and the no-break space are blanks to a clerk too.
    bool again = false;
    for (const std::string_view wide : {"\u3000", "\u00A0"}) {
      if (text.starts_with(wide)) text.erase(0, wide.size()), again = true;
      if (text.ends_with(wide)) text.erase(text.size() - wide.size()), again = true;
    }
    if (!again) return text;
  }
}

std::string first_sheet_part(WorkbookArchive& archive, WorkbookSheet& sheet) {
  const pugi::xml_document workbook = archive.read_xml("xl/workbook.xml");
  const pugi::xml_node root = workbook.document_element();
  const std::string_view from_1904 = xml_child(root, "workbookPr").attribute("date1904").as_string();
  sheet.counts_from_1904 = from_1904 == "1" || from_1904 == "true";
  const pugi::xml_node first = xml_child(xml_child(root, "sheets"), "sheet");
  sheet.name = first.attribute("name").as_string();
  std::string id;
  for (const pugi::xml_attribute attribute : first.attributes()) {
    if (std::string_view(attribute.name()).ends_with(":id")) id = attribute.value();
  }
  const pugi::xml_document relations = archive.read_xml("xl/_rels/workbook.xml.rels");
  for (const pugi::xml_node relation : relations.document_element().children()) {
    if (id.empty() || relation.attribute("Id").as_string() != id) continue;
    const std::string target = relation.attribute("Target").as_string();
    return target.starts_with('/') ? target.substr(1) : "xl/" + target;
  }
  archive.damaged();
}

std::vector<std::string> shared_strings(WorkbookArchive& archive) {
  std::vector<std::string> strings;
  if (!archive.has("xl/sharedStrings.xml")) return strings;
  const pugi::xml_document document = archive.read_xml("xl/sharedStrings.xml");
  for (const pugi::xml_node item : document.document_element().children()) {
    if (xml_named(item, "si")) strings.push_back(trimmed(string_item(item)));
  }
  return strings;
}

WorkbookCell read_cell(const WorkbookArchive& archive, const pugi::xml_node& node, const std::vector<std::string>& strings) {
  const std::string_view type = node.attribute("t").as_string("n");
  const std::string value = xml_child(node, "v").text().get();
  WorkbookCell cell;
  if (type == "s") {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), index);
    if (error != std::errc() || index >= strings.size()) archive.damaged();
    cell.text = strings[index];
  } else {
    cell.text = trimmed(type == "inlineStr" ? string_item(xml_child(node, "is")) : value);
  }
  if (invalid_utf8_at(cell.text) != std::string_view::npos) archive.damaged();
  if (!cell.text.empty()) cell.kind = type == "n" ? WorkbookCell::Kind::number : WorkbookCell::Kind::text;
  return cell;
}

void read_rows(const WorkbookArchive& archive, const pugi::xml_node& data, const std::vector<std::string>& strings, WorkbookSheet& sheet) {
  std::uint32_t next_row = 0;
  for (const pugi::xml_node row : data.children()) {
    if (!xml_named(row, "row")) continue;
    std::uint32_t next_column = 0;
    for (const pugi::xml_node node : row.children()) {
      if (!xml_named(node, "c")) continue;
      std::uint32_t at_row = next_row;
      std::uint32_t column = next_column;
      // Cells and rows need not say where they are; then they follow the one before.
      const std::string_view reference = node.attribute("r").as_string();
      if (!reference.empty() && !parse_cell_reference(reference, at_row, column)) archive.damaged();
      next_row = at_row;
      next_column = column + 1;
      WorkbookCell cell = read_cell(archive, node, strings);
      if (cell.kind == WorkbookCell::Kind::empty) continue;
      if (at_row >= rows_at_most) archive.damaged();
      if (column >= columns_at_most) archive.refuse({"工作表超过 256 列", "the sheet has over 256 columns"});
      if (sheet.rows.size() <= at_row) sheet.rows.resize(at_row + 1);
      auto& cells = sheet.rows[at_row];
      if (cells.size() <= column) cells.resize(column + 1);
      cells[column] = std::move(cell);
    }
    const std::uint32_t said = row.attribute("r").as_uint(0);
    next_row = std::min(std::max(next_row, said > 0 ? said - 1 : 0), rows_at_most) + 1;
  }
}

void read_merged(const pugi::xml_node& merges, WorkbookSheet& sheet) {
  for (const pugi::xml_node merge : merges.children()) {
    const std::string_view range = merge.attribute("ref").as_string();
    const std::size_t colon = range.find(':');
    MergedCells cells;
    if (colon == std::string_view::npos || !parse_cell_reference(range.substr(0, colon), cells.first_row, cells.first_column) ||
        !parse_cell_reference(range.substr(colon + 1), cells.last_row, cells.last_column)) {
      continue;  // how a title is drawn is no reason to refuse a list
    }
    sheet.merged.push_back(cells);
  }
}

}  // namespace

WorkbookSheet read_workbook(const std::string& path) {
  { const InputFile readable = InputFile::open(path); }  // says why, where it cannot be read at all
  WorkbookArchive archive(path);
  WorkbookSheet sheet;
  sheet.part = first_sheet_part(archive, sheet);
  const std::vector<std::string> strings = shared_strings(archive);
  const pugi::xml_document document = archive.read_xml(sheet.part);
  read_rows(archive, xml_child(document.document_element(), "sheetData"), strings, sheet);
  read_merged(xml_child(document.document_element(), "mergeCells"), sheet);
  return sheet;
}

bool looks_like_workbook(const std::string& path) {
  if (path == "-") return false;
  InputFile file = InputFile::open(path);
  char first[4];
  return file.read(first, sizeof first) == sizeof first && std::string_view(first, 4) == "PK\x03\x04";
}

std::optional<Day> day_of_serial_number(std::string_view number, bool counts_from_1904) {
  // "43983" and "43983.0" are whole days; anything with a time of day is not a date cell's.
  const std::size_t point = number.find('.');
  if (point != std::string_view::npos && number.find_first_not_of('0', point + 1) != std::string_view::npos) return std::nullopt;
  const std::string_view whole = number.substr(0, point);
  std::int32_t serial = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), serial);
  constexpr std::int32_t last = 2'958'465;  // 9999-12-31
  if (error != std::errc() || end != whole.data() + whole.size() || serial < 0 || serial > last) return std::nullopt;
  if (counts_from_1904) serial += 1462;
  // Serial 60 is a 29 February 1900 that never was; the days before it count one less than the days after.
  if (serial < 1 || serial == 60 || serial > last) return std::nullopt;
  return Day(serial - (serial < 60 ? 25'568 : 25'569));
}

}  // namespace talent_loan
