// Any bytes as an .xlsx file, or as the parts of one: refused with a sentence, or a sheet that holds nothing but
// texts, can be read as a talent list, and be written with a further column.
#include <zlib.h>

#include <vector>

#include "core/files/workbook.hpp"
#include "core/talent/list_sheet.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan;
using fuzz::require;

namespace {

template <typename Number>
void put(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// A zip archive of parts that are stored as they are.
std::string archive(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string out, directory;
  for (const auto& [name, bytes] : parts) {
    const auto checksum = static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
    const auto offset = static_cast<std::uint32_t>(out.size());
    std::string common;
    put<std::uint16_t>(common, 20), put<std::uint16_t>(common, 0), put<std::uint16_t>(common, 0), put<std::uint32_t>(common, 0);
    put(common, checksum), put(common, static_cast<std::uint32_t>(bytes.size())), put(common, static_cast<std::uint32_t>(bytes.size()));
    put(common, static_cast<std::uint16_t>(name.size())), put<std::uint16_t>(common, 0);
    out += "PK\x03\x04" + common + name + bytes;
    directory += std::string("PK\x01\x02\x14\0", 6) + common;
    put<std::uint16_t>(directory, 0), put<std::uint16_t>(directory, 0), put<std::uint16_t>(directory, 0), put<std::uint32_t>(directory, 0), put(directory, offset);
    directory += name;
  }
  const auto begin = static_cast<std::uint32_t>(out.size());
  const auto count = static_cast<std::uint16_t>(parts.size());
  std::string end = "PK\x05\x06";
  put<std::uint32_t>(end, 0), put(end, count), put(end, count), put(end, static_cast<std::uint32_t>(directory.size())), put(end, begin), put<std::uint16_t>(end, 0);
  return out + directory + end;
}

const std::string usual_workbook =
    "<workbook xmlns:r='r'><workbookPr date1904='1'/><sheets><sheet name='S' sheetId='1' r:id='a'/></sheets></workbook>";
const std::string relations = "<Relationships><Relationship Id='a' Target='worksheets/sheet1.xml'/></Relationships>";

void use(const std::string& path) {
  const WorkbookSheet sheet = read_workbook(path);
  for (const auto& row : sheet.rows) {
    require(row.size() <= 256, "no more columns than allowed");
    for (const WorkbookCell& cell : row) {
      require(invalid_utf8_at(cell.text) == std::string_view::npos, "cells are UTF-8");
      if (const auto day = day_of_serial_number(cell.text, sheet.counts_from_1904)) require(!format_day(*day).empty(), "a day is a day");
    }
  }
  static const Programmes programmes{{ProgrammeId("p"), Programme{.id = ProgrammeId("p"), .name = verbatim("p")}}};
  static const ListVocabulary vocabulary{};
  const ListSheet list(sheet, vocabulary, path);
  const auto rows = list.rows();
  for (ListRow row; rows->next(row);) {
    const auto read = read_listing(row, programmes);
    if (const auto* problem = std::get_if<RowProblem>(&read)) require(!problem->message.english.empty(), "a rejected row says why");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  std::string bytes;
  switch (input.byte() % 4) {
    case 0: bytes = input.rest(); break;
    case 1: bytes = archive({{"xl/workbook.xml", std::string(input.until('\0'))}, {"xl/_rels/workbook.xml.rels", std::string(input.rest())}, {"xl/worksheets/sheet1.xml", "<worksheet/>"}}); break;
    default: {
      std::vector<std::pair<std::string, std::string>> parts{{"xl/workbook.xml", usual_workbook}, {"xl/_rels/workbook.xml.rels", relations}};
      parts.emplace_back("xl/worksheets/sheet1.xml", input.until('\0'));
      if (!input.empty()) parts.emplace_back("xl/sharedStrings.xml", input.rest());
      bytes = archive(parts);
    }
  }
  const fuzz::MemoryFile file(bytes);
  try {
    use(file.path());
  } catch (const Failure& failure) {
    require(!failure.diagnostics().empty() && !failure.diagnostics().front().sentence(Language::english).empty(), "a refusal says why");
  }
  return 0;
}
