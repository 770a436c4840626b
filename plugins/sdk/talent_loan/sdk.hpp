// The C++ kit for adapters: one abstract class with value types over the C interface of talent_loan_adapter.h.
//
//   class MyBank : public talent_loan::sdk::Adapter { … };
//   TALENT_LOAN_EXPORT_ADAPTER("my-bank", "1.0.0", MyBank)
//
// An adapter derives from Adapter, has a constructor `MyBank(const Opening&, const Call&)`, and throws Error
// where something fails. The kit does the rest at the border: copies, batches, sizes, and catching everything
// (an exception of another kind becomes an INTERNAL error with its text). Header only; C++17 or later; needs
// nothing but the standard library. Rules of threads, time, keys and cursors are those of the C header.
#pragma once

#include <talent_loan_adapter.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace talent_loan::sdk {

using Day = std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<int, std::ratio<86400>>>;

// Money in whole fen, 0 to TALENT_LOAN_FEN_AT_MOST.
struct Fen {
  std::int64_t count = 0;
};

// Hundred-millionths a year: 6% is 6000000.
struct Rate {
  std::int64_t hundred_millionths = 0;
};

enum class Result : std::int32_t {
  bad_config = TALENT_LOAN_BAD_CONFIG,
  unavailable = TALENT_LOAN_UNAVAILABLE,
  denied = TALENT_LOAN_DENIED,
  bad_data = TALENT_LOAN_BAD_DATA,
  not_found = TALENT_LOAN_NOT_FOUND,
  conflict = TALENT_LOAN_CONFLICT,
  timed_out = TALENT_LOAN_TIMED_OUT,
  cancelled = TALENT_LOAN_CANCELLED,
  bad_request = TALENT_LOAN_BAD_REQUEST,
  internal = TALENT_LOAN_INTERNAL
};
enum class Retry : std::int32_t {
  never = TALENT_LOAN_RETRY_NEVER,
  same_key = TALENT_LOAN_RETRY_SAME_KEY,
  later = TALENT_LOAN_RETRY_LATER
};
enum class Language : std::int32_t { chinese = TALENT_LOAN_CHINESE, english = TALENT_LOAN_ENGLISH };
enum class LogLevel : std::int32_t {
  debug = TALENT_LOAN_LOG_DEBUG,
  info = TALENT_LOAN_LOG_INFO,
  warning = TALENT_LOAN_LOG_WARNING
};
enum class BorrowerKind : std::int32_t {
  talent = TALENT_LOAN_BORROWER_TALENT,
  employer = TALENT_LOAN_BORROWER_EMPLOYER
};
enum class IssueOutcome : std::int32_t {
  disbursed = TALENT_LOAN_DISBURSED,
  declined = TALENT_LOAN_DECLINED,
  pending = TALENT_LOAN_PENDING
};
enum class LoanClass : std::int32_t {
  normal = TALENT_LOAN_CLASS_NORMAL,
  special_mention = TALENT_LOAN_CLASS_SPECIAL_MENTION,
  substandard = TALENT_LOAN_CLASS_SUBSTANDARD,
  doubtful = TALENT_LOAN_CLASS_DOUBTFUL,
  loss = TALENT_LOAN_CLASS_LOSS
};
enum class EventKind : std::int32_t {
  repayment = TALENT_LOAN_EVENT_REPAYMENT,
  overdue = TALENT_LOAN_EVENT_OVERDUE,
  classification = TALENT_LOAN_EVENT_CLASSIFICATION,
  extension = TALENT_LOAN_EVENT_EXTENSION,
  renewal = TALENT_LOAN_EVENT_RENEWAL,
  default_ = TALENT_LOAN_EVENT_DEFAULT,
  recovery = TALENT_LOAN_EVENT_RECOVERY,
  recovery_reversed = TALENT_LOAN_EVENT_RECOVERY_REVERSED,
  write_off = TALENT_LOAN_EVENT_WRITE_OFF
};
enum class Notice : std::int32_t {
  decision = TALENT_LOAN_NOTICE_DECISION,
  issue = TALENT_LOAN_NOTICE_ISSUE,
  settled = TALENT_LOAN_NOTICE_SETTLED,
  scored = TALENT_LOAN_NOTICE_SCORED
};
enum class RejectCode : std::int32_t {
  malformed_row = TALENT_LOAN_MALFORMED_ROW,
  missing_value = TALENT_LOAN_MISSING_VALUE,
  bad_date = TALENT_LOAN_BAD_DATE,
  bad_amount = TALENT_LOAN_BAD_AMOUNT,
  bad_identifier = TALENT_LOAN_BAD_IDENTIFIER,
  bad_value = TALENT_LOAN_BAD_VALUE,
  duplicate_key = TALENT_LOAN_DUPLICATE_KEY,
  dates_out_of_order = TALENT_LOAN_DATES_OUT_OF_ORDER,
  recovered_over_outstanding = TALENT_LOAN_RECOVERED_OVER_OUTSTANDING
};

