// Internal to core/settlement: booking many recoveries with a few statements for each hundred of them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/ledger/journal.hpp"
#include "core/loss/recovery.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/settlement/recovery.hpp"
#include "core/settlement/touched_claims.hpp"

namespace talent_loan {

// A compensated claim as its booked line left it, and what was recovered on it so far.
struct CompensatedClaim {
  std::int64_t number = 0;
  BankId bank;
  Day defaulted_on;
  VersionId version;
  Fen loss;
  std::vector<PayerAmount> payers;
  RecoveredToDate to_date{};
  std::vector<Fen> returned{};  // to each of its payers
};

// Some hundred rows at a time: load() what they need, book() them one after the other, store().
class RecoveryBooks {
 public:
  // `touched` takes in every claim on which a recovery is booked, and outlives this.
  RecoveryBooks(Transaction& transaction, const RecoveryRules& rules, TouchedClaims& touched)
      : transaction_(transaction), rules_(rules), touched_(touched), parts_(transaction) {}

  void load(const std::vector<RecoveryRow>& rows);
  // REQUIRES: the row was among those loaded last; rows of one id only once.
  RecoveryOutcome book(const RecoveryRow& row);
  void store();

  // By its last line: its batch may have been reversed since, once its recoveries were.
  CompensatedClaim compensated_claim(std::int64_t number);
  // Throws Failure where the version is not loaded.
  RecoveryCosts costs_rule(const CompensatedClaim& claim) const;

 private:
  struct StoredRecovery {
    std::int64_t claim = 0;
    ClaimId claim_id;
    Day received_on;
    Fen amount;
    Fen costs;
  };
  struct NewRecovery {
    RecoveryRow row;
    std::int64_t claim = 0;
    std::vector<PayerReturn> returns;
  };

  void load_known(const std::vector<RecoveryRow>& rows);
  void load_claims(const std::vector<RecoveryRow>& rows);
  void load_state();
  CompensatedClaim claim_from(const Row& row);
  RecoveryOutcome compare_known(const RecoveryRow& row, const StoredRecovery& stored);

  Transaction& transaction_;
  const RecoveryRules& rules_;
  TouchedClaims& touched_;
  StoredParts parts_;
  std::map<std::string, StoredRecovery, std::less<>> known_;                 // by recovery id
  std::set<std::string, std::less<>> reversals_;                             // ids of reversals, which no recovery may have
  std::map<std::string, std::vector<CompensatedClaim>, std::less<>> claims_;  // by claim id; booked ones
  std::set<std::int64_t> closed_;                                             // claims nobody follows up any more
  std::vector<NewRecovery> booked_;
  std::vector<JournalEntry> entries_;
};

// What goes back to the payers as postings: to the payer itself, or owed to it where it reimbursed another.
void add_returns(std::vector<Posting>& postings, const CompensatedClaim& claim, const std::vector<Fen>& now);
// What each payer is due back in all, by the recoveries that stand.
std::vector<Fen> due_in_all(const CompensatedClaim& claim, RecoveryCosts costs);

}  // namespace talent_loan
