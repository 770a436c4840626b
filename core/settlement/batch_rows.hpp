// Internal to core/settlement: the rows of a batch in the database.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/settlement/batch.hpp"
#include "core/store/seal.hpp"

namespace talent_loan {

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

struct PreparedBatch;
// Stores lines, rejects, waiting claims, totals and payments, and gives their seals.
std::vector<Seal> store_result(Transaction& transaction, const BatchRecord& batch, const PreparedBatch& prepared);

// Throws Failure where any row of the batch is not what the audit trail sealed.
void require_untouched_batch(Transaction& transaction, std::int64_t batch);

// Throws Failure where the totals of a bank do not add up to its losses.
void check_totals(const BatchTotals& totals);
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
// In the order of the batch. The line is valid in the call only.
void each_line(Transaction& transaction, std::int64_t batch, const std::function<void(const StoredLine&)>& visit);
std::optional<StoredLine> find_line(Transaction& transaction, std::int64_t batch, std::int64_t claim);
// The same sums from the lines as they are stored, without `reimburses`.
BatchTotals totals_of_lines(Transaction& transaction, std::int64_t batch);

// Slots of a line that hold a payer's amounts; payers beyond them are in settlement_line_more.
constexpr std::size_t payer_slots = 3;
// For a SELECT from `settlement_lines s`: what payers_of_line() reads.
constexpr std::string_view line_amount_columns =
    "s.batch, s.part, s.claim, s.pays_1_fen, s.bears_1_fen, s.pays_2_fen, s.bears_2_fen, s.pays_3_fen, s.bears_3_fen";
constexpr std::size_t line_amount_column_count = 9;

// Which bank, version and payers the lines of a batch's parts are of; read once for each batch.
struct StoredPart {
  BankId bank;
  VersionId version;
  std::vector<PayerId> payers;
};
class StoredParts {
 public:
  explicit StoredParts(Transaction& transaction) : transaction_(transaction) {}
  const StoredPart& of(std::int64_t batch, std::int64_t part);
  // What each payer pays and bears of a line, in the order of its version; the columns begin at `first`.
  std::vector<PayerAmount> payers_of_line(const Row& row, std::size_t first);

 private:
  friend class LineReader;
  void add_more(std::int64_t claim, std::int64_t batch, std::vector<PayerAmount>& payers);

  Transaction& transaction_;
  std::map<std::int64_t, std::vector<StoredPart>> parts_;  // by batch; part numbers count from 1
};

}  // namespace talent_loan
