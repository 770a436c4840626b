#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/files/files.hpp"

namespace talent_loan {
namespace {

// What reading one row at the front of `text` came to.
struct RowScan {
  RowFault fault = RowFault::none;
  std::size_t bytes = 0;  // consumed, line end included
  bool need_more = false; // the row does not end in `text`; nothing was consumed
};

class RowScanner {
 public:
  // `last`: no more bytes follow `text`.
  RowScanner(std::string_view text, bool last, std::vector<std::string>& cells) : text_(text), last_(last), cells_(cells) {}

  RowScan scan() {
    cells_.clear();
    for (;;) {
      cells_.emplace_back();
      const Stop stop = at_ < text_.size() && text_[at_] == '"' ? quoted_cell() : plain_cell();
      switch (stop) {
        case Stop::comma: continue;
        case Stop::row_end: return {.fault = fault_, .bytes = at_, .need_more = false};
        case Stop::bad_quote: return first_line(RowFault::broken_quote);
        case Stop::need_more: return {.fault = RowFault::none, .bytes = 0, .need_more = true};
      }
    }
  }

  // A row given up on: it ends where its first physical line ends.
  RowScan first_line(RowFault fault) {
    const std::size_t end = text_.find('\n');
    if (end == std::string_view::npos && !last_) return {.fault = fault, .bytes = 0, .need_more = true};
    return {.fault = fault, .bytes = end == std::string_view::npos ? text_.size() : end + 1, .need_more = false};
  }

 private:
  enum class Stop { comma, row_end, bad_quote, need_more };

  Stop plain_cell() {
    const std::size_t begin = at_;
    for (; at_ < text_.size(); ++at_) {
      switch (text_[at_]) {
        case ',':
          cells_.back().assign(text_, begin, at_ - begin);
          ++at_;
          return Stop::comma;
        case '\n': {
          const std::size_t end = at_ > begin && text_[at_ - 1] == '\r' ? at_ - 1 : at_;
          cells_.back().assign(text_, begin, end - begin);
          ++at_;
          return Stop::row_end;
        }
        case '"': return Stop::bad_quote;
        case '\0': fault_ = RowFault::nul_byte; break;
        default: break;
      }
    }
    if (!last_) return Stop::need_more;
    std::size_t end = at_;
    if (end > begin && text_[end - 1] == '\r') --end;
    cells_.back().assign(text_, begin, end - begin);
    return Stop::row_end;
  }

  Stop quoted_cell() {
    std::string& cell = cells_.back();
    ++at_;
    for (;;) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos) return last_ ? Stop::bad_quote : Stop::need_more;
      cell.append(text_, at_, quote - at_);
      at_ = quote + 1;
      if (at_ == text_.size() && !last_) return Stop::need_more;
      if (at_ < text_.size() && text_[at_] == '"') {
        cell += '"';
        ++at_;
        continue;
      }
      break;
    }
    if (cell.find('\0') != std::string::npos) fault_ = RowFault::nul_byte;
    if (at_ == text_.size()) return Stop::row_end;
    if (text_[at_] == ',') return ++at_, Stop::comma;
    if (text_[at_] == '\r') {
      if (at_ + 1 == text_.size()) {
        if (!last_) return Stop::need_more;
        return ++at_, Stop::row_end;
      }
      if (text_[at_ + 1] == '\n') return at_ += 2, Stop::row_end;
    }
    if (text_[at_] == '\n') return ++at_, Stop::row_end;
    return Stop::bad_quote;
  }

  std::string_view text_;
  bool last_;
  std::vector<std::string>& cells_;
  std::size_t at_ = 0;
  RowFault fault_ = RowFault::none;
};

}  // namespace

struct CsvReader::State {
  InputFile file;
  Encoding encoding;
  std::string buffer;      // UTF-8, unread from `at`
  std::size_t at = 0;
  std::string undecoded;   // GB18030 bytes of a character cut by a block's end
  bool at_end = false;
  std::uint64_t line = 1;  // of buffer[at]
  std::uint64_t bytes = 0;
  std::vector<std::string> header;

  State(InputFile opened, Encoding wanted) : file(std::move(opened)), encoding(wanted) {}

  [[noreturn]] void wrong_encoding(std::uint64_t on_line, const char* name) const {
    throw Failure({.place = {.file = file.path(), .line = on_line},
                   .found = {fmt::format("此处的字节不是 {} 编码", name), fmt::format("bytes here are not {}", name)},
                   .allowed = {"UTF-8；或用 --encoding gb18030 读取 GB18030", "UTF-8, or GB18030 with --encoding gb18030"},
                   .remedy = {"请转换文件编码后重试", "convert the file and try again"}});
  }

  // Appends a block of decoded text. Returns false at the end of the file.
  bool fill() {
    if (at_end) return false;
    buffer.erase(0, at);
    at = 0;
    std::string block(256 << 10, '\0');
    const std::size_t got = file.read(block.data(), block.size());
    block.resize(got);
    bytes += got;
    at_end = got == 0;
    if (encoding == Encoding::gb18030) {
      append_gb18030(block);
    } else {
      buffer += block;
    }
    return true;
  }

