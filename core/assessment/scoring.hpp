// Scoring all banks of a year by a table, and everything that is needed to explain each score afterwards.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/assessment/formula.hpp"
#include "core/assessment/table.hpp"
#include "core/assessment/values.hpp"

namespace talent_loan::assessment {

struct BankScore {
  std::size_t bank = 0;  // index into Values::banks()
  std::size_t rank = 0;  // 1 is the highest score, equal scores share a rank: 1, 2, 2, 4
  Exact score;           // with Table::round decimals
  std::string grade;
  std::vector<Exact> points;        // by indicator of the table, each with Table::round decimals
  std::vector<std::size_t> vetoes;  // of the table, those that hold
};

// A bank that is no peer and has no rank.
struct LeftOut {
  std::size_t bank = 0;
  std::optional<std::size_t> veto;   // the veto that excludes it; none: values are missing
  std::vector<std::size_t> missing;  // indicators (index into Values::indicators()) without a value
};

// What all peers of one group came to in one indicator.
struct IndicatorFacts {
  std::vector<PeerFacts> groups;          // one where peers stand together
  std::vector<std::size_t> rank_of_bank;  // by bank; empty where the formula asks for no rank
};

struct Scoring {
  std::vector<BankScore> ranked;      // best first, equal ranks in byte order of bank
  std::vector<LeftOut> left_out;      // in byte order of bank
  std::vector<IndicatorFacts> facts;  // by indicator of the table
  std::vector<Text> warnings;

  const BankScore* of_bank(std::size_t bank) const;  // nullptr: left out
};

// The value that counts: what the file says, or 0 where it is missing and the table says `missing: zero`;
// nullptr where there is none.
const Exact* counted_value(const Table& table, const Values& values, std::size_t indicator, std::size_t bank);
// The peers a bank is measured with: an index into IndicatorFacts::groups.
std::size_t peer_group(const Table& table, const Values& values, std::size_t bank);

// In this order: vetoes that exclude; missing values; then best, sum, mean and rank of the banks that are
// left; points, rounded; gates; score = base + Σ points, 0 under a veto of zero; grade, the first veto's that
// holds. Throws Failure naming every bank and indicator without a value where the table says `missing:
// error`; `rejected` are rows that were not used, named beside the values they would have given.
Scoring score(const Table& table, const Values& values, const std::vector<RejectedValue>& rejected = {});

// Who moves when the same banks are scored by another table: by new rank, banks that are ranked in both.
struct Move {
  std::size_t bank = 0;
  std::size_t rank_before = 0;
  std::size_t rank_after = 0;
  Exact score_before;
  Exact score_after;
};
std::vector<Move> moves(const Scoring& before, const Scoring& after);

// `rank,bank_id,score,grade`, then one column for each indicator.
void write_scores(OutputFile& file, const Table& table, const Values& values, const Scoring& scoring);

}  // namespace talent_loan::assessment
