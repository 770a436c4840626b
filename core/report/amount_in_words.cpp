#include "core/report/amount_in_words.hpp"

#include <array>
#include <cstdint>

namespace talent_loan {
namespace {

constexpr std::array<const char*, 10> digits{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};

// 1 to 9999; zeros inside are written once, zeros at the end not at all.
std::string words_of_four(std::int64_t number) {
  static constexpr std::array<const char*, 4> units{"仟", "佰", "拾", ""};
  std::string words;
  bool zero_before = false;
  std::int64_t place = 1000;
  for (const char* unit : units) {
    const std::int64_t digit = number / place % 10;
    place /= 10;
    if (digit == 0) {
      zero_before = !words.empty();
      continue;
    }
    if (zero_before) words += digits[0];
    words += std::string(digits[static_cast<std::size_t>(digit)]) + unit;
    zero_before = false;
  }
  return words;
}

// Splits at a power of ten thousand: what is above, its unit, and what is below, with 零 where the lower part
// does not begin in its first place.
std::string words_of(std::int64_t number) {
  for (const auto& [unit, name] : {std::pair<std::int64_t, const char*>{100'000'000, "亿"}, {10'000, "万"}}) {
    if (number < unit) continue;
    const std::int64_t rest = number % unit;
    return words_of(number / unit) + name + (rest > 0 && rest < unit / 10 ? digits[0] : "") + (rest > 0 ? words_of(rest) : "");
  }
  return words_of_four(number);
}

}  // namespace

std::string amount_in_words(Fen amount) {
  const std::int64_t yuan = amount.count() / 100;
  const auto jiao = static_cast<std::size_t>(amount.count() / 10 % 10), fen = static_cast<std::size_t>(amount.count() % 10);
  std::string words = "人民币";
  if (yuan > 0) words += words_of(yuan) + "元";
  if (jiao == 0 && fen == 0) return words + (yuan > 0 ? "整" : "零元整");
  if (jiao > 0) words += std::string(digits[jiao]) + "角";
  else if (yuan > 0) words += digits[0];
  return words + (fen > 0 ? std::string(digits[fen]) + "分" : "整");
}

}  // namespace talent_loan
