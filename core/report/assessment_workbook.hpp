// A year's assessment as a spreadsheet that people open.
#pragma once

#include <string>

#include "core/report/assessment_view.hpp"

namespace talent_loan {

// The bytes of an XLSX file: the ranking with a chart of the first banks' scores, the values behind it, and
// the table itself. Numbers are numbers, a bank's score is a formula over its points; headers are frozen,
// pages are set up for print. The same input gives the same bytes. Throws Failure where it cannot be built.
std::string assessment_workbook(const AssessmentView& view);

}  // namespace talent_loan
