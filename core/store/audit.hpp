// The audit trail: who did what, when, and by which clause. Append-only; the hash of every entry covers the
// whole entry, its seals (core/store/seal.hpp) and the hash before it, so that a later change of any entry shows,
// and of any row of the books that it seals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/message/message.hpp"
#include "core/store/database.hpp"
#include "core/store/seal.hpp"

namespace talent_loan {

struct AuditEntry {
  std::string actor;    // who: a user of site.yaml, else operating_user()
  std::string action;   // what, as command words: "talents import"
  std::string subject;  // on what: a batch, a talent, a file. Never unmasked personal data
  std::string details;  // what else a later reader needs
  std::string cite;     // the clauses it rests on, joined by '|'; may be empty
};

// Writes the entry as part of the transaction: what a command changes and its entry are kept together or not
// at all. The time is the database's clock. `seals`: of the rows of covered tables that the command wrote.
void record(Transaction& transaction, const AuditEntry& entry, const std::vector<Seal>& seals = {});

// The login name of the user the process runs as.
std::string operating_user();

// The end of the trail. Kept outside the database ("17:9f86d0…"), it later proves that nothing up to it was
// rewritten, not even by one who recomputed every hash.
struct AuditHead {
  std::int64_t sequence = 0;  // 0: empty
  std::string hash;
};

struct AuditReport {
  AuditHead head;
  // The first entry that was changed, removed, inserted or put elsewhere, or else the first such row of the
  // covered tables; empty when all is whole.
  std::optional<Text> broken{};
};

// Walks the whole trail and the tables it covers. `expected`: a head noted earlier that the trail must still contain.
AuditReport verify_audit(Transaction& transaction, const std::optional<AuditHead>& expected = std::nullopt);

}  // namespace talent_loan
