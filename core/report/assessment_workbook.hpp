// A year's assessment as a spreadsheet that people open.
#pragma once

#include <string>

#include "core/message/message.hpp"
#include "core/report/assessment_view.hpp"

namespace talent_loan {

// The bytes of an XLSX file: the ranking with a chart of the first banks' scores, the values behind it, and
// the table itself. Numbers are numbers, a bank's score is a formula over its points; headers are frozen,
// pages are set up for print. Its own words are in the language; titles of indicators and grades are the table's, as the
// city wrote them. The same input gives the same bytes. Throws Failure where it cannot be built.
std::string assessment_workbook(const AssessmentView& view, Language language);

}  // namespace talent_loan
