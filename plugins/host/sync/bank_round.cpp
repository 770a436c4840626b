#include "plugins/host/sync/bank_round.hpp"

#include <fmt/format.h>
#include <talent_loan_adapter.h>

#include "core/loan/borrower_seal.hpp"
#include "core/store/audit.hpp"
#include "core/store/digest.hpp"
#include "plugins/host/session/remedy.hpp"
#include "plugins/host/sync/cursors.hpp"

namespace talent_loan::host {
namespace {

constexpr std::uint32_t records_per_poll = 4096;
constexpr std::size_t items_per_call = 256;
constexpr std::size_t key_digits = 40;

// The pieces of `items` that go into one call each.
template <typename Item>
std::vector<std::vector<Item>> in_batches(const std::vector<Item>& items) {
  std::vector<std::vector<Item>> batches;
  for (std::size_t begin = 0; begin < items.size(); begin += items_per_call) {
    const std::size_t end = std::min(begin + items_per_call, items.size());
    batches.emplace_back(items.begin() + static_cast<std::ptrdiff_t>(begin), items.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return batches;
}

std::string decision_key(const Application& application) {
  return stable_key("decision", {application.bank.text(), application.id.text()});
}

DecisionNotice notice_of(const ApplicationRecord& record) {
  const Decision& decision = *record.decision;
  const std::string key = decision_key(record.application);
  return {key, decision.eligible ? TALENT_LOAN_YES : TALENT_LOAN_NO, key, record.application.id.text(), decision.reasons,
          decision.version.text(), decision.programme.text(), decision.cites, decision.decided_on.days_since_1970()};
}

}  // namespace

std::string stable_key(const std::string& purpose, const std::vector<std::string>& identity) {
  std::string bytes;
  for (const std::string& part : identity) bytes += fmt::format("{}:{}", part.size(), part);
  return purpose + "-" + sm3_hex(bytes).substr(0, key_digits);
}

BankRound::BankRound(SharedBooks& books, DecisionMaker& decisions, const SyncRequest& request, const BankBinding& binding, BankReport& report)
    : books_(books), decisions_(decisions), request_(request), binding_(binding), report_(report),
      connection_(binding, request.maker, request.language) {}

void BankRound::run() {
  connection_.health();
  takes_ = connection_.notices();
  poll_applications();
  decide_received();
  tell_decisions();
  ask_issues();
  poll_events();
  poll_claims();
  tell_results();
  connection_.close();
}

void BankRound::in_transaction(const char* action, const std::function<std::string(Transaction&)>& body) {
  const std::lock_guard turn(books_.turn);
  Transaction transaction = books_.database.write();
  const std::string details = body(transaction);
  if (details.empty()) return;
  record(transaction, {request_.actor, action, binding_.id.text(), details, {}});
  transaction.commit();
}

void BankRound::reject(const std::string& key, RowCode code, const Text& message) {
  report_.rejects.push_back({binding_.id, {{}, 0, key, code, message}});
  ++report_.counts.rejected;
}

std::uint64_t BankRound::counted(const std::vector<Filing>& filings, const std::function<std::string(std::size_t)>& key_of) {
  std::uint64_t accepted = 0;
  for (std::size_t i = 0; i < filings.size(); ++i) {
    switch (filings[i].filed) {
      case Filed::accepted: ++accepted; break;
      case Filed::repeated: break;
      case Filed::conflict: reject(key_of(i), RowCode::duplicate_key, filings[i].message); break;
      case Filed::rejected: reject(key_of(i), RowCode::bad_value, filings[i].message); break;
    }
  }
  return accepted;
}

void BankRound::item_failed(const std::string& subject, const AdapterFailure& failure) {
  Diagnostic diagnostic = failure.diagnostics().front();
  diagnostic.found = {fmt::format("银行 {} 的 {}：{}", binding_.id.text(), subject, diagnostic.found.chinese),
                      fmt::format("{} of bank {}: {}", subject, binding_.id.text(), diagnostic.found.english)};
  if (diagnostic.place.file.empty()) diagnostic.place.file = binding_.adapter;
  add_remedy(diagnostic, failure.retry());
  report_.failures.push_back(std::move(diagnostic));
}

// Polls until the stream has nothing more. Each poll's records and its cursor are one transaction; where another
// process moved the cursor meanwhile, what was polled is dropped and asked for again.
template <typename Record, typename Poll, typename Store>
void BankRound::poll_stream(const char* stream, Poll poll, Store store) {
  while (true) {
    PollRequest from{records_per_poll, {}, request_.as_of.days_since_1970()};
    {
      const std::lock_guard turn(books_.turn);
      Transaction transaction = books_.database.read();
      from.after = read_cursor(transaction, binding_.id, stream);
    }
    Polled<Record> polled = poll(from);
    for (RejectedRow& row : polled.rejects) report_.rejects.push_back({binding_.id, std::move(row)});
    report_.counts.rejected += polled.rejects.size();
    if (!polled.moved) return;
    in_transaction("sync", [&](Transaction& transaction) -> std::string {
      if (read_cursor(transaction, binding_.id, stream) != from.after) return {};
      const std::uint64_t accepted = store(transaction, polled.records);
      write_cursor(transaction, binding_.id, stream, polled.after);
      return fmt::format("{}: {} received, {} new, {} rejected, cursor {}", stream, polled.records.size(), accepted, polled.rejects.size(), polled.after.position);
    });
  }
}

template <typename Record>
void BankRound::seal(Transaction& transaction, std::vector<Record>& records) {
  for (Record& record : records) {
    if (record.borrower_kind != BorrowerKind::talent) continue;
    if (!vault_) vault_.emplace(vault_for_writing(transaction, request_.key));
    seal_borrower(*vault_, record);
  }
}

void BankRound::poll_applications() {
  poll_stream<Application>(
      "applications", [&](const PollRequest& from) { return connection_.poll_applications(from); },
      [&](Transaction& transaction, std::vector<Application>& records) {
        seal(transaction, records);
        const auto filings = register_applications(transaction, records);
        const std::uint64_t accepted = counted(filings, [&](std::size_t i) { return records[i].id.text(); });
        report_.counts.applications += accepted;
        return accepted;
      });
}

void BankRound::decide_received() {
  in_transaction("sync", [&](Transaction& transaction) -> std::string {
    std::uint64_t eligible = 0;
    std::uint64_t refused = 0;
    for (const ApplicationRecord& record : applications_at(transaction, binding_.id, ApplicationStage::received)) {
      const Decision decision = decisions_.decide(transaction, record.application, request_.as_of);
      record_decision(transaction, binding_.id, record.application.id, decision);
      ++(decision.eligible ? eligible : refused);
    }
    report_.counts.eligible += eligible;
    report_.counts.not_eligible += refused;
    return eligible + refused == 0 ? std::string() : fmt::format("decisions: {} eligible, {} not eligible", eligible, refused);
  });
}

std::vector<ApplicationRecord> BankRound::applications_at_stage(ApplicationStage stage) {
  const std::lock_guard turn(books_.turn);
  Transaction transaction = books_.database.read();
  return applications_at(transaction, binding_.id, stage);
}

// A bank that wants no decisions is asked for loans all the same: its applications go on without a receipt.
void BankRound::pass_over_decisions() {
  const std::vector<ApplicationRecord> decided = applications_at_stage(ApplicationStage::decided);
  in_transaction("sync", [&](Transaction& transaction) -> std::string {
    std::uint64_t passed = 0;
    for (const ApplicationRecord& record : decided) {
      passed += counted({record_receipt(transaction, binding_.id, record.application.id, {})}, [&](std::size_t) { return record.application.id.text(); });
    }
    report_.not_sent.decisions += passed;
    return passed == 0 ? std::string() : fmt::format("decisions not sent, the adapter takes none: {}", passed);
  });
}

void BankRound::tell_decisions() {
  if (!takes_.decision) return pass_over_decisions();
  for (const auto& batch : in_batches(applications_at_stage(ApplicationStage::decided))) {
    std::vector<DecisionNotice> notices;
    for (const ApplicationRecord& record : batch) notices.push_back(notice_of(record));
    const auto answers = connection_.decision(notices);
    in_transaction("sync", [&](Transaction& transaction) -> std::string {
      std::uint64_t told = 0;
      for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i].failure) {
          item_failed("decision " + batch[i].application.id.text(), *answers[i].failure);
        } else {
          told += counted({record_receipt(transaction, binding_.id, batch[i].application.id, answers[i].value)},
                          [&](std::size_t) { return batch[i].application.id.text(); });
        }
      }
      report_.counts.told += told;
      return told == 0 ? std::string() : fmt::format("decisions told: {}", told);
    });
  }
}