// What an adapter throws. `text` is a sentence for people, in the language of Call::language(), that says what
// to do; never empty, personal data masked. `field` names the configuration key or record field, if any.
class Error : public std::exception {
 public:
  Error(Result code, Retry retry, std::string text, std::string field = {})
      : code_(code), retry_(retry), text_(std::move(text)), field_(std::move(field)) {}
  Result code() const { return code_; }
  Retry retry() const { return retry_; }
  const std::string& text() const { return text_; }
  const std::string& field() const { return field_; }
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  Result code_;
  Retry retry_;
  std::string text_;
  std::string field_;
};

// The running call. Borrowed: never kept after the function it was given to returns.
class Call {
 public:
  Call(const talent_loan_call& call, Language language) : call_(call), language_(language) {}
  Language language() const { return language_; }
  std::string say(std::string_view chinese, std::string_view english) const {
    return std::string(language_ == Language::chinese ? chinese : english);
  }
  std::int64_t milliseconds_left() const { return call_.milliseconds_left(&call_); }
  bool cancelled() const { return call_.cancelled(&call_) == TALENT_LOAN_YES; }
  // Throws Error once the call was cancelled or its deadline has passed. Long loops call it now and then.
  void check() const;
  void log(LogLevel level, std::string_view line) const {
    call_.log(&call_, static_cast<std::int32_t>(level), {line.data(), line.size()});
  }

 private:
  const talent_loan_call& call_;
  Language language_;
};

struct Opening {
  Language language = Language::chinese;
  std::string bank_id;
  std::string config;          // the configuration verbatim
  std::string config_path;     // for messages only
  std::string base_directory;  // relative paths in `config` are relative to it
};

struct Cursor {
  std::int64_t position = 0;  // never falls; greater after every record or group of records
  std::string token;
};

struct Poll {
  std::uint32_t at_most = 1;
  Cursor after;
  Day as_of;
};

struct Application {
  std::string application_id;
  BorrowerKind borrower_kind = BorrowerKind::talent;
  std::string borrower_id;
  Day applied_on;
  Fen amount;
  std::string purpose;
  bool secured = false;
  bool guaranteed = false;
  std::optional<int> term_months;
  std::optional<Rate> rate;
  std::vector<std::string> tags;
};

struct Event {
  EventKind kind = EventKind::repayment;
  std::string event_id;
  std::string loan_id;
  Day happened_on;
  int overdue_days = 0;
  Fen amount;
  Fen costs;
  std::optional<LoanClass> loan_class;
  std::optional<Day> due_on;
  std::int64_t sequence = 0;
};

struct Claim {
  std::string claim_id;
  std::string loan_id;
  std::string borrower_id;
  std::string bank_id;  // empty: the bank of this instance
  Day disbursed_on;
  Day defaulted_on;
  std::optional<Day> claimed_on;
  Fen outstanding_principal;
  Fen recovered_principal;
  std::optional<Fen> loan_amount;
  std::uint64_t line = 0;  // where it stood in the bank's data; 0: not known
};

// A row of the bank's data that is no record.
struct Reject {
  RejectCode code = RejectCode::malformed_row;
  std::string source;
  std::uint64_t line = 0;
  std::string key;
  std::string text;
};

struct Decision {
  std::string key;
  std::string decision_id;
  std::string application_id;
  bool eligible = false;
  std::vector<std::string> reasons;
  std::string policy_version;
  std::string programme;
  std::vector<std::string> cites;
  Day decided_on;
};

struct IssueRequest {
  std::string key;
  std::string application_id;
  std::string decision_id;
  Day as_of;
};

