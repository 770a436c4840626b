// Internal to plugins/host/session: checks of single fields. Each throws AdapterFailure (broke_rules).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/calendar/calendar.hpp"
#include "core/money/money.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {

// Names the record and field that break the rules. `record`: "event E-17"; may be empty.
[[noreturn]] void broke_rules(const std::string& record, const std::string& field, Text found, Text allowed);

// The record that fields are read of: its kind and id become words only when something is wrong, because a round
// checks millions. REQUIRES: both outlive the checks.
class FieldChecks {
 public:
  explicit FieldChecks(const char* kind) : kind_(kind) {}
  FieldChecks(const char* kind, const std::string& id) : kind_(kind), id_(&id) {}

  // UTF-8 without control characters.
  const std::string& text(const std::string& value, const char* field) const;
  // The same, 1 to TALENT_LOAN_ID_BYTES_AT_MOST bytes.
  const std::string& identifier(const std::string& value, const char* field) const;
  Fen amount(std::int64_t fen, const char* field) const;
  std::optional<Fen> optional_amount(std::int64_t fen, const char* field) const;  // -1: not stated
  Day day(std::int32_t days, const char* field) const;
  std::optional<Day> optional_day(std::int32_t days, const char* field) const;
  std::optional<Ratio> optional_rate(std::int64_t rate, const char* field) const;  // -1: not stated; at most 100%
  std::optional<int> optional_months(std::int32_t months, const char* field) const;  // 0: not stated
  bool yes_no(std::int32_t value, const char* field) const;
  // An enumeration's value, 1 to `last`.
  std::int32_t one_of(std::int32_t value, std::int32_t last, const char* field) const;
  std::int64_t within(std::int64_t value, std::int64_t least, std::int64_t most, const char* field) const;

 private:
  std::string record() const;
  const char* kind_;
  const std::string* id_ = nullptr;
};

}  // namespace talent_loan::host
