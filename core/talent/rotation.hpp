// A new key for the personal data of a database.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/store/database.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

// A talent whose stored key stands for an identity number, and so changes with the vault's key.
struct RenamedTalent {
  std::string before;
  std::string after;
};

// Opens every sealed record of the lists with the old vault, seals it with the new one, and computes its lookup and
// fingerprint anew. What else the database seals is renewed by `others`, which is told the talents renamed and gives
// the number of its records. Afterwards the database takes only the new key. Gives the number of all records. All in
// the caller's transaction, with its audit entry; the caller commits.
std::uint64_t rotate_key(Transaction& transaction, const Vault& old_vault, const Vault& new_vault, const std::string& actor,
                         const std::function<std::uint64_t(const std::vector<RenamedTalent>&)>& others);

}  // namespace talent_loan
