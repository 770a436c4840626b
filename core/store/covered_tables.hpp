// The tables whose rows the audit trail covers: the books. docs/registry.md names them for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace talent_loan {

struct KeyColumn {
  std::string name;
  bool text = false;  // ordered by its bytes; else a whole number
};

struct CoveredTable {
  std::string name;
  // The integer column by which rows are sealed together: a batch, a claim, the number of an entry.
  std::string scope;
  // Whether the rows of one scope may change or grow later: then each scope has seals of its own. Else rows are
  // written once, and one seal may span many scopes.
  bool each_scope = true;
  std::vector<std::string> columns;  // every one, in the order of the table
  std::vector<KeyColumn> key;        // tells the rows of one scope apart, in the order in which they are sealed
};

const std::vector<CoveredTable>& covered_tables();
// Throws Failure for a table that is not covered.
const CoveredTable& covered_table(std::string_view name);

}  // namespace talent_loan
