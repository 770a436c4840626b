// Options that several commands share.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "core/calendar/calendar.hpp"
#include "core/files/files.hpp"
#include "core/money/money.hpp"
#include "core/store/database.hpp"
#include "core/talent/vault_key.hpp"
#include "plugins/host/program.hpp"

namespace talent_loan::host {

// A day as YYYY-MM-DD; anything else is wrong usage.
CLI::Option* add_day(CLI::App& leaf, const Globals& globals, const std::string& name, std::optional<Day>& day, const Text& description);
// An amount in yuan.
CLI::Option* add_yuan(CLI::App& leaf, const Globals& globals, const std::string& name, std::optional<Fen>& amount, const Text& description);
// --encoding utf8|gb18030
CLI::Option* add_encoding(CLI::App& leaf, const Globals& globals, Encoding& encoding);
// --strict
CLI::Option* add_strict(CLI::App& leaf, const Globals& globals, bool& strict);

// The database of --db, created and migrated where that is due; identity numbers that an earlier version left in the
// loan book unsealed are sealed.
Database open_database(const Globals& globals);

// The key of the database's personal data: TALENT_LOAN_KEY, else the file TALENT_LOAN_KEY_FILE names, else the
// SQLite file's name with ".key" behind it, or talent-loan.key in the working directory for PostgreSQL.
KeySource key_source(const Globals& globals);

}  // namespace talent_loan::host
