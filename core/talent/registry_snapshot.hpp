// The registry in a file of its own, so that opening ten million talents takes no longer than opening a file.
//
// A snapshot holds what all list versions up to one of them say, as RegistryTables; later versions are read from
// the database into small tables beside it (RegistryDelta). It is a cache: made from the database, and made
// again where it is missing, damaged, of another database, or too far behind. Nothing rests on it alone.
//
// What it is held against when it is opened, beside the checks of core/talent/sealed_file.hpp:
//  * the entry of the audit trail that was the last when it was made, whose hash covers the whole history before it;
//  * the newest row of the lists it was made of, whose sealed part is different in every database and after every
//    change of the key.
// So a snapshot of another database, of a copy that went another way, or of a state that a restored backup
// no longer has, is not used. Rows that were changed in the database by other means than this program are not
// noticed; `talents snapshot verify` compares everything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/talent/registry.hpp"

namespace talent_loan {

// Of the lists in the database.
struct ListsState {
  std::int64_t version = 0;  // the newest; 0: none
  std::uint64_t rows = 0;
  std::optional<Day> newest_as_of{};
};
ListsState lists_state(Transaction& transaction);

// A registry from which this many rows, or fewer, are loaded is not worth a snapshot.
constexpr std::uint64_t rows_worth_a_snapshot = 20'000;
// A snapshot is made again when more than one row in this many came after it.
constexpr std::uint64_t rows_to_one_later = 20;

struct Snapshot {
  RegistryTables tables;
  std::int64_t version = 0;      // of the lists, up to which it goes
  std::uint64_t later_rows = 0;  // in the database
  bool behind() const { return later_rows > tables.rows() / rows_to_one_later; }
};

// Throws Failure that says why where there is none that can be used with this database.
Snapshot open_snapshot(Transaction& transaction, const Vault& vault, const std::string& path);

// What all versions say, by the snapshot.
Registry registry_of(Transaction& transaction, Snapshot snapshot);

// Puts `tables`, which load_registry() gave for everything in the same transaction, in the place of the snapshot.
// Whole or not at all, at any moment and beside any reader. REQUIRES: the database holds lists.
void write_snapshot(Transaction& transaction, const Vault& vault, const RegistryTables& tables, ReplacedFile& file);

// Nothing where both say the same of everybody, else the first difference.
std::optional<Text> difference(const Registry& registry, const RegistryTables& expected);

}  // namespace talent_loan
