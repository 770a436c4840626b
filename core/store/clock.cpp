#include "core/store/clock.hpp"

#include <fmt/format.h>

namespace talent_loan {
namespace {

class SystemClock final : public Clock {
 public:
  Instant now() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string format_utc(Instant instant) {
  const auto midnight = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::hh_mm_ss time(instant - midnight);
  const Day day(static_cast<std::int32_t>(midnight.time_since_epoch().count()));
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", format_day(day), time.hours().count(), time.minutes().count(),
                     time.seconds().count(), time.subseconds().count());
}

Day day_in_china(Instant instant) {
  const auto local = std::chrono::floor<std::chrono::days>(instant + std::chrono::hours(8));
  return Day(static_cast<std::int32_t>(local.time_since_epoch().count()));
}

}  // namespace talent_loan
