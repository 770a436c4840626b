#include "core/loss/policy_cases.hpp"

#include <fmt/format.h>

#include "core/loss/loss.hpp"
#include "core/loss/policy_case_file.hpp"
#include "core/loss/policy_coverage.hpp"
#include "core/loss/recovery.hpp"

namespace talent_loan {
namespace {

class CaseRun {
 public:
  CaseRun(const PolicySet& policies, const PolicyVersion& version)
      : policies_(policies), version_(version), coverage_(version) {
    report_.version = version.version;
  }

  void eligibility(const EligibilityCase& one) {
    std::vector<TalentFacts> talents = one.talents;
    for (std::size_t i = 0; i < talents.size(); ++i) talents[i].programme = one.programmes[i];
    ApplicationFacts facts = one.facts;
    facts.talents = talents;
    facts.purpose = one.purpose;
    const PolicyVersion* in_force = policies_.in_force(version_.scheme, one.on);
    EligibilityDecision decision;
    if (in_force == nullptr) {
      decision.reasons.add(Reason::no_policy_in_force);
    } else {
      decision = decide_eligibility(*in_force, facts);
    }
    if (!(decision.reasons == one.expected)) {
      return differ(one.at, one.name, shown(one.expected), shown(decision.reasons));
    }
    if (one.expected_limit && one.expected_limit != decision.balance_at_most) {
      const std::string found = decision.balance_at_most ? format_yuan(*decision.balance_at_most) : "-";
      return differ(one.at, one.name, format_yuan(*one.expected_limit), found);
    }
    ++report_.cases;
    if (in_force == &version_) coverage_.decided(facts, decision);
  }

  void split(const SplitCase& one) {
    const PolicyVersion* governing = policies_.governing(version_.scheme, one.dates);
    const VersionId expected = one.governed.value_or(version_.version);
    const VersionId found = governing == nullptr ? VersionId() : governing->version;
    if (expected != found) return differ(one.at, one.name, shown(expected), shown(found));
    if (governing != nullptr) {
      const LossSplit split = split_loss(*governing, one.facts, one.loss);
      std::map<std::string, Fen> pays;
      std::map<std::string, Fen> bears;
      for (const PayerAmount& amount : split.payers) {
        pays[amount.payer.text()] = amount.pays;
        bears[amount.payer.text()] = amount.bears;
      }
      if (pays != one.pays || bears != one.bears || split.bank_bears != one.bank) {
        return differ(one.at, one.name, shown(one.pays, one.bears, one.bank),
                      shown(pays, bears, split.bank_bears));
      }
    }
    ++report_.cases;
    coverage_.governed(one.dates);
    if (governing == &version_) coverage_.split(one.facts, one.loss);
  }

  void trigger(const TriggerCase& one) {
    const bool found = version_.compensation.trigger.holds(one.overdue_days, one.loan_class);
    if (found != one.expected) return differ(one.at, "trigger", shown(one.expected), shown(found));
    ++report_.cases;
    coverage_.triggered(one.overdue_days, one.loan_class);
  }

  void suspend(const SuspendCase& one) {
    const auto& suspend = version_.compensation.suspend;
    const bool found = suspend && suspend->holds(FenSum{} += one.balance, FenSum{} += one.non_performing);
    if (found != one.expected) return differ(one.at, "suspend", shown(one.expected), shown(found));
    ++report_.cases;
    coverage_.suspended(found);
  }

  void recovery(const RecoveryCase& one) {
    const LossSplit split = split_loss(version_, one.facts, one.loss);
    std::vector<Fen> bears;
    for (const PayerAmount& amount : split.payers) bears.push_back(amount.bears);
    RecoverySharing sharing(one.loss, bears, version_.recovery_costs);
    for (const auto& [amount, costs] : one.recoveries) sharing.add(amount, costs);
    std::map<std::string, Fen> returned;
    for (std::size_t i = 0; i < bears.size(); ++i)
      returned[split.payers[i].payer.text()] = sharing.returned()[i];
    if (returned != one.returned) return differ(one.at, "recovery", shown(one.returned), shown(returned));
    ++report_.cases;
    coverage_.recovered();
  }

  PolicyCasesReport report(const YamlValue& file) {
    for (const std::string& rule : coverage_.missing()) {
      Place place = file.place();
      place.field = rule;
      report_.uncovered.push_back({.place = std::move(place),
                                   .found = {"没有用例", "no case"},
                                   .allowed = {},
                                   .remedy = {"请加一个用例", "add a case for it"}});
    }
    return std::move(report_);
  }

 private:
  static std::string shown(bool value) { return value ? "yes" : "no"; }
  static std::string shown(Reasons reasons) { return reasons.empty() ? "[]" : reasons.words(); }
  static std::string shown(const VersionId& version) { return version.empty() ? "none" : version.text(); }
  static std::string shown(const std::map<std::string, Fen>& amounts) {
    std::string out;
    for (const auto& [payer, amount] : amounts)
      out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", payer, format_yuan(amount));
    return "{" + out + "}";
  }
  static std::string shown(const std::map<std::string, Fen>& pays, const std::map<std::string, Fen>& bears,
                           Fen bank) {
    return fmt::format("pays {} bears {} bank {}", shown(pays), shown(bears), format_yuan(bank));
  }

  void differ(const YamlValue& at, const std::string& name, const std::string& expected,
              const std::string& found) {
    ++report_.cases;
    report_.differences.push_back({.place = at.place(),
                                   .found = {fmt::format("{}：应为 {}，得到 {}", name, expected, found),
                                             fmt::format("{}: expected {}, found {}", name, expected, found)},
                                   .allowed = {},
                                   .remedy = {"请核对政策和用例", "check the policy and the case"}});
  }

  const PolicySet& policies_;
  const PolicyVersion& version_;
  PolicyCoverage coverage_;
  PolicyCasesReport report_;
};

}  // namespace

PolicyCasesReport run_policy_cases(const PolicySet& policies, const std::string& cases_file) {
  YamlProblems problems;
  const PolicyCases cases = read_policy_cases(cases_file, problems);
  problems.throw_if_any();
  const PolicyVersion* version = policies.find(cases.version);
  if (version == nullptr) {
    throw Failure(Diagnostic{.place = cases.at.place(),
                             .found = {fmt::format("没有读入版本 {}", cases.version.text()),
                                       fmt::format("the version {} is not loaded", cases.version.text())},
                             .allowed = {},
                             .remedy = {"请同时给出该版本的文件", "name its file too"}});
  }
  CaseRun run(policies, *version);
  for (const EligibilityCase& one : cases.eligibility) run.eligibility(one);
  for (const SplitCase& one : cases.split) run.split(one);
  for (const TriggerCase& one : cases.trigger) run.trigger(one);
  for (const SuspendCase& one : cases.suspend) run.suspend(one);
  for (const RecoveryCase& one : cases.recovery) run.recovery(one);
  return run.report(cases.at);
}

std::string cases_file_of(const PolicyVersion& version) {
  const std::string& file = version.source.file;
  const std::size_t extension = file.ends_with(".yaml") ? file.size() - 5 : file.size();
  return file.substr(0, extension) + ".cases.yaml";
}

}  // namespace talent_loan
