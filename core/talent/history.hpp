// From what was said of talents, version by version, to what holds as known on a day.
//
// Nothing that was said is ever replaced in the database; what holds is worked out here, by these rules:
//  * A later statement on a talent's selection for a programme corrects every earlier one whose period it
//    overlaps. One that overlaps none is a further selection: both hold.
//  * A later statement of an employment corrects an earlier one of the same talent, programme and employer whose
//    period it overlaps. At another employer it ends the earlier employment the day before it begins, and
//    corrects away what would begin later. A row that states no employer says nothing about employment.
//  * A revocation ends, from its day on, every selection that was known before it, and every later known one
//    that begins before that day. A selection that becomes known later and begins on or after it is a new one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/calendar/calendar.hpp"

namespace talent_loan {

// When something was said: versions are ordered by the day they tell of, then by number.
struct Said {
  Day as_of;
  std::int64_t version = 0;
  friend auto operator<=>(const Said&, const Said&) = default;
};

struct EmploymentStatement {
  std::uint32_t employer = 0;
  Period period;
};

// One row on one talent and programme.
struct Statement {
  Said said;
  Period valid;
  std::optional<EmploymentStatement> employment{};
  std::size_t row = 0;  // the caller's own number
};

struct RevocationStatement {
  Said said;
  Day from;
};

// What holds of one talent's selections for one programme.
struct Selections {
  struct Selection {
    std::size_t row = 0;  // of the Statement that stands
    // Revocations taken into account: one revoked from its first day on ends before it begins and contains no
    // day, but is still listed.
    Period valid;
    bool revoked = false;  // the end of `valid` is a revocation's
  };
  std::vector<Selection> selections;
  std::vector<EmploymentStatement> employments;
};

// REQUIRES: statements in the order of `said`.
Selections resolve(const std::vector<Statement>& statements, const std::vector<RevocationStatement>& revocations);

}  // namespace talent_loan
