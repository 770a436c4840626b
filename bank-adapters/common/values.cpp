#include "bank-adapters/common/values.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace talent_loan::adapters {
namespace {

constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes `at_least` to `at_most` digits from the front; -1 where there are fewer.
int take_digits(std::string_view& text, std::size_t at_least, std::size_t at_most) {
  std::size_t digits = 0;
  int value = 0;
  while (digits < at_most && digits < text.size() && is_digit(text[digits])) value = value * 10 + (text[digits++] - '0');
  if (digits < at_least) return -1;
  text.remove_prefix(digits);
  return value;
}

int take_month_name(std::string_view& text) {
  if (text.size() < 3) return -1;
  for (std::size_t month = 0; month < month_names.size(); ++month) {
    const std::string_view name = month_names[month];
    if (std::equal(name.begin(), name.end(), text.begin(), [](char a, char b) { return lower(a) == lower(b); })) {
      text.remove_prefix(3);
      return static_cast<int>(month) + 1;
    }
  }
  return -1;
}

std::chrono::year_month_day date_of(std::int32_t day) { return std::chrono::sys_days(std::chrono::days(day)); }

}  // namespace

DateStyle::Token DateStyle::token_at(std::string_view pattern) {
  if (pattern.starts_with("YYYY")) return {Kind::year4, "YYYY"};
  if (pattern.starts_with("YY")) return {Kind::year2, "YY"};
  if (pattern.starts_with("Mon")) return {Kind::month_name, "Mon"};
  if (pattern.starts_with("MM")) return {Kind::month2, "MM"};
  if (pattern.starts_with("M")) return {Kind::month, "M"};
  if (pattern.starts_with("DD")) return {Kind::day2, "DD"};
  if (pattern.starts_with("D")) return {Kind::day, "D"};
  return {Kind::literal, std::string(pattern.substr(0, 1))};
}

std::optional<DateStyle> DateStyle::compile(std::string_view pattern) {
  DateStyle style;
  style.pattern_ = pattern;
  int years = 0, months = 0, days = 0;
  while (!pattern.empty()) {
    Token token = token_at(pattern);
    pattern.remove_prefix(token.literal.size());
    years += token.kind == Kind::year4 || token.kind == Kind::year2;
    months += token.kind == Kind::month || token.kind == Kind::month2 || token.kind == Kind::month_name;
    days += token.kind == Kind::day || token.kind == Kind::day2;
    style.tokens_.push_back(std::move(token));
  }
  if (years != 1 || months != 1 || days != 1) return std::nullopt;
  return style;
}

