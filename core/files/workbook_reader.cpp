#include <algorithm>
#include <charconv>
#include <memory>

#include <fmt/format.h>
#include <minizip/unzip.h>
#include <pugixml.hpp>

#include "core/files/workbook.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t unpacked_bytes_at_most = 256U << 20;
constexpr std::uint32_t columns_at_most = 256;
constexpr std::uint32_t rows_at_most = 1U << 20;  // the format's own

[[noreturn]] void refuse(const std::string& path, const Text& why, const Text& remedy = {}) {
  throw Failure(Diagnostic{.place = {.file = path}, .found = why, .allowed = {}, .remedy = remedy});
}

// The parts of a workbook: files in a zip archive.
class Archive {
 public:
  explicit Archive(const std::string& path) : path_(path), archive_(unzOpen64(path.c_str()), unzClose) {
    if (!archive_) refuse(path, {"不是 xlsx 工作簿", "not an xlsx workbook"}, {"请另存为 .xlsx 或 CSV", "save it as .xlsx or CSV"});
  }
  const std::string& path() const { return path_; }

  bool has(const std::string& name) const { return unzLocateFile(archive_.get(), name.c_str(), 2) == UNZ_OK; }

  std::string read(const std::string& name) {
    unz_file_info64 info{};
    const bool found = has(name) && unzGetCurrentFileInfo64(archive_.get(), &info, nullptr, 0, nullptr, 0, nullptr, 0) == UNZ_OK;
    if (!found) refuse(path_, {fmt::format("工作簿缺少 {}", name), fmt::format("the workbook lacks {}", name)});
    // Counted while unpacking: what the archive says of its own size may be a lie.
    if (unzOpenCurrentFile(archive_.get()) != UNZ_OK) damaged();
    std::string bytes;
    std::string block(1 << 16, '\0');
    int got = 0;
    while ((got = unzReadCurrentFile(archive_.get(), block.data(), static_cast<unsigned>(block.size()))) > 0) {
      unpacked_ += static_cast<std::size_t>(got);
      if (unpacked_ > unpacked_bytes_at_most) refuse(path_, {"工作簿展开后超过 256 MiB", "the workbook unpacks to over 256 MiB"}, {"请拆分，或用 CSV", "split it, or use CSV"});
      bytes.append(block, 0, static_cast<std::size_t>(got));
    }
    if (got < 0 || unzCloseCurrentFile(archive_.get()) != UNZ_OK) damaged();
    return bytes;
  }

  pugi::xml_document read_xml(const std::string& name) {
    const std::string bytes = read(name);
    pugi::xml_document document;
    // A document type could define entities; no workbook has one. pugixml expands none, and this refuses them.
    if (bytes.find("<!DOCTYPE") != std::string::npos) damaged();
    if (!document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default | pugi::parse_ws_pcdata)) damaged();
    return document;
  }

  [[noreturn]] void damaged() const { refuse(path_, {"工作簿已损坏或加密", "the workbook is damaged or encrypted"}, {"请重新保存", "save it again"}); }

 private:
  std::string path_;
  std::unique_ptr<void, decltype(&unzClose)> archive_;
  std::size_t unpacked_ = 0;
};

// Names in a part may carry any prefix: "x:row" is a row.
bool named(const pugi::xml_node& node, std::string_view name) {
  const std::string_view full = node.name();
  const std::size_t colon = full.find(':');
  return (colon == std::string_view::npos ? full : full.substr(colon + 1)) == name;
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
  for (const pugi::xml_node node : parent.children()) {
    if (named(node, name)) return node;
  }
  return {};
}

