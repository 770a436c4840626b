// What borrowers owe by the loan book, for verification.
#pragma once

#include <memory>

#include "core/store/database.hpp"
#include "core/talent/verification.hpp"

namespace talent_loan::host {

// Null where the loan book is empty: then nobody owes anything. Borrows the transaction and the vault, which is
// null where the database holds no personal data.
std::unique_ptr<BalanceLookup> book_balances(Transaction& transaction, const Vault* vault);

}  // namespace talent_loan::host
