// Splitting a principal loss among the public payers and the bank.
#pragma once

#include <vector>

#include "core/money/money.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

// One payer's part of a loss. They differ where one layer reimburses another.
struct PayerAmount {
  PayerId payer;
  Fen pays;   // cash to the bank
  Fen bears;  // what is finally its own cost
};

struct LossSplit {
  Fen principal_loss;
  std::vector<PayerAmount> payers;  // PolicyVersion::payers() order, zeros included
  Fen bank_bears;
};

// Outstanding principal at the claim less principal recovered so far. REQUIRES: recovered <= outstanding.
Fen principal_loss(Fen outstanding, Fen recovered);

// The arithmetic of one version, prepared once for many losses; splits without allocating. Immutable, any
// thread. REQUIRES: the version outlives it.
class LossSplitter {
 public:
  explicit LossSplitter(const PolicyVersion& version);

  const std::vector<PayerId>& payers() const { return payers_; }  // PolicyVersion::payers()

  // Room under the ceiling, every public share floored to the fen, what is left stays with the bank. Writes
  // pays[i] and bears[i] of payers()[i] and returns what the bank bears. Σ bears + bank = loss and no amount
  // is negative; both are checked and a violation throws Failure. REQUIRES: loss not negative; room for
  // payers().size() amounts in each array. `amounts`, where given, gets the amount of each share in the
  // version's order, which ceilings of a year are counted in.
  Fen split(const LoanFacts& facts, Fen loss, Fen* pays, Fen* bears, Fen* amounts = nullptr) const;

 private:
  struct Member {
    std::size_t payer;  // index into payers_
    std::int64_t part;
  };
  struct Part {
    const Share* share;
    std::vector<Member> members;
    std::int64_t parts;             // Σ part
    std::size_t reimbursed = 0;     // index into payers_, where share->reimburses
    std::optional<Ratio> constant;  // where no condition changes the ratio
    bool always;                    // `when` is empty
  };
  Fen share_amount(const Part& part, const LoanFacts& facts, Fen loss, Fen at_most) const;
  void check(Fen loss, const Fen* pays, const Fen* bears, Fen bank_bears) const;

  const PolicyVersion& version_;
  std::vector<PayerId> payers_;
  std::vector<Part> direct_;       // in order
  std::vector<Part> reimbursing_;  // in order
};

// The same for one loss.
LossSplit split_loss(const PolicyVersion& version, const LoanFacts& facts, Fen loss);

}  // namespace talent_loan
