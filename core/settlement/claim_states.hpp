// How far a claim has come, told from what settlement and recovery keep anyway: nothing here is stored twice.
//
//   submitted -> accepted -> approved -> settled -> paid -> recovering -> closed
//            \-> rejected                                            \-> written off
//
// Accepted: a batch that is prepared holds a line for it. Approved and settled come together: who approves a batch
// books it, and the payments are instructed; so approved is a step of a claim's history, and none is found in it
// (why_none_is_approved). Paid: the bank's reports say so of every payment of the batch to it that
// holds a part of this claim. Recovering: a recovery stands. Written off: the bank reported it on the loan, or the
// bureau closed the claim as that; recoveries are shared all the same. Where a batch is reversed its claims are
// submitted again. A claim of which nobody pays anything stays settled. Neither state ends the borrower's debt.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/loan/records.hpp"
#include "core/loss/loss.hpp"
#include "core/policy/policy.hpp"
#include "core/settlement/claim_closing.hpp"

namespace talent_loan {

enum class ClaimState { submitted = 1, accepted, rejected, approved, settled, paid, recovering, closed, written_off };
std::string_view word(ClaimState state);  // "written-off"
std::optional<ClaimState> parse_claim_state(std::string_view word);
Text state_name(ClaimState state);        // 已核销 / written off
const std::vector<std::string>& claim_state_words();
// For whoever asks for approved claims: why there are none, and which states to ask for.
Text why_none_is_approved();

// Of a claim whose batch is booked, in the order of what weighs most.
ClaimState state_when_settled(const std::optional<ClosingGround>& closed, bool written_off, bool recovery_stands, bool paid);

struct ClaimStatus {
  std::int64_t number = 0;
  Claim claim;
  ClaimState state = ClaimState::submitted;
  BatchId batch{};           // that decides it; empty while submitted
  std::string code{};        // of a rejected one
  std::string waiting_for{};  // the fund that a submitted one waits for
  // Of one that is accepted or further:
  Fen principal_loss{};
  Fen paid{};  // by all payers
  Fen bank_bears{};
  // By the recoveries that stand:
  Fen recovered{};
  Fen costs{};
  Fen returned{};  // to all payers
};

// Every claim, or a bank's; banks and claim ids in byte order. Keeps a few numbers of each claim in memory.
void each_claim_status(Transaction& transaction, const std::optional<BankId>& bank, const std::function<void(const ClaimStatus&)>& visit);

// One thing that happened to a claim.
struct ClaimChange {
  Day on;                                    // as of, received, reported
  ClaimState state = ClaimState::submitted;  // afterwards
  Text what;                                 // "accepted in batch 2020-12"
  std::optional<Fen> amount{};
  UserId by{};           // empty: the bank, or a version of the program that did not keep it
  bool by_bank = false;
  Text why{};
  std::string cite{};
  std::string recorded_at{};  // UTC; empty where only the day is known
};

struct ClaimHistory {
  ClaimStatus status;
  VersionId version{};               // that its compensation rests on; empty while there is none
  std::vector<PayerAmount> payers{};  // its split
  std::vector<ClaimChange> changes;   // in order
};

// nullopt: the bank has no such claim. Clauses are read from `policies` where the version is loaded.
std::optional<ClaimHistory> claim_history(Transaction& transaction, const BankId& bank, const ClaimId& claim, const PolicySet& policies);

}  // namespace talent_loan
