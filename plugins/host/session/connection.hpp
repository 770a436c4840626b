// One bank's adapter as the host uses it: loaded and opened when first needed, asked again where that can help,
// every failure with the bank, the library and the call in its message.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/store/clock.hpp"
#include "plugins/host/banks/banks_file.hpp"
#include "plugins/host/session/checks.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {

// Makes the session of a binding; throws AdapterFailure where there is no library to run.
using SessionMaker = std::function<std::unique_ptr<AdapterSession>(const BankBinding& binding)>;

// Loads the binding's library, checks its pin and signature, and runs it in the isolation that the binding asks for.
// `clock` says what day it is for signatures that end, and outlives the maker.
SessionMaker session_maker(const std::string& config_directory, AdapterLog log, const Clock& clock = system_clock());

// Not for two threads at once. All calls throw AdapterFailure.
class AdapterConnection {
 public:
  AdapterConnection(BankBinding binding, SessionMaker maker, Language language);
  ~AdapterConnection();

  const BankBinding& binding() const { return binding_; }
  void health();
  Notices notices();
  Polled<Application> poll_applications(const PollRequest& poll);
  Polled<LoanEvent> poll_events(const PollRequest& poll);
  Polled<StatedClaim> poll_claims(const PollRequest& poll);
  std::vector<Answered<std::string>> decision(const std::vector<DecisionNotice>& items);
  std::vector<Answered<IssueResult>> issue(const std::vector<IssueRequest>& items);
  std::vector<Answered<std::string>> settled(const std::vector<SettledNotice>& items);
  std::vector<Answered<std::string>> scored(const std::vector<ScoredNotice>& items);
  void close();

 private:
  template <typename Call>
  auto attempted(const char* name, Call call);
  AdapterSession& session();
  AdapterFailure in_context(const AdapterFailure& failure, const char* name) const;

  BankBinding binding_;
  SessionMaker maker_;
  Language language_;
  std::unique_ptr<AdapterSession> session_;  // null: not open
};

}  // namespace talent_loan::host
