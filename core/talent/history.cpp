#include "core/talent/history.hpp"

#include <algorithm>

namespace talent_loan {
namespace {

void state_selection(const Statement& statement, std::vector<const Statement*>& standing) {
  std::erase_if(standing, [&](const Statement* earlier) { return earlier->valid.overlaps(statement.valid); });
  standing.push_back(&statement);
}

void state_employment(const EmploymentStatement& stated, std::vector<EmploymentStatement>& employments) {
  std::erase_if(employments, [&](const EmploymentStatement& earlier) {
    if (earlier.employer == stated.employer) return earlier.period.overlaps(stated.period);
    return earlier.period.from >= stated.period.from && earlier.period.overlaps(stated.period);
  });
  for (EmploymentStatement& earlier : employments) {
    if (earlier.period.contains(stated.period.from)) earlier.period.to = stated.period.from.plus_days(-1);
  }
  employments.push_back(stated);
}

Selections::Selection revoked(const Statement& statement, const std::vector<RevocationStatement>& revocations) {
  Selections::Selection selection{statement.row, statement.valid};
  for (const RevocationStatement& revocation : revocations) {
    const bool covers = statement.said < revocation.said || statement.valid.from < revocation.from;
    const Day last = revocation.from.plus_days(-1);
    if (!covers || (selection.valid.to && *selection.valid.to <= last)) continue;
    selection.valid.to = last;
    selection.revoked = true;
  }
  return selection;
}

}  // namespace

Selections resolve(const std::vector<Statement>& statements, const std::vector<RevocationStatement>& revocations) {
  Selections result;
  std::vector<const Statement*> standing;
  for (const Statement& statement : statements) {
    state_selection(statement, standing);
    if (statement.employment) state_employment(*statement.employment, result.employments);
  }
  for (const Statement* statement : standing) result.selections.push_back(revoked(*statement, revocations));
  return result;
}

}  // namespace talent_loan
