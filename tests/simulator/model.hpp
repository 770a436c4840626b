// What the books should hold, kept as plainly as possible: written from the contract, sharing no arithmetic with
// the code under test. Every command first runs here; it says whether the program has to refuse it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/simulator/rules.hpp"

namespace talent_loan::simulator {

struct ModelEvent {
  enum class Kind { repayment, overdue, classification } kind;
  int day = 0;
  std::int64_t value = 0;  // fen, days, or 1 (normal) to 5 (loss)
};

struct ModelLoan {
  std::string borrower;
  std::int64_t amount = 0;
  int disbursed = 0;
  int months = 0;
  bool key_tag = false;
  std::vector<ModelEvent> events{};

  std::int64_t owed(int day) const;
  std::int64_t latest(ModelEvent::Kind kind, int day, std::int64_t otherwise) const;
};
using LoanKey = std::pair<std::string, std::string>;  // bank, loan

struct Amounts {
  std::int64_t pays = 0;
  std::int64_t bears = 0;
  friend bool operator==(const Amounts&, const Amounts&) = default;
};

// A claim as a batch accepted it.
struct ModelLine {
  std::string version;
  std::int64_t loss = 0;
  std::map<std::string, Amounts> payers;  // of its version, zeros included
  std::int64_t bank_bears = 0;
  std::vector<std::int64_t> shares{};  // the amount of each share of the version

  std::int64_t paid() const;
  friend bool operator==(const ModelLine&, const ModelLine&) = default;
};

struct ModelRecovery {
  std::int64_t amount = 0;
  std::int64_t costs = 0;
  bool reversed = false;
};

struct ModelClaim {
  LoanKey loan;
  int defaulted = 0;
  int claimed = 0;
  std::int64_t outstanding = 0;
  std::int64_t recovered = 0;
  std::string batch{};  // that decided it; empty: undecided, or free again
  std::string code{};   // of its rejection
  ModelLine line{};     // of its acceptance
  std::map<std::string, ModelRecovery> recoveries{};
  std::map<std::string, std::int64_t> returned{};  // by payer, all batches together
};
using ClaimKey = std::tuple<int, std::string, std::string>;  // day of claim, bank, claim: the order of a batch

struct ModelBatch {
  int as_of = 0;
  std::string status;  // prepared, booked, reversed
  std::string prepared_by;
  std::string reversal{};
  bool cut = false;        // whether claims shared what the fund had
  bool from_fund = false;  // whether its fund was open when it was prepared
  std::vector<ClaimKey> accepted{}, rejected{}, waiting{};
  std::vector<ModelLine> lines{};                   // as they were decided
  std::map<std::string, std::int64_t> share_use{};  // of its year
};

class Model {
 public:
  explicit Model(CityRules city) : rules(std::move(city)) {}

  CityRules rules;
  std::map<LoanKey, ModelLoan> loans;
  std::map<ClaimKey, ModelClaim> claims;
  std::map<std::string, ModelBatch> batches;
  std::map<std::string, std::int64_t> accounts;  // debits less credits; zeros are erased
  std::map<std::string, std::pair<std::int64_t, int>> deposits;  // by reference: amount, day
  std::map<std::string, ClaimKey> recoveries;
  int closed_to = -1;

  // False: the program has to refuse it, and nothing changes.
  bool deposit(const std::string& reference, std::int64_t amount, int day, const std::string& credited);
  bool settle(const std::string& batch, int as_of, const std::string& user, bool book);
  bool approve(const std::string& batch, const std::string& user);
  bool reverse(const std::string& batch, const std::string& reversal);
  bool recover(const std::string& recovery, const ClaimKey& claim, std::int64_t amount, std::int64_t costs);
  bool reverse_recovery(const std::string& recovery);

  bool compensated(const ModelClaim& claim) const { return !claim.batch.empty() && claim.code.empty() && batches.at(claim.batch).status == "booked"; }
  std::int64_t fund_balance() const;
  std::int64_t fund_reserved() const;

 private:
  void post(const std::string& account, std::int64_t amount);
  void post_batch(const ModelBatch& batch, std::int64_t sign);
  std::map<std::string, std::int64_t> used_in_year(int as_of) const;
  std::string reason_against(const ClaimKey& key, const ModelClaim& claim, const VersionRule*& version, std::int64_t& covered,
                             const std::set<LoanKey>& compensated_here, int as_of) const;
  std::int64_t covered_amount(const VersionRule& version, const LoanKey& key, const ModelLoan& loan) const;
  bool suspended(const VersionRule& version, const std::string& bank, int as_of) const;
  void share_in_proportion(ModelBatch& batch, const std::vector<std::size_t>& sharing, std::int64_t available,
                           std::map<std::string, std::int64_t>& used) const;
  const VersionRule& version_of(const ModelLine& line) const;
  void return_to_payers(ModelClaim& claim, bool reversal);
};

// The split of one loss under a version; `used` holds what the year's shares have used before.
ModelLine split_loss(const VersionRule& version, const ModelLoan& loan, std::int64_t loss, std::int64_t covered,
                     const std::map<std::string, std::int64_t>& used);
std::string share_name(const VersionRule& version, std::size_t share);
// `total` by exact shares of the weights: floored, the fen left over to the largest remainders, earlier ones first.
std::vector<std::int64_t> in_proportion(std::int64_t total, const std::vector<std::int64_t>& weights);
// The line paid only in part.
ModelLine paid_in_part(const VersionRule& version, const ModelLine& line, std::int64_t paid);

}  // namespace talent_loan::simulator
