// A policy version told in words, with its clauses and a worked loss.
#pragma once

#include <string>
#include <vector>

#include "core/message/message.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

// Who may borrow, within which limits, who pays and bears what, and `loss` split as an example.
std::string explain_policy(const PolicyVersion& version, Fen loss, Language language);

// A kind of loan that the version treats in its own way.
struct LoanScenario {
  Text name;  // empty where the version treats all loans alike
  LoanFacts facts;
};

// The kinds of loans among which the conditions of the version's shares distinguish, at most `at_most` of
// them. Every loan is of exactly one kind, except that of more than three tags only each alone is shown.
std::vector<LoanScenario> loan_scenarios(const PolicyVersion& version, std::size_t at_most);

}  // namespace talent_loan
