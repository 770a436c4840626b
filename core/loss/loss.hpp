// Splitting a principal loss among the public payers and the bank, and sharing what is recovered later.
#pragma once

#include <vector>

#include "core/money/money.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

// One payer's part of a loss. They differ where one layer reimburses another.
struct PayerAmount {
  PayerId payer;
  Fen pays;   // cash to the bank
  Fen bears;  // what is finally its own cost
};

struct LossSplit {
  Fen principal_loss;
  std::vector<PayerAmount> payers;  // PolicyVersion::payers() order, zeros included
  Fen bank_bears;
};

// Outstanding principal at the claim less principal recovered so far. REQUIRES: recovered <= outstanding.
Fen principal_loss(Fen outstanding, Fen recovered);

// The arithmetic of the contract: room under the ceiling, every public share floored to the fen, what is left
// stays with the bank. Σ bears + bank_bears = loss and no amount is negative; both are checked here and a
// violation throws Failure. REQUIRES: loss not negative.
LossSplit split_loss(const PolicyVersion& version, const LoanFacts& facts, Fen loss);

}  // namespace talent_loan
