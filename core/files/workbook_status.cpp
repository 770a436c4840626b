// A status column into a workbook that otherwise stays as its writer left it.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <minizip/zip.h>

#include "core/files/workbook.hpp"
#include "core/files/workbook_archive.hpp"

namespace talent_loan {
namespace {

constexpr const char* types_part = "[Content_Types].xml";
constexpr const char* calculation_order = "xl/calcChain.xml";  // of formulas, which are left out
constexpr double column_width = 60;

// Parts that say how cells look and are grouped. Anything else may run (macros, embedded objects) or fetch (links to
// other workbooks, connections).
bool harmless(std::string_view part) {
  constexpr std::array<std::string_view, 6> named{types_part, "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", calculation_order};
  constexpr std::array<std::string_view, 8> folders{"docProps/", "xl/theme/", "xl/worksheets/", "xl/printerSettings/", "xl/comments", "xl/drawings/", "xl/media/", "xl/tables/"};
  return part == "xl/sharedStrings.xml" || part.ends_with('/') || std::find(named.begin(), named.end(), part) != named.end() ||
         std::any_of(folders.begin(), folders.end(), [&](std::string_view folder) { return part.starts_with(folder); });
}

std::string column_letters(std::size_t column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26) letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters;
}

std::string written(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "", pugi::format_raw, pugi::encoding_utf8);
  return out.str();
}

void leave_out_formulas(pugi::xml_node data) {
  for (pugi::xml_node row : data.children()) {
    for (pugi::xml_node cell : row.children()) {
      while (pugi::xml_node formula = xml_child(cell, "f")) cell.remove_child(formula);
    }
  }
}

// The tree of a sheet while the column is put into it.
class SheetTree {
 public:
  explicit SheetTree(pugi::xml_node root) : root_(root), data_(xml_child(root, "sheetData")) {
    const std::string_view name = data_.name();
    prefix_ = std::string(name.substr(0, name.size() - std::string_view("sheetData").size()));
  }

  void put(std::size_t column, const std::vector<std::string>& status) {
    leave_out_formulas(data_);
    root_.remove_child(xml_child(root_, "dimension"));
    make_room(column);
    std::uint32_t next_row = 0;
    for (pugi::xml_node row : data_.children()) {
      if (!xml_named(row, "row")) continue;
      const std::uint32_t at = place_of(row, next_row);
      next_row = at + 1;
      row.remove_attribute("spans");
      put_cell(row, at, column, at < status.size() ? status[at] : std::string());
    }
  }

 private:
  // Where the reader found the row: by its first cell, else by its own number, else behind the row before.
  static std::uint32_t place_of(const pugi::xml_node& row, std::uint32_t next_row) {
    std::uint32_t at = 0;
    std::uint32_t column = 0;
    if (parse_cell_reference(xml_child(row, "c").attribute("r").as_string(), at, column)) return at;
    const std::uint32_t said = row.attribute("r").as_uint(0);
    return said > 0 ? said - 1 : next_row;
  }

  pugi::xml_node append(pugi::xml_node parent, const char* name) const { return parent.append_child((prefix_ + name).c_str()); }

  void put_cell(pugi::xml_node row, std::uint32_t at, std::size_t column, const std::string& text) const {
    const std::string place = fmt::format("{}{}", column_letters(column), at + 1);
    for (pugi::xml_node cell = row.first_child(); cell;) {
      const pugi::xml_node next = cell.next_sibling();
      if (place == cell.attribute("r").as_string()) row.remove_child(cell);
      cell = next;
    }
    if (text.empty()) return;
    // Cells stand in the order of their columns; an empty but formatted one may stand behind ours.
    pugi::xml_node before;
    for (const pugi::xml_node other : row.children()) {
      std::uint32_t other_row = 0;
      std::uint32_t other_column = 0;
      if (parse_cell_reference(other.attribute("r").as_string(), other_row, other_column) && other_column < column) before = other;
    }
    const std::string name = prefix_ + "c";
    pugi::xml_node cell = before ? row.insert_child_after(name.c_str(), before) : row.append_child(name.c_str());
    cell.append_attribute("r") = place.c_str();
    cell.append_attribute("t") = "inlineStr";
    pugi::xml_node words = append(append(cell, "is"), "t");
    words.append_attribute("xml:space") = "preserve";
    words.text().set(text.c_str());
  }

  // A width at which the sentences can be read, unless the sheet says one for that column.
  void make_room(std::size_t column) {
    pugi::xml_node columns = xml_child(root_, "cols");
    const auto number = static_cast<unsigned>(column + 1);
    for (const pugi::xml_node one : columns.children()) {
      if (one.attribute("max").as_uint() >= number) return;
    }
    if (!columns) columns = root_.insert_child_before((prefix_ + "cols").c_str(), data_);
    pugi::xml_node one = append(columns, "col");
    one.append_attribute("min") = number;
    one.append_attribute("max") = number;
    one.append_attribute("width") = column_width;
    one.append_attribute("customWidth") = 1;
  }

