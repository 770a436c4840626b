#include "core/files/row_blocks.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace talent_loan {
namespace {

std::uint64_t line_feeds(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

[[noreturn]] void no_header(const std::string& path, Text found) {
  throw Failure({.place = {.file = path, .line = 1},
                 .found = std::move(found),
                 .allowed = {"第一行是列名", "a first line with the names of the columns"},
                 .remedy = {}});
}

}  // namespace

CsvHeader::CsvHeader(std::vector<std::string> names, std::string path, std::uint64_t line)
    : names_(std::move(names)), path_(std::move(path)), line_(line) {}

std::vector<std::size_t> CsvHeader::columns(const std::vector<std::string>& wanted) const {
  std::vector<std::size_t> positions;
  std::vector<Diagnostic> problems;
  for (const std::string& name : wanted) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) {
      positions.push_back(static_cast<std::size_t>(found - names_.begin()));
      if (std::find(found + 1, names_.end(), name) == names_.end()) continue;
      problems.push_back({.place = {.file = path_, .line = line_, .field = name},
                          .found = {"列名重复", "this column is named twice"},
                          .allowed = {"每个列名一次", "each name once"},
                          .remedy = {}});
      continue;
    }
    const std::string near = nearest_word(name, names_);
    problems.push_back({.place = {.file = path_, .line = line_, .field = name},
                        .found = {"缺少此列", "this column is missing"},
                        .allowed = {},
                        .remedy = near.empty() ? Text{}
                                               : Text{fmt::format("是否为 {}？", quoted(near)), fmt::format("is it {}?", quoted(near))}});
  }
  if (!problems.empty()) throw Failure(std::move(problems));
  return positions;
}

bool CsvHeader::has(std::string_view name) const { return std::find(names_.begin(), names_.end(), name) != names_.end(); }

void RowBlock::clear() {
  begin_ = end_ = margin;
  too_long_ = false;
  wrong_byte_at_ = std::string_view::npos;
}

char* RowBlock::room(std::size_t bytes) {
  const std::size_t wanted = end_ + bytes + margin;
  if (wanted > capacity_) {
    // Not zeroed: every byte is written before it is read, the margins below.
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    if (bytes_) std::memcpy(larger.get(), bytes_.get(), end_);
    std::memset(larger.get(), 0, margin);
    bytes_ = std::move(larger);
    capacity_ = wanted;
  }
  return bytes_.get() + end_;
}

void RowBlock::append(std::string_view text) {
  std::memcpy(room(text.size()), text.data(), text.size());
  end_ += text.size();
}

void RowBlock::check_encoding() {
  if (wrong_byte_at_ == std::string_view::npos) wrong_byte_at_ = invalid_utf8_at(text());
}

RowBlocks::RowBlocks(InputFile file, Encoding encoding, std::size_t block_bytes)
    : file_(std::move(file)), encoding_(encoding), block_bytes_(block_bytes) {
  read_header();
}

// The mark of Unicode, and what the one of UTF-8 reads as where the file is taken for GB18030.
void RowBlocks::pass_mark() {
  if (first_.text().starts_with("\xEF\xBB\xBF")) first_.begin_ += 3;
  if (encoding_ != Encoding::gb18030 || !first_.text().starts_with("锘")) return;
  throw Failure({.place = {.file = path(), .line = 1},
                 .found = {"文件以 UTF-8 标记开头，不是 GB18030 编码", "the file begins with the mark of UTF-8 and is not GB18030"},
                 .allowed = {},
                 .remedy = {"请去掉 --encoding gb18030", "leave out --encoding gb18030"}});
}

void RowBlocks::read_header() {
  std::uint64_t line = 1;
  bool first_block = true;
  while (next(first_)) {
    if (std::exchange(first_block, false)) pass_mark();
    if (first_.too_long()) break;
    first_.check_encoding();
    if (first_.wrong_byte_at() == 0) wrong_encoding(first_, line);
    while (!first_.text().empty()) {
      const RowScan scan = scanner_.scan(first_.text(), true);
      const std::string_view row = first_.text().substr(0, scan.bytes);
      if (first_.wrong_byte_at() <= scan.bytes) wrong_encoding(first_, line);
      if (scan.fault != RowFault::none) no_header(path(), {"表头无法读取", "the header cannot be read"});
      first_line_ = line + line_feeds(row);
      first_.begin_ += scan.bytes;
      if (first_.wrong_byte_at_ != std::string_view::npos) first_.wrong_byte_at_ -= scan.bytes;
      if (!scan.blank) {
        header_ = CsvHeader({scanner_.cells().begin(), scanner_.cells().end()}, path(), line);
        first_is_next_ = !first_.text().empty();
        return;
      }
      line = first_line_;
    }
  }
  if (first_.too_long()) no_header(path(), {"表头无法读取", "the header cannot be read"});
  no_header(path(), {"文件为空，没有表头", "the file is empty: it has no header"});
}

