// What a borrower may still come to owe: loans that were found eligible and are on their way at some bank.
#pragma once

#include "core/loan/balances.hpp"

namespace talent_loan {

// The sum applied for by eligible applications, of this borrower over all banks, that are neither disbursed nor
// declined yet. Counted against the limits when the next application is decided, so that the limits hold at the
// moment of issue although two banks may issue at once.
Fen reserved_for(Transaction& transaction, const Borrower& borrower);

}  // namespace talent_loan
