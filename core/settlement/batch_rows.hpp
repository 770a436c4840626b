// Internal to core/settlement: the rows of a batch in the database.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/settlement/batch.hpp"
#include "core/store/seal.hpp"

namespace talent_loan {

struct DecidedClaim {
  std::int64_t claim = 0;
  BankId bank;
  ClaimSplit split;
};

struct RejectedClaim {
  std::int64_t claim = 0;
  ClaimRejection rejection;
};

struct WaitingClaim {
  std::int64_t claim = 0;
  std::string fund;
  Fen needed;
};

// What a batch decided, before it is stored.
struct BatchResult {
  std::vector<DecidedClaim> accepted;
  std::vector<RejectedClaim> rejected;
  std::vector<WaitingClaim> waiting;
  ShareUse share_use;  // by this batch
  std::vector<std::string> opened_funds;
};

// Sums over a bank's claims in a batch.
struct PayerTotal {
  Fen pays;
  Fen bears;
  Fen reimburses;  // of what it bears: owed to the payer that laid it out
};
struct BankTotal {
  std::int64_t claims = 0;
  Fen principal_loss;
  Fen bank_bears;
  std::map<PayerId, PayerTotal> payers;
};
using BatchTotals = std::map<BankId, BankTotal>;

struct Payment {
  std::string id;  // end-to-end id
  BankId bank;
  PayerId payer;
  std::string fund;  // empty: from the payer's budget
  Fen amount;
  std::string status;
};

// Walks the claims to decide, with their loans and events, in the order of the batch.
void each_undecided_claim(Transaction& transaction, Day as_of, const std::function<void(const ClaimCase&)>& visit);

// Stores lines, rejects, waiting claims, totals and payments, and gives their seals.
std::vector<Seal> store_result(Transaction& transaction, const BatchRecord& batch, const BatchResult& result, Day as_of);

// Throws Failure where any row of the batch is not what the audit trail sealed.
void require_untouched_batch(Transaction& transaction, std::int64_t batch);

BatchTotals stored_totals(Transaction& transaction, std::int64_t batch);
std::vector<Payment> stored_payments(Transaction& transaction, std::int64_t batch);

// One stored line with the claim it decides.
struct StoredLine {
  std::int64_t claim = 0;
  BankId bank;
  ClaimId claim_id;
  LoanId loan;
  VersionId version;
  Fen principal_loss;
  std::vector<PayerAmount> payers;
  Fen bank_bears;
};
void each_line(Transaction& transaction, std::int64_t batch, const std::function<void(const StoredLine&)>& visit);

// The split of a line as text and back: `payer=pays/bears` in fen, joined by '|'.
std::string shares_text(const std::vector<PayerAmount>& payers);
std::vector<PayerAmount> parse_shares(const std::string& text);

}  // namespace talent_loan
