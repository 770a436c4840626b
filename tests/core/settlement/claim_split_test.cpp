// Exact shares: property tests of apportioning and of cutting a split down.
#include <random>

#include <catch2/catch.hpp>

#include "core/settlement/batch_rows.hpp"
#include "core/settlement/claim_split.hpp"

using namespace talent_loan;

TEST_CASE("apportioning gives out all, never above a weight, and at most one fen from the exact share") {
  std::mt19937_64 random(20201231);
  for (int round = 0; round < 20000; ++round) {
    std::vector<Fen> weights(1 + random() % 6);
    Int128 whole = 0;
    for (Fen& weight : weights) whole += (weight = Fen(static_cast<std::int64_t>(random() % (round % 2 == 0 ? 10 : 1'000'000'000'000)))).count();
    if (whole == 0) continue;
    const Fen total(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(whole + 1)));
    const std::vector<Fen> parts = apportion(total, weights);
    Fen sum;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      sum += parts[i];
      REQUIRE(parts[i] <= weights[i]);
      const Int128 off = Int128{parts[i].count()} * whole - Int128{total.count()} * weights[i].count();
      REQUIRE((off < whole && -off < whole));
    }
    REQUIRE(sum == total);
  }
}

TEST_CASE("a split cut down pays what it is given, stays non-negative and adds up to the loss") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20000; ++round) {
    ClaimSplit split;
    const std::size_t count = 1 + random() % 4;
    Fen paid;
    for (std::size_t i = 0; i < count; ++i) {
      const Fen pays(static_cast<std::int64_t>(random() % (round % 2 == 0 ? 20 : 1'000'000'000)));
      split.payers.push_back({PayerId(std::string(1, static_cast<char>('a' + i))), pays, pays});
      paid += pays;
    }
    for (std::size_t i = 1; i < count; ++i) {  // some take over a part of what an earlier one bears
      const std::size_t from = random() % i;
      const Fen most = split.payers[from].bears;
      const Fen taken(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most.count() + 1)));
      split.payers[from].bears -= taken;
      split.payers[i].bears += taken;
    }
    split.bank_bears = Fen(static_cast<std::int64_t>(random() % 1000));
    split.principal_loss = paid + split.bank_bears;
    const Fen less(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(paid.count() + 1)));
    const ClaimSplit cut = cut_down(split, less);
    Fen borne = cut.bank_bears;
    for (std::size_t i = 0; i < count; ++i) {
      borne += cut.payers[i].bears;
      REQUIRE_FALSE(cut.payers[i].bears.negative());
      REQUIRE(cut.payers[i].pays <= split.payers[i].pays);
    }
    REQUIRE(cut.paid() == less);
    REQUIRE(borne == split.principal_loss);
    REQUIRE(cut.payers.size() == count);
  }
}
