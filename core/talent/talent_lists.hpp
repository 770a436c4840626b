// Changes of the registry: lists imported, talents revoked. Each change is a version with the day it tells of;
// nothing that was said before is touched.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/files/files.hpp"
#include "core/store/database.hpp"
#include "core/talent/listing.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

struct ImportOptions {
  Day as_of;           // the day from which what the list says counts as known
  std::string source;  // the file's name, for the records
  std::string actor;
  // Called for every row with what became of it: an empty problem is a row that was taken or already known.
  std::function<void(const ListRow&, const RowProblem*)> verdict{};
};

struct ImportSummary {
  std::uint64_t rows = 0;
  std::uint64_t taken = 0;    // new facts
  std::uint64_t known = 0;    // already known on `as_of`, word for word: skipped
  std::uint64_t rejected = 0;
  std::int64_t version = 0;   // of the registry; 0: nothing new, no version was made
};

// Reads every row, in flat memory but for the keys, and keeps what is new. The caller commits.
ImportSummary import_list(Transaction& transaction, ListRows& rows, const Programmes& programmes, const Vault& vault,
                          const ImportOptions& options);

struct Revocation {
  TalentId talent;
  Day from;   // the first day without validity
  Day as_of;  // the day from which the revocation counts as known
  std::string why;
  std::string actor;
};

// Throws Failure for a talent on no list. The same revocation again changes nothing and gives false. `talent` is
// what the list wrote; `vault` (null where nobody is listed) finds keys that are stored hidden.
bool revoke_talent(Transaction& transaction, const Vault* vault, Revocation revocation);

// The key under which the registry holds a talent whose list wrote `listed_as`; nullopt where no list did.
std::optional<TalentId> stored_talent(Transaction& transaction, const Vault* vault, const TalentId& listed_as);

// What a list wrote as a talent's key, as it may be shown: masked where it is an identity number of whatever form.
std::string shown_talent(Transaction& transaction, const Vault* vault, const TalentId& listed_as);

// Number of the version after the last.
std::int64_t next_list_version(Transaction& transaction);

}  // namespace talent_loan
