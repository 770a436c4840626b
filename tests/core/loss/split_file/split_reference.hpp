// Splitting a claims file, written a second time from the contract and from nothing else: no speed, no sharing
// with core/loss beyond the policy's data and the plain reader of rows. What split_file() is compared with.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/files/files.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan::testing {

struct ReferenceResult {
  std::string lines;                 // the whole file
  std::string totals;                // the whole file
  std::vector<std::string> rejects;  // "line,key,code" of each
};

class SplitReference {
 public:
  SplitReference(std::vector<PolicyVersion> versions, std::string scheme);
  ReferenceResult split(const std::string& claims_path);

 private:
  using Amounts = std::map<std::string, std::pair<Int128, Int128>>;  // payer: pays, bears
  using Row = std::map<std::string, std::string>;

  std::string code_of(const Row& row);
  const PolicyVersion* version_of(const Row& row) const;
  bool reads(const std::string& column) const;
  static bool holds(const Condition& condition, const Row& row);
  static Int128 share(const Share& share, const Row& row, Int128 loss);
  static Amounts amounts_of(const PolicyVersion& version, const Row& row, Int128 loss, Int128& bank_bears);

  std::vector<PolicyVersion> versions_;
  std::vector<std::string> payers_;
  std::set<std::string> accepted_;
};

}  // namespace talent_loan::testing
