// Internal to plugins/host/sync: the round of one bank.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/loan/book.hpp"
#include "plugins/host/sync/deliveries.hpp"
#include "plugins/host/sync/sync.hpp"

namespace talent_loan::host {

// The one database connection, in turns between the banks' threads. Adapter calls are made outside of a turn.
struct SharedBooks {
  Database& database;
  std::mutex turn{};
};

// An idempotency key: `purpose` and a digest of what identifies the deed for good.
std::string stable_key(const std::string& purpose, const std::vector<std::string>& identity);

class BankRound {
 public:
  BankRound(SharedBooks& books, DecisionMaker& decisions, const SyncRequest& request, const BankBinding& binding, BankReport& report);

  // Every step in the order of a loan's life. Throws AdapterFailure where a call fails for good.
  void run();

 private:
  // Runs `body` in a writing transaction. What it returns becomes the audit entry of `action`; empty: nothing
  // was changed, nothing is kept.
  void in_transaction(const char* action, const std::function<std::string(Transaction&)>& body);

  template <typename Record, typename Poll, typename Store>
  void poll_stream(const char* stream, Poll poll, Store store);
  void poll_applications();
  void decide_received();
  void tell_decisions();
  void pass_over_decisions();
  void ask_issues();
  void poll_events();
  void poll_claims();
  template <typename Notice, typename Call>
  void deliver(const char* what, const std::vector<Delivery<Notice>>& deliveries, std::uint64_t& count, Call call);
  void tell_results();
  bool register_stated_loan(Transaction& transaction, const StatedClaim& stated);

  // Records as the book keeps them: talents' numbers sealed.
  template <typename Record>
  void seal(Transaction& transaction, std::vector<Record>& records);
  std::vector<ApplicationRecord> applications_at_stage(ApplicationStage stage);
  void reject(const std::string& key, RowCode code, const Text& message);
  // Counts what was accepted, rejects what cannot be; what is known already is neither.
  std::uint64_t counted(const std::vector<Filing>& filings, const std::function<std::string(std::size_t)>& key_of);
  void item_failed(const std::string& subject, const AdapterFailure& failure);

  SharedBooks& books_;
  DecisionMaker& decisions_;
  const SyncRequest& request_;
  const BankBinding& binding_;
  BankReport& report_;
  AdapterConnection connection_;
  Notices takes_{};
  std::optional<Vault> vault_{};  // from the first record on that needs it
};

}  // namespace talent_loan::host
