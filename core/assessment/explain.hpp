// One bank's score, line by line: every value, formula with its numbers filled in, points and clause.
#pragma once

#include <string>

#include "core/assessment/scoring.hpp"

namespace talent_loan::assessment {

// The formula of an indicator for one bank, numbers filled in: "10 × 123.45 ÷ 500 (best value)".
Text filled_in(const Indicator& indicator, const Standing& standing, const PeerFacts& peers);

// All of a bank's score, several lines, each ending in a line feed. Throws Failure for a bank that is not
// among the values, with the nearest one that is.
Text explain(const Table& table, const Values& values, const Scoring& scoring, const BankId& bank);

// Why a bank is left out of the ranking, in one sentence.
Text left_out_sentence(const Table& table, const Values& values, const LeftOut& one);

}  // namespace talent_loan::assessment
