// Files that cross the border: bytes in, CSV rows, and output files that appear whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/message/message.hpp"

namespace talent_loan {

enum class Encoding { utf8, gb18030 };

// A file being read, or standard input for "-". Opening what is missing, a directory or unreadable throws
// Failure that names the path and the reason.
class InputFile {
 public:
  static InputFile open(const std::string& path);
  InputFile(InputFile&&) noexcept;
  InputFile& operator=(InputFile&&) noexcept;
  ~InputFile();

  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }
  // Up to `size` bytes; 0 at the end. Throws Failure on an input error.
  std::size_t read(char* into, std::size_t size);

 private:
  InputFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;
  int descriptor_ = -1;
};

// The whole of a small file (configuration); throws Failure where it is larger than `at_most` bytes.
std::string read_whole_file(const std::string& path, std::size_t at_most = 16 << 20);

// Why a row cannot be used at all; such a row has no cells that mean anything.
enum class RowFault {
  none,
  cell_count,    // not as many cells as the header
  broken_quote,  // a quote inside an unquoted cell, text after a closing quote, or a quote that never closes
  nul_byte,
  too_long       // a physical line over CsvReader::row_bytes_at_most
};

struct CsvRow {
  std::uint64_t line = 0;  // the physical line on which the row begins; the header is line 1
  RowFault fault = RowFault::none;
  std::vector<std::string> cells;  // in the file's order; of a faulty row, what could be read (for its key)
};

// What a faulty row is told in a rejects file.
Text fault_sentence(RowFault fault, std::size_t row_cells, std::size_t header_cells);
Text fault_sentence(const CsvRow& row, std::size_t header_cells);

// CSV as RFC 4180: CRLF or LF, quotes, line breaks inside quotes, a UTF-8 byte-order mark. Blank lines are not
// rows. A row whose quotes are broken ends at the end of the physical line it begins on, so that one bad
// quote never swallows the rows after it; so does one whose quotes do not close within row_bytes_at_most.
// Invalid UTF-8 (or GB18030) anywhere throws Failure with its line:
// the caller has written nothing yet, or writes only to OutputFiles that have not been committed.
class CsvReader {
 public:
  static constexpr std::size_t row_bytes_at_most = 1 << 20;

  // Reads the header at once. Throws Failure for an empty file or a broken header.
  CsvReader(InputFile file, Encoding encoding = Encoding::utf8);
  CsvReader(CsvReader&&) noexcept;
  ~CsvReader();

  const std::vector<std::string>& header() const;
  const std::string& path() const;
  // Positions of the named columns; throws Failure that lists every one that stands there twice, and every missing
  // one with the nearest header.
  std::vector<std::size_t> columns(const std::vector<std::string>& names) const;
  bool has_column(std::string_view name) const;
  bool next(CsvRow& row);  // false at the end
  std::uint64_t bytes_read() const;  // for a progress bar

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a power failure may do to an output that was committed: nothing (`durable`, forced to disk before it
// appears), or take it away, to be made again from its inputs (`renewable`: forcing 100 MB to disk takes longer
// than computing them).
enum class Keeping { durable, renewable };

// One output file, or standard output for "-". Bytes go to a temporary file beside the target; commit()
// renames it. Destroyed without commit, it leaves nothing behind. Every write error (disk full,
// read-only) throws Failure that names the path.
class OutputFile {
 public:
  explicit OutputFile(std::string path, Keeping keeping = Keeping::durable);
  OutputFile(OutputFile&&) noexcept;
  ~OutputFile();

  const std::string& path() const;
  void write(std::string_view bytes);
  // Writes and syncs all bytes beside the target; nothing appears yet. For what must not fail after a database
  // has committed: prepare the files, commit the database, commit the files.
  void prepare();
  void commit();

 private:
  friend void commit_all(std::vector<OutputFile*> files);
  struct State;
  std::unique_ptr<State> state_;
};

// Writes a small file that must not exist yet, durably and with this mode from its first byte on: for keys.
void write_new_file(const std::string& path, std::string_view bytes, unsigned mode);

// Flushes all first, then renames all, so that a full disk leaves none of them.
void commit_all(std::vector<OutputFile*> files);

// What is wrong where one of the outputs is also an input or another output (the same file under any name; "-"
// for two outputs too); nullopt: nothing. Devices and pipes may be named more than once.
std::optional<Diagnostic> file_named_twice(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

// Builds CSV text row by row: `RowText(out).text("a").plain("1.00").end()`. Appends to a string it does not own.
class RowText {
 public:
  explicit RowText(std::string& out) : out_(out) {}
  // Any text: quoted where RFC 4180 needs it. A cell that a spreadsheet would run as a formula (it begins
  // with = + - @, a tab or a carriage return) gets a leading apostrophe.
  RowText& text(std::string_view cell);
  // A number, date or code, known to need neither.
  RowText& plain(std::string_view cell);
  void end() { out_ += '\n', first_ = true; }

 private:
  void separate();
  std::string& out_;
  bool first_ = true;
};

// Row codes in the order of the contract: the first that applies is the row's.
enum class RowCode {
  malformed_row = 1,
  missing_value,
  bad_date,
  bad_amount,
  bad_identifier,
  bad_value,
  duplicate_key,
  dates_out_of_order,
  recovered_over_outstanding,
  no_policy_in_force
};
std::string_view word(RowCode code);  // "MALFORMED_ROW"

// The rejects file `line,key,code,message`.
class RejectsFile {
 public:
  // An empty path: counted, not written.
  RejectsFile(std::string path, Language language, Keeping keeping = Keeping::durable);
  // `line` 0: no file stands behind the rejection, the cell stays empty.
  void add(std::uint64_t line, std::string_view key, std::string_view code, const Text& message);
  std::uint64_t count() const { return count_; }
  OutputFile* output() { return file_ ? file_.get() : nullptr; }

 private:
  std::unique_ptr<OutputFile> file_;
  Language language_;
  std::uint64_t count_ = 0;
};

// Bytes in GB18030 to UTF-8; throws Failure with the byte offset of what is not GB18030.
std::string gb18030_to_utf8(std::string_view bytes, const std::string& path);
std::string utf8_to_gb18030(std::string_view text);

// Appends what `bytes` hold in whole GB18030 characters to `out` as UTF-8; returns how many bytes that was.
// Up to three bytes left over may be a character that continues behind `bytes`; more are not GB18030.
std::size_t append_gb18030(std::string_view bytes, std::string& out);

// Offset of the first byte that is not valid UTF-8 (RFC 3629), or npos.
std::size_t invalid_utf8_at(std::string_view text);

}  // namespace talent_loan
