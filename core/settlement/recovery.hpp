// Recoveries after compensation: what a bank collects flows back to all who bore the loss, by the cumulative
// rule of core/loss/recovery.hpp, and is booked claim by claim. Compensation never ends the borrower's debt, so
// recoveries may come at any time, before or after a write-off.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/files/files.hpp"
#include "core/policy/policy.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

struct RecoveryRow {
  RecoveryId id;
  ClaimId claim;
  std::optional<BankId> bank{};  // needed only where several banks have a claim of this id
  Day received_on;
  Fen amount;  // 0 or more: costs may arrive alone
  Fen costs;
};

struct PayerReturn {
  PayerId payer;
  Fen amount;
};

struct RecoveryOutcome {
  enum class What { booked = 1, repeated, rejected };
  What what = What::booked;
  // Of a rejected row:
  RowCode code = RowCode::bad_value;
  Text message{};
  // Of a booked or repeated one:
  BankId bank{};
  std::vector<PayerReturn> returns{};  // in the order of the batch's payers
  Fen bank_keeps{};
};

struct RecoveryRules {
  const PolicySet* policies;
  UserId user;
  std::optional<Day> closed_to{};
};

// Books one recovery in the caller's transaction, with its audit entry. The same recovery again gives what was returned then and
// changes nothing. It is posted on the day it was received, or on the first open day after that.
RecoveryOutcome book_recovery(Transaction& transaction, const RecoveryRow& row, const RecoveryRules& rules);

struct RecoveryReversal {
  RecoveryId recovery;
  std::string reversal;  // unique
  std::string why;
};
// Takes a recovery out of the sums and books the difference: what was returned too much goes back to the bank.
// False where this reversal was booked before; another one of the same recovery throws Failure.
bool reverse_recovery(Transaction& transaction, const RecoveryReversal& reversal, const RecoveryRules& rules);

struct RecoveryFiles {
  std::string recoveries;
  Encoding encoding = Encoding::utf8;
  OutputFile* returns = nullptr;  // may be absent
  RejectsFile* rejects = nullptr;
};
struct RecoverySummary {
  std::uint64_t rows = 0;
  std::uint64_t booked = 0;
  std::uint64_t repeated = 0;
  std::uint64_t rejected = 0;
  FenSum returned;  // by the booked rows
};
// Books a recoveries file and writes the returns
// (`recovery_id,claim_id,bank_id,received_on,amount,costs,<payer>_returned,…,bank_keeps`, in input order) and an
// audit entry. Throws Failure for a file that cannot be read at all.
RecoverySummary book_recoveries(Transaction& transaction, const RecoveryFiles& files, const RecoveryRules& rules);

}  // namespace talent_loan
