#include "core/money/money.hpp"

#include <limits>

#include <fmt/format.h>

#include "core/message/message.hpp"

namespace talent_loan {
namespace {

[[noreturn]] void overflow(const char* what) {
  throw Failure({fmt::format("金额超出 64 位分值范围（{}）", what), fmt::format("amount leaves 64 bits of fen ({})", what)},
                {"请核对金额", "check the amounts"});
}

Fen narrow(Int128 value, const char* what) {
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min()) overflow(what);
  return Fen(static_cast<std::int64_t>(value));
}

bool all_digits(std::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

std::int64_t digits_value(std::string_view digits) {
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Decimal digits with a fixed point: `scale` decimals at most, `whole_at_most` digits before the point.
std::optional<std::int64_t> parse_fixed(std::string_view text, std::size_t whole_at_most, std::size_t scale) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!all_digits(whole) || whole.size() > whole_at_most) return std::nullopt;
  std::string_view decimals;
  if (point != std::string_view::npos) {
    decimals = text.substr(point + 1);
    if (!all_digits(decimals) || decimals.size() > scale) return std::nullopt;
  }
  std::int64_t value = digits_value(whole);
  for (std::size_t i = 0; i < scale; ++i) value = value * 10 + (i < decimals.size() ? decimals[i] - '0' : 0);
  return value;
}

}  // namespace

void Fen::leaves_64_bits(const char* operation) { overflow(operation); }

Fen FenSum::to_fen() const { return narrow(sum_, "Σ"); }

Ratio operator+(Ratio a, Ratio b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.parts_, b.parts_, &sum)) overflow("%");
  return Ratio(sum);
}

Fen floor_share(Fen amount, Ratio ratio) {
  // Under 922 million yuan the product fits 64 bits, where dividing by a constant is ten times faster.
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(amount.count(), ratio.hundred_millionths(), &product)) return Fen(product / Ratio::one);
  return floor_part(amount, ratio.hundred_millionths(), Ratio::one);
}

Fen floor_part(Fen amount, std::int64_t part, std::int64_t whole) {
  return narrow(Int128{amount.count()} * part / whole, "×");
}

std::optional<Fen> parse_yuan(std::string_view text) {
  const auto fen = parse_fixed(text, 15, 2);
  return fen ? std::optional(Fen(*fen)) : std::nullopt;
}

std::string format_yuan(Fen amount) { return format_yuan(FenSum{} += amount); }

std::string format_yuan(FenSum amount) {
  const Int128 value = amount.count();
  const Int128 magnitude = value < 0 ? -value : value;
  return fmt::format("{}{}.{:02}", value < 0 ? "-" : "", magnitude / 100, static_cast<int>(magnitude % 100));
}

std::optional<Ratio> parse_percent(std::string_view text) {
  if (text.empty() || text.back() != '%') return std::nullopt;
  const auto parts = parse_fixed(text.substr(0, text.size() - 1), 9, 6);
  return parts ? std::optional(Ratio(*parts)) : std::nullopt;
}

std::string format_percent(Ratio ratio) {
  const std::int64_t parts = ratio.hundred_millionths();
  std::string out = fmt::format("{}.{:06}", parts / 1'000'000, parts % 1'000'000);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out + "%";
}

}  // namespace talent_loan
