// Cutting a day file into records: physical lines into cells, delimited or by byte positions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/problem.hpp"

namespace talent_loan::adapters::flat_file {

// Bytes of a fixed-width line, counted in the file's own encoding; `at` from 0.
struct Slice {
  std::size_t at = 0;
  std::size_t width = 0;
  friend bool operator==(const Slice&, const Slice&) = default;
};

// What a file's records look like, apart from what they mean.
struct Format {
  bool fixed_width = false;
  Encoding encoding = Encoding::utf8;
  bool refuse_bad_encoding = true;  // the whole file, else only the record
  std::size_t skip_lines = 0;       // physical lines before anything else
  std::string comment;              // lines that begin so are not records; empty: none
  // Delimited.
  std::string delimiter = ",";      // in the file's encoding
  bool quoting = true;              // RFC 4180; off: a quote is a character like any other
  bool header = true;               // the first record names the columns
  std::size_t columns = 0;          // of every record; 0: not checked (a header says it otherwise)
  // Fixed width.
  std::size_t record_bytes = 0;     // of every line; 0: not checked
  bool pad_short_lines = false;     // a line that ends early reads as if filled up with blanks
  std::vector<Slice> slices;        // cells, in this order
};

enum class RecordFault {
  none,
  cell_count,     // not as many cells as columns
  broken_quote,
  nul_byte,
  too_long,       // over RecordReader::record_bytes_at_most
  bad_encoding,
  wrong_length,   // of a fixed-width line
  cut_character   // a field's edge lies inside a character
};

struct Record {
  std::uint64_t number = 0;         // from 1, comments, blank lines and header not counted
  std::uint64_t line = 0;           // physical line on which it begins, from 1
  RecordFault fault = RecordFault::none;
  std::vector<std::string> cells;   // UTF-8; of a faulty record, what could be read before the fault
  // Fixed width: cells before the first that lies outside its line or cuts a character; that one and the others
  // that do are empty. Whether it matters depends on which cells the record's kind has, so it is no fault yet.
  std::size_t readable = 0;
  RecordFault unreadable = RecordFault::none;  // of that first cell
  std::size_t bytes = 0;            // of the record without its line end
};

// One sentence on why a record cannot be read.
Text fault_sentence(const Record& record, const Format& format);

// Up to `size` bytes into `into`; 0 at the end.
using ByteSource = std::function<std::size_t(char* into, std::size_t size)>;

// Reads records in order. LF or CRLF, a UTF-8 byte-order mark tolerated, blank lines passed over. A record whose
// quotes are broken ends with the physical line it begins on, so that one bad quote never swallows the records
// after it. Memory is bounded by record_bytes_at_most whatever the file holds.
class RecordReader {
 public:
  static constexpr std::size_t record_bytes_at_most = 1 << 20;

  // `name` is the file's, for messages. Throws Refused(data) where the header cannot be read, and where the
  // format says so for bytes that are not of the encoding. `format` is borrowed.
  RecordReader(ByteSource source, const Format& format, std::string name);
  RecordReader(RecordReader&&) noexcept;
  ~RecordReader();

  const std::vector<std::string>& header() const;
  bool next(Record& record);
  bool ends_with_line_end() const;  // REQUIRES: next() returned false

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace talent_loan::adapters::flat_file
