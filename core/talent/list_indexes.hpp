// The indexes of the lists while a long list is imported.
#pragma once

#include <string>
#include <vector>

#include "core/store/database.hpp"

namespace talent_loan {

// On SQLite, adding millions of rows to an index by hashes one by one reads and writes a page for almost every row;
// making the index anew at the end sorts them once. So an import of many rows sets the indexes aside, within its
// transaction. PostgreSQL keeps them: there, readers would have to wait until the import commits.
class ListIndexes {
 public:
  explicit ListIndexes(Transaction& transaction) : transaction_(transaction) {}
  // REQUIRES: no statement on the lists is in the middle of its rows. `also_by_talent`: nobody asks for a talent's
  // rows before restore().
  void set_aside(bool also_by_talent);
  bool are_set_aside() const { return set_aside_; }
  void restore();

 private:
  Transaction& transaction_;
  bool set_aside_ = false;
  std::vector<std::string> definitions_;
};

}  // namespace talent_loan
