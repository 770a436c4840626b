// Internal to core/settlement: turning a prepared batch into postings.
#pragma once

#include <optional>
#include <string>

#include "core/settlement/batch.hpp"

namespace talent_loan {

// Posts one entry per bank from the batch's totals, turns its payments into instructions and marks it booked,
// with an audit entry. Checks the stored lines against the totals and the funds again first.
BatchRecord book(Transaction& transaction, const BatchRecord& batch, const UserId& user, const std::optional<Day>& closed_to);

// Throws Failure where the day lies in the closed period.
void check_open_for(Day day, const std::optional<Day>& closed_to);

}  // namespace talent_loan