std::optional<std::int32_t> DateStyle::parse(std::string_view text, int pivot) const {
  int year = 0, month = 0, day = 0;
  for (const Token& token : tokens_) {
    switch (token.kind) {
      case Kind::literal:
        if (!text.starts_with(token.literal)) return std::nullopt;
        text.remove_prefix(token.literal.size());
        break;
      case Kind::year4: year = take_digits(text, 4, 4); break;
      case Kind::year2:
        year = take_digits(text, 2, 2);
        if (year >= 0) year += year >= pivot ? 1900 : 2000;
        break;
      case Kind::month2: month = take_digits(text, 2, 2); break;
      case Kind::month: month = take_digits(text, 1, 2); break;
      case Kind::month_name: month = take_month_name(text); break;
      case Kind::day2: day = take_digits(text, 2, 2); break;
      case Kind::day: day = take_digits(text, 1, 2); break;
    }
  }
  if (!text.empty() || year < 1 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::string DateStyle::format(std::int32_t day) const {
  const std::chrono::year_month_day date = date_of(day);
  const int year = static_cast<int>(date.year());
  const unsigned month = static_cast<unsigned>(date.month());
  std::string out;
  for (const Token& token : tokens_) {
    switch (token.kind) {
      case Kind::literal: out += token.literal; break;
      case Kind::year4: out += fmt::format("{:04}", year); break;
      case Kind::year2: out += fmt::format("{:02}", year % 100); break;
      case Kind::month2: out += fmt::format("{:02}", month); break;
      case Kind::month: out += fmt::format("{}", month); break;
      case Kind::month_name: out += month_names[month - 1]; break;
      case Kind::day2: out += fmt::format("{:02}", static_cast<unsigned>(date.day())); break;
      case Kind::day: out += fmt::format("{}", static_cast<unsigned>(date.day())); break;
    }
  }
  return out;
}

std::optional<std::int32_t> parse_date(std::string_view text, const std::vector<DateStyle>& styles, int pivot) {
  for (const DateStyle& style : styles) {
    if (const auto day = style.parse(text, pivot)) return day;
  }
  return std::nullopt;
}

std::string iso_date(std::int32_t day) {
  const std::chrono::year_month_day date = date_of(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

namespace {

// The digits of the whole part, without separators; nullopt where they are not grouped by three.
std::optional<std::string> whole_digits(std::string_view text, char thousands) {
  std::string digits;
  if (thousands == '\0' || text.find(thousands) == std::string_view::npos) {
    digits = text;
  } else {
    bool first = true;
    for (;; first = false) {
      const std::size_t end = text.find(thousands);
      const std::string_view group = text.substr(0, end);
      if (first ? group.empty() || group.size() > 3 : group.size() != 3) return std::nullopt;
      digits += group;
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
  }
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  return digits;
}

// Takes the sign from where the style has it; nullopt where a sign stands elsewhere or is missing behind.
std::optional<bool> take_minus(std::string_view& text, AmountStyle::Sign sign) {
  if (sign == AmountStyle::Sign::none || text.empty()) return false;
  const char c = sign == AmountStyle::Sign::leading ? text.front() : text.back();
  if (c != '+' && c != '-') return is_digit(c) ? std::optional(false) : std::nullopt;
  sign == AmountStyle::Sign::leading ? text.remove_prefix(1) : text.remove_suffix(1);
  return c == '-';
}

}  // namespace

std::optional<std::int64_t> parse_amount(std::string_view text, const AmountStyle& style, AmountFault* fault) {
  const auto minus = take_minus(text, style.sign);
  if (!minus) return std::nullopt;
  std::string_view decimals;
  if (style.unit == AmountStyle::Unit::yuan) {
    const std::size_t point = text.find('.');
    if (point != std::string_view::npos) {
      decimals = text.substr(point + 1);
      if (decimals.empty() || decimals.size() > 2 || !std::all_of(decimals.begin(), decimals.end(), is_digit)) return std::nullopt;
      text = text.substr(0, point);
    }
  }
  auto whole = whole_digits(text, style.thousands);
  if (!whole) return std::nullopt;
  // Fen stand in fixed-width columns filled up with zeros, which count for nothing.
  if (style.unit == AmountStyle::Unit::fen) whole->erase(0, whole->find_first_not_of('0'));
  if (whole->size() > (style.unit == AmountStyle::Unit::yuan ? 15U : 17U)) return std::nullopt;
  std::int64_t fen = 0;
  for (const char c : *whole) fen = fen * 10 + (c - '0');
  if (style.unit == AmountStyle::Unit::yuan) {
    fen *= 100;
    if (!decimals.empty()) fen += (decimals[0] - '0') * 10;
    if (decimals.size() == 2) fen += decimals[1] - '0';
  }
  if (*minus && fen != 0) {
    if (fault != nullptr) fault->negative = true;
    return std::nullopt;
  }
  return fen;
}

std::string format_amount(std::int64_t fen, const AmountStyle& style) {
  const bool yuan = style.unit == AmountStyle::Unit::yuan;
  std::string whole = fmt::format("{}", yuan ? fen / 100 : fen);
  if (style.thousands != '\0') {
    for (std::size_t at = whole.size(); at > 3; at -= 3) whole.insert(at - 3, 1, style.thousands);
  }
  if (yuan) whole += fmt::format(".{:02}", fen % 100);
  if (style.sign == AmountStyle::Sign::leading) return "+" + whole;
  return style.sign == AmountStyle::Sign::trailing ? whole + "+" : whole;
}

std::optional<std::int64_t> parse_count(std::string_view text, std::int64_t at_most) {
  if (text.empty() || text.size() > 18 || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value <= at_most ? std::optional(value) : std::nullopt;
}

}  // namespace talent_loan::adapters
