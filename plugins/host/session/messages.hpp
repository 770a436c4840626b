// What passes between host and adapter, as values: exactly what an adapter said, copied and not yet believed.
// The same values cross the border in process and the pipe to a runner. Believing them is the work of
// checks.hpp. Numbers keep the encoding of talent_loan_adapter.h (fen, days since 1970, fixed words).
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace talent_loan::host {

// Every message lists its fields once, for the wire (wire.hpp): `fields(self)` ties them in order.

struct RawError {
  std::int32_t code = 0;
  std::int32_t retry = 0;
  std::string text{};
  std::string field{};
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.code, self.retry, self.text, self.field); }
};

struct RawCursor {
  std::int64_t position = 0;
  std::string token{};
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.position, self.token); }
  friend bool operator==(const RawCursor&, const RawCursor&) = default;
};

struct RawReject {
  std::int32_t code = 0;
  std::string source{};
  std::uint64_t line = 0;
  std::string key{};
  std::string text{};
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.code, self.source, self.line, self.key, self.text); }
};

struct RawApplication {
  std::string application_id{};
  std::int32_t borrower_kind = 0;
  std::string borrower_id{};
  std::int32_t applied_on = 0;
  std::int32_t term_months = 0;
  std::int64_t amount = 0;
  std::int64_t rate = 0;
  std::string purpose{};
  std::int32_t secured = 0;
  std::int32_t guaranteed = 0;
  std::vector<std::string> tags{};
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.application_id, self.borrower_kind, self.borrower_id, self.applied_on, self.term_months,
                    self.amount, self.rate, self.purpose, self.secured, self.guaranteed, self.tags);
  }
};

struct RawEvent {
  std::string event_id{};
  std::int32_t kind = 0;
  std::string loan_id{};
  std::int32_t happened_on = 0;
  std::int32_t overdue_days = 0;
  std::int64_t amount = 0;
  std::int64_t costs = 0;
  std::int32_t loan_class = 0;
  std::int32_t due_on = 0;
  std::int64_t sequence = 0;
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.event_id, self.kind, self.loan_id, self.happened_on, self.overdue_days, self.amount,
                    self.costs, self.loan_class, self.due_on, self.sequence);
  }
};

struct RawClaim {
  std::string claim_id{};
  std::string loan_id{};
  std::string borrower_id{};
  std::string bank_id{};
  std::int32_t disbursed_on = 0;
  std::int32_t defaulted_on = 0;
  std::int32_t claimed_on = 0;
  std::int64_t outstanding_principal = 0;
  std::int64_t recovered_principal = 0;
  std::int64_t loan_amount = 0;
  std::uint64_t line = 0;
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.claim_id, self.loan_id, self.borrower_id, self.bank_id, self.disbursed_on, self.defaulted_on,
                    self.claimed_on, self.outstanding_principal, self.recovered_principal, self.loan_amount,
                    self.line);
  }
};

struct Opening {
  std::int32_t language = 0;
  std::string bank_id{};
  std::string config{};
  std::string config_path{};
  std::string base_directory{};
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.language, self.bank_id, self.config, self.config_path, self.base_directory);
  }
};

struct PollRequest {
  std::uint32_t at_most = 1;
  RawCursor after{};
  std::int32_t as_of = 0;
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.at_most, self.after, self.as_of); }
};

// The end of one batch within RawPolled::records, and the cursor the adapter gave with it.
struct RawBatch {
  std::uint64_t end = 0;
  RawCursor after{};
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.end, self.after); }
};

// All that one poll handed over.
template <typename Record>
struct RawPolled {
  std::vector<Record> records{};
  std::vector<RawBatch> batches{};
  std::vector<RawReject> rejects{};
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.records, self.batches, self.rejects); }
};

// Which notices an adapter says it takes: talent_loan_yes_no.
struct RawNotices {
  std::uint8_t declared = 0;  // 0: it does not say, and takes all
  std::int32_t decision = 0;
  std::int32_t issue = 0;
  std::int32_t settled = 0;
  std::int32_t scored = 0;
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.declared, self.decision, self.issue, self.settled, self.scored); }
};

struct DecisionNotice {
  std::string key{};
  std::int32_t eligible = 0;
  std::string decision_id{};
  std::string application_id{};
  std::vector<std::string> reasons{};
  std::string policy_version{};
  std::string programme{};
  std::vector<std::string> cites{};
  std::int32_t decided_on = 0;
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.key, self.eligible, self.decision_id, self.application_id, self.reasons, self.policy_version,
                    self.programme, self.cites, self.decided_on);
  }
};

struct IssueRequest {
  std::string key{};
  std::string application_id{};
  std::string decision_id{};
  std::int32_t as_of = 0;
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.key, self.application_id, self.decision_id, self.as_of);
  }
};

struct PayerLine {
  std::string payer{};
  std::int64_t pays = 0;
  std::int64_t bears = 0;
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.payer, self.pays, self.bears); }
};

struct SettledNotice {
  std::string key{};
  std::int32_t accepted = 0;
  std::string batch_id{};
  std::string claim_id{};
  std::string loan_id{};
  std::string code{};
  std::string policy_version{};
  std::int64_t principal_loss = 0;
  std::int64_t paid = 0;
  std::int64_t bank_bears = 0;
  std::vector<PayerLine> payers{};
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.key, self.accepted, self.batch_id, self.claim_id, self.loan_id, self.code, self.policy_version,
                    self.principal_loss, self.paid, self.bank_bears, self.payers);
  }
};

struct PointsLine {
  std::string indicator{};
  std::string points{};
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.indicator, self.points); }
};

struct ScoredNotice {
  std::string key{};
  std::int32_t year = 0;
  std::string score{};
  std::int32_t rank = 0;
  std::int32_t banks = 0;
  std::string grade{};
  std::vector<PointsLine> breakdown{};
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.key, self.year, self.score, self.rank, self.banks, self.grade, self.breakdown);
  }
};

struct RawAnswer {
  std::string key{};
  std::int32_t result = 0;
  std::string receipt{};
  std::vector<RawError> error{};  // one, unless result is TALENT_LOAN_OK
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.key, self.result, self.receipt, self.error); }
};

struct RawIssueAnswer {
  std::string key{};
  std::int32_t result = 0;
  std::vector<RawError> error{};
  std::int32_t outcome = 0;
  std::int32_t disbursed_on = 0;
  std::string loan_id{};
  std::int64_t amount = 0;
  std::int64_t rate = 0;
  std::int32_t due_on = 0;
  std::int32_t term_months = 0;
  std::string reason{};
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.key, self.result, self.error, self.outcome, self.disbursed_on, self.loan_id, self.amount,
                    self.rate, self.due_on, self.term_months, self.reason);
  }
};

}  // namespace talent_loan::host
