#include "core/loss/recovery.hpp"

#include <algorithm>
#include <iostream>
#include <random>

#include <catch2/catch.hpp>

#include "tests/core/loss/random_policy.hpp"

using namespace talent_loan;

namespace {

std::vector<Fen> fen(std::initializer_list<std::int64_t> amounts) {
  std::vector<Fen> out;
  for (const std::int64_t amount : amounts) out.emplace_back(amount);
  return out;
}

}  // namespace

TEST_CASE("a recovery flows back in proportion to what each bore, floored; the bank keeps the rest") {
  RecoverySharing sharing(Fen(100'000'000), fen({50'000'000, 30'000'000}), RecoveryCosts::deducted_first);
  CHECK(sharing.add(Fen(10'000'001), Fen(0)) == fen({5'000'000, 3'000'000}));
  CHECK(sharing.add(Fen(1), Fen(0)) == fen({1, 0}));
  CHECK(sharing.returned() == fen({5'000'001, 3'000'000}));
}

TEST_CASE("costs are deducted first where the policy says so, and otherwise the bank's") {
  RecoverySharing first(Fen(1000), fen({500}), RecoveryCosts::deducted_first);
  CHECK(first.add(Fen(100), Fen(20)) == fen({40}));
  RecoverySharing bank(Fen(1000), fen({500}), RecoveryCosts::borne_by_bank);
  CHECK(bank.add(Fen(100), Fen(20)) == fen({50}));
}

TEST_CASE("costs that arrive late lower the next return to zero and are carried") {
  RecoverySharing sharing(Fen(1000), fen({500}), RecoveryCosts::deducted_first);
  CHECK(sharing.add(Fen(100), Fen(0)) == fen({50}));
  CHECK(sharing.add(Fen(0), Fen(60)) == fen({0}));
  CHECK(sharing.add(Fen(40), Fen(0)) == fen({0}));   // net 80, due 40, returned 50
  CHECK(sharing.add(Fen(40), Fen(0)) == fen({10}));  // net 120, due 60
}

TEST_CASE("nobody gets back more than it bore, however much is recovered") {
  RecoverySharing sharing(Fen(1000), fen({500, 300}), RecoveryCosts::borne_by_bank);
  CHECK(sharing.add(Fen(900), Fen(0)) == fen({450, 270}));
  CHECK(sharing.add(Fen(5000), Fen(0)) == fen({50, 30}));
  CHECK(sharing.add(Fen(5000), Fen(0)) == fen({0, 0}));
}

TEST_CASE("costs above all recoveries share nothing, and a loss of nothing has nothing to share") {
  CHECK(recovery_net({.amount = FenSum{} += Fen(10), .costs = FenSum{} += Fen(11)},
                     RecoveryCosts::deducted_first, Fen(100)) == Fen(0));
  RecoverySharing sharing(Fen(0), fen({0}), RecoveryCosts::deducted_first);
  CHECK(sharing.add(Fen(10), Fen(0)) == fen({0}));
}

TEST_CASE("the order and size of recoveries never change the total returned") {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  RandomPolicies random(seed);
  std::mt19937_64 shuffle(seed);
  int differences = 0;
  for (int i = 0; i < 50'000; ++i) {
    const PolicyVersion version = random.version();
    const LossSplit split = split_loss(version, random.facts(), random.loss());
    std::vector<Fen> bears;
    for (const PayerAmount& amount : split.payers) bears.push_back(amount.bears);
    const auto costs = random.one_in(2) ? RecoveryCosts::deducted_first : RecoveryCosts::borne_by_bank;
    std::vector<std::pair<Fen, Fen>> recoveries;
    Fen sum;
    Fen sum_of_costs;
    for (std::int64_t n = random.between(1, 6); n > 0; --n) {
      const Fen amount(random.between(0, split.principal_loss.count() / 3 + 1));
      // Each recovery carries its own costs: then no return is ever carried, and the parts must meet the
      // whole.
      const Fen cost(random.between(0, amount.count()));
      recoveries.emplace_back(amount, cost);
      sum += amount;
      sum_of_costs += cost;
    }
    RecoverySharing whole(split.principal_loss, bears, costs);
    whole.add(sum, sum_of_costs);
    std::shuffle(recoveries.begin(), recoveries.end(), shuffle);
    RecoverySharing parts(split.principal_loss, bears, costs);
    for (const auto& [amount, cost] : recoveries) {
      for (const Fen returned : parts.add(amount, cost)) differences += returned.negative() ? 1 : 0;
    }
    differences += parts.returned() == whole.returned() ? 0 : 1;
    for (std::size_t payer = 0; payer < bears.size(); ++payer)
      differences += parts.returned()[payer] > bears[payer] ? 1 : 0;
  }
  CHECK(differences == 0);
}
