// Calendar days and months: the only time the rules know. No clock and no time zone is read here.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace talent_loan {

// A real day of the proleptic Gregorian calendar, years 1 to 9999, kept as days since 1970-01-01
// (the C interface's and the database's representation).
class Day {
 public:
  constexpr Day() = default;
  explicit constexpr Day(std::int32_t days_since_1970) : days_(days_since_1970) {}
  constexpr Day(std::chrono::year_month_day date)  // REQUIRES: date.ok()
      : days_(static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count())) {}

  constexpr std::int32_t days_since_1970() const { return days_; }
  constexpr std::chrono::year_month_day date() const {
    return std::chrono::sys_days(std::chrono::days(days_));
  }
  constexpr int year() const { return static_cast<int>(date().year()); }
  constexpr Day plus_days(std::int32_t days) const { return Day(days_ + days); }
  friend constexpr auto operator<=>(Day, Day) = default;

 private:
  std::int32_t days_ = 0;
};

// ISO `YYYY-MM-DD`, exactly ten characters, a day that exists; else nullopt.
std::optional<Day> parse_day(std::string_view text);
std::string format_day(Day day);

// The same day of the month `months` later; where that month is shorter, its last day
// (31 January plus one month is 28 or 29 February). The rule for month ends of every tenure and term.
Day add_months(Day day, int months);

// Whole months completed from `from` to `to` under the rule of add_months; 0 where `to` is before `from`.
int months_completed(Day from, Day to);

// A period of days, both ends inclusive; without `to` it is still running.
struct Period {
  Day from;
  std::optional<Day> to;

  constexpr bool contains(Day day) const { return from <= day && (!to || day <= *to); }
  constexpr bool overlaps(const Period& other) const {
    return (!to || other.from <= *to) && (!other.to || from <= *other.to);
  }
  friend bool operator==(const Period&, const Period&) = default;
};

}  // namespace talent_loan
