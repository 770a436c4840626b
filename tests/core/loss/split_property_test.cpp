#include <cstdlib>
#include <iostream>

#include <catch2/catch.hpp>

#include "core/loss/loss.hpp"
#include "tests/core/loss/random_policy.hpp"
#include "tests/core/loss/reference_split.hpp"

using namespace talent_loan;

namespace {

// TALENT_LOAN_SEED repeats a run, TALENT_LOAN_CASES makes it longer.
std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

Fen total_paid(const LossSplit& split) {
  Fen sum;
  for (const PayerAmount& amount : split.payers) sum += amount.pays;
  return sum;
}

bool same(const LossSplit& ours, reference::Split& theirs) {
  for (const PayerAmount& amount : ours.payers) {
    if (theirs.pays[amount.payer.text()] != amount.pays.count()) return false;
    if (theirs.bears[amount.payer.text()] != amount.bears.count()) return false;
  }
  return theirs.bank == ours.bank_bears.count();
}

// Everything that must hold of a split by itself; empty where it does.
std::string broken_rule(const PolicyVersion& version, const LossSplit& split) {
  Fen borne = split.bank_bears;
  for (const PayerAmount& amount : split.payers) {
    if (amount.pays.negative() || amount.bears.negative()) return "an amount is negative";
    borne += amount.bears;
  }
  if (split.bank_bears.negative()) return "the bank's part is negative";
  if (borne != split.principal_loss) return "what is borne is not the loss";
  if (total_paid(split) + split.bank_bears != split.principal_loss)
    return "what is paid and the bank's part are not the loss";
  if (total_paid(split) > floor_share(split.principal_loss, version.compensation.ceiling))
    return "the ceiling is exceeded";
  return "";
}

}  // namespace

TEST_CASE(
    "random policies and losses split as the reference does, within every ceiling, and never fall with the "
    "loss") {
  const std::uint64_t seed = setting("TALENT_LOAN_SEED", std::random_device()());
  const std::uint64_t cases = setting("TALENT_LOAN_CASES", 200'000);
  std::cout << "seed " << seed << ", " << cases << " cases\n";
  RandomPolicies random(seed);
  std::uint64_t done = 0;
  std::uint64_t differences = 0;
  while (done < cases && differences < 5) {
    const PolicyVersion version = random.version();
    for (int i = 0; i < 10; ++i, ++done) {
      const LoanFacts facts = random.facts();
      const Fen loss = random.loss();
      const LossSplit ours = split_loss(version, facts, loss);
      reference::Split theirs = reference::split(version, facts, loss);
      const LossSplit more = split_loss(version, facts, loss + Fen(random.between(0, 1000)));
      const std::string broken = broken_rule(version, ours);
      if (same(ours, theirs) && broken.empty() && total_paid(more) >= total_paid(ours)) continue;
      ++differences;
      UNSCOPED_INFO("case " << done << ", loss " << format_yuan(loss) << " " << broken);
    }
  }
  CHECK(differences == 0);
}
