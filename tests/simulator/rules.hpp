// The rules of one simulated city as plain numbers, drawn at random, and as the policy files that say the same.
// Nothing here or in the model uses the code under test. Amounts are fen, ratios hundredths of a percent, days
// count from 2020-01-01.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace talent_loan::simulator {

using Random = std::mt19937_64;
__extension__ typedef __int128 Wide;

inline std::int64_t between(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
}
inline bool one_in(Random& random, std::int64_t n) { return between(random, 1, n) == 1; }

std::string day_text(int day);  // "2020-01-01" for 0

struct ShareRule {
  std::vector<std::pair<std::string, std::int64_t>> members;  // payer and its part
  std::int64_t ratio = 0;
  std::optional<std::pair<std::int64_t, std::int64_t>> small_loans{};  // up to this amount that ratio instead
  std::int64_t bonus_of_tag = 0;                                       // added for loans with the tag "key"
  std::optional<std::int64_t> per_claim{};
  std::optional<std::int64_t> per_year{};
  std::optional<std::string> reimburses{};
};

enum class Governs { disbursed, defaulted, claimed };

struct VersionRule {
  std::string id;
  int from = 0;
  int to = 0;
  Governs governs = Governs::disbursed;
  std::int64_t ceiling = 100'00;
  std::vector<ShareRule> shares{};  // none reimburses but the last
  std::optional<std::int64_t> per_talent{};
  bool refuse_over_limit = true;
  std::optional<int> months_at_most{};
  std::optional<std::pair<std::int64_t, std::int64_t>> suspend{};  // non-performing ratio, least balance
  bool costs_deducted = true;

  std::vector<std::string> payers() const;  // as they first appear
};

enum class Fund { none, queue, pro_rata };

struct CityRules {
  std::vector<VersionRule> versions;  // each supersedes the one before it
  Fund fund = Fund::none;
  std::optional<int> claim_window_days{};

  static CityRules at_random(Random& random);
  std::string yaml(const VersionRule& version) const;
  // The columns of the batch files: payers as they first appear over the versions.
  std::vector<std::string> payers() const;
  // The version that governs; nullptr: none.
  const VersionRule* governing(int disbursed, int defaulted, int claimed) const;
};

}  // namespace talent_loan::simulator
