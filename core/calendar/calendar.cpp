#include "core/calendar/calendar.hpp"

#include <fmt/format.h>

namespace talent_loan {
namespace {

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  if (!year || !month || !day || *year < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(Day(date)) : std::nullopt;
}

std::string format_day(Day day) {
  const auto date = day.date();
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

Day add_months(Day day, int months) {
  const auto date = day.date();
  auto moved = date + std::chrono::months(months);
  if (!moved.ok()) moved = moved.year() / moved.month() / std::chrono::last;
  return Day(moved);
}

int months_completed(Day from, Day to) {
  if (to < from) return 0;
  const auto a = from.date();
  const auto b = to.date();
  int months = static_cast<int>((b.year() / b.month() - a.year() / a.month()).count());
  while (months > 0 && add_months(from, months) > to) --months;
  return months;
}

}  // namespace talent_loan
