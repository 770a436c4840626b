// Believing an adapter: raw values to records of the loan book. What no honest adapter can hand over (unknown
// words, days outside the calendar or after the day it was asked for, negative money, bytes that are not UTF-8, a cursor that falls) breaks the
// rules and fails the whole call. What is a mistake in the bank's data rejects that row with its code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/files/files.hpp"
#include "core/loan/records.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {

struct RejectedRow {
  std::string source{};  // file, page or table; empty: the interface itself
  std::uint64_t line = 0;
  std::string key{};
  RowCode code = RowCode::malformed_row;
  Text message{};
};

// A claim with what the interface carries beside it, for schemes that need no registered loan.
struct StatedClaim {
  Claim claim;
  std::string borrower_id{};
  Day disbursed_on{};
  std::optional<Fen> loan_amount{};
  std::uint64_t line = 0;  // where it stood in the bank's data; 0: not known
};

template <typename Record>
struct Polled {
  std::vector<Record> records{};
  std::vector<RejectedRow> rejects{};
  RawCursor after{};   // the cursor behind all of them; the one polled from where nothing moved
  bool moved = false;  // false: there is nothing more for now
};

// All throw AdapterFailure (broke_rules) naming the record and field. `serves_several`: claims may name other banks.
Polled<Application> checked(RawPolled<RawApplication> raw, const PollRequest& poll, const BankId& bank);
Polled<LoanEvent> checked(RawPolled<RawEvent> raw, const PollRequest& poll, const BankId& bank);
Polled<StatedClaim> checked(RawPolled<RawClaim> raw, const PollRequest& poll, const BankId& bank, bool serves_several);

// Claims as they were stated, rows that contradict themselves included: for those who judge rows by a file's rules.
Polled<StatedClaim> stated(RawPolled<RawClaim> raw, const PollRequest& poll, const BankId& bank, bool serves_several);

// Which notices an adapter takes under its configuration.
struct Notices {
  bool decision = true;
  bool issue = true;
  bool settled = true;
  bool scored = true;
};
Notices checked(const RawNotices& raw);

// What became of one item: a value, or the failure the adapter stated for it.
template <typename Value>
struct Answered {
  std::string key{};
  Value value{};
  std::optional<AdapterFailure> failure{};
};

// One per key asked, in that order; a key without an answer counts as timed out. An answer to a key that was
// not asked, or a second one, breaks the rules.
std::vector<Answered<std::string>> checked(const std::vector<RawAnswer>& raw, const std::vector<std::string>& keys);
std::vector<Answered<IssueResult>> checked(const std::vector<RawIssueAnswer>& raw, const std::vector<IssueRequest>& asked);

}  // namespace talent_loan::host