  // A character may be cut by the block's end: its (at most three) bytes wait for the next block.
  void append_gb18030(const std::string& block) {
    undecoded += block;
    for (std::size_t cut = 0; cut <= std::min<std::size_t>(3, undecoded.size()); ++cut) {
      if (at_end && cut > 0) break;
      try {
        buffer += gb18030_to_utf8(std::string_view(undecoded).substr(0, undecoded.size() - cut), file.path());
        undecoded.erase(0, undecoded.size() - cut);
        return;
      } catch (const Failure&) {
        continue;  // perhaps a cut character; the last try below reports it
      }
    }
    wrong_encoding(line + static_cast<std::uint64_t>(std::count(buffer.begin() + static_cast<std::ptrdiff_t>(at), buffer.end(), '\n')),
                   "GB18030");
  }

  void check_utf8(std::string_view text) const {
    const std::size_t bad = invalid_utf8_at(text);
    if (bad == std::string_view::npos) return;
    wrong_encoding(line + static_cast<std::uint64_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bad), '\n')), "UTF-8");
  }

  // Passes over the rest of a line that is too long, keeping none of it.
  void skip_line() {
    for (;;) {
      const std::size_t end = buffer.find('\n', at);
      if (end != std::string::npos) {
        at = end + 1;
        ++line;
        return;
      }
      at = buffer.size();
      if (!fill()) return;
    }
  }

  bool next(CsvRow& row) {
    for (;;) {
      const std::string_view text = std::string_view(buffer).substr(at);
      if (text.empty()) {
        if (!fill()) return false;
        continue;
      }
      row.line = line;
      RowScanner scanner(text, at_end, row.cells);
      RowScan scan = scanner.scan();
      if (scan.need_more && text.size() > row_bytes_at_most) {
        // A quote open for this long never closes for us: the row is its first line.
        scan = scanner.first_line(RowFault::broken_quote);
        if (scan.need_more) {
          row.fault = RowFault::too_long;
          row.cells.clear();
          skip_line();
          return true;
        }
      }
      if (scan.need_more) {
        fill();
        continue;
      }
      check_utf8(text.substr(0, scan.bytes));
      line += static_cast<std::uint64_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(scan.bytes), '\n'));
      at += scan.bytes;
      const bool blank = row.cells.size() == 1 && row.cells.front().empty() && scan.fault == RowFault::none && text.front() != '"';
      if (blank) continue;
      row.fault = scan.bytes > row_bytes_at_most ? RowFault::too_long : scan.fault;
      if (row.fault == RowFault::none && !header.empty() && row.cells.size() != header.size()) row.fault = RowFault::cell_count;
      return true;
    }
  }
};

CsvReader::CsvReader(InputFile file, Encoding encoding) : state_(std::make_unique<State>(std::move(file), encoding)) {
  State& state = *state_;
  while (state.buffer.size() < 3 && state.fill()) {}
  if (state.buffer.starts_with("\xEF\xBB\xBF")) state.at = 3;
  CsvRow row;
  if (!state.next(row) || row.fault != RowFault::none) {
    throw Failure({.place = {.file = state.file.path(), .line = 1},
                   .found = row.fault == RowFault::none ? Text{"文件为空，没有表头", "the file is empty: it has no header"}
                                                        : Text{"表头无法读取", "the header cannot be read"},
                   .allowed = {"第一行是列名", "a first line with the names of the columns"},
                   .remedy = {}});
  }
  state.header = row.cells;
  for (std::size_t i = 0; i < state.header.size(); ++i) {
    if (std::find(state.header.begin(), state.header.begin() + static_cast<std::ptrdiff_t>(i), state.header[i]) !=
        state.header.begin() + static_cast<std::ptrdiff_t>(i)) {
      throw Failure({.place = {.file = state.file.path(), .line = row.line, .field = state.header[i]},
                     .found = {"列名重复", "this column is named twice"},
                     .allowed = {"每个列名一次", "each name once"},
                     .remedy = {}});
    }
  }
}

CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::header() const { return state_->header; }
const std::string& CsvReader::path() const { return state_->file.path(); }
std::uint64_t CsvReader::bytes_read() const { return state_->bytes; }

std::vector<std::size_t> CsvReader::columns(const std::vector<std::string>& names) const {
  std::vector<std::size_t> positions;
  std::vector<Diagnostic> missing;
  for (const std::string& name : names) {
    const auto found = std::find(header().begin(), header().end(), name);
    if (found != header().end()) {
      positions.push_back(static_cast<std::size_t>(found - header().begin()));
      continue;
    }
    const std::string near = nearest_word(name, header());
    missing.push_back({.place = {.file = path(), .line = 1, .field = name},
                       .found = {"缺少此列", "this column is missing"},
                       .allowed = {},
                       .remedy = near.empty() ? Text{} : Text{fmt::format("是否为 {}？", quoted(near)), fmt::format("is it {}?", quoted(near))}});
  }
  if (!missing.empty()) throw Failure(std::move(missing));
  return positions;
}

bool CsvReader::has_column(std::string_view name) const {
  return std::find(header().begin(), header().end(), name) != header().end();
}

bool CsvReader::next(CsvRow& row) { return state_->next(row); }

Text fault_sentence(const CsvRow& row, std::size_t header_cells) {
  switch (row.fault) {
    case RowFault::cell_count:
      return {fmt::format("本行有 {} 个单元格，表头有 {} 个", row.cells.size(), header_cells),
              fmt::format("the row has {} cells, the header {}", row.cells.size(), header_cells)};
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

}  // namespace talent_loan
