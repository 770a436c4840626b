#include "plugins/host/session/field_checks.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <talent_loan_adapter.h>

#include "core/files/files.hpp"

namespace talent_loan::host {
namespace {

constexpr std::int64_t months_at_most = 1200;

bool has_control_character(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

void broke_rules(const std::string& record, const std::string& field, Text found, Text allowed) {
  const std::string place = record.empty() ? field : record + "." + field;
  throw AdapterFailure(AdapterFailure::Kind::broke_rules, Retry::never,
                       {{{}, 0, 0, place}, std::move(found), std::move(allowed),
                        {"适配器违反接口约定：请其提供者用 talent-loan adapter check 检查",
                         "the adapter breaks the interface: have its maker run talent-loan adapter check"}});
}

std::string FieldChecks::record() const {
  return id_ == nullptr ? std::string(kind_) : std::string(kind_) + " " + talent_loan::quoted(*id_);
}

void FieldChecks::check_text(const std::string& value, const char* field) const {
  if (invalid_utf8_at(value) != std::string_view::npos) {
    broke_rules(record(), field, {"不是 UTF-8：" + quoted(value), "is not UTF-8: " + quoted(value)}, {"UTF-8 文本", "UTF-8 text"});
  }
  if (has_control_character(value)) {
    broke_rules(record(), field, {"含控制字符：" + quoted(value), "holds control characters: " + quoted(value)}, {"没有控制字符的文本", "text without control characters"});
  }
}

void FieldChecks::wrong_length(const std::string& value, const char* field) const {
  broke_rules(record(), field, {fmt::format("{} 字节", value.size()), fmt::format("{} bytes", value.size())},
              {fmt::format("1 到 {} 字节", TALENT_LOAN_ID_BYTES_AT_MOST), fmt::format("1 to {} bytes", TALENT_LOAN_ID_BYTES_AT_MOST)});
}

std::optional<Fen> FieldChecks::optional_amount(std::int64_t fen, const char* field) const {
  if (fen == -1) return std::nullopt;
  return amount(fen, field);
}

std::optional<Day> FieldChecks::optional_day(std::int32_t days, const char* field) const {
  if (days == TALENT_LOAN_NO_DAY) return std::nullopt;
  return day(days, field);
}

std::optional<Ratio> FieldChecks::optional_rate(std::int64_t rate, const char* field) const {
  if (rate == -1) return std::nullopt;
  return Ratio(within(rate, 0, Ratio::one, field));
}

std::optional<int> FieldChecks::optional_months(std::int32_t months, const char* field) const {
  if (months == 0) return std::nullopt;
  return static_cast<int>(within(months, 1, months_at_most, field));
}

bool FieldChecks::yes_no(std::int32_t value, const char* field) const {
  return one_of(value, TALENT_LOAN_NO, field) == TALENT_LOAN_YES;
}

void FieldChecks::unknown(std::int32_t value, std::int32_t last, const char* field) const {
  broke_rules(record(), field, {fmt::format("未知的取值 {}", value), fmt::format("the unknown value {}", value)}, verbatim(fmt::format("1 – {}", last)));
}

void FieldChecks::too_late(Day on, Day as_of, const char* field) const {
  broke_rules(record(), field, {"记于 " + format_day(on) + "，晚于本次的 as_of", "dated " + format_day(on) + ", later than the call's as_of"},
              {"不晚于 " + format_day(as_of), "no later than " + format_day(as_of)});
}

void FieldChecks::out_of_range(std::int64_t value, std::int64_t least, std::int64_t most, const char* field) const {
  broke_rules(record(), field, verbatim(fmt::format("{}", value)), verbatim(fmt::format("{} – {}", least, most)));
}

}  // namespace talent_loan::host
