#include "core/assessment/exact.hpp"

#include <array>
#include <limits>

namespace talent_loan::assessment {
namespace {

Integer power_of_ten(std::size_t exponent) {
  static const auto powers = [] {
    std::array<Integer, Exact::digits_at_most + 1> table;
    table[0] = 1;
    for (std::size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] * 10;
    return table;
  }();
  return exponent < powers.size() ? powers[exponent]
                                  : boost::multiprecision::pow(Integer(10), static_cast<unsigned>(exponent));
}

// ⌊numerator ÷ denominator⌋ for a positive denominator; the library's own division goes towards zero.
Integer floor_quotient(const Integer& numerator, const Integer& denominator) {
  Integer quotient;
  Integer remainder;
  divide_qr(numerator, denominator, quotient, remainder);
  if (remainder < 0) --quotient;
  return quotient;
}

bool all_digits(std::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty() && text.size() <= Exact::digits_at_most;
}

// Digits in pieces that fit a machine word: one big multiplication for each piece, none for a short number.
Integer digits_value(std::string_view digits) {
  constexpr std::size_t piece = 18;
  Integer value = 0;
  for (std::size_t at = 0; at < digits.size(); at += piece) {
    const std::string_view part = digits.substr(at, piece);
    std::uint64_t word = 0;
    for (const char c : part) word = word * 10 + static_cast<std::uint64_t>(c - '0');
    value = at == 0 ? Integer(word) : value * power_of_ten(part.size()) + word;
  }
  return value;
}

}  // namespace

Exact Exact::scaled(Integer whole, int decimals) {
  return {std::move(whole), power_of_ten(static_cast<std::size_t>(decimals))};
}

std::optional<Exact> Exact::parse(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!all_digits(whole)) return std::nullopt;
  std::string_view decimals;
  if (point != std::string_view::npos) {
    decimals = text.substr(point + 1);
    if (!all_digits(decimals)) return std::nullopt;
  }
  Integer value = digits_value(whole);
  if (!decimals.empty()) value = value * power_of_ten(decimals.size()) + digits_value(decimals);
  if (minus) value = -value;
  return Exact(std::move(value), power_of_ten(decimals.size()));
}

Exact Exact::truncated() const {
  return Exact(Integer(numerator_ / denominator_));
}

std::optional<std::int64_t> Exact::truncated_integer() const {
  const Integer whole = numerator_ / denominator_;
  if (whole > std::numeric_limits<std::int64_t>::max() || whole < std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

Exact Exact::rounded(int decimals) const {
  const Integer power = power_of_ten(static_cast<std::size_t>(decimals));
  if (denominator_ == power) return *this;
  // ⌊x × 10^d + ½⌋ in whole numbers.
  return {floor_quotient(numerator_ * power * 2 + denominator_, denominator_ * 2), power};
}

std::string Exact::fixed(int decimals) const {
  const Exact rounded_value = rounded(decimals);
  std::string digits = Integer(abs(rounded_value.numerator_)).str();
  const auto places = static_cast<std::size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, 1, '.');
  return rounded_value.negative() ? "-" + digits : digits;
}

std::string Exact::shown() const {
  constexpr int decimals_at_most = 12;
  constexpr int decimals_when_endless = 6;
  if (rounded(decimals_at_most) != *this) return "≈" + fixed(decimals_when_endless);
  std::string text = fixed(decimals_at_most);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

Exact operator+(const Exact& a, const Exact& b) {
  if (a.denominator_ == b.denominator_) return {a.numerator_ + b.numerator_, a.denominator_};
  // Decimals: one power of ten divides the other, and the larger one stays.
  const Exact& fine = a.denominator_ > b.denominator_ ? a : b;
  const Exact& coarse = &fine == &a ? b : a;
  Integer factor;
  Integer remainder;
  divide_qr(fine.denominator_, coarse.denominator_, factor, remainder);
  if (remainder == 0) return {fine.numerator_ + coarse.numerator_ * factor, fine.denominator_};
  return {a.numerator_ * b.denominator_ + b.numerator_ * a.denominator_, a.denominator_ * b.denominator_};
}

Exact operator-(const Exact& a, const Exact& b) {
  return a + Exact(-b.numerator_, b.denominator_);
}

Exact operator*(const Exact& a, const Exact& b) {
  return {a.numerator_ * b.numerator_, a.denominator_ * b.denominator_};
}

Exact operator/(const Exact& a, const Exact& b) {
  Integer numerator = a.numerator_ * b.denominator_;
  Integer denominator = a.denominator_ * b.numerator_;
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  return {std::move(numerator), std::move(denominator)};
}

std::strong_ordering operator<=>(const Exact& a, const Exact& b) {
  const int order = a.denominator_ == b.denominator_
                        ? a.numerator_.compare(b.numerator_)
                        : Integer(a.numerator_ * b.denominator_).compare(b.numerator_ * a.denominator_);
  return order <=> 0;
}

}  // namespace talent_loan::assessment
