// One CSV row at a time, to the letter: the definition of what a row is. Everything faster (row_index.hpp)
// hands the rows it does not understand to this scanner and is tested to agree with it on the others.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/files/files.hpp"

namespace talent_loan {

struct RowScan {
  RowFault fault = RowFault::none;  // never cell_count: the scanner knows no header
  std::size_t bytes = 0;            // consumed, line end included
  bool need_more = false;           // the row does not end in the text; nothing was consumed
  bool blank = false;               // nothing but a line end: not a row
};

// Not shared between threads.
class RowScanner {
 public:
  // Scans the row at the front of `text`, which is not empty. `last`: no more bytes follow `text`.
  // A row that does not end within CsvReader::row_bytes_at_most is given up: too_long where its first physical
  // line is that long, else broken_quote; either way it ends where its first physical line ends.
  RowScan scan(std::string_view text, bool last);

  // The cells of the row scanned last; of a row with broken quotes those that are whole on its first
  // physical line, of one that is too long none. They point into its text, or, where quotes inside a cell had to be undone, into this scanner.
  const std::vector<std::string_view>& cells() const { return cells_; }

  // Lets go of the cells kept in this scanner.
  void forget() { undone_.clear(); }

 private:
  enum class Stop { comma, row_end, bad_quote, need_more };
  Stop plain_cell();
  Stop quoted_cell();
  RowScan first_line(std::string_view text, bool last, RowFault fault);

  std::string_view window_;  // the text, cut at the longest row allowed
  bool window_is_all_ = false;
  std::size_t at_ = 0;
  bool nul_ = false;
  std::size_t first_line_cells_ = 0;  // cells before the first that holds a line feed; npos: none does
  std::vector<std::string_view> cells_;
  std::deque<std::string> undone_;
};

}  // namespace talent_loan