void BankRound::ask_issues() {
  if (!takes_.issue) {
    report_.not_sent.issues = applications_at_stage(ApplicationStage::told).size();
    return;
  }
  for (const auto& batch : in_batches(applications_at_stage(ApplicationStage::told))) {
    std::vector<IssueRequest> requests;
    for (const ApplicationRecord& record : batch) {
      requests.push_back({stable_key("issue", {binding_.id.text(), record.application.id.text()}), record.application.id.text(),
                          decision_key(record.application), request_.as_of.days_since_1970()});
    }
    const auto answers = connection_.issue(requests);
    in_transaction("sync", [&](Transaction& transaction) -> std::string {
      std::uint64_t disbursed = 0;
      std::uint64_t declined = 0;
      for (std::size_t i = 0; i < answers.size(); ++i) {
        const ApplicationId& application = batch[i].application.id;
        if (answers[i].failure) {
          item_failed("issue " + application.text(), *answers[i].failure);
          continue;
        }
        const IssueResult& result = answers[i].value;
        const std::uint64_t accepted = counted({record_issue(transaction, binding_.id, application, result)}, [&](std::size_t) { return application.text(); });
        if (result.state == IssueState::disbursed) disbursed += accepted;
        if (result.state == IssueState::declined) declined += accepted;
        if (result.state == IssueState::pending) ++report_.counts.pending;
      }
      report_.counts.disbursed += disbursed;
      report_.counts.declined += declined;
      return disbursed + declined == 0 ? std::string() : fmt::format("issues: {} disbursed, {} declined", disbursed, declined);
    });
  }
}

