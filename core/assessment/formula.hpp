// The arithmetic of one indicator: from a value, and where it stands among its peers, to points.
#pragma once

#include <cstddef>
#include <vector>

#include "core/assessment/table.hpp"

namespace talent_loan::assessment {

// What a formula reads of all peers together. Of no peers at all every number is 0.
struct PeerFacts {
  std::size_t count = 0;
  Exact best;
  Exact sum;
  Exact positive_sum;

  void add(const Exact& value);
  Exact mean() const;  // REQUIRES: count above 0
};

// A bank's value and, where the formula asks for it, its rank: 1 for the highest value, equal values share
// the better rank (1, 2, 2, 4).
struct Standing {
  Exact value;
  std::size_t rank = 1;
};

bool needs_rank(const Formula& formula);

// A best value, sum or mean of 0 or less, where the formula compares with it: everyone has 0 points, and the
// reader of the result is told. That holds for `base-plus` against the average too.
bool nothing_to_compare_with(const Formula& formula, const PeerFacts& peers);

// Exact points before rounding and without the gate. Never above the full marks (where given) nor below 0,
// except per-unit, base-plus with a negative at_least (below 0), and target with over (above the full marks).
// REQUIRES: peers include the bank.
Exact points(const Indicator& indicator, const Standing& standing, const PeerFacts& peers);

// Ranks of values: 1 for the highest, equal values share the better rank.
std::vector<std::size_t> ranks(const std::vector<const Exact*>& values);

}  // namespace talent_loan::assessment
