// Internal to plugins/host/session: checks of single fields. Each throws AdapterFailure (broke_rules).
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <talent_loan_adapter.h>

#include "core/calendar/calendar.hpp"
#include "core/money/money.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {

// Names the record and field that break the rules. `record`: "event E-17"; may be empty.
[[noreturn]] void broke_rules(const std::string& record, const std::string& field, Text found, Text allowed);

// The high bit of every byte of `eight` that is no printable ASCII, and perhaps that of bytes above the first such: each
// subtraction borrows into the high bit of the first byte that is less, under a blank or equal to DEL.
constexpr std::uint64_t unprintable(std::uint64_t eight) {
  constexpr std::uint64_t every = 0x0101010101010101ULL;
  return (eight | (eight - 0x20 * every) | ((eight ^ 0x7F * every) - every)) & 0x80 * every;
}

// Whether every character is printable ASCII, eight of them at a time: what most texts are, and then nothing else has
// to be looked at.
inline bool printable_ascii(std::string_view text) {
  const auto eight_at = [&](std::size_t at) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, 8);
    return eight;
  };
  if (text.size() >= 8) {
    std::uint64_t found = unprintable(eight_at(text.size() - 8));  // the last ones, some of them twice
    for (std::size_t i = 0; i + 8 < text.size(); i += 8) found |= unprintable(eight_at(i));
    return found == 0;
  }
  for (const char c : text) {
    if (c < 0x20 || c > 0x7E) return false;  // above 0x7F: negative, or more, as char is signed or not
  }
  return true;
}

// The record that fields are read of: its kind and id become words only when something is wrong, because a round
// checks millions; so what is right is seen in line here, and what is wrong is told elsewhere. REQUIRES: both outlive the checks.
class FieldChecks {
 public:
  explicit FieldChecks(const char* kind) : kind_(kind) {}
  FieldChecks(const char* kind, const std::string& id) : kind_(kind), id_(&id) {}

  // UTF-8 without control characters.
  const std::string& text(const std::string& value, const char* field) const {
    if (!printable_ascii(value)) check_text(value, field);
    return value;
  }
  // The same, 1 to TALENT_LOAN_ID_BYTES_AT_MOST bytes.
  const std::string& identifier(const std::string& value, const char* field) const {
    if (value.empty() || value.size() > TALENT_LOAN_ID_BYTES_AT_MOST) wrong_length(value, field);
    return text(value, field);
  }
  Fen amount(std::int64_t fen, const char* field) const { return Fen(within(fen, 0, TALENT_LOAN_FEN_AT_MOST, field)); }
  std::optional<Fen> optional_amount(std::int64_t fen, const char* field) const;  // -1: not stated
  Day day(std::int32_t days, const char* field) const { return Day(static_cast<std::int32_t>(within(days, first_day, last_day, field))); }
  std::optional<Day> optional_day(std::int32_t days, const char* field) const;
  // The day that a record is dated: none after the working day it was asked for as of, or that day's books could not be
  // made again.
  Day dated(std::int32_t days, std::int32_t as_of, const char* field) const {
    const Day on = day(days, field);
    if (days > as_of) too_late(on, Day(as_of), field);
    return on;
  }
  std::optional<Ratio> optional_rate(std::int64_t rate, const char* field) const;  // -1: not stated; at most 100%
  std::optional<int> optional_months(std::int32_t months, const char* field) const;  // 0: not stated
  bool yes_no(std::int32_t value, const char* field) const;
  // An enumeration's value, 1 to `last`.
  std::int32_t one_of(std::int32_t value, std::int32_t last, const char* field) const {
    if (value < 1 || value > last) unknown(value, last, field);
    return value;
  }
  std::int64_t within(std::int64_t value, std::int64_t least, std::int64_t most, const char* field) const {
    if (value < least || value > most) out_of_range(value, least, most, field);
    return value;
  }

 private:
  static constexpr std::int32_t first_day = -719162;  // 0001-01-01
  static constexpr std::int32_t last_day = 2932896;   // 9999-12-31

  void check_text(const std::string& value, const char* field) const;
  [[noreturn]] void wrong_length(const std::string& value, const char* field) const;
  [[noreturn]] void unknown(std::int32_t value, std::int32_t last, const char* field) const;
  [[noreturn]] void out_of_range(std::int64_t value, std::int64_t least, std::int64_t most, const char* field) const;
  [[noreturn]] void too_late(Day on, Day as_of, const char* field) const;
  std::string record() const;
  const char* kind_;
  const std::string* id_ = nullptr;
};

}  // namespace talent_loan::host
