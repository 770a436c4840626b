#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <xlsxwriter.h>

#include "core/files/scratch_file.hpp"
#include "core/files/workbook.hpp"

namespace talent_loan {
namespace {

constexpr std::uint64_t merged_cells_at_most = 4096;

// The one place where a cell's number becomes a binary one: the format has no other. It is written back as it
// was read, never reckoned with.
double as_written(const std::string& number) {
  double value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  return value;
}

class SheetWriter {
 public:
  SheetWriter(lxw_workbook* workbook, const WorkbookSheet& sheet, const std::vector<std::uint32_t>& date_columns)
      : out_(workbook_add_worksheet(workbook, nullptr)), day_format_(workbook_add_format(workbook)), sheet_(sheet), date_columns_(date_columns) {
    format_set_num_format(day_format_, "yyyy-mm-dd");
  }

  void write_cells() {
    for (std::uint32_t row = 0; row < sheet_.rows.size(); ++row) {
      for (std::uint32_t column = 0; column < sheet_.rows[row].size(); ++column) write_cell(row, column, sheet_.rows[row][column]);
    }
    for (const MergedCells& merged : sheet_.merged) write_merged(merged);
  }

  void write_status(const std::vector<std::string>& status) {
    std::size_t column = 0;
    for (const auto& row : sheet_.rows) column = std::max(column, row.size());
    for (std::uint32_t row = 0; row < status.size(); ++row) {
      if (!status[row].empty()) worksheet_write_string(out_, row, static_cast<lxw_col_t>(column), status[row].c_str(), nullptr);
    }
  }

 private:
  void write_cell(std::uint32_t row, std::uint32_t column, const WorkbookCell& cell) {
    const auto place = static_cast<lxw_col_t>(column);
    if (cell.kind == WorkbookCell::Kind::text) worksheet_write_string(out_, row, place, cell.text.c_str(), nullptr);
    if (cell.kind != WorkbookCell::Kind::number) return;
    const bool day = std::find(date_columns_.begin(), date_columns_.end(), column) != date_columns_.end();
    worksheet_write_number(out_, row, place, as_written(cell.text), day ? day_format_ : nullptr);
  }

  void write_merged(const MergedCells& merged) {
    if (merged.first_row >= sheet_.rows.size() || merged.first_column >= sheet_.rows[merged.first_row].size()) return;
    // A title spans some columns; every cell of a merge is written, and a hostile one spans the whole sheet.
    if (merged.last_row < merged.first_row || merged.last_column < merged.first_column) return;
    if ((merged.last_row - merged.first_row + 1ULL) * (merged.last_column - merged.first_column + 1ULL) > merged_cells_at_most) return;
    const std::string& text = sheet_.rows[merged.first_row][merged.first_column].text;
    worksheet_merge_range(out_, merged.first_row, static_cast<lxw_col_t>(merged.first_column), merged.last_row,
                          static_cast<lxw_col_t>(merged.last_column), text.c_str(), nullptr);
  }

  lxw_worksheet* out_;
  lxw_format* day_format_;
  const WorkbookSheet& sheet_;
  const std::vector<std::uint32_t>& date_columns_;
};

}  // namespace

void write_workbook(const std::string& path, const WorkbookSheet& sheet, const std::vector<std::uint32_t>& date_columns,
                    const std::vector<std::string>& status) {
  OutputFile target(path);  // says at once where the path cannot be written
  const ScratchFile scratch;
  lxw_workbook* workbook = workbook_new(scratch.path().c_str());
  SheetWriter writer(workbook, sheet, date_columns);
  writer.write_cells();
  writer.write_status(status);
  const lxw_error error = workbook_close(workbook);
  if (error != LXW_NO_ERROR) throw Failure({fmt::format("{}：无法写工作簿（{}）", path, lxw_strerror(error)), fmt::format("{}: cannot write the workbook ({})", path, lxw_strerror(error))}, {});
  InputFile written = InputFile::open(scratch.path());
  std::string block(1 << 16, '\0');
  while (const std::size_t got = written.read(block.data(), block.size())) target.write(std::string_view(block).substr(0, got));
  target.commit();
}

}  // namespace talent_loan
