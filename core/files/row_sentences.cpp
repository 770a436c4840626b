#include "core/files/row_sentences.hpp"

#include <fmt/format.h>

#include "core/identity/masking.hpp"

namespace talent_loan {
namespace {

// Cells slip into the wrong column: what stands where a day is due may be somebody's identity number.
std::string shown(std::string_view cell) { return quoted(without_identity_numbers(cell)); }

}  // namespace

Text missing_value(std::string_view column) {
  return {fmt::format("{} 为空；此列必须有值", column), fmt::format("{} is empty; it must have a value", column)};
}

Text bad_date(std::string_view column, std::string_view found) {
  return {fmt::format("{} 为 {}；须为真实日期，形如 2020-05-26", column, shown(found)),
          fmt::format("{} is {}; a real calendar day is needed, as in 2020-05-26", column, shown(found))};
}

Text bad_amount(std::string_view column, std::string_view found) {
  return {fmt::format("{} 为 {}；须为元，小数点前 1 至 15 位数字，至多两位小数，无符号、空格、千分位和指数", column, shown(found)),
          fmt::format("{} is {}; yuan are needed, 1 to 15 digits and at most two decimals, no sign, blank, separator or exponent",
                      column, shown(found))};
}

Text bad_value(std::string_view column, std::string_view found, std::string_view allowed) {
  return {fmt::format("{} 为 {}；允许：{}", column, shown(found), allowed), fmt::format("{} is {}; allowed: {}", column, shown(found), allowed)};
}

Text duplicate_key(std::string_view column) {
  return {fmt::format("前面已有一行的 {} 与此相同并被接受；每个只能出现一次", column),
          fmt::format("an earlier row with this {} was accepted; each may stand once", column)};
}

}  // namespace talent_loan
