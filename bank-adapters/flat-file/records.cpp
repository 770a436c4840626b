#include "bank-adapters/flat-file/records.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan::adapters::flat_file {
namespace {

// What reading one record at the front of the buffer came to.
struct Scan {
  RecordFault fault = RecordFault::none;
  std::size_t bytes = 0;   // consumed, line end included
  bool need_more = false;  // the record does not end in the buffer
};

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Cuts one delimited record into cells, still in the file's encoding.
class DelimitedScanner {
 public:
  DelimitedScanner(std::string_view text, bool last, const Format& format, std::vector<std::string>& cells)
      : text_(text), last_(last), format_(format), cells_(cells) {}

  Scan scan() {
    cells_.clear();
    for (;;) {
      cells_.emplace_back();
      const bool quote = format_.quoting && at_ < text_.size() && text_[at_] == '"';
      switch (quote ? quoted_cell() : plain_cell()) {
        case Stop::cell_end: continue;
        case Stop::record_end: return {fault_, at_, false};
        case Stop::bad_quote: return first_line(RecordFault::broken_quote);
        case Stop::need_more: return {RecordFault::none, 0, true};
      }
    }
  }

  // A record given up on: it ends where its first physical line ends.
  Scan first_line(RecordFault fault) {
    if (!cells_.empty()) cells_.pop_back();
    const std::size_t end = text_.find('\n');
    if (end == std::string_view::npos && !last_) return {fault, 0, true};
    return {fault, end == std::string_view::npos ? text_.size() : end + 1, false};
  }

 private:
  enum class Stop { cell_end, record_end, bad_quote, need_more };

  // In GB18030 the second byte of a character may look like a delimiter: step by whole characters.
  std::size_t step() const {
    if (format_.encoding == Encoding::utf8 || static_cast<unsigned char>(text_[at_]) < 0x80) return 1;
    return std::max<std::size_t>(1, gb18030_character_length(text_.substr(at_)));
  }

  Stop plain_cell() {
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      if (text_.substr(at_).starts_with(format_.delimiter)) {
        cells_.back().assign(text_, begin, at_ - begin);
        at_ += format_.delimiter.size();
        return Stop::cell_end;
      }
      const char c = text_[at_];
      if (c == '\n') {
        cells_.back() = without_line_end(text_.substr(begin, at_ + 1 - begin));
        ++at_;
        return Stop::record_end;
      }
      if (c == '"' && format_.quoting) return Stop::bad_quote;
      if (c == '\0') fault_ = RecordFault::nul_byte;
      at_ += step();
    }
    if (!last_) return Stop::need_more;
    at_ = text_.size();
    cells_.back() = without_line_end(text_.substr(begin));
    return Stop::record_end;
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
      if (at_ == text_.size() || text_[at_] != '"') break;
      cell += '"';
      ++at_;
    }
    if (cell.find('\0') != std::string::npos) fault_ = RecordFault::nul_byte;
    return after_quotes();
  }

  Stop after_quotes() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with(format_.delimiter)) return at_ += format_.delimiter.size(), Stop::cell_end;
    if (rest.starts_with('\n')) return ++at_, Stop::record_end;
    if (rest.starts_with("\r\n")) return at_ += 2, Stop::record_end;
    const bool cut = !last_ && rest.size() < std::max<std::size_t>(2, format_.delimiter.size());
    if (cut) return Stop::need_more;
    if (rest.empty() || (last_ && rest == "\r")) return at_ = text_.size(), Stop::record_end;
    return Stop::bad_quote;
  }

  std::string_view text_;
  bool last_;
  const Format& format_;
  std::vector<std::string>& cells_;
  std::size_t at_ = 0;
  RecordFault fault_ = RecordFault::none;
};

