// The cases of a policy version as their file has them. Internal to core/loss.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/files/yaml.hpp"
#include "core/policy/eligibility_rules.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

struct EligibilityCase {
  YamlValue at;
  std::string name;
  Day on;
  std::vector<std::string> programmes;  // owns what talents borrow; one each
  std::vector<TalentFacts> talents;
  std::string purpose;
  ApplicationFacts facts;  // without talents and purpose, which run() fills in
  Reasons expected;
  std::optional<Fen> expected_limit;
};

struct SplitCase {
  YamlValue at;
  std::string name;
  GoverningDates dates;
  LoanFacts facts;
  Fen loss;
  std::optional<VersionId> governed;  // absent: the file's version; empty id: none
  std::map<std::string, Fen> pays;
  std::map<std::string, Fen> bears;
  Fen bank;
};

struct TriggerCase {
  YamlValue at;
  std::optional<std::int64_t> overdue_days;
  std::optional<LoanClass> loan_class;
  bool expected = false;
};

struct SuspendCase {
  YamlValue at;
  Fen balance;
  Fen non_performing;
  bool expected = false;
};

struct RecoveryCase {
  YamlValue at;
  Fen loss;
  LoanFacts facts;
  std::vector<std::pair<Fen, Fen>> recoveries;  // amount, costs
  std::map<std::string, Fen> returned;
};

struct PolicyCases {
  VersionId version;
  YamlValue at;
  std::vector<EligibilityCase> eligibility;
  std::vector<SplitCase> split;
  std::vector<TriggerCase> trigger;
  std::vector<SuspendCase> suspend;
  std::vector<RecoveryCase> recovery;
};

PolicyCases read_policy_cases(const std::string& path, YamlProblems& problems);

}  // namespace talent_loan
