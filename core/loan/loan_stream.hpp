// Loans together with their events, streamed: how settlement and reports walk the book in flat memory.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/loan/records.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

using LoanVisitor = std::function<void(const Loan& loan, const std::vector<LoanEvent>& events)>;

// Loans disbursed by `day` with their events of up to that day: of one bank, of every bank (bank then loan id
// in byte order), or of one borrower key. The arguments of a call are valid in it only.
void each_loan_of_bank(Transaction& transaction, const BankId& bank, Day day, const LoanVisitor& visit);
void each_loan(Transaction& transaction, Day day, const LoanVisitor& visit);
void each_loan_of_borrower(Transaction& transaction, BorrowerKind kind, const std::string& borrower_key, Day day,
                           const LoanVisitor& visit);

}  // namespace talent_loan