// Cuts one line by byte positions, still in the file's encoding. Slices must begin and end between characters.
RecordFault cut_fixed(std::string_view line, const Format& format, Record& record) {
  record.cells.assign(format.slices.size(), {});
  record.readable = format.slices.size();
  record.unreadable = RecordFault::none;
  if (line.find('\0') != std::string_view::npos) return RecordFault::nul_byte;
  if (invalid_at(format.encoding, line) != std::string_view::npos) return RecordFault::bad_encoding;
  std::vector<bool> between(line.size() + 1, false);
  for (std::size_t at = 0; at < line.size(); at += character_length(format.encoding, line.substr(at))) between[at] = true;
  between[line.size()] = true;
  for (std::size_t i = 0; i < format.slices.size(); ++i) {
    const std::size_t end = format.slices[i].at + format.slices[i].width;
    const std::size_t from = std::min(format.slices[i].at, line.size());
    const std::size_t to = std::min(end, line.size());
    const bool outside = end > line.size() && !format.pad_short_lines;
    if (!outside && between[from] && between[to]) {
      record.cells[i] = line.substr(from, to - from);
    } else if (record.unreadable == RecordFault::none) {
      record.unreadable = outside ? RecordFault::wrong_length : RecordFault::cut_character;
      record.readable = i;
    }
  }
  return RecordFault::none;
}

}  // namespace

