// What each payer pays and bears of one accepted claim: the split of its loss, within ceilings of a year, and
// cut down in proportion where a fund cannot pay all.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/loss/loss.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

struct ClaimSplit {
  const PolicyVersion* version = nullptr;
  Fen principal_loss;
  std::vector<PayerAmount> payers;  // of the version, in its order
  Fen bank_bears;
  std::vector<Fen> share_amounts{};  // by share of the version; only where one has a ceiling of a year

  Fen paid() const;
};

// What shares with a ceiling of a year have used so far, by share_key().
using ShareUse = std::map<std::string, Fen>;

// Names a share across the versions of a scheme: its payers, whom it reimburses, and which of several alike.
std::string share_key(const PolicyVersion& version, std::size_t share);

// Splits the losses of claims under one version; ceilings of a year hold over all claims it is given.
class ClaimSplitter {
 public:
  explicit ClaimSplitter(const PolicyVersion& version);

  // REQUIRES: 0 <= covered_loss <= principal_loss. `used` is read, not changed.
  ClaimSplit split(const LoanFacts& facts, Fen principal_loss, Fen covered_loss, const ShareUse& used);
  // The same without memory of its own: writes amounts_of_claim() amounts, what each of payers() pays, what each
  // bears, and of a version with ceilings of a year the amount of each share. Returns what the bank bears.
  Fen split(const LoanFacts& facts, Fen principal_loss, Fen covered_loss, const ShareUse& used, Fen* amounts);
  const std::vector<PayerId>& payers() const { return splitter_->payers(); }
  std::size_t amounts_of_claim() const { return 2 * payers().size() + (capped_ ? keys_.size() : 0); }
  // Counts the amounts of a split that is to be paid.
  void count(const ClaimSplit& split, ShareUse& used) const;
  void count(const Fen* amounts, ShareUse& used) const;  // as split() wrote them
  void uncount(const ClaimSplit& split, ShareUse& used) const;  // takes back what count() did

 private:
  const PolicyVersion& version_;
  std::vector<std::string> keys_;          // of its shares
  std::unique_ptr<PolicyVersion> capped_;  // a copy whose ceilings of a claim hold what is left of the year
  std::unique_ptr<LossSplitter> splitter_;
};

// Divides `total` in proportion to `weights` by exact shares: each is floored, and the fen left over go one each
// to the largest remainders, the earlier of equal ones first. Never above a weight where total <= Σ weights.
// REQUIRES: total and weights not negative, Σ weights positive.
std::vector<Fen> apportion(Fen total, const std::vector<Fen>& weights);

// The same claim paid `paid` in all instead of what the split says: payers in proportion, reimbursements floored
// in proportion, and the bank bears the rest. REQUIRES: 0 <= paid <= split.paid().
ClaimSplit cut_down(const ClaimSplit& split, Fen paid);

}  // namespace talent_loan