// The bank's answer to an IssueRequest.
struct Issued {
  IssueOutcome outcome = IssueOutcome::pending;
  std::string loan_id;                   // disbursed
  std::optional<Day> disbursed_on;       // disbursed: REQUIRED
  Fen amount;                            // disbursed
  std::optional<Rate> rate;              // disbursed
  std::optional<Day> due_on;             // disbursed
  std::optional<int> term_months;        // disbursed
  std::string reason;                    // declined

  static Issued pending() { return {}; }
  static Issued declined(std::string why);
};

struct PayerAmount {
  std::string payer;
  Fen pays;
  Fen bears;
};

struct Settled {
  std::string key;
  std::string batch_id;
  std::string claim_id;
  std::string loan_id;
  bool accepted = false;
  std::string code;
  std::string policy_version;
  Fen principal_loss;
  Fen paid;
  Fen bank_bears;
  std::vector<PayerAmount> payers;
};

struct IndicatorPoints {
  std::string indicator;
  std::string points;
};

struct Scored {
  std::string key;
  int year = 0;
  std::string score;
  int rank = 0;
  int banks = 0;
  std::string grade;
  std::vector<IndicatorPoints> breakdown;
};

// Where a poll puts records of one kind (Application, Event, Claim). Gathers them into batches for the host: what a
// call is given is copied before it returns.
template <typename Record>
class Sink {
 public:
  virtual ~Sink() = default;
  // The next record and the cursor after it. False: enough for this poll; the record was taken, now return.
  virtual bool deliver(const Record& record, const Cursor& after) = 0;
  // Moves the cursor over data that holds no record.
  virtual void skip_to(const Cursor& after) = 0;
  // Reports a row that is no record; the cursor passes it with the next deliver() or skip_to().
  virtual void reject(const Reject& row) = 0;
};

// Where batch calls put their answers; one for each key.
class Receipts {
 public:
  virtual ~Receipts() = default;
  virtual void accept(std::string_view key, std::string_view receipt) = 0;
  virtual void refuse(std::string_view key, const Error& error) = 0;
};
class IssueAnswers {
 public:
  virtual ~IssueAnswers() = default;
  virtual void answer(std::string_view key, const Issued& issued) = 0;
  virtual void refuse(std::string_view key, const Error& error) = 0;
};

// One opened binding of one bank. The host never calls one instance twice at once. The destructor ends every
// thread the adapter started.
//
// Calls that tell the bank something come in two forms: override the one that takes a single item, or, where
// the bank takes batches, the plural one; by default the plural asks for each item and turns what it throws
// into that item's answer. Each returns the bank's reference (it may be empty).
class Adapter {
 public:
  virtual ~Adapter() = default;

  // Whether notices of this kind are taken under the present configuration. The host sends no others, and the kit
  // refuses them.
  virtual bool takes(Notice) const { return true; }

  virtual void health(const Call& call) = 0;
  virtual void poll_applications(const Call& call, const Poll& poll, Sink<Application>& sink) = 0;
  virtual void poll_events(const Call& call, const Poll& poll, Sink<Event>& sink) = 0;
  virtual void poll_claims(const Call& call, const Poll& poll, Sink<Claim>& sink) = 0;

  virtual std::string decision(const Call& call, const Decision& decision) = 0;
  virtual Issued issue(const Call& call, const IssueRequest& request) = 0;
  virtual std::string settled(const Call& call, const Settled& settled) = 0;
  virtual std::string scored(const Call& call, const Scored& scored) = 0;

  virtual void decisions(const Call& call, const std::vector<Decision>& items, Receipts& receipts);
  virtual void issues(const Call& call, const std::vector<IssueRequest>& items, IssueAnswers& answers);
  virtual void settlements(const Call& call, const std::vector<Settled>& items, Receipts& receipts);
  virtual void scores(const Call& call, const std::vector<Scored>& items, Receipts& receipts);
};

}  // namespace talent_loan::sdk

#include <talent_loan/sdk_border.hpp>

// Exports the library's one symbol. Once per library, at namespace scope, in one source file.
#define TALENT_LOAN_EXPORT_ADAPTER(name, version, Class)                                        \
  const talent_loan_entry talent_loan_adapter_entry = {                                         \
      TALENT_LOAN_ADAPTER_MAGIC,         TALENT_LOAN_ADAPTER_MAJOR,                             \
      TALENT_LOAN_ADAPTER_MINOR,         static_cast<std::uint32_t>(sizeof(talent_loan_entry)), \
      {name, sizeof(name) - 1},          {version, sizeof(version) - 1},                        \
      &talent_loan::sdk::border::table<Class>};