class RecordReader::State {
 public:
  State(ByteSource source, const Format& format, std::string name)
      : source_(std::move(source)), format_(format), name_(std::move(name)), decoder_(format.encoding) {
    while (buffer_.size() < 3 && fill()) {}
    if (format_.encoding == Encoding::utf8 && buffer_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    for (std::size_t i = 0; i < format_.skip_lines; ++i) skip_line();
    if (!format_.fixed_width && format_.header) read_header();
  }

  bool next(Record& record) {
    for (;;) {
      if (at_ == buffer_.size()) {
        if (!fill()) return false;
        continue;
      }
      record.line = line_;
      record.fault = RecordFault::none;
      const Scan scan = scan_record(record);
      if (scan.need_more) {
        fill();
        continue;
      }
      const std::string_view bytes = std::string_view(buffer_).substr(at_, scan.bytes);
      record.bytes = without_line_end(bytes).size();
      const bool empty = scan.fault == RecordFault::none && (record.bytes == 0 || (!format_.comment.empty() && bytes.starts_with(format_.comment)));
      pass(scan.bytes);
      if (empty) continue;
      record.fault = scan.fault;
      decode(record);
      record.number = ++number_;
      return true;
    }
  }

  const std::vector<std::string>& header() const { return header_; }
  bool ends_with_line_end() const { return last_byte_ == '\n' || last_byte_ == '\0'; }

 private:
  // Appends a block; false at the end of the file.
  bool fill() {
    if (at_end_) return false;
    buffer_.erase(0, at_);
    at_ = 0;
    constexpr std::size_t block = 64 << 10;
    const std::size_t before = buffer_.size();
    buffer_.resize(before + block);
    const std::size_t got = source_(buffer_.data() + before, block);
    buffer_.resize(before + got);
    if (got > 0) last_byte_ = buffer_.back();
    at_end_ = got == 0;
    return true;
  }

  void pass(std::size_t bytes) {
    const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
    line_ += static_cast<std::uint64_t>(std::count(begin, begin + static_cast<std::ptrdiff_t>(bytes), '\n'));
    at_ += bytes;
  }

  // Passes over the rest of a line, keeping none of it.
  void skip_line() {
    for (;;) {
      const std::size_t end = buffer_.find('\n', at_);
      if (end != std::string::npos) return pass(end + 1 - at_);
      at_ = buffer_.size();
      if (!fill()) return;
    }
  }

  Scan scan_record(Record& record) {
    const std::string_view text = std::string_view(buffer_).substr(at_);
    const std::size_t end = text.find('\n');
    const bool too_long = (end == std::string_view::npos ? text.size() : end) > record_bytes_at_most;
    if (too_long) {
      record.cells.clear();
      skip_line();
      return {RecordFault::too_long, 0, false};
    }
    const bool comment = !format_.comment.empty() && text.starts_with(format_.comment);
    if (format_.fixed_width || comment) {
      if (end == std::string_view::npos && !at_end_) return {RecordFault::none, 0, true};
      const std::size_t bytes = end == std::string_view::npos ? text.size() : end + 1;
      const std::string_view line = without_line_end(text.substr(0, bytes));
      return {comment || line.empty() ? RecordFault::none : cut_fixed(line, format_, record), bytes, false};
    }
    DelimitedScanner scanner(text, at_end_, format_, record.cells);
    Scan scan = scanner.scan();
    // A quote open for this long never closes for us: the record is its first line.
    if (scan.need_more && text.size() > record_bytes_at_most) scan = scanner.first_line(RecordFault::broken_quote);
    return scan;
  }

  void decode(Record& record) {
    for (std::size_t i = 0; i < record.cells.size(); ++i) {
      decoded_.clear();
      if (!decoder_.append(record.cells[i], decoded_)) {
        record.cells.resize(i);
        if (record.fault == RecordFault::none) record.fault = RecordFault::bad_encoding;
        break;
      }
      record.cells[i].swap(decoded_);
    }
    if (record.fault == RecordFault::bad_encoding && format_.refuse_bad_encoding) {
      refuse(record.line, {"此处的字节不是所配置的编码", "bytes here are not of the configured encoding"},
             {format_.encoding == Encoding::utf8 ? "UTF-8" : "GB18030", format_.encoding == Encoding::utf8 ? "UTF-8" : "GB18030"});
    }
  }

  void read_header() {
    Record record;
    if (!next(record) || record.fault != RecordFault::none) {
      refuse(record.line, {"读不到列名", "no names of columns can be read"}, {"第一行是列名", "a first line with the names of the columns"});
    }
    header_ = std::move(record.cells);
    number_ = 0;
  }

  [[noreturn]] void refuse(std::uint64_t line, Text found, Text allowed) const {
    throw Refused(Refusal::data, {.place = {.file = name_, .line = line}, .found = std::move(found), .allowed = std::move(allowed)});
  }

  ByteSource source_;
  const Format& format_;
  std::string name_;
  Decoder decoder_;
  std::string buffer_;  // unread from at_
  std::string decoded_;
  std::size_t at_ = 0;
  bool at_end_ = false;
  char last_byte_ = '\0';
  std::uint64_t line_ = 1;  // of buffer_[at_]
  std::uint64_t number_ = 0;
  std::vector<std::string> header_;
};

RecordReader::RecordReader(ByteSource source, const Format& format, std::string name)
    : state_(std::make_unique<State>(std::move(source), format, std::move(name))) {}
RecordReader::RecordReader(RecordReader&&) noexcept = default;
RecordReader::~RecordReader() = default;

const std::vector<std::string>& RecordReader::header() const { return state_->header(); }
bool RecordReader::next(Record& record) { return state_->next(record); }
bool RecordReader::ends_with_line_end() const { return state_->ends_with_line_end(); }

Text fault_sentence(const Record& record, const Format& format) {
  switch (record.fault) {
    case RecordFault::cell_count:
      return {fmt::format("本行有 {} 个单元格，与列数不符", record.cells.size()), fmt::format("the row has {} cells, not as many as columns", record.cells.size())};
    case RecordFault::broken_quote:
      return {"引号不配对；含引号、分隔符或换行的单元格须整体加引号，内部引号写两个",
              "broken quotes; a cell with a quote, delimiter or line break is quoted whole, quotes inside it doubled"};
    case RecordFault::nul_byte: return {"含有 NUL 字节", "the row holds a NUL byte"};
    case RecordFault::too_long:
      return {fmt::format("本行超过 {} 字节", RecordReader::record_bytes_at_most), fmt::format("the row is longer than {} bytes", RecordReader::record_bytes_at_most)};
    case RecordFault::bad_encoding:
      return format.encoding == Encoding::utf8 ? Text{"含有不是 UTF-8 的字节", "the row holds bytes that are not UTF-8"}
                                               : Text{"含有不是 GB18030 的字节", "the row holds bytes that are not GB18030"};
    case RecordFault::wrong_length:
      return {fmt::format("行长不符（应为 {} 字节或至最后一个字段）", format.record_bytes), fmt::format("the line has another length than configured ({} bytes, or up to its last field)", format.record_bytes)};
    case RecordFault::cut_character: return {"字段边界切开了一个汉字", "a field's edge cuts a character in two"};
    case RecordFault::none: break;
  }
  return {};
}

}  // namespace talent_loan::adapters::flat_file
