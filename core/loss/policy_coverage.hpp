// Which rules of a version its cases exercise. Internal to core/loss.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/policy/eligibility_rules.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

// Rules are named by their key path and, where one rule needs cases on both sides, by the side:
// "compensation.shares[1]", "limits.per_talent: just over".
class PolicyCoverage {
 public:
  explicit PolicyCoverage(const PolicyVersion& version) : version_(version) {}

  // What a case that came out as expected has exercised.
  void governed(const GoverningDates& dates);
  void split(const LoanFacts& facts, Fen loss);
  void decided(const ApplicationFacts& facts, const EligibilityDecision& decision);
  void triggered(std::optional<std::int64_t> overdue_days, std::optional<LoanClass> loan_class);
  void suspended(bool held) {
    done_.insert(held ? "compensation.suspend: holds" : "compensation.suspend: does not hold");
  }
  void recovered() { done_.insert("recovery"); }

  std::vector<std::string> missing() const;  // rules without a case, in the order of the schema

 private:
  void share(const Share& share, const std::string& path, const LoanFacts& facts, Fen loss,
             bool room_is_short);
  std::vector<std::string> eligibility_rules() const;
  std::vector<std::string> limit_rules() const;
  std::vector<std::string> share_rules() const;

  const PolicyVersion& version_;
  std::set<std::string> done_;
};

}  // namespace talent_loan
