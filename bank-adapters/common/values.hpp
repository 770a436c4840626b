// How banks write days and amounts, and what they become: days since 1970-01-01 and whole fen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace talent_loan::adapters {

// A day's style: `YYYYMMDD`, `YYYY-MM-DD`, `M/D/YYYY`, `D-Mon-YY`, `YYYY年M月D日` and any other mix of these
// tokens and other characters. YYYY is four digits, YY two, MM and DD two, M and D one or two, Mon an English
// month of three letters.
class DateStyle {
 public:
  // nullopt where the pattern lacks a day, month or year, or names one twice.
  static std::optional<DateStyle> compile(std::string_view pattern);

  const std::string& pattern() const { return pattern_; }
  // Days since 1970-01-01 of a real day of the years 1 to 9999. A two-digit year of `pivot` and above is 19xx, below 20xx.
  std::optional<std::int32_t> parse(std::string_view text, int pivot) const;
  // REQUIRES: a day of the years 1 to 9999. YY is the year's last two digits.
  std::string format(std::int32_t day) const;

 private:
  enum class Kind { literal, year4, year2, month2, month, month_name, day2, day };
  struct Token {
    Kind kind;
    std::string literal;
  };
  static Token token_at(std::string_view pattern);

  std::string pattern_;
  std::vector<Token> tokens_;
};

// The first style that fits; styles are tried in order.
std::optional<std::int32_t> parse_date(std::string_view text, const std::vector<DateStyle>& styles, int pivot);

std::string iso_date(std::int32_t day);

struct AmountStyle {
  enum class Unit { yuan, fen };          // yuan: at most two decimals; fen: whole
  enum class Sign { none, leading, trailing };
  Unit unit = Unit::yuan;
  char thousands = '\0';                  // '\0': no separators; else groups of three, written everywhere or nowhere
  Sign sign = Sign::none;                 // where a bank writes + or -
};

struct AmountFault {
  bool negative = false;  // readable, but below zero
};

// Fen; at most 15 digits before the point. No blanks, exponent or third decimal. A readable negative amount is
// nullopt with `negative` set: no field of the interface may hold one.
std::optional<std::int64_t> parse_amount(std::string_view text, const AmountStyle& style, AmountFault* fault = nullptr);

// REQUIRES: fen is not negative.
std::string format_amount(std::int64_t fen, const AmountStyle& style);

// Digits only, at most `at_most`.
std::optional<std::int64_t> parse_count(std::string_view text, std::int64_t at_most);

}  // namespace talent_loan::adapters
