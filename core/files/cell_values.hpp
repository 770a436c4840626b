// Amounts and dates in cells, read and written a machine word at a time: the same verdicts, values and bytes
// as parse_yuan, parse_day and format_yuan, at a fraction of their time. Tests compare the pairs.
#pragma once

#include <array>
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

// Digits in machine words; for the functions below.
namespace words {

inline constexpr std::uint64_t each_byte = 0x0101010101010101;
inline constexpr std::uint64_t high_bits = 0x80 * each_byte;
inline constexpr std::uint64_t zeros = '0' * each_byte;

inline std::uint64_t word_at(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Eight bytes that were digits, less '0' each, the first digit lowest: their value by three multiplications,
// pairs to hundreds to ten thousands.
inline std::uint64_t eight_digits(std::uint64_t word) {
  word = word * 10 + (word >> 8);
  constexpr std::uint64_t mask = 0x000000FF000000FF;
  constexpr std::uint64_t high = 100 + (std::uint64_t{1'000'000} << 32);
  constexpr std::uint64_t low = 1 + (std::uint64_t{10'000} << 32);
  return (((word & mask) * high) + (((word >> 16) & mask) * low)) >> 32;
}

// The `count` digits (1 to 8) that end before `end`, or a value above any eight digits.
inline constexpr std::uint64_t not_digits = 100'000'000;
inline std::uint64_t digits_before(const char* end, std::size_t count) {
  // What stands before the digits is shifted out and zeros come in.
  const std::size_t shift = 8 * (8 - count);
  const std::uint64_t word = (word_at(end - 8) ^ zeros) >> shift << shift;
  // A byte over 9 gets its high bit here; one with the high bit set already is caught beside it.
  if ((((word + (0x7F - 9) * each_byte) | word) & high_bits) != 0) return not_digits;
  return eight_digits(word);
}

// The digits of a number under 10^8 as eight bytes of values 0 to 9, the first digit lowest: halved three
// times, each division by a multiplication that is exact in its range.
inline std::uint64_t spread_digits(std::uint32_t value) {
  const std::uint64_t fours = value / 10'000 | std::uint64_t{value % 10'000} << 32;
  const std::uint64_t hundreds = ((fours * 10'486) >> 20) & 0x0000007F0000007F;
  const std::uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
  const std::uint64_t tens = ((twos * 103) >> 10) & 0x000F000F000F000F;
  return tens | (twos - tens * 10) << 8;
}

// A number under 10^8 without leading zeros.
inline char* write_short(char* to, std::uint32_t value) {
  const std::uint64_t digits = spread_digits(value);
  const unsigned leading = static_cast<unsigned>(std::countr_zero(digits | std::uint64_t{1} << 56)) / 8;
  const std::uint64_t bytes = (digits | zeros) >> (8 * leading);
  std::memcpy(to, &bytes, sizeof bytes);
  return to + (8 - leading);
}

// ".00" to ".99", each in four bytes.
inline constexpr auto cents = [] {
  std::array<std::array<char, 4>, 100> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = {'.', static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10), 0};
  return table;
}();

}  // namespace words

inline std::optional<Fen> read_yuan(CellBytes cell) {
  const char* const end = cell.begin + cell.size;
  std::size_t whole = cell.size;
  std::uint64_t decimals = 0;
  if (cell.size >= 4 && end[-3] == '.') {
    const unsigned tens = static_cast<unsigned char>(end[-2]) - '0';
    const unsigned ones = static_cast<unsigned char>(end[-1]) - '0';
    if (tens > 9 || ones > 9) return std::nullopt;
    decimals = tens * 10 + ones;
    whole -= 3;
  } else if (cell.size >= 3 && end[-2] == '.') {
    const unsigned tens = static_cast<unsigned char>(end[-1]) - '0';
    if (tens > 9) return std::nullopt;
    decimals = tens * 10;
    whole -= 2;
  }
  if (whole == 0 || whole > 15) return std::nullopt;
  const char* const point = cell.begin + whole;
  const std::uint64_t low = words::digits_before(point, whole < 8 ? whole : 8);
  if (low == words::not_digits) return std::nullopt;
  std::uint64_t yuan = low;
  if (whole > 8) {
    const std::uint64_t high = words::digits_before(point - 8, whole - 8);
    if (high == words::not_digits) return std::nullopt;
    yuan += high * 100'000'000;
  }
  return Fen(static_cast<std::int64_t>(yuan * 100 + decimals));
}

inline std::optional<Day> read_day(std::string_view cell) {
  if (cell.size() != 10) return std::nullopt;
  // "YYYY-MM-" and "YY-MM-DD": digits become 0 to 9 and hyphens 0.
  const std::uint64_t front = words::word_at(cell.data()) ^ 0x2D30302D30303030;
  const std::uint64_t back = words::word_at(cell.data() + 2) ^ 0x30302D30302D3030;
  // Adding 0x76 lifts a byte over 9 past 0x7F; adding 0x7F lifts a hyphen's place that holds anything else.
  const std::uint64_t wrong = (front + 0x7F76767F76767676) | front | (back + 0x76767F76767F7676) | back;
  if ((wrong & words::high_bits) != 0) return std::nullopt;
  const auto digit = [](std::uint64_t word, unsigned byte) { return static_cast<unsigned>(word >> (8 * byte)) & 0xFF; };
  const unsigned year = digit(front, 0) * 1000 + digit(front, 1) * 100 + digit(front, 2) * 10 + digit(front, 3);
  const unsigned month = digit(front, 5) * 10 + digit(front, 6);
  const unsigned day = digit(back, 6) * 10 + digit(back, 7);
  if (year == 0 || month - 1 > 11 || day == 0) return std::nullopt;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  constexpr std::array<unsigned char, 13> month_days{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (day > month_days[month] + (month == 2 && leap ? 1U : 0U)) return std::nullopt;
  // Days since 1970-01-01 by years that begin in March, so that the leap day is a year's last.
  const unsigned march_year = year - (month <= 2 ? 1 : 0);
  const unsigned march_month = month > 2 ? month - 3 : month + 9;
  const unsigned days = march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 + (march_month * 153 + 2) / 5 + day - 1;
  constexpr std::int32_t days_to_1970 = 719'468;
  return Day(static_cast<std::int32_t>(days) - days_to_1970);
}

inline char* write_yuan(char* to, Fen amount) {
  const auto fen = static_cast<std::uint64_t>(amount.count());
  const std::uint64_t yuan = fen / 100;
  constexpr std::uint64_t eight = 100'000'000;
  if (yuan < eight) {
    to = words::write_short(to, static_cast<std::uint32_t>(yuan));
  } else {
    const std::uint64_t high = yuan / eight;  // under 10^9 for any 64-bit amount
    if (high >= eight) *to++ = static_cast<char>('0' + high / eight);
    if (high >= eight) {
      const std::uint64_t middle = words::spread_digits(static_cast<std::uint32_t>(high % eight)) | words::zeros;
      std::memcpy(to, &middle, sizeof middle);
      to += 8;
    } else {
      to = words::write_short(to, static_cast<std::uint32_t>(high));
    }
    const std::uint64_t low = words::spread_digits(static_cast<std::uint32_t>(yuan % eight)) | words::zeros;
    std::memcpy(to, &low, sizeof low);
    to += 8;
  }
  std::memcpy(to, words::cents[fen % 100].data(), 4);
  return to + 3;
}

}  // namespace talent_loan
