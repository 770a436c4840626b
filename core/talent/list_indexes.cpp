#include "core/talent/list_indexes.hpp"

#include <utility>

namespace talent_loan {

void ListIndexes::set_aside(bool also_by_talent) {
  set_aside_ = true;
  if (transaction_.postgresql()) return;
  const auto indexes = transaction_.query("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'talent_listings' AND sql IS NOT NULL");
  for (const Row& index : indexes) {
    if (index.text(0) == "talent_listings_by_talent" && !also_by_talent) continue;
    definitions_.push_back(index.text(1));
    transaction_.execute("DROP INDEX " + index.text(0));  // a name that a migration of this program gave
  }
}

void ListIndexes::restore() {
  for (const std::string& definition : std::exchange(definitions_, {})) transaction_.execute(definition);
  set_aside_ = false;
}

}  // namespace talent_loan
