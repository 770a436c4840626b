// Where the delimiters of a block stand: found 64 bytes at a time, so that a row of plain cells costs one look
// per cell instead of one per byte.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace talent_loan {

// Positions of every comma, line feed, quote and NUL byte of a text, in order.
class RowIndex {
 public:
  // REQUIRES: text is shorter than 4 GiB, and 64 bytes behind it may be read.
  void build(std::string_view text);

  const std::uint32_t* begin() const { return positions_.data(); }
  const std::uint32_t* end() const { return positions_.data() + count_; }

 private:
  std::vector<std::uint32_t> positions_;
  std::size_t count_ = 0;
};

}  // namespace talent_loan
