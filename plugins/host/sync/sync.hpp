// One round with every bank: what its adapter has to say goes into the loan book, what was decided goes back.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/loan/records.hpp"
#include "core/store/database.hpp"
#include "core/talent/vault_key.hpp"
#include "plugins/host/session/connection.hpp"

namespace talent_loan::host {

// Decides applications. Called inside the transaction that stores the decision.
class DecisionMaker {
 public:
  virtual ~DecisionMaker() = default;
  virtual Decision decide(Transaction& transaction, const Application& application, Day decided_on) = 0;
};

// A row, record or item that was not taken, with the bank it came from.
struct SyncReject {
  BankId bank;
  RejectedRow row;
};

struct BankCounts {
  std::uint64_t applications = 0;  // new ones, as all of these
  std::uint64_t eligible = 0;
  std::uint64_t not_eligible = 0;
  std::uint64_t told = 0;
  std::uint64_t disbursed = 0;
  std::uint64_t declined = 0;
  std::uint64_t pending = 0;
  std::uint64_t events = 0;
  std::uint64_t claims = 0;
  std::uint64_t settled = 0;
  std::uint64_t scored = 0;
  std::uint64_t rejected = 0;
};

// What waited for the bank and was not sent, because its adapter takes no notices of that kind.
struct NotSent {
  std::uint64_t decisions = 0;
  std::uint64_t issues = 0;
  std::uint64_t settled = 0;
  std::uint64_t scored = 0;
};

struct BankReport {
  BankId bank;
  Text name;
  BankCounts counts;
  NotSent not_sent;
  std::vector<SyncReject> rejects;
  std::vector<Diagnostic> failures;  // empty: the whole round went through
  bool left_alone = false;           // not asked at all, because its breaker is open: `failures` says why
};

struct SyncRequest {
  std::vector<BankBinding> bindings;
  SessionMaker maker;
  Day as_of;
  std::string actor;
  Language language = Language::chinese;
  // Whether the version that governs the claim is open to every borrower: then a claim on a loan the book does not know
  // registers that loan from what the claim states of it. Called on the banks' threads. Empty: never.
  std::function<bool(const StatedClaim&)> open_to_all{};
  bool try_open_breakers = false;  // asks banks that would be left alone as well
  // What seals the borrowers' identity numbers before they are stored. REQUIRED.
  KeySource key;
};

// Runs all banks side by side, one thread each, and returns when all are done; reports stand in the order of the
// bindings. Every step is one transaction with its cursor and audit entry, so the round can be cut off anywhere
// and repeated: what was done stays, what was not is done, nothing is done twice. What stops one bank is in its
// report and does not touch another. Throws Failure where the database itself fails.
std::vector<BankReport> sync_banks(Database& database, DecisionMaker& decisions, const SyncRequest& request);

}  // namespace talent_loan::host