// Text of a string item: plain, or in runs; phonetic hints (rPh) are not part of it.
std::string string_item(const pugi::xml_node& item) {
  std::string text;
  for (const pugi::xml_node node : item.children()) {
    if (named(node, "t")) text += node.text().get();
    if (named(node, "r")) text += child(node, "t").text().get();
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

// "C12" -> column 2, row 11; false for anything else.
bool parse_reference(std::string_view reference, std::uint32_t& row, std::uint32_t& column) {
  column = 0;
  std::size_t letters = 0;
  for (; letters < reference.size() && reference[letters] >= 'A' && reference[letters] <= 'Z' && letters < 3; ++letters) {
    column = column * 26 + static_cast<std::uint32_t>(reference[letters] - 'A' + 1);
  }
  const auto [end, error] = std::from_chars(reference.data() + letters, reference.data() + reference.size(), row);
  if (letters == 0 || error != std::errc() || end != reference.data() + reference.size() || row == 0 || row > rows_at_most) return false;
  --column;
  --row;
  return true;
}

std::string first_sheet_part(Archive& archive, WorkbookSheet& sheet) {
  const pugi::xml_document workbook = archive.read_xml("xl/workbook.xml");
  const pugi::xml_node root = workbook.document_element();
  const std::string_view from_1904 = child(root, "workbookPr").attribute("date1904").as_string();
  sheet.counts_from_1904 = from_1904 == "1" || from_1904 == "true";
  const pugi::xml_node first = child(child(root, "sheets"), "sheet");
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

std::vector<std::string> shared_strings(Archive& archive) {
  std::vector<std::string> strings;
  if (!archive.has("xl/sharedStrings.xml")) return strings;
  const pugi::xml_document document = archive.read_xml("xl/sharedStrings.xml");
  for (const pugi::xml_node item : document.document_element().children()) {
    if (named(item, "si")) strings.push_back(trimmed(string_item(item)));
  }
  return strings;
}

WorkbookCell read_cell(const Archive& archive, const pugi::xml_node& node, const std::vector<std::string>& strings) {
  const std::string_view type = node.attribute("t").as_string("n");
  const std::string value = child(node, "v").text().get();
  WorkbookCell cell;
  if (type == "s") {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), index);
    if (error != std::errc() || index >= strings.size()) archive.damaged();
    cell.text = strings[index];
  } else {
    cell.text = trimmed(type == "inlineStr" ? string_item(child(node, "is")) : value);
  }
  if (invalid_utf8_at(cell.text) != std::string_view::npos) archive.damaged();
  if (!cell.text.empty()) cell.kind = type == "n" ? WorkbookCell::Kind::number : WorkbookCell::Kind::text;
  return cell;
}

void read_rows(const Archive& archive, const pugi::xml_node& data, const std::vector<std::string>& strings, WorkbookSheet& sheet) {
  std::uint32_t next_row = 0;
  for (const pugi::xml_node row : data.children()) {
    if (!named(row, "row")) continue;
    std::uint32_t next_column = 0;
    for (const pugi::xml_node node : row.children()) {
      if (!named(node, "c")) continue;
      std::uint32_t at_row = next_row;
      std::uint32_t column = next_column;
      // Cells and rows need not say where they are; then they follow the one before.
      const std::string_view reference = node.attribute("r").as_string();
      if (!reference.empty() && !parse_reference(reference, at_row, column)) archive.damaged();
      next_row = at_row;
      next_column = column + 1;
      WorkbookCell cell = read_cell(archive, node, strings);
      if (cell.kind == WorkbookCell::Kind::empty) continue;
      if (at_row >= rows_at_most) archive.damaged();
      if (column >= columns_at_most) refuse(archive.path(), {"工作表超过 256 列", "the sheet has over 256 columns"});
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
    if (colon == std::string_view::npos || !parse_reference(range.substr(0, colon), cells.first_row, cells.first_column) ||
        !parse_reference(range.substr(colon + 1), cells.last_row, cells.last_column)) {
      continue;  // how a title is drawn is no reason to refuse a list
    }
    sheet.merged.push_back(cells);
  }
}

}  // namespace

WorkbookSheet read_workbook(const std::string& path) {
  { const InputFile readable = InputFile::open(path); }  // says why, where it cannot be read at all
  Archive archive(path);
  WorkbookSheet sheet;
  const std::string part = first_sheet_part(archive, sheet);
  const std::vector<std::string> strings = shared_strings(archive);
  const pugi::xml_document document = archive.read_xml(part);
  read_rows(archive, child(document.document_element(), "sheetData"), strings, sheet);
  read_merged(child(document.document_element(), "mergeCells"), sheet);
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
  // Serial 61 is 1900-03-01; before it the format counts a 29 February 1900 that never was.
  if (serial < 61 || serial > last) return std::nullopt;
  return Day(serial - 25'569);
}

}  // namespace talent_loan
