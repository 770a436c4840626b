// Statements of a bank, of a fund and of a year, as plain text.
#pragma once

#include <optional>
#include <string>

#include "core/calendar/calendar.hpp"
#include "core/message/message.hpp"
#include "core/policy/site.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

// A bank's talent loans at the end of `day`, its booked batches up to then, and what it recovered and returned.
std::string bank_statement(Transaction& transaction, const BankId& bank, Day day, const Site& site, Language language);

// Every movement of a fund with the balance after it.
std::string fund_statement(Transaction& transaction, const std::string& fund, const std::optional<Day>& from, const std::optional<Day>& to,
                           const Site& site, Language language);

// Compensation and recoveries of a calendar year (of the batches' as-of day, and of the day received), by bank
// and by payer.
std::string year_summary(Transaction& transaction, int year, const Site& site, Language language);

}  // namespace talent_loan
