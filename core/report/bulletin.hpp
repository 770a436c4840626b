// The bulletin (通报) by which a year's ranking is made known: one printed page in Chinese.
#pragma once

#include <string>

#include "core/report/assessment_view.hpp"

namespace talent_loan {

// How many banks the page names; further ones are counted and left to the annex.
inline constexpr std::size_t bulletin_banks_at_most = 30;

// A page of HTML that stands alone (no script, no reference to anything else), set up for A4. Every text from
// outside is escaped. The date and the seal are left to the office that signs.
std::string bulletin(const AssessmentView& view);

}  // namespace talent_loan
