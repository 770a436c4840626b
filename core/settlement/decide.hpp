// Internal to core/settlement: what a batch decides, before anything of it is stored.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/settlement/batch.hpp"
#include "core/settlement/open_claims.hpp"

namespace talent_loan {

// The lines of one bank under one version.
struct BatchPart {
  BankId bank;
  const PolicyVersion* version;
  std::vector<PayerId> payers;  // of the version, in its order
};

struct AcceptedClaim {
  std::uint32_t claim = 0;  // index of the open claims
  std::uint32_t part = 0;   // index of the parts
  Fen principal_loss;
  Fen bank_bears;
  std::size_t amounts = 0;  // index: what each of the part's payers pays, what each bears, amounts of shares
};

struct RejectedClaim {
  std::int64_t claim = 0;
  ClaimRejection rejection;
};

struct WaitingClaim {
  std::int64_t claim = 0;
  std::string fund;
  Fen needed;
};

struct BatchResult {
  LargeVector<AcceptedClaim> accepted{};  // in the order of the batch, as are the rest
  LargeVector<Fen> amounts{};
  std::vector<BatchPart> parts{};
  std::vector<RejectedClaim> rejected{};
  std::vector<WaitingClaim> waiting{};
  ShareUse share_use{};  // by this batch
  std::vector<std::string> opened_funds{};
};

struct PreparedBatch {
  std::unique_ptr<OpenClaims> claims;
  BatchResult result;
};

// Decides every open claim in the order of the batch; queues or cuts down where a fund is short. Changes nothing.
PreparedBatch decide_claims(Transaction& transaction, const SettlementRequest& request);

}  // namespace talent_loan
