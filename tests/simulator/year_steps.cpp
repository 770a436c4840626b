// The commands of a simulated year.
#include <fmt/format.h>

#include "core/ledger/fund.hpp"
#include "core/loan/book.hpp"
#include "core/settlement/recovery.hpp"
#include "core/settlement/batch.hpp"
#include "tests/simulator/year.hpp"

namespace talent_loan::simulator {
namespace {

constexpr Day first_day(18262);  // 2020-01-01

Day real_day(int day) { return first_day.plus_days(day); }

std::optional<Day> closing_date(const Model& model) { return model.closed_to < 0 ? std::nullopt : std::optional(real_day(model.closed_to)); }

// A command: one transaction, committed.
Work command(std::function<void(Transaction&)> work) {
  return [work = std::move(work)](Database& database) {
    Transaction transaction = database.write();
    work(transaction);
    transaction.commit();
  };
}

Loan real_loan(const LoanKey& key, const ModelLoan& made) {
  Loan loan{.bank = BankId(key.first), .id = LoanId(key.second), .borrower_id = made.borrower, .amount = Fen(made.amount), .term_months = made.months,
            .disbursed_on = real_day(made.disbursed)};
  if (made.key_tag) loan.tags = {"key"};
  return loan;
}

std::vector<LoanEvent> real_events(const LoanKey& key, const ModelLoan& made) {
  std::vector<LoanEvent> events;
  for (const ModelEvent& event : made.events) {
    LoanEvent real{.bank = BankId(key.first), .id = EventId(fmt::format("{}-{}", key.second, events.size())), .loan = LoanId(key.second), .occurred_on = real_day(event.day)};
    switch (event.kind) {
      case ModelEvent::Kind::repayment: real.kind = EventKind::repayment, real.amount = Fen(event.value); break;
      case ModelEvent::Kind::overdue: real.kind = EventKind::overdue, real.overdue_days = event.value; break;
      case ModelEvent::Kind::classification: real.kind = EventKind::classification, real.loan_class = static_cast<LoanClass>(event.value); break;
    }
    events.push_back(real);
  }
  return events;
}

}  // namespace

Work Year::submitting(const LoanKey& loan, const std::optional<ModelLoan>& made, const ClaimKey& key, const ModelClaim& claim) const {
  return command([=](Transaction& transaction) {
    if (made) {
      register_loans(transaction, {real_loan(loan, *made)});
      register_events(transaction, real_events(loan, *made));
    }
    submit_claims(transaction, {Claim{.bank = BankId(loan.first), .id = ClaimId(std::get<2>(key)), .loan = LoanId(loan.second),
                                      .defaulted_on = real_day(claim.defaulted), .claimed_on = real_day(claim.claimed),
                                      .outstanding_principal = Fen(claim.outstanding), .recovered_principal = Fen(claim.recovered)}});
  });
}

void Year::lend_and_claim() {
  constexpr const char* banks[] = {"boc", "ccb", "icbc"};
  const LoanKey key{banks[between(random_, 0, 2)], next_id('L')};
  ModelLoan loan{.borrower = fmt::format("borrower-{}", between(random_, 1, 5)), .amount = between(random_, 1, one_in(random_, 3) ? 2'000'000 : 300'000),
                 .disbursed = static_cast<int>(between(random_, 0, today_)), .months = static_cast<int>(between(random_, 6, 40)), .key_tag = one_in(random_, 3)};
  ModelClaim claim{.loan = key};
  claim.defaulted = loan.disbursed + static_cast<int>(between(random_, one_in(random_, 12) ? -5 : 1, 60));
  claim.claimed = std::max(0, claim.defaulted + static_cast<int>(between(random_, one_in(random_, 12) ? -5 : 0, 90)));
  claim.defaulted = std::max(0, claim.defaulted);
  if (one_in(random_, 3)) loan.events.push_back({ModelEvent::Kind::repayment, loan.disbursed + static_cast<int>(between(random_, 0, 40)), between(random_, 1, loan.amount)});
  loan.events.push_back({ModelEvent::Kind::overdue, claim.defaulted, one_in(random_, 6) ? between(random_, 0, 90) : between(random_, 91, 200)});
  if (one_in(random_, 3)) loan.events.push_back({ModelEvent::Kind::classification, claim.defaulted, between(random_, 1, 5)});
  claim.outstanding = loan.owed(claim.claimed) + (one_in(random_, 15) ? 1 : 0);
  if (one_in(random_, 8)) claim.recovered = between(random_, 0, claim.outstanding);
  if (one_in(random_, 30)) claim.recovered = claim.outstanding + 1;
  const ClaimKey claim_key{claim.claimed, key.first, next_id('C')};
  Model after = model_;
  const bool unknown = one_in(random_, 15);  // the bank claims a loan that it never reported
  if (!unknown) after.loans[key] = loan;
  after.claims[claim_key] = claim;
  perform(fmt::format("loan {} and claim {}", key.second, std::get<2>(claim_key)), true, after,
          submitting(key, unknown ? std::nullopt : std::optional(loan), claim_key, claim));
}

// A second claim on a loan that was claimed before.
void Year::claim_again() {
  const auto before = any_claim(false);
  if (!before) return;
  ModelClaim claim{.loan = model_.claims.at(*before).loan, .defaulted = model_.claims.at(*before).defaulted};
  claim.claimed = std::max(0, std::get<0>(*before) + static_cast<int>(between(random_, -3, 30)));
  const auto loan = model_.loans.find(claim.loan);
  claim.outstanding = loan == model_.loans.end() ? 100 : loan->second.owed(claim.claimed);
  const ClaimKey key{claim.claimed, claim.loan.first, next_id('C')};
  Model after = model_;
  after.claims[key] = claim;
  perform(fmt::format("another claim {}", std::get<2>(key)), true, after, submitting(claim.loan, std::nullopt, key, claim));
}

void Year::deposit_some() {
  const std::string reference = !model_.deposits.empty() && one_in(random_, 10) ? model_.deposits.begin()->first : next_id('D');
  const std::int64_t amount = between(random_, 1, one_in(random_, 3) ? 5'000'000 : 400'000);
  const int day = std::max(0, today_ - static_cast<int>(between(random_, 0, 60)));
  DepositSource source;
  std::string credited = "equity:deposits:fund";
  if (one_in(random_, 4)) source = {DepositSource::Kind::award, "province"}, credited = "assets:receivable:award:province";
  else if (one_in(random_, 4)) source = {DepositSource::Kind::returns, "ccb"}, credited = "assets:receivable:returns:ccb";
  Model after = model_;
  const bool known = model_.deposits.contains(reference);  // with another amount: a reference means one deposit
  const bool allowed = !known && after.deposit(reference, amount, day, credited);
  if (known && model_.deposits.at(reference) == std::pair(amount, day)) return;
  perform(fmt::format("deposit {}", reference), allowed, after, command([=, closed = closing_date(model_)](Transaction& transaction) {
            deposit(transaction, {.fund = "fund", .reference = reference, .amount = Fen(amount), .received_on = real_day(day), .source = source, .by = UserId("maker")}, closed);
          }));
}

void Year::close_books() {
  if (!one_in(random_, 3)) return;
  model_.closed_to = std::max(model_.closed_to, today_ - static_cast<int>(between(random_, 20, 120)));
}

void Year::settle_batch() {
  const std::string id = one_in(random_, 8) && !any_batch().empty() ? any_batch() : next_id('B');
  const int as_of = model_.batches.contains(id) ? model_.batches.at(id).as_of : today_ - static_cast<int>(one_in(random_, 3) ? between(random_, 0, 60) : 0);
  const bool book = one_in(random_, 2);
  Model after = model_;
  const bool allowed = after.settle(id, as_of, "maker", book);
  const SettlementRequest request{.batch = BatchId(id),
                                  .rules = {.policies = &policies_, .scheme = SchemeId("simulated"), .as_of = real_day(as_of),
                                            .claim_window_days = model_.rules.claim_window_days, .bank_filed = [](const BankId&, Day) { return true; }},
                                  .user = UserId("maker"), .book = book, .closed_to = closing_date(model_)};
  perform(fmt::format("settle {} as of {}", id, day_text(as_of)), allowed, after, command([=](Transaction& transaction) { settle(transaction, request); }));
}

void Year::settle_other_day() {
  const std::string id = any_batch();
  if (id.empty()) return;
  const int as_of = model_.batches.at(id).as_of + 1;
  const SettlementRequest request{.batch = BatchId(id),
                                  .rules = {.policies = &policies_, .scheme = SchemeId("simulated"), .as_of = real_day(as_of), .claim_window_days = std::nullopt,
                                            .bank_filed = [](const BankId&, Day) { return true; }},
                                  .user = UserId("maker")};
  perform("settle a known batch as of another day", false, model_, command([=](Transaction& transaction) { settle(transaction, request); }));
}

void Year::approve_one() {
  const std::string id = any_batch();
  if (id.empty()) return;
  const std::string user = one_in(random_, 6) ? "maker" : "checker";
  Model after = model_;
  const bool allowed = after.approve(id, user);
  perform(fmt::format("approve {} as {}", id, user), allowed, after, command([=, closed = closing_date(model_)](Transaction& transaction) {
            approve(transaction, BatchId(id), UserId(user), closed);
          }));
}

void Year::reverse_one() {
  const std::string id = any_batch();
  if (id.empty()) return;
  const std::string reversal = one_in(random_, 10) ? "R" + any_batch() : "R" + id;
  Model after = model_;
  const bool allowed = after.reverse(id, reversal);
  perform(fmt::format("reverse {} by {}", id, reversal), allowed, after, command([=, closed = closing_date(model_)](Transaction& transaction) {
            reverse(transaction, {.batch = BatchId(id), .reversal = reversal, .why = "simulated", .user = UserId("checker"), .closed_to = closed});
          }));
}

// A recoveries file of several rows, as banks send them; some of its claims are not compensated.
void Year::recover_some() {
  std::string csv = "recovery_id,claim_id,bank_id,received_on,amount,costs\n";
  Model after = model_;
  for (std::int64_t rows = between(random_, 1, 3); rows > 0; --rows) {
    const auto key = any_claim(!one_in(random_, 8));
    if (!key) return;
    const std::string id = next_id('V');
    const std::int64_t amount = between(random_, 0, one_in(random_, 3) ? 2'000'000 : 90'000), costs = one_in(random_, 3) ? between(random_, 0, 60'000) : 0;
    const int received = model_.claims.at(*key).defaulted + static_cast<int>(between(random_, 0, 200));
    csv += fmt::format("{},{},{},{},{}.{:02},{}.{:02}\n", id, std::get<2>(*key), std::get<1>(*key), day_text(received), amount / 100, amount % 100, costs / 100, costs % 100);
    after.recover(id, *key, amount, costs);
  }
  const std::string path = folder_.write("recoveries.csv", csv);
  perform("recover", true, after, command([=, this, closed = closing_date(model_)](Transaction& transaction) {
            book_recoveries(transaction, {.recoveries = path}, {.policies = &policies_, .user = UserId("maker"), .closed_to = closed});
          }));
}

void Year::reverse_recovered() {
  std::vector<std::string> standing;
  for (const auto& [id, key] : model_.recoveries) {
    if (!model_.claims.at(key).recoveries.at(id).reversed) standing.push_back(id);
  }
  if (standing.empty()) return;
  const std::string id = standing[static_cast<std::size_t>(between(random_, 0, static_cast<std::int64_t>(standing.size()) - 1))];
  Model after = model_;
  after.reverse_recovery(id);
  perform("reverse recovery " + id, true, after, command([=, this, closed = closing_date(model_)](Transaction& transaction) {
            reverse_recovery(transaction, {RecoveryId(id), "X" + id, "simulated"}, {.policies = &policies_, .user = UserId("checker"), .closed_to = closed});
          }));
}

}  // namespace talent_loan::simulator
