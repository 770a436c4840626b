// Statements of a bank, of a fund and of a year.
#pragma once

#include <optional>
#include <string>

#include "core/calendar/calendar.hpp"
#include "core/report/report.hpp"
#include "core/report/reporting.hpp"

namespace talent_loan {

// A bank's talent loans at the end of `day`, its booked batches up to then, what it recovered and must return, and
// what it has returned.
void bank_statement(const Reporting& reporting, const BankId& bank, Day day, Report& out);

// The balance before `from`, every movement of the fund with the balance after it, and what is free to be used.
void fund_statement(const Reporting& reporting, const std::string& fund, const std::optional<Day>& from, const std::optional<Day>& to, Report& out);

// A calendar year (of the batches' as-of day, and of the day a recovery was received): claims, losses, compensation,
// recoveries and returns by bank; what was paid, borne and got back by payer; a chart of the banks.
void year_summary(const Reporting& reporting, int year, Report& out);

}  // namespace talent_loan
