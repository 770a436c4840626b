// Exact numbers for scores: fractions of unbounded integers. Nothing is rounded until a rule of the table
// says so.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/multiprecision/cpp_int.hpp>

namespace talent_loan::assessment {

using Integer =
    boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>, boost::multiprecision::et_off>;

// A fraction with a positive denominator. It is not kept in lowest terms: a score takes a handful of
// operations, and reducing after each would cost more than it saves. Sums of decimals keep the larger power
// of ten.
class Exact {
 public:
  // Digits before and after the point that parse() accepts on each side.
  static constexpr std::size_t digits_at_most = 40;

  Exact() = default;
  Exact(std::int64_t whole) : numerator_(whole) {}
  explicit Exact(Integer whole) : numerator_(std::move(whole)) {}
  // whole ÷ 10^decimals. REQUIRES: decimals at least 0.
  static Exact scaled(Integer whole, int decimals);
  // A decimal as the files write it: an optional minus sign, digits, optionally a point and digits; no plus
  // sign, blank, separator, exponent or percent sign. Anything else is nullopt.
  static std::optional<Exact> parse(std::string_view text);

  bool positive() const { return numerator_ > 0; }
  bool negative() const { return numerator_ < 0; }
  bool zero() const { return numerator_ == 0; }

  // The nearest whole number towards zero: what "whole units" and "whole steps" mean.
  Exact truncated() const;
  // The same as a machine integer; nullopt where it needs more than 64 bits.
  std::optional<std::int64_t> truncated_integer() const;
  // Rounded half up to `decimals` decimals: a half goes up, towards plus infinity, for negatives too
  // (2.345 gives 2.35, -2.345 gives -2.34). The result's denominator is 10^decimals.
  Exact rounded(int decimals) const;
  // This number half-up rounded, with exactly `decimals` decimals: "-0.50". Never "-0".
  std::string fixed(int decimals) const;
  // The shortest decimal that equals it: "2.5"; where none of at most 12 decimals does, 6 decimals behind
  // "≈".
  std::string shown() const;

  friend Exact operator+(const Exact& a, const Exact& b);
  friend Exact operator-(const Exact& a, const Exact& b);
  friend Exact operator*(const Exact& a, const Exact& b);
  friend Exact operator/(const Exact& a, const Exact& b);  // REQUIRES: b is not 0
  friend std::strong_ordering operator<=>(const Exact& a, const Exact& b);
  friend bool operator==(const Exact& a, const Exact& b) { return (a <=> b) == 0; }
  Exact& operator+=(const Exact& other) { return *this = *this + other; }

 private:
  Exact(Integer numerator, Integer denominator)
      : numerator_(std::move(numerator)), denominator_(std::move(denominator)) {}
  Integer numerator_ = 0;
  Integer denominator_ = 1;
};

}  // namespace talent_loan::assessment
