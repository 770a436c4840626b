// What the loan book keeps instead of a talent's identity number: its keyed hash in `borrower_id`, by which loans
// of one borrower meet, and the number itself sealed. An enterprise's code is public and stays as it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/loan/records.hpp"
#include "core/store/database.hpp"
#include "core/talent/rotation.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

// Seals the borrower of a record as it came from a bank; one that is sealed already is left as it is.
void seal_borrower(const Vault& vault, Application& application);
void seal_borrower(const Vault& vault, Loan& loan);

// The identity number or enterprise code that the bank gave. Throws Failure where it cannot be opened.
std::string borrower_number(const Vault& vault, const Application& application);

// What `borrower_id` of a sealed record holds for this number.
std::string sealed_borrower_id(const Vault& vault, const std::string& identity_number);

// Whether the book holds a talent's number that is not sealed: written before this was done.
bool has_unsealed_borrowers(Transaction& transaction);
// Seals them, with an audit entry where there were any. The caller commits.
std::uint64_t seal_borrowers(Transaction& transaction, const Vault& vault, const std::string& actor);

// Seals the whole book with another vault; gives the number of records. The caller commits.
std::uint64_t reseal_borrowers(Transaction& transaction, const Vault& old_vault, const Vault& new_vault,
                               const std::vector<RenamedTalent>& renamed);

}  // namespace talent_loan