  pugi::xml_node root_;
  pugi::xml_node data_;
  std::string prefix_;
};

// Behind the last column that holds anything, or the column of an earlier call.
std::size_t status_column(const WorkbookSheet& sheet, std::size_t header_row, const std::vector<std::string>& header_words,
                          const std::vector<std::string>& status_words) {
  std::size_t column = 0;
  for (const auto& row : sheet.rows) column = std::max(column, row.size());
  if (column == 0 || sheet.rows[header_row].size() != column) return column;
  const std::string& header = sheet.rows[header_row][column - 1].text;
  if (std::find(header_words.begin(), header_words.end(), header) == header_words.end()) return column;
  for (std::size_t row = header_row + 1; row < sheet.rows.size(); ++row) {
    if (sheet.rows[row].size() < column) continue;
    const std::string& text = sheet.rows[row][column - 1].text;
    const bool ours = text.empty() || std::any_of(status_words.begin(), status_words.end(), [&](const std::string& word) { return text.starts_with(word); });
    if (!ours) return column;  // the clerk's own column of that name
  }
  return column - 1;
}

// An archive in memory: what clerks keep in a sheet is not left lying in a temporary folder.
class ArchiveWriter {
 public:
  ArchiveWriter() : memory_(::memfd_create("workbook", 0)) {
    if (memory_ >= 0) archive_ = zipOpen64(fmt::format("/proc/self/fd/{}", memory_).c_str(), APPEND_STATUS_CREATE);
    require(archive_ != nullptr);
  }
  ArchiveWriter(const ArchiveWriter&) = delete;
  ~ArchiveWriter() {
    if (archive_ != nullptr) zipClose(archive_, nullptr);
    if (memory_ >= 0) ::close(memory_);
  }

  void add(const std::string& name, const std::string& bytes) {
    zip_fileinfo info{};
    require(zipOpenNewFileInZip64(archive_, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, Z_DEFAULT_COMPRESSION, 0) == ZIP_OK);
    require(zipWriteInFileInZip(archive_, bytes.data(), static_cast<unsigned>(bytes.size())) == ZIP_OK);
    require(zipCloseFileInZip(archive_) == ZIP_OK);
  }

  std::string finish() {
    require(zipClose(std::exchange(archive_, nullptr), nullptr) == ZIP_OK);
    InputFile whole = InputFile::open(fmt::format("/proc/self/fd/{}", memory_));
    std::string bytes;
    std::string block(1 << 16, '\0');
    while (const std::size_t got = whole.read(block.data(), block.size())) bytes.append(block, 0, got);
    return bytes;
  }

 private:
  static void require(bool ok) {
    if (!ok) throw Failure({"无法写工作簿", "cannot write the workbook"}, {});
  }

  int memory_;
  zipFile archive_ = nullptr;
};

// What names the order of calculation, in the parts that list all others.
void forget_calculation_order(pugi::xml_node list) {
  for (pugi::xml_node entry = list.first_child(); entry;) {
    const pugi::xml_node next = entry.next_sibling();
    const std::string_view part = entry.attribute("PartName").as_string(entry.attribute("Target").as_string());
    if (part.ends_with("calcChain.xml")) list.remove_child(entry);
    entry = next;
  }
}

}  // namespace

std::optional<std::string> workbook_with_status(const std::string& path, const WorkbookSheet& sheet, std::size_t header_row,
                                                const std::vector<std::string>& status, const StatusWords& words) {
  WorkbookArchive archive(path);
  const std::vector<std::string> names = archive.names();
  if (!std::all_of(names.begin(), names.end(), harmless)) return std::nullopt;
  ArchiveWriter out;
  for (const std::string& name : names) {
    if (name == calculation_order || name.ends_with('/')) continue;
    const bool lists_parts = name == types_part || name == "xl/_rels/workbook.xml.rels";
    const bool is_sheet = name.starts_with("xl/worksheets/") && name.ends_with(".xml");
    if (!lists_parts && !is_sheet) {
      out.add(name, archive.read(name));
      continue;
    }
    pugi::xml_document document = archive.read_xml(name);
    if (lists_parts) forget_calculation_order(document.document_element());
    if (is_sheet && name == sheet.part) {
      SheetTree(document.document_element()).put(status_column(sheet, header_row, words.headers, words.beginnings), status);
    } else if (is_sheet) {
      leave_out_formulas(xml_child(document.document_element(), "sheetData"));
    }
    out.add(name, written(document));
  }
  return out.finish();
}

}  // namespace talent_loan
