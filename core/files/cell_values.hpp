// Amounts and dates in cells, read and written a machine word at a time: the same verdicts, values and bytes
// as parse_yuan, parse_day and format_yuan, at a fraction of their time. Tests compare the pairs.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/calendar/calendar.hpp"
#include "core/money/money.hpp"

namespace talent_loan {

static_assert(std::endian::native == std::endian::little, "cells are read as little-endian words");

// A cell inside a larger text, of which `margin` bytes before the cell may be read too.
struct CellBytes {
  static constexpr std::size_t margin = 16;
  const char* begin = nullptr;
  std::size_t size = 0;
  std::string_view text() const { return {begin, size}; }
};

// A cell that stands alone: nothing around it may be read.
struct CellText {
  std::string_view cell;
  std::string_view text() const { return cell; }
};

// The same as parse_yuan(cell.text()).
std::optional<Fen> read_yuan(CellBytes cell);
inline std::optional<Fen> read_yuan(CellText cell) { return parse_yuan(cell.cell); }

// The same as parse_day(cell).
std::optional<Day> read_day(std::string_view cell);

// Writes what format_yuan(amount) returns and returns the end. REQUIRES: amount not negative, and 24 bytes of
// room, of which those behind the end may be overwritten.
char* write_yuan(char* to, Fen amount);
inline constexpr std::size_t yuan_room = 24;

}  // namespace talent_loan
