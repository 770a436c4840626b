// Cases of a policy version: what its author worked out by hand, run against the version to the fen. They
// stand beside it in VERSION.cases.yaml, so that whoever writes a policy proves it without writing code.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/policy/policy.hpp"

namespace talent_loan {

struct PolicyCasesReport {
  VersionId version;
  std::size_t cases = 0;
  std::vector<Diagnostic>
      differences;  // cases that came out otherwise, with what was expected and what was found
  std::vector<Diagnostic> uncovered;  // rules of the version that no case exercises
  bool good() const { return differences.empty() && uncovered.empty(); }
};

// Runs one cases file against the loaded versions, among which must be the one it names. Throws Failure for a
// file that cannot be read as cases.
PolicyCasesReport run_policy_cases(const PolicySet& policies, const std::string& cases_file);

// "…/zibo-2020-56.cases.yaml" beside "…/zibo-2020-56.yaml".
std::string cases_file_of(const PolicyVersion& version);

}  // namespace talent_loan
