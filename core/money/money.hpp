// Money in whole fen and exact ratios. No binary floating point anywhere; every overflow throws Failure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace talent_loan {

__extension__ using Int128 = __int128;

// An amount of RMB in fen (1/100 yuan), 64 bits, signed: a difference may be negative, what a file may hold
// is not. Arithmetic that would leave the 64 bits throws Failure.
class Fen {
 public:
  constexpr Fen() = default;
  explicit constexpr Fen(std::int64_t fen) : fen_(fen) {}

  constexpr std::int64_t count() const { return fen_; }
  constexpr bool negative() const { return fen_ < 0; }
  friend constexpr auto operator<=>(Fen, Fen) = default;

  Fen& operator+=(Fen other) {
    if (__builtin_add_overflow(fen_, other.fen_, &fen_)) leaves_64_bits("+");
    return *this;
  }
  Fen& operator-=(Fen other) {
    if (__builtin_sub_overflow(fen_, other.fen_, &fen_)) leaves_64_bits("-");
    return *this;
  }
  friend Fen operator+(Fen a, Fen b) { return a += b; }
  friend Fen operator-(Fen a, Fen b) { return a -= b; }

 private:
  [[noreturn]] static void leaves_64_bits(const char* operation);
  std::int64_t fen_ = 0;
};

// A sum of amounts in 128 bits: no number of 64-bit amounts that fits a file can overflow it.
class FenSum {
 public:
  constexpr FenSum() = default;
  constexpr FenSum& operator+=(Fen amount) { return sum_ += amount.count(), *this; }
  constexpr FenSum& operator+=(FenSum other) { return sum_ += other.sum_, *this; }
  constexpr Int128 count() const { return sum_; }
  friend constexpr auto operator<=>(FenSum, FenSum) = default;
  Fen to_fen() const;  // throws Failure where it does not fit 64 bits

 private:
  Int128 sum_ = 0;
};

// An exact ratio from a decimal percentage of at most six decimals: whole hundred-millionths, 1% = 1,000,000.
class Ratio {
 public:
  static constexpr std::int64_t one = 100'000'000;
  constexpr Ratio() = default;
  explicit constexpr Ratio(std::int64_t hundred_millionths) : parts_(hundred_millionths) {}
  static constexpr Ratio percent(std::int64_t whole) { return Ratio(whole * 1'000'000); }

  constexpr std::int64_t hundred_millionths() const { return parts_; }
  friend constexpr auto operator<=>(Ratio, Ratio) = default;
  friend Ratio operator+(Ratio a, Ratio b);

 private:
  std::int64_t parts_ = 0;
};

// ⌊amount × ratio⌋, rounded down to the fen, with a 128-bit product. REQUIRES: amount and ratio not negative.
Fen floor_share(Fen amount, Ratio ratio);

// ⌊amount × part ÷ whole⌋ with a 128-bit product. REQUIRES: amount, part not negative; whole positive.
Fen floor_part(Fen amount, std::int64_t part, std::int64_t whole);

// Decimal yuan as files write it: 1 to 15 digits, optionally a point and one or two digits. No sign, blank,
// separator or exponent. Anything else is nullopt.
std::optional<Fen> parse_yuan(std::string_view text);

// "1234567.89": always two decimals, a leading minus sign where negative.
std::string format_yuan(Fen amount);
std::string format_yuan(FenSum amount);

// "80%", "6.00%", "33.333333%": digits, optionally a point and one to six digits, a percent sign.
std::optional<Ratio> parse_percent(std::string_view text);

// The shortest decimal percentage: "80%", "2.5%".
std::string format_percent(Ratio ratio);

}  // namespace talent_loan
