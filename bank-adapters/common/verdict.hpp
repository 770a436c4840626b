// What a bank's answer codes mean for a call.
#pragma once

#include <talent_loan/sdk.hpp>

#include <string>
#include <utility>
#include <vector>

#include "bank-adapters/common/yaml.hpp"

namespace talent_loan::adapters {

enum class Verdict { ok, later, same_key, never, denied, not_found, conflict };

struct VerdictTable {
  std::vector<std::pair<std::string, Verdict>> codes;
  Verdict otherwise = Verdict::never;

  Verdict of(const std::string& code) const;
};

// Reads `codes` and `otherwise`: the words ok, later, same-key, never, denied, not-found, conflict.
VerdictTable read_verdict_table(const YamlMap& map);

// Throws what a verdict other than ok says. `said` and `field` come from the bank; `place` is what was asked, where
// that is not plain.
void judge(const sdk::Call& call, Verdict verdict, const std::string& code, const std::string& said, const std::string& field, const std::string& place = {});

}  // namespace talent_loan::adapters
