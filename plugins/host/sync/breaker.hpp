// The circuit breaker of one bank, kept in the database between runs. A bank whose
// rounds fail one after the other is left alone for a while, then tried with a single attempt: when that goes through
// the breaker closes, when it fails the bank is left alone for twice as long.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/identity/identity.hpp"
#include "core/message/message.hpp"
#include "core/store/database.hpp"
#include "plugins/host/banks/banks_file.hpp"

namespace talent_loan::host {

struct Admission {
  std::optional<Diagnostic> left_alone{};  // why the bank is not asked now, and from when on it is
  bool trial = false;                      // the breaker is open, and this round decides what becomes of it
};

// What is kept of a bank whose last round failed; of any other there is nothing to keep.
struct BreakerState {
  BankId bank;
  std::int64_t failures = 0;  // rounds in a row
  Instant failing_since;
  Text reason;                // of the last one
  std::int64_t openings = 0;
  std::optional<Instant> retry_at{};  // present: open
};
std::vector<BreakerState> breakers(Transaction& transaction);  // in order of the banks' ids

// "2026-11-25 10:30": what a clock on the wall in China shows.
std::string minute_in_china(Instant at);

// Every change stands in the caller's transaction with an audit entry of its own; where nothing changes there is none.
class Breaker {
 public:
  Breaker(const BankId& bank, const BreakerRule& rule, const std::string& actor) : bank_(bank), rule_(rule), actor_(actor) {}

  // Before a round. A trial is admitted once: while it lasts, and if it is cut off, another process leaves the bank
  // alone. `even_if_open`: somebody asks for this bank by name.
  Admission admit(Transaction& transaction, bool even_if_open);
  // After a round. Both return whether something changed.
  bool went_through(Transaction& transaction);
  bool failed(Transaction& transaction, const Diagnostic& why);

 private:
  std::optional<BreakerState> state(Transaction& transaction) const;
  Instant next_trial(const Transaction& transaction, std::int64_t openings) const;
  void note(Transaction& transaction, const std::string& details) const;

  const BankId& bank_;
  const BreakerRule& rule_;
  const std::string& actor_;
};

}  // namespace talent_loan::host
