// The sheet of a settlement batch that a finance clerk reads, signs and files.
#pragma once

#include <string>

#include "core/message/message.hpp"
#include "core/policy/policy.hpp"
#include "core/policy/site.hpp"
#include "core/settlement/batch.hpp"

namespace talent_loan {

// Per bank, per claim, payments with amounts in words, what is claimed from reimbursing payers, what was
// rejected or waits, and the clauses it all rests on. The same batch gives the same text.
std::string batch_report(Transaction& transaction, const BatchRecord& batch, const PolicySet& policies, const Site& site, Language language);

}  // namespace talent_loan
