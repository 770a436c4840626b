#include "plugins/host/session/connection.hpp"

#include <random>
#include <thread>

#include <fmt/format.h>
#include <talent_loan_adapter.h>

#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/remedy.hpp"

namespace talent_loan::host {
namespace {

constexpr Milliseconds first_pause{200};
constexpr Milliseconds pause_at_most{10'000};
constexpr Milliseconds close_allowed{10'000};

// Twice as long after every attempt, and up to half as much again, so that banks that failed together do not
// ask together.
void pause_before(int attempt) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  const auto base = std::min(pause_at_most, first_pause * (1 << std::min(attempt - 1, 10)));
  const auto jitter = std::uniform_int_distribution<Milliseconds::rep>(0, base.count() / 2)(random);
  std::this_thread::sleep_for(base + Milliseconds(jitter));
}

// An adapter that says so is asked again, and one that died is started again in a new process. A call whose outcome
// is unknown because time ran out is asked again by the next sync, not now: its bank has just shown that it does not
// answer.
bool worth_another_attempt(const AdapterFailure& failure) {
  if (failure.kind() == AdapterFailure::Kind::crashed) return true;
  return failure.kind() == AdapterFailure::Kind::stated && failure.retry() != Retry::never;
}

// After these the session holds nothing that could be used again.
bool session_is_lost(const AdapterFailure& failure) { return failure.kind() != AdapterFailure::Kind::stated; }

template <typename Item>
std::vector<std::string> keys_of(const std::vector<Item>& items) {
  std::vector<std::string> keys;
  for (const Item& item : items) keys.push_back(item.key);
  return keys;
}

LibraryFile checked_library(const BankBinding& binding, const std::string& config_directory, const Clock& clock) {
  const std::string path = find_library(binding.adapter, config_directory);
  if (binding.signature) return store_library(path, binding.pin, *binding.signature, day_in_china(clock.now()));
  const auto unchecked = unchecked_library(binding, config_directory);
  if (unchecked && binding.unchecked_refused) {
    throw AdapterFailure(AdapterFailure::Kind::not_loaded, Retry::never,
                         {{path, 0, 0, {}}, *unchecked, {}, {"核对来源后用 talent-loan adapter pin 登记，或要求签名（library_signed_by）", "check where it came from, then pin it with talent-loan adapter pin, or ask for a signature (library_signed_by)"}});
  }
  return store_library(path, binding.pin);
}

}  // namespace

SessionMaker session_maker(const std::string& config_directory, AdapterLog log, const Clock& clock) {
  return [config_directory, log, &clock](const BankBinding& binding) {
    const LibraryFile file = checked_library(binding, config_directory, clock);
    if (binding.isolation == Isolation::process) return process_session(file, binding.limits, log);
    return in_process_session(AdapterLibrary::load(file), log);
  };
}

AdapterConnection::AdapterConnection(BankBinding binding, SessionMaker maker, Language language)
    : binding_(std::move(binding)), maker_(std::move(maker)), language_(language) {}

AdapterConnection::~AdapterConnection() = default;

AdapterFailure AdapterConnection::in_context(const AdapterFailure& failure, const char* name) const {
  Diagnostic diagnostic = failure.diagnostics().front();
  if (diagnostic.place.file.empty()) diagnostic.place.file = binding_.adapter;
  diagnostic.found = {fmt::format("银行 {} 的 {}：{}", binding_.id.text(), name, diagnostic.found.chinese),
                      fmt::format("{} of bank {}: {}", name, binding_.id.text(), diagnostic.found.english)};
  add_remedy(diagnostic, failure.retry());
  return AdapterFailure(failure.kind(), failure.retry(), std::move(diagnostic));
}

AdapterSession& AdapterConnection::session() {
  if (session_) return *session_;
  auto made = maker_(binding_);
  const Opening opening{language_ == Language::chinese ? TALENT_LOAN_CHINESE : TALENT_LOAN_ENGLISH, binding_.id.text(), binding_.config,
                        binding_.config_path, binding_.base_directory};
  made->open(opening, binding_.timeout);
  session_ = std::move(made);
  return *session_;
}

// Runs `call` on an open session, again with pauses while the adapter says that asking again can help.
template <typename Call>
auto AdapterConnection::attempted(const char* name, Call call) {
  for (int attempt = 1;; ++attempt) {
    const char* doing = session_ ? name : "open";
    try {
      AdapterSession& open_session = session();
      doing = name;
      return call(open_session);
    } catch (const AdapterFailure& failure) {
      if (session_is_lost(failure)) session_.reset();
      if (attempt >= binding_.attempts || !worth_another_attempt(failure)) throw in_context(failure, doing);
    }
    pause_before(attempt);
  }
}

void AdapterConnection::health() {
  attempted("health", [&](AdapterSession& open) { open.health(binding_.timeout); });
}

Notices AdapterConnection::notices() {
  return attempted("takes", [&](AdapterSession& open) { return checked(open.notices(binding_.timeout)); });
}

Polled<Application> AdapterConnection::poll_applications(const PollRequest& poll) {
  return attempted("poll_applications", [&](AdapterSession& open) { return checked(open.poll_applications(poll, binding_.timeout), poll, binding_.id); });
}

Polled<LoanEvent> AdapterConnection::poll_events(const PollRequest& poll) {
  return attempted("poll_events", [&](AdapterSession& open) { return checked(open.poll_events(poll, binding_.timeout), poll, binding_.id); });
}

Polled<StatedClaim> AdapterConnection::poll_claims(const PollRequest& poll) {
  return attempted("poll_claims", [&](AdapterSession& open) {
    return checked(open.poll_claims(poll, binding_.timeout), poll, binding_.id, binding_.serves_several);
  });
}

std::vector<Answered<std::string>> AdapterConnection::decision(const std::vector<DecisionNotice>& items) {
  return attempted("decision", [&](AdapterSession& open) { return checked(open.decision(items, binding_.timeout), keys_of(items)); });
}

std::vector<Answered<IssueResult>> AdapterConnection::issue(const std::vector<IssueRequest>& items) {
  return attempted("issue", [&](AdapterSession& open) { return checked(open.issue(items, binding_.timeout), items); });
}

std::vector<Answered<std::string>> AdapterConnection::settled(const std::vector<SettledNotice>& items) {
  return attempted("settled", [&](AdapterSession& open) { return checked(open.settled(items, binding_.timeout), keys_of(items)); });
}

std::vector<Answered<std::string>> AdapterConnection::scored(const std::vector<ScoredNotice>& items) {
  return attempted("scored", [&](AdapterSession& open) { return checked(open.scored(items, binding_.timeout), keys_of(items)); });
}

void AdapterConnection::close() {
  if (!session_) return;
  const auto closing = std::move(session_);
  try {
    closing->close(close_allowed);
  } catch (const AdapterFailure& failure) {
    throw in_context(failure, "close");
  }
}

}  // namespace talent_loan::host
