#include <algorithm>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/files/row_blocks.hpp"
#include "core/files/row_scanner.hpp"

namespace talent_loan {

struct CsvReader::State {
  RowBlocks blocks;
  RowBlock block{};
  std::string_view unread{};  // of `block`
  RowScanner scanner{};
  std::uint64_t line = 1;  // on which `unread` begins

  State(InputFile file, Encoding encoding) : blocks(std::move(file), encoding), line(blocks.first_line()) {}

  // False at the end of the file.
  bool next_block() {
    if (!blocks.next(block)) return false;
    block.check_encoding();
    if (block.wrong_byte_at() != std::string_view::npos) blocks.wrong_encoding(block, line);
    unread = block.text();
    return true;
  }

  bool next(CsvRow& row) {
    for (;;) {
      if (unread.empty()) {
        if (!next_block()) return false;
        if (!block.too_long()) continue;
        row.line = line++;
        row.fault = RowFault::too_long;
        row.cells.clear();
        return true;
      }
      const RowScan scan = scanner.scan(unread, true);
      row.line = line;
      line += static_cast<std::uint64_t>(std::count(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(scan.bytes), '\n'));
      unread.remove_prefix(scan.bytes);
      if (scan.blank) continue;
      row.fault = scan.fault;
      row.cells.assign(scanner.cells().begin(), scanner.cells().end());
      scanner.forget();
      if (row.fault == RowFault::none && row.cells.size() != blocks.header().names().size()) row.fault = RowFault::cell_count;
      return true;
    }
  }
};

CsvReader::CsvReader(InputFile file, Encoding encoding) : state_(std::make_unique<State>(std::move(file), encoding)) {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::header() const { return state_->blocks.header().names(); }
const std::string& CsvReader::path() const { return state_->blocks.path(); }
std::uint64_t CsvReader::bytes_read() const { return state_->blocks.bytes_read(); }
std::vector<std::size_t> CsvReader::columns(const std::vector<std::string>& names) const { return state_->blocks.header().columns(names); }
bool CsvReader::has_column(std::string_view name) const { return state_->blocks.header().has(name); }
bool CsvReader::next(CsvRow& row) { return state_->next(row); }

Text fault_sentence(RowFault fault, std::size_t row_cells, std::size_t header_cells) {
  switch (fault) {
    case RowFault::cell_count:
      return {fmt::format("本行有 {} 个单元格，表头有 {} 个", row_cells, header_cells),
              fmt::format("the row has {} cells, the header {}", row_cells, header_cells)};
    case RowFault::broken_quote:
      return {"引号不配对；含引号、逗号或换行的单元格须整体加引号，内部引号写两个",
              "broken quotes; a cell with a quote, comma or line break is quoted whole, quotes inside it doubled"};
    case RowFault::nul_byte: return {"含有 NUL 字节", "the row holds a NUL byte"};
    case RowFault::too_long:
      return {fmt::format("本行超过 {} 字节", CsvReader::row_bytes_at_most), fmt::format("the row is longer than {} bytes", CsvReader::row_bytes_at_most)};
    case RowFault::none: break;
  }
  return {};
}

Text fault_sentence(const CsvRow& row, std::size_t header_cells) { return fault_sentence(row.fault, row.cells.size(), header_cells); }

}  // namespace talent_loan
