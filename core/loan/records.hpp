// What the loan book holds: applications, the decisions on them, loans, what happened to a loan, and claims.
// Every record carries the bank's own key, and (bank, key) is unique: two banks may use the same key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/identity/identity.hpp"
#include "core/money/money.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

using EventId = Identifier<struct EventTag>;  // the bank's own id of an event

using BorrowerKind = BorrowerRule::Kind;
std::optional<BorrowerKind> parse_borrower_kind(std::string_view word);
std::string_view word(BorrowerKind kind);

// A bank's customer who asks for a talent loan.
struct Application {
  BankId bank;
  ApplicationId id;
  BorrowerKind borrower_kind = BorrowerKind::talent;
  // As a bank gives it: identity number or unified social credit code, never in a message unmasked. In the book
  // a talent's is its keyed hash, and `borrower_sealed` holds the number (core/loan/borrower_seal.hpp).
  std::string borrower_id;
  Day applied_on;
  Fen amount;  // over 0
  std::string purpose;
  bool secured = false;
  bool guaranteed = false;
  std::optional<int> term_months{};
  std::optional<Ratio> rate{};  // a year
  std::vector<std::string> tags{};
  std::string borrower_sealed{};
};

// What verification answered, kept so that it can be cited later.
struct Decision {
  bool eligible = false;
  std::vector<std::string> reasons{};  // every failing reason, in the contract's order; empty when eligible
  VersionId version{};                 // empty where none was in force
  ProgrammeId programme{};             // that the eligibility rests on; may be empty (an open scheme)
  std::optional<Level> level{};        // of the talent on that programme's list
  TalentId talent{};                   // whom it rests on: the borrower, or the employer's talent
  int talents_counted = 0;             // of an employer: how many qualifying talents it employs that day
  std::vector<std::string> cites{};
  Day decided_on;
  std::int64_t list_version = 0;     // of the talent lists, that it rests on; 0: no list says anything of the borrower
  std::optional<Day> known_on{};     // decided by what the lists said by that day
};

// The bank's answer to the request to issue a loan for an eligible application.
enum class IssueState { pending = 1, disbursed, declined };
std::string_view word(IssueState state);

struct IssueResult {
  IssueState state = IssueState::pending;
  // Of a disbursed loan:
  LoanId loan{};
  Fen amount{};
  Day disbursed_on{};
  std::optional<Day> maturity{};
  std::optional<int> term_months{};
  std::optional<Ratio> rate{};
  // Of a declined one:
  std::string declined_because{};
};

// A registered loan. `talent` and `talents_counted`, `level`, `programme` come from the decision it rests on.
struct Loan {
  BankId bank;
  LoanId id;
  ApplicationId application{};  // empty: handed over without one, which only an open scheme compensates
  BorrowerKind borrower_kind = BorrowerKind::talent;
  std::string borrower_id;  // as in an Application
  TalentId talent{};
  int talents_counted = 0;
  Fen amount;  // disbursed, over 0
  std::string purpose{};
  std::optional<Ratio> rate{};
  std::optional<int> term_months{};
  Day disbursed_on;
  std::optional<Day> maturity{};
  bool secured = false;
  bool guaranteed = false;
  std::optional<Level> level{};
  ProgrammeId programme{};
  std::vector<std::string> tags{};
  std::string borrower_sealed{};

  LoanFacts facts() const;  // what the conditions of a policy read
};

enum class EventKind {
  repayment = 1,       // amount: principal repaid
  overdue,             // overdue_days, 0 when cured
  classification,      // loan_class
  extension,           // maturity
  renewal,             // maturity; renewed without repayment of principal
  defaulted,           // occurred_on is the day of default
  recovery,            // amount: principal collected after default; costs
  recovery_reversed,   // amount of a recovery that did not last; costs
  write_off            // amount; the debt itself remains
};
std::optional<EventKind> parse_event_kind(std::string_view word);
std::string_view word(EventKind kind);

struct LoanEvent {
  BankId bank;
  EventId id;
  LoanId loan;
  EventKind kind = EventKind::repayment;
  Day occurred_on;
  std::int64_t sequence = 0;  // the bank's order within a day; 0 where it has none
  std::optional<Fen> amount{};
  std::optional<Fen> costs{};
  std::optional<std::int64_t> overdue_days{};
  std::optional<LoanClass> loan_class{};
  std::optional<Day> maturity{};
};

// A bank's claim of its principal loss on one loan.
struct Claim {
  BankId bank;
  ClaimId id;
  LoanId loan;
  Day defaulted_on;
  Day claimed_on;
  Fen outstanding_principal;
  Fen recovered_principal;
};

}  // namespace talent_loan
