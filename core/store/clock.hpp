// The wall clock as a seam: the only place where the library learns what time it is.
#pragma once

#include <chrono>
#include <string>

#include "core/calendar/calendar.hpp"

namespace talent_loan {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// Safe to call from any thread. A test puts its own in place.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

const Clock& system_clock();

// "2020-06-15T08:30:00.123Z": UTC, always milliseconds, so that byte order is the order of time.
std::string format_utc(Instant instant);

// The calendar day in China (UTC+8, no summer time): "today" in every default of the program.
Day day_in_china(Instant instant);

}  // namespace talent_loan
