// How the personal part of a listing is stored: sealed, with a hash to look it up and one to compare it by.
#pragma once

#include <string>

#include "core/talent/listing.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

// A list may use identity numbers as its keys. Such a key is replaced: `talent` becomes the keyed hash under which
// it is stored ("person-…"), `listed_as` keeps what the list wrote.
void hide_personal_key(const Vault& vault, Listing& listing);
// The key under which a talent would be stored whose list wrote `key`, were that personal.
TalentId personal_key(const Vault& vault, const std::string& key);

// Identity number, name, employer's name and a hidden key, bound to the talent's key.
std::string seal(const Vault& vault, const Listing& listing);
// Fills them in; REQUIRES: talent and, where there is one, the employment are set. Throws Failure where the text
// was changed, moved or sealed with another key.
void unseal(const Vault& vault, const std::string& sealed, Listing& listing);
// Equal for rows that say the same, word for word.
KeyedHash fingerprint(const Vault& vault, const Listing& listing);

}  // namespace talent_loan
