// Random policy versions, loans and losses for property tests: every shape of shares, the same for the same
// seed.
#pragma once

#include <random>

#include "core/policy/policy.hpp"

namespace talent_loan {

class RandomPolicies {
 public:
  explicit RandomPolicies(std::uint64_t seed) : engine_(seed) {}

  PolicyVersion version() {
    PolicyVersion version;
    version.version = VersionId("random");
    version.compensation.ceiling = one_in(3) ? ratio() : Ratio::percent(100);
    const std::int64_t shares = between(1, 5);
    for (std::int64_t i = 0; i < shares; ++i) version.compensation.shares.push_back(share(version.payers()));
    return version;
  }

  LoanFacts facts() {
    LoanFacts facts;
    if (!one_in(5)) facts.loan_amount = amount();
    if (!one_in(5)) facts.level = level();
    facts.programme = one_in(3) ? "" : name("programme");
    while (one_in(2)) facts.tags.push_back(name("tag"));
    return facts;
  }

  // Small, round, ordinary and the largest that a file may hold.
  Fen loss() {
    switch (between(0, 3)) {
      case 0:
        return Fen(between(0, 100));
      case 1:
        return Fen(between(0, 1000) * 1'000'000);
      case 2:
        return Fen(between(0, 10'000'000'000));
      default:
        return Fen(between(0, 99'999'999'999'999'999));
    }
  }

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }
  bool one_in(std::int64_t n) { return between(1, n) == 1; }

 private:
  Ratio ratio() { return Ratio(one_in(2) ? between(0, 100) * 1'000'000 : between(0, Ratio::one)); }
  Fen amount() { return Fen(between(0, 40) * 50'000'000 + between(0, 1)); }
  Level level() { return static_cast<Level>(between(1, 4)); }
  std::string name(const char* kind) { return std::string(kind) + static_cast<char>('a' + between(0, 3)); }

  Condition condition() {
    Condition condition;
    if (one_in(4)) condition.loan_amount_over = amount();
    if (one_in(4)) condition.loan_amount_at_most = amount();
    if (one_in(5)) condition.level_at_least = level();
    if (one_in(5)) condition.level_at_most = level();
    if (one_in(6)) condition.programmes = {ProgrammeId(name("programme")), ProgrammeId(name("programme"))};
    if (one_in(5)) condition.tag = name("tag");
    if (one_in(6)) condition.without_tag = name("tag");
    return condition;
  }

  Share share(const std::vector<PayerId>& earlier) {
    Share share;
    share.members.push_back({PayerId(name("payer")), between(1, 9)});
    if (one_in(3)) {
      share.tiers = {{condition(), ratio()}, {condition(), ratio()}};
      if (one_in(2)) share.tiers.push_back({{}, ratio()});
    } else {
      share.tiers = {{{}, ratio()}};
    }
    while (one_in(4)) share.bonuses.push_back({condition(), ratio()});
    if (one_in(4)) share.ratio_at_most = ratio();
    if (one_in(4)) share.per_claim_at_most = loss();
    if (one_in(3)) share.when = condition();
    if (!earlier.empty() && one_in(3)) {
      share.reimburses =
          earlier[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(earlier.size()) - 1))];
      if (share.reimburses == share.members[0].payer) share.reimburses.reset();
    }
    if (!share.reimburses && one_in(3)) {
      for (const char* payer : {"payerx", "payery"})
        share.members.push_back({PayerId(payer), between(1, 1000)});
    }
    return share;
  }

  std::mt19937_64 engine_;
};

}  // namespace talent_loan
