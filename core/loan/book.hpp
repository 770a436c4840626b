// The loan book in the database. Every function works inside the caller's transaction, so that what a bank's
// poll brought and the cursor behind it become durable together; the caller writes its audit entry.
//
// Repeating is harmless: a record whose key is known and whose content is the same is `repeated` and changes
// nothing. The same key with other content is a `conflict` that names the first field that differs; what was
// there stays. Nothing here is ever updated but the stage of an application, and nothing is deleted.
#pragma once

#include <string>
#include <vector>

#include "core/loan/records.hpp"
#include "core/loan/state.hpp"
#include "core/message/message.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

enum class Filed {
  accepted = 1,
  repeated,  // known, same content
  conflict,  // known, other content: `field` names the first that differs
  rejected   // cannot be right whatever comes later: `field` and `message` say what and why
};

struct Filing {
  Filed filed = Filed::accepted;
  std::string field{};
  Text message{};
};

// How far an application has come.
enum class ApplicationStage {
  received = 1,  // to be decided
  decided,       // to be told to the bank
  told,          // eligible, the bank knows: to be issued (also while the bank answers `pending`)
  closed         // disbursed, declined, or not eligible and told
};

struct ApplicationRecord {
  Application application;
  ApplicationStage stage = ApplicationStage::received;
  std::optional<Decision> decision;
  LoanId loan;  // once disbursed
};

// One result per record given, in order. Duplicates within one call are treated like any repetition.
std::vector<Filing> register_applications(Transaction& transaction, const std::vector<Application>& applications);
std::vector<Filing> register_loans(Transaction& transaction, const std::vector<Loan>& loans);
// Events may come before their loan is registered and in any order: they are kept and count once it is.
std::vector<Filing> register_events(Transaction& transaction, const std::vector<LoanEvent>& events);
// A claim is taken as the bank states it; whether it holds is decided in settlement, with all its codes.
std::vector<Filing> submit_claims(Transaction& transaction, const std::vector<Claim>& claims);

// The bank's applications at that stage, in byte order of their ids.
std::vector<ApplicationRecord> applications_at(Transaction& transaction, const BankId& bank, ApplicationStage stage);
std::optional<ApplicationRecord> find_application(Transaction& transaction, const BankId& bank,
                                                  const ApplicationId& application);

// received -> decided. Throws Failure where the application is unknown. Repeated after a crash it must be the
// same decision, else it is a conflict: the one that was stored stands.
Filing record_decision(Transaction& transaction, const BankId& bank, const ApplicationId& application,
                       const Decision& decision);
// decided -> told (eligible) or closed (not eligible); `receipt` is the bank's.
Filing record_receipt(Transaction& transaction, const BankId& bank, const ApplicationId& application,
                      const std::string& receipt);
// told -> closed for disbursed and declined; pending leaves it told. A disbursed loan is registered with the
// decision it rests on. An amount above the one applied for is rejected.
Filing record_issue(Transaction& transaction, const BankId& bank, const ApplicationId& application,
                    const IssueResult& result);

std::optional<Loan> find_loan(Transaction& transaction, const BankId& bank, const LoanId& loan);
std::vector<LoanEvent> events_of(Transaction& transaction, const BankId& bank, const LoanId& loan);

}  // namespace talent_loan
