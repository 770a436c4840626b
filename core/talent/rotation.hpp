// A new key for the personal data of a database.
#pragma once

#include <cstdint>

#include "core/store/database.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

// Opens every sealed record with the old vault, seals it with the new one, and computes its lookup and
// fingerprint anew; afterwards the database takes only the new key. Gives the number of records. All in the
// caller's transaction, with its audit entry; the caller commits.
std::uint64_t rotate_key(Transaction& transaction, const Vault& old_vault, const Vault& new_vault, const std::string& actor);

}  // namespace talent_loan
