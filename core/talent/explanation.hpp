// A decision in words.
#pragma once

#include "core/talent/programmes.hpp"
#include "core/talent/verification.hpp"

namespace talent_loan {

// Answer, reasons, programme, list and policy version and clauses, one to a line; `sentences`: first a few
// sentences that the borrower can read. Identity numbers are masked.
Text explain(const VerificationRequest& request, const VerificationDecision& decision, const Programmes& programmes, bool sentences);

}  // namespace talent_loan
