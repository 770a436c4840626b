// A CSV file as a sequence of blocks of whole rows, so that rows can be worked on by several threads while
// memory stays flat whatever the file's size. Where blocks are cut never changes what a row is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/files/files.hpp"
#include "core/files/row_scanner.hpp"

namespace talent_loan {

// The names of a file's columns.
class CsvHeader {
 public:
  CsvHeader() = default;
  // `line`: the physical line of the header.
  CsvHeader(std::vector<std::string> names, std::string path, std::uint64_t line);

  const std::vector<std::string>& names() const { return names_; }
  // Positions of the named columns; throws Failure that lists every one that stands there twice, and every missing
  // one with the nearest header.
  std::vector<std::size_t> columns(const std::vector<std::string>& wanted) const;
  bool has(std::string_view name) const;

 private:
  std::vector<std::string> names_;
  std::string path_;
  std::uint64_t line_ = 1;
};

// Some whole rows in UTF-8. Reused from block to block: its memory grows to what the longest needed.
class RowBlock {
 public:
  // Ends with a line feed, except perhaps at the file's end. `margin` bytes before and behind it may be read.
  std::string_view text() const { return {bytes_.get() + begin_, end_ - begin_}; }
  static constexpr std::size_t margin = 64;

  // The block has no text and stands for one physical line longer than CsvReader::row_bytes_at_most.
  bool too_long() const { return too_long_; }

  // Looks for bytes that are not the encoding's; the scanner may be trusted with the text in any case.
  void check_encoding();
  // Bytes of text() before the first that is wrong, or npos. Valid after check_encoding().
  std::size_t wrong_byte_at() const { return wrong_byte_at_; }

 private:
  friend class RowBlocks;
  void clear();
  char* room(std::size_t bytes);  // at the end of the text
  void append(std::string_view text);

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = margin;
  std::size_t end_ = margin;
  bool too_long_ = false;
  std::size_t wrong_byte_at_ = std::string_view::npos;
};

// Reads a file in order. Not shared between threads without a lock.
class RowBlocks {
 public:
  static constexpr std::size_t usual_block_bytes = 256 << 10;

  // Reads the header at once. Throws Failure for an empty file, a header that cannot be read or a column
  // named twice.
  RowBlocks(InputFile file, Encoding encoding, std::size_t block_bytes = usual_block_bytes);

  const CsvHeader& header() const { return header_; }
  const std::string& path() const { return file_.path(); }
  std::uint64_t first_line() const { return first_line_; }  // the physical line on which the first block begins
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t file_bytes() const;  // 0 where it cannot be known: a pipe, a terminal

  // The next block; false at the end.
  bool next(RowBlock& block);

  // Throws the Failure for a block with a wrong byte. `first_line`: the physical line on which it begins.
  [[noreturn]] void wrong_encoding(const RowBlock& block, std::uint64_t first_line) const;

 private:
  void pass_mark();
  void read_header();
  void fill(RowBlock& block);
  std::size_t whole_rows(std::string_view text);
  void skip_line(RowBlock& block);

  InputFile file_;
  Encoding encoding_;
  std::size_t block_bytes_;
  RowScanner scanner_;
  std::string carry_;      // decoded, read beyond the last block's end
  std::string undecoded_;  // GB18030 bytes of a character cut by a read's end
  bool at_end_ = false;
  bool undecodable_ = false;  // the file ends for us where it stops being GB18030
  std::uint64_t bytes_read_ = 0;
  RowBlock first_;  // what follows the header in its block
  bool first_is_next_ = false;
  CsvHeader header_;
  std::uint64_t first_line_ = 1;
};

}  // namespace talent_loan
