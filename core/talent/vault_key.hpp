// Where the key of the vault comes from, and which database it belongs to.
#pragma once

#include <optional>
#include <string>

#include "core/store/database.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

// `given` (64 hexadecimal digits, from an environment variable) goes before the file.
struct KeySource {
  std::optional<std::string> given{};
  std::string file{};
};

// The vault of this database. A database that holds no personal data yet takes the key that is there, or has
// one made and written to the file (mode 0600). Afterwards only that key is taken: another one, or none, throws
// Failure. REQUIRES: a writing transaction.
Vault vault_for_writing(Transaction& transaction, const KeySource& source);

// The same for reading; nullopt where the database holds no personal data yet.
std::optional<Vault> vault_for_reading(Transaction& transaction, const KeySource& source);

// Makes a new key file (mode 0600); throws Failure where the file exists.
MasterKey make_key_file(const std::string& path);
MasterKey read_key_file(const std::string& path);

}  // namespace talent_loan
