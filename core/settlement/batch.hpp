// Settlement: a batch decides every claim that was submitted up to a day and is still undecided, books what is
// to be paid, and gives the payment instructions. docs/settlement.md tells the life of a batch.
//
// Order: claims by day of claim, then bank, then claim id, in bytes. Lines, rejects and payments follow it, and
// so do the fund's queue and the ceilings of a year.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ledger/fund.hpp"
#include "core/settlement/claim_check.hpp"
#include "core/settlement/claim_split.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

enum class BatchStatus { prepared = 1, booked, reversed };
std::string_view word(BatchStatus status);

struct SettlementRequest {
  BatchId batch;  // 1 to 24 characters, no blanks or control characters: payment ids begin with it
  ClaimRules rules;
  UserId user;  // who prepares
  bool book = true;  // false: prepared only, another user approves
  std::optional<Day> closed_to{};
  // Told what begins: read, decide, store, book. For a log of where the time goes.
  std::function<void(std::string_view stage)> stage{};
};

struct BatchRecord {
  std::int64_t number = 0;
  BatchId batch;
  SchemeId scheme;
  Day as_of;
  BatchStatus status = BatchStatus::prepared;
  std::vector<PayerId> payers;  // the order of the payers' columns
  UserId prepared_by;
  UserId booked_by;      // empty while prepared
  std::string reversal;  // empty unless reversed
  std::string cite;      // clauses the compensation rests on, joined by '|'
};

struct BatchCounts {
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;
  std::int64_t waiting = 0;  // for their fund
};

// Prepares the batch and, where asked, books it, in the caller's transaction and with its audit entry. A batch
// that exists already is given as it is and nothing is changed; with another day or scheme throws Failure.
BatchRecord settle(Transaction& transaction, const SettlementRequest& request);

// Books a prepared batch. Throws Failure where it is unknown, reversed, or prepared by the same user; a batch
// that is booked already is given as it is.
BatchRecord approve(Transaction& transaction, const BatchId& batch, const UserId& user, const std::optional<Day>& closed_to);

struct ReversalRequest {
  BatchId batch;
  std::string reversal;  // unique, like a batch id
  std::string why;
  UserId user;
  std::optional<Day> on{};  // default: the batch's day, or the first open day after it
  std::optional<Day> closed_to{};
};
// Books the opposite of every entry of the batch, cancels its payments and frees its claims; a batch that is
// only prepared is withdrawn. The same reversal again changes nothing; another one throws Failure, and so does
// a batch with recoveries on its claims.
BatchRecord reverse(Transaction& transaction, const ReversalRequest& request);

std::optional<BatchRecord> find_batch(Transaction& transaction, const BatchId& batch);
std::vector<BatchRecord> batches(Transaction& transaction);  // in the order of preparation
BatchCounts count_claims(Transaction& transaction, const BatchRecord& batch);

}  // namespace talent_loan
