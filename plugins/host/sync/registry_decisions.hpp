// Decisions by the talent lists, the filed banks, the policy in force and what the borrower owes already.
#pragma once

#include <optional>

#include "core/policy/policy.hpp"
#include "core/talent/vault.hpp"
#include "core/talent/vault_key.hpp"
#include "plugins/host/sync/sync.hpp"

namespace talent_loan::host {

// An application is judged as of the day it was made, by what the lists said by the day of the decision: whoever
// asks later with that day as `--known-on` is told the same. REQUIRES: `policies` outlives it;
// one thread at a time.
class RegistryDecisions final : public DecisionMaker {
 public:
  RegistryDecisions(const PolicySet& policies, SchemeId scheme, KeySource key);
  Decision decide(Transaction& transaction, const Application& application, Day decided_on) override;

 private:
  const PolicySet& policies_;
  SchemeId scheme_;
  KeySource key_;
  std::optional<Vault> vault_;  // from the first decision on that finds one
};

}  // namespace talent_loan::host
