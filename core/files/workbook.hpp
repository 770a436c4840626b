// Workbooks (.xlsx) as clerks keep them: the cells of the first sheet in, the same sheet with one more column out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/files/files.hpp"

namespace talent_loan {

struct WorkbookCell {
  enum class Kind { empty, text, number };
  Kind kind = Kind::empty;
  std::string text;  // a number as the file writes it: "43983", "3.70302198001011E+17"
};

// Rows and columns count from 0, both ends inclusive.
struct MergedCells {
  std::uint32_t first_row = 0, first_column = 0, last_row = 0, last_column = 0;
};

struct WorkbookSheet {
  std::string name;
  std::string part{};  // of the archive it was read from: "xl/worksheets/sheet1.xml"
  std::vector<std::vector<WorkbookCell>> rows;  // rows[0] is the sheet's row 1; blank rows are empty
  std::vector<MergedCells> merged;
  bool counts_from_1904 = false;  // the date system of old Macintosh files
};

// The first sheet. What a formula last gave is its value; text is trimmed of blanks around it. Throws Failure for
// what is no workbook, is encrypted, or is larger than any list: 256 MiB unpacked, 12 million tags, 256 columns.
WorkbookSheet read_workbook(const std::string& path);

// Whether the file begins as a workbook does (a zip archive).
bool looks_like_workbook(const std::string& path);

// The day that a date cell's number stands for; nullopt where it is no whole day of 1900-01-01 to 9999-12-31.
std::optional<Day> day_of_serial_number(std::string_view number, bool counts_from_1904);

// How a status column of an earlier call is known again.
struct StatusWords {
  std::vector<std::string> headers;     // one of them stands in the header row
  std::vector<std::string> beginnings;  // every cell below is empty or begins with one of them
};

// The bytes of the workbook at `path`, of which `sheet` was read, with `status[i]` in row i of one more column and all
// else as its writer left it: formats, widths, other sheets. The column of an earlier call is replaced. Formulas are
// left out, what they last gave stays. nullopt where the workbook has parts that could run or fetch something: then
// only its cells can be handed back.
std::optional<std::string> workbook_with_status(const std::string& path, const WorkbookSheet& sheet, std::size_t header_row,
                                                const std::vector<std::string>& status, const StatusWords& words);

// Writes the cells of the sheet alone, with a further column behind its last: `status[i]` stands in row i. Numbers in
// `date_columns` are shown as days. Text that a spreadsheet would run as a formula is kept as text. Appears whole or
// not at all.
void write_workbook(const std::string& path, const WorkbookSheet& sheet, const std::vector<std::uint32_t>& date_columns,
                    const std::vector<std::string>& status);

}  // namespace talent_loan
