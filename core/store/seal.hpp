// Seals: what an entry of the audit trail says of the rows that its command wrote into other tables. As the
// entry's hash covers its seals, a later change of such a row shows as well as one of the trail itself.
//
// A command that changes rows which were sealed before first makes sure that they are still what was sealed
// (require_untouched), so that no seal is ever put on what another hand wrote.
#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/message/message.hpp"
#include "core/store/covered_tables.hpp"
#include "core/store/database.hpp"
#include "core/store/digest.hpp"

namespace talent_loan {

// All rows of a covered table whose scope lies between `first` and `last`, both included.
struct Seal {
  std::string table;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t rows = 0;
  std::string digest;   // SM3 over every cell, row by row in the order of the key
  std::string locator;  // eight hexadecimal digits a row, by which the row that differs is named
};

// Takes a seal while rows are written: cells in the order of the table's columns, rows in the order of its key.
class Sealer {
 public:
  Sealer(std::string_view table, std::int64_t first, std::int64_t last);

  Sealer& text(std::string_view cell);
  Sealer& integer(std::int64_t cell);
  Sealer& fen(Fen cell) { return integer(cell.count()); }
  Sealer& null();
  void end_row();
  Seal finish();

 private:
  Seal seal_;
  Sm3 sm3_;
  std::string bytes_{};       // not yet in the digest
  std::size_t row_begin_ = 0;  // in bytes_
};

// Rows into a covered table and their seal in one go, each on a thread of its own. `rows(to)` gives every row to `to`,
// which is a BulkInsert or a Sealer: `to.integer(number).text(word).fen(amount).end_row()`.
// REQUIRES: `rows` may be called twice at the same time and gives the same both times; as BulkInsert; rows in the
// order of the key.
template <typename Rows>
Seal insert_sealed(Transaction& transaction, std::string_view table, std::int64_t scope, const Rows& rows) {
  std::future<Seal> sealing = std::async(std::launch::async, [&] {
    Sealer sealer(table, scope, scope);
    rows(sealer);
    return sealer.finish();
  });
  BulkInsert insert(transaction, table, covered_table(table).columns);
  rows(insert);
  insert.finish();
  return sealing.get();
}

// The seal of the rows as they stand now.
Seal seal_rows(Transaction& transaction, std::string_view table, std::int64_t first, std::int64_t last);
inline Seal seal_rows(Transaction& transaction, std::string_view table, std::int64_t scope) {
  return seal_rows(transaction, table, scope, scope);
}

// Seals of every row of every covered table: when the tables themselves were changed by a migration.
std::vector<Seal> seal_everything(Transaction& transaction);

// Throws Failure where the rows of that scope are not what was sealed last.
void require_untouched(Transaction& transaction, std::string_view table, std::int64_t scope);

// A seal and the entry that carries it.
struct CarriedSeal {
  std::int64_t sequence = 0;
  Seal seal{};  // the locator is left out
};
// The first row that is not what the seals say, table by table; empty: all are. `seals` in the order of the trail.
std::optional<Text> check_covered_rows(Transaction& transaction, const std::vector<CarriedSeal>& seals);

}  // namespace talent_loan
