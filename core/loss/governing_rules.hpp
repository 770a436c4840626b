// Which version's arithmetic governs a claim, found in a few nanoseconds for millions of claims.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/loss/loss.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

// One version, ready to split.
struct VersionRules {
  LossSplitter splitter;
  std::vector<std::size_t> columns;  // of the report, for each of the splitter's payers
  bool columns_are_own = false;      // they are 0, 1, 2, … and all there are
  std::string version_cell;          // the version as a CSV cell
};

// The versions of one scheme. Immutable, any thread. REQUIRES: the set outlives it.
class GoverningRules {
 public:
  GoverningRules(const PolicySet& policies, const SchemeId& scheme);

  const std::vector<PayerId>& payers() const { return payers_; }  // the report's columns
  // A date that governs a version of the scheme, for messages where none is in force.
  GoverningDate governed_by() const { return governed_by_; }
  // The same version as PolicySet::governing(); nullptr: none is in force.
  const VersionRules* of(const GoverningDates& dates) const;

 private:
  const VersionRules* rules_of(const PolicyVersion* version) const;

  const PolicySet& policies_;
  SchemeId scheme_;
  std::vector<PayerId> payers_;
  std::vector<const PolicyVersion*> versions_;
  std::vector<VersionRules> rules_;  // of versions_, in the same order
  GoverningDate governed_by_ = GoverningDate::disbursed_on;
  // Where one kind of date governs every version: the days on which the version changes, and which it is from
  // each of them to the next. Otherwise empty.
  std::vector<Day> changes_;
  std::vector<const VersionRules*> since_;  // one longer: before the first change there is none
};

}  // namespace talent_loan
