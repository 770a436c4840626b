#include "core/loss/governing_rules.hpp"

#include <algorithm>

#include "core/files/files.hpp"

namespace talent_loan {

GoverningRules::GoverningRules(const PolicySet& policies, const SchemeId& scheme)
    : policies_(policies), scheme_(scheme), payers_(policies.payers(scheme)) {
  for (const PolicyVersion& version : policies.versions()) {
    if (version.scheme == scheme) versions_.push_back(&version);
  }
  for (const PolicyVersion* version : versions_) {
    VersionRules rules{.splitter = LossSplitter(*version), .columns = {}, .version_cell = {}};
    for (const PayerId& payer : rules.splitter.payers()) {
      rules.columns.push_back(static_cast<std::size_t>(std::find(payers_.begin(), payers_.end(), payer) - payers_.begin()));
    }
    rules.columns_are_own = rules.splitter.payers() == payers_;
    RowText(rules.version_cell).text(version->version.text());
    rules_.push_back(std::move(rules));
  }
  if (versions_.empty()) return;
  governed_by_ = versions_.front()->governed_by;
  const bool one_date = std::all_of(versions_.begin(), versions_.end(), [&](const auto* v) { return v->governed_by == governed_by_; });
  if (!one_date) return;
  for (const PolicyVersion* version : versions_) {
    changes_.push_back(version->effective.from);
    if (version->effective.to) changes_.push_back(version->effective.to->plus_days(1));
  }
  std::sort(changes_.begin(), changes_.end());
  changes_.erase(std::unique(changes_.begin(), changes_.end()), changes_.end());
  since_.push_back(nullptr);
  for (const Day day : changes_) {
    since_.push_back(rules_of(policies.governing(scheme, {.disbursed_on = day, .defaulted_on = day, .claimed_on = day})));
  }
}

const VersionRules* GoverningRules::rules_of(const PolicyVersion* version) const {
  if (version == nullptr) return nullptr;
  return &rules_[static_cast<std::size_t>(std::find(versions_.begin(), versions_.end(), version) - versions_.begin())];
}

const VersionRules* GoverningRules::of(const GoverningDates& dates) const {
  if (changes_.empty()) return rules_of(policies_.governing(scheme_, dates));
  const auto day = dates.on(governed_by_);
  if (!day) return nullptr;
  // Counted, not searched: there are few, and a count has no branch to mispredict.
  std::size_t passed = 0;
  for (const Day change : changes_) passed += change <= *day ? 1 : 0;
  return since_[passed];
}

}  // namespace talent_loan
