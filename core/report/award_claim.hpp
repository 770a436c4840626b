// The claim for what a reimbursing payer owes (省级奖励申请): a document with the list of claims that it rests on.
#pragma once

#include <optional>
#include <vector>

#include "core/report/report.hpp"
#include "core/report/reporting.hpp"
#include "core/settlement/batch.hpp"

namespace talent_loan {

// What the claim covers: one booked batch, or every booked batch of a calendar year (of its as-of day).
struct AwardScope {
  std::optional<BatchRecord> batch{};
  int year = 0;

  Day last_day() const;
};

// Payers that reimburse others in any version that is loaded, or have ever borne what another laid out.
std::vector<PayerId> reimbursing_payers(const Reporting& reporting);

// The columns of the list, and the list: every claim of which the payer bears what another paid, in the order of batches
// and lines. Throws Failure where the payer reimburses nobody, naming those who do.
std::vector<ReportColumn> award_columns();
void award_list(const Reporting& reporting, const PayerId& payer, const AwardScope& scope, ReportRows& rows);

// The list, its sum in words, and beside it what was claimed in all, received (deposits from `award:PAYER`) and is
// outstanding, as the books say; what the payer is owed of recoveries; room for signatures.
void award_claim(const Reporting& reporting, const PayerId& payer, const AwardScope& scope, Report& out);

}  // namespace talent_loan
