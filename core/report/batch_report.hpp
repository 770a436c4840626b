// The sheet of a settlement batch that a finance clerk reads, signs and files.
#pragma once

#include "core/report/report.hpp"
#include "core/report/reporting.hpp"
#include "core/settlement/batch.hpp"

namespace talent_loan {

// Per bank, payments with amounts in words, what is claimed from reimbursing payers, per claim, what was rejected
// or waits, and the clauses it all rests on. The same batch gives the same report.
void batch_report(const Reporting& reporting, const BatchRecord& batch, Report& out);

}  // namespace talent_loan