std::uint64_t RowBlocks::file_bytes() const {
  struct stat status {};
  const bool regular = ::fstat(file_.descriptor(), &status) == 0 && S_ISREG(status.st_mode);
  return regular ? static_cast<std::uint64_t>(status.st_size) : 0;
}

bool RowBlocks::next(RowBlock& block) {
  if (std::exchange(first_is_next_, false)) {
    std::swap(block, first_);
    return true;
  }
  block.clear();
  block.append(carry_);
  carry_.clear();
  for (;;) {
    fill(block);
    const std::string_view text = block.text();
    const std::size_t whole = at_end_ ? text.size() : whole_rows(text);
    if (whole > 0) {
      carry_ = text.substr(whole);
      block.end_ = block.begin_ + whole;
      break;
    }
    if (at_end_) break;
    if (text.size() > CsvReader::row_bytes_at_most) {
      skip_line(block);
      return true;
    }
  }
  std::memset(block.room(0), 0, RowBlock::margin);
  const bool ends_wrong = undecodable_ && at_end_ && carry_.empty();
  if (ends_wrong) block.wrong_byte_at_ = block.text().size();
  undecodable_ = undecodable_ && !ends_wrong;
  return !block.text().empty() || ends_wrong;
}

// Appends up to a block of decoded text; short only at the end.
void RowBlocks::fill(RowBlock& block) {
  if (at_end_) return;
  if (encoding_ == Encoding::utf8) {
    char* const room = block.room(block_bytes_);
    std::size_t got = 0;
    while (got < block_bytes_ && !at_end_) {
      const std::size_t more = file_.read(room + got, block_bytes_ - got);
      got += more;
      at_end_ = more == 0;
    }
    block.end_ += got;
    bytes_read_ += got;
    return;
  }
  const std::size_t cut = undecoded_.size();
  undecoded_.resize(cut + block_bytes_);
  const std::size_t got = file_.read(undecoded_.data() + cut, block_bytes_);
  undecoded_.resize(cut + got);
  bytes_read_ += got;
  at_end_ = got == 0;
  std::string decoded;
  undecoded_.erase(0, append_gb18030(undecoded_, decoded));
  block.append(decoded);
  // A character has at most four bytes: more than three left over, or any at the end, are not a cut one.
  undecodable_ = undecoded_.size() > 3 || (at_end_ && !undecoded_.empty());
  at_end_ = at_end_ || undecodable_;
}

// How many bytes of `text`, which may end anywhere, are whole rows.
std::size_t RowBlocks::whole_rows(std::string_view text) {
  std::size_t whole = 0;
  for (;;) {
    const std::size_t quote = text.find('"', whole);
    // Before the next quote every line feed ends a row.
    const std::size_t feed = text.substr(0, quote).rfind('\n');
    if (feed != std::string_view::npos && feed >= whole) whole = feed + 1;
    if (quote == std::string_view::npos) return whole;
    const RowScan scan = scanner_.scan(text.substr(whole), false);
    scanner_.forget();
    if (scan.need_more) return whole;
    whole += scan.bytes;
  }
}

// Passes over the rest of a line that is too long, keeping none of it but what decides whether it is UTF-8.
void RowBlocks::skip_line(RowBlock& block) {
  bool wrong = false;
  for (bool more = true; more;) {
    const std::string_view text = block.text();
    const std::size_t feed = text.find('\n');
    more = feed == std::string_view::npos && !at_end_;
    const std::string_view piece = text.substr(0, feed);
    const std::size_t bad = invalid_utf8_at(piece);
    const bool perhaps_cut = more && bad != std::string_view::npos && piece.size() - bad < 4;
    wrong = wrong || (bad != std::string_view::npos && !perhaps_cut);
    if (feed != std::string_view::npos) carry_ = text.substr(feed + 1);
    const std::string cut(perhaps_cut ? piece.substr(bad) : "");
    block.clear();
    if (!more) break;
    block.append(cut);
    fill(block);
  }
  block.too_long_ = true;
  if (wrong || (undecodable_ && carry_.empty())) block.wrong_byte_at_ = 0;
}

void RowBlocks::wrong_encoding(const RowBlock& block, std::uint64_t first_line) const {
  const char* name = encoding_ == Encoding::utf8 ? "UTF-8" : "GB18030";
  throw Failure({.place = {.file = path(), .line = first_line + line_feeds(block.text().substr(0, block.wrong_byte_at()))},
                 .found = {fmt::format("此处的字节不是 {} 编码", name), fmt::format("bytes here are not {}", name)},
                 .allowed = {"UTF-8；或用 --encoding gb18030 读取 GB18030", "UTF-8, or GB18030 with --encoding gb18030"},
                 .remedy = {"请转换文件编码后重试", "convert the file and try again"}});
}

}  // namespace talent_loan
