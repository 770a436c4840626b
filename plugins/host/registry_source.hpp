// Where commands have the registry from: the snapshot beside the database, else the database itself.
#pragma once

#include <optional>
#include <string>

#include "core/talent/registry_snapshot.hpp"
#include "plugins/host/program.hpp"

namespace talent_loan::host {

// TALENT_LOAN_REGISTRY, else the SQLite file's name with ".registry" behind it, or talent-loan.registry in the working
// directory for PostgreSQL. Empty where TALENT_LOAN_REGISTRY is "off": then no snapshot is used or made.
std::string snapshot_path(const Globals& globals);

// The registry as known on `known_on` (all, where absent). Where everything counts it comes from the snapshot, which
// is made anew where it cannot be used or is too far behind and the lists are long enough to be worth it.
Registry registry_for_many(const Globals& globals, Transaction& look, const std::optional<Vault>& vault, const std::optional<Day>& known_on);

// After a change of the lists, which is kept by now whatever becomes of the snapshot: makes it anew where that is
// wanted, else says so where the next verification of a file would.
void see_to_snapshot(const Globals& globals, Database& database, const Vault& vault, bool make);

// Makes the snapshot anew: reads everything, with a progress bar.
RegistryTables make_snapshot(const Globals& globals, Transaction& look, const Vault& vault, ReplacedFile& file);

}  // namespace talent_loan::host