void BankRound::poll_events() {
  poll_stream<LoanEvent>(
      "events", [&](const PollRequest& from) { return connection_.poll_events(from); },
      [&](Transaction& transaction, const std::vector<LoanEvent>& records) {
        const auto filings = register_events(transaction, records);
        const std::uint64_t accepted = counted(filings, [&](std::size_t i) { return records[i].id.text(); });
        report_.counts.events += accepted;
        return accepted;
      });
}

void BankRound::poll_claims() {
  poll_stream<StatedClaim>(
      "claims", [&](const PollRequest& from) { return connection_.poll_claims(from); },
      [&](Transaction& transaction, const std::vector<StatedClaim>& records) {
        std::vector<Claim> claims;
        for (const StatedClaim& stated : records) {
          if (request_.open_to_all && request_.open_to_all(stated) && !register_stated_loan(transaction, stated)) continue;
          claims.push_back(stated.claim);
        }
        const auto filings = submit_claims(transaction, claims);
        const std::uint64_t accepted = counted(filings, [&](std::size_t i) { return claims[i].id.text(); });
        report_.counts.claims += accepted;
        return accepted;
      });
}

template <typename Notice, typename Call>
void BankRound::deliver(const char* what, const std::vector<Delivery<Notice>>& deliveries, std::uint64_t& count, Call call) {
  for (const auto& batch : in_batches(deliveries)) {
    std::vector<Notice> notices;
    for (const Delivery<Notice>& delivery : batch) notices.push_back(delivery.notice);
    const auto answers = call(notices);
    in_transaction("sync", [&](Transaction& transaction) -> std::string {
      std::uint64_t taken = 0;
      for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i].failure) {
          item_failed(std::string(what) + " " + batch[i].record, *answers[i].failure);
          continue;
        }
        write_delivery(transaction, binding_.id, batch[i].record, answers[i].value, request_.as_of);
        ++taken;
      }
      count += taken;
      return taken == 0 ? std::string() : fmt::format("{} told: {}", what, taken);
    });
  }
}

void BankRound::tell_results() {
  std::vector<Delivery<SettledNotice>> settled;
  std::vector<Delivery<ScoredNotice>> scored;
  {
    const std::lock_guard turn(books_.turn);
    Transaction transaction = books_.database.read();
    if (takes_.settled) settled = settled_to_deliver(transaction, binding_.id);
    else report_.not_sent.settled = count_settled_to_deliver(transaction, binding_.id);
    scored = scored_to_deliver(transaction, binding_.id);
  }
  deliver("settled", settled, report_.counts.settled, [&](const std::vector<SettledNotice>& notices) { return connection_.settled(notices); });
  if (!takes_.scored) {  // they wait, should its configuration take them one day
    report_.not_sent.scored = scored.size();
    return;
  }
  deliver("scored", scored, report_.counts.scored, [&](const std::vector<ScoredNotice>& notices) { return connection_.scored(notices); });
}

// Under an open scheme a loan may first be heard of in its claim. It is registered with what the claim states: the amount
// lent, and as repaid whatever of it is no longer outstanding and no event has told. False: what is stated cannot be a loan.
bool BankRound::register_stated_loan(Transaction& transaction, const StatedClaim& stated) {
  const Claim& claim = stated.claim;
  if (find_loan(transaction, claim.bank, claim.loan)) return true;
  Fen told;
  for (const LoanEvent& event : events_of(transaction, claim.bank, claim.loan)) {
    if (event.kind == EventKind::repayment && event.occurred_on <= claim.claimed_on) told += event.amount.value_or(Fen());
  }
  Loan loan;
  loan.bank = claim.bank;
  loan.id = claim.loan;
  loan.borrower_kind = valid_social_credit_code(stated.borrower_id) ? BorrowerKind::employer : BorrowerKind::talent;
  loan.borrower_id = stated.borrower_id;
  loan.amount = std::max(stated.loan_amount.value_or(Fen(0)), claim.outstanding_principal + told);
  loan.disbursed_on = stated.disbursed_on;
  std::vector<Loan> loans{loan};
  seal(transaction, loans);
  if (counted(register_loans(transaction, loans), [&](std::size_t) { return claim.id.text(); }) == 0) return false;
  if (loan.amount == claim.outstanding_principal + told) return true;
  LoanEvent repaid;
  repaid.bank = claim.bank;
  repaid.id = EventId("repaid-before-" + claim.id.text());
  repaid.loan = claim.loan;
  repaid.kind = EventKind::repayment;
  repaid.occurred_on = claim.defaulted_on;
  repaid.amount = loan.amount - claim.outstanding_principal - told;
  counted(register_events(transaction, {repaid}), [&](std::size_t) { return claim.id.text(); });
  return true;
}

}  // namespace talent_loan::host
