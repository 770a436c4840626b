// Claims with their states: the list that a clerk works through, and the history of one.
#pragma once

#include <optional>
#include <vector>

#include "core/report/report.hpp"
#include "core/report/reporting.hpp"
#include "core/settlement/claim_states.hpp"

namespace talent_loan {

struct ClaimFilter {
  std::vector<ClaimState> states{};  // empty: all
  std::optional<BankId> bank{};
};

std::vector<ReportColumn> claim_columns();
// States as people say them, or as programs read them ("written-off").
enum class StatesAs { names = 1, words };
// Banks and claim ids in byte order.
void claim_list(const Reporting& reporting, const ClaimFilter& filter, StatesAs states, ReportRows& rows);
// The list under a heading, with its totals.
void claims_report(const Reporting& reporting, const ClaimFilter& filter, Report& out);

// Every change with who, when, why and by which clause; the split; what came back. The borrower is masked.
void claim_report(const Reporting& reporting, const ClaimHistory& history, Report& out);

}  // namespace talent_loan
