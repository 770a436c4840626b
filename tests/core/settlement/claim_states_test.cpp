// The life of a claim: its states, told the same by the list and by its history, and the closings that end it.
#include <catch2/catch.hpp>

#include "core/settlement/claim_states.hpp"
#include "core/settlement/payment_message.hpp"
#include "core/settlement/recovery.hpp"
#include "core/store/audit.hpp"
#include "tests/core/settlement/book_fixture.hpp"
#include "tests/core/settlement/status_report.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

RecoveryRules rules(Bureau& bureau) { return {.policies = &bureau.policies(), .user = UserId("li")}; }

void write(Bureau& bureau, const std::function<void(Transaction&)>& change) {
  Transaction transaction = bureau.database().write();
  change(transaction);
  transaction.commit();
}

// The state of the claim, as the list and the history both tell it, with all their figures.
std::string state(Bureau& bureau, const std::string& claim = "A", const std::string& bank = "icbc") {
  Transaction transaction = bureau.database().read();
  const auto history = claim_history(transaction, BankId(bank), ClaimId(claim), bureau.policies());
  REQUIRE(history);
  const ClaimStatus& one = history->status;
  bool listed = false;
  each_claim_status(transaction, BankId(bank), [&](const ClaimStatus& status) {
    if (status.claim.id != ClaimId(claim)) return;
    listed = true;
    CHECK(word(status.state) == word(one.state));
    CHECK(status.batch == one.batch);
    CHECK(status.code == one.code);
    CHECK(status.waiting_for == one.waiting_for);
    CHECK(status.principal_loss == one.principal_loss);
    CHECK(status.paid == one.paid);
    CHECK(status.bank_bears == one.bank_bears);
    CHECK(status.recovered == one.recovered);
    CHECK(status.costs == one.costs);
    CHECK(status.returned == one.returned);
  });
  CHECK(listed);
  CHECK(history->changes.back().state == one.state);
  return std::string(word(one.state));
}

std::vector<std::string> states_of(Bureau& bureau) {
  Transaction transaction = bureau.database().read();
  const auto history = claim_history(transaction, BankId("icbc"), ClaimId("A"), bureau.policies());
  std::vector<std::string> words;
  for (const ClaimChange& change : history->changes) words.emplace_back(word(change.state));
  return words;
}

void prepare(Bureau& bureau, const std::string& batch) {
  SettlementRequest request = bureau.request(batch);
  request.book = false;
  bureau.settle_as(request);
}

void approve_by_other(Bureau& bureau, const std::string& batch) {
  write(bureau, [&](Transaction& transaction) { approve(transaction, BatchId(batch), UserId("checker"), std::nullopt); });
}

void report_payment(Bureau& bureau, const std::string& id, const std::string& status) {
  write(bureau, [&](Transaction& transaction) {
    apply_status_report(transaction, status_report({{id, status}}), "status.xml", UserId("li"));
  });
}

RecoveryOutcome recover(Bureau& bureau, const std::string& id, Fen amount, Fen costs = {}) {
  RecoveryOutcome outcome;
  write(bureau, [&](Transaction& transaction) {
    outcome = book_recovery(transaction, {.id = RecoveryId(id), .claim = ClaimId("A"), .bank = {}, .received_on = day("2021-03-01"), .amount = amount, .costs = costs}, rules(bureau));
  });
  return outcome;
}

ClaimClosing closing(ClosingGround ground, const std::string& on = "2021-06-30") {
  return {.claim = ClaimId("A"), .bank = {}, .ground = ground, .on = day(on), .why = "bankruptcy closed", .user = UserId("li")};
}

bool close(Bureau& bureau, const ClaimClosing& wanted) {
  bool closed = false;
  write(bureau, [&](Transaction& transaction) { closed = close_claim(transaction, wanted, bureau.policies()); });
  return closed;
}

void reopen(Bureau& bureau, const std::string& why = "the borrower pays again") {
  write(bureau, [&](Transaction& transaction) { reopen_claim(transaction, {.claim = ClaimId("A"), .bank = {}, .why = why, .user = UserId("wang")}); });
}

void settled(Bureau& bureau) {
  bureau.bad_claim("icbc", "A", 1000);
  bureau.settle_batch("b");
}

std::int64_t audited(Bureau& bureau, const std::string& action) {
  Transaction transaction = bureau.database().read();
  return transaction.query_one("SELECT COUNT(*) FROM audit_entries WHERE action = :action", {action})->integer(0);
}

}  // namespace

TEST_CASE("a claim moves from submitted to paid, recovering and closed, each step with who, when and by which clause") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    CHECK(state(bureau) == "submitted");
    prepare(bureau, "b");
    CHECK(state(bureau) == "accepted");
    approve_by_other(bureau, "b");
    CHECK(state(bureau) == "settled");
    report_payment(bureau, "b-0001", "RJCT");
    CHECK(state(bureau) == "settled");
    report_payment(bureau, "b-0001", "ACSC");
    CHECK(state(bureau) == "paid");
    recover(bureau, "R1", yuan(100), yuan(10));
    CHECK(state(bureau) == "recovering");
    CHECK(close(bureau, closing(ClosingGround::no_further_recovery)));
    CHECK(state(bureau) == "closed");
    CHECK(states_of(bureau) == std::vector<std::string>{"submitted", "accepted", "approved", "settled", "settled", "paid", "recovering", "closed"});
    Transaction transaction = bureau.database().read();
    const auto changes = claim_history(transaction, BankId("icbc"), ClaimId("A"), bureau.policies())->changes;
    CHECK(changes[0].by_bank);
    CHECK(changes[1].by == UserId("maker"));
    CHECK(changes[1].cite == "v2020 §4");
    CHECK(changes[2].by == UserId("checker"));
    CHECK(changes[2].amount == yuan(800));
    CHECK(changes[2].cite == "v2020 §4");
    CHECK(changes[2].why.english == "prepared by another user; approving books at once");
    CHECK(changes[3].amount == yuan(800));
    CHECK(changes[5].by == UserId("li"));
    CHECK(changes[6].why.english == "costs 10.00, returned 72.00");
    CHECK(changes[7].why.english == "bankruptcy closed");
    for (std::size_t i = 1; i < changes.size(); ++i) CHECK_FALSE(changes[i].recorded_at.empty());
  });
}

TEST_CASE("where no second user is required, the history says so instead of telling of an approval by another") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    settled(bureau);
    Transaction transaction = bureau.database().read();
    const auto changes = claim_history(transaction, BankId("icbc"), ClaimId("A"), bureau.policies())->changes;
    CHECK(changes[2].state == ClaimState::approved);
    CHECK(changes[2].why.english == "no second user is required: prepared and booked at once");
    CHECK(changes[2].why.chinese == "不要求另人复核，准备即记账");
  });
}

TEST_CASE("a rejected claim keeps its code, reason and clause; one that waits for its fund is still submitted") {
  PolicyText policy;
  policy.fund = "{name: city-fund, when_short: queue}";
  policy.trigger = "{overdue_days_over: 90, cite: \"§7\"}";
  on_both({policy}, [](Bureau& bureau) {
    bureau.deposit_into("city-fund", 100);
    bureau.bad_claim("icbc", "A", 1000);
    bureau.claim("icbc", "B", "none", yuan(5));
    {
      Transaction transaction = bureau.database().write();
      register_loans(transaction, {Loan{.bank = BankId("icbc"), .id = LoanId("C"), .borrower_id = "x", .amount = yuan(100), .disbursed_on = day("2020-06-01")}});
      transaction.commit();
    }
    bureau.claim("icbc", "C", "C", yuan(100));
    bureau.settle_batch("b");
    CHECK(state(bureau) == "submitted");
    CHECK(state(bureau, "B") == "rejected");
    CHECK(state(bureau, "C") == "rejected");
    Transaction transaction = bureau.database().read();
    const auto waits = claim_history(transaction, BankId("icbc"), ClaimId("A"), bureau.policies());
    CHECK(waits->status.waiting_for == "city-fund");
    CHECK(waits->changes.back().amount == yuan(800));
    const auto rejected = claim_history(transaction, BankId("icbc"), ClaimId("C"), bureau.policies());
    CHECK(rejected->status.code == "TRIGGER_NOT_MET");
    CHECK(rejected->changes.back().cite == "v2020 §7");
  });
}

TEST_CASE("a reversed batch makes its claims submitted again, and the next batch decides them") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    settled(bureau);
    write(bureau, [](Transaction& transaction) { reverse(transaction, {.batch = BatchId("b"), .reversal = "r", .why = "wrong day", .user = UserId("wang")}); });
    CHECK(state(bureau) == "submitted");
    bureau.settle_batch("c");
    CHECK(state(bureau) == "settled");
    CHECK(states_of(bureau) == std::vector<std::string>{"submitted", "accepted", "approved", "settled", "submitted", "accepted", "approved", "settled"});
  });
}

TEST_CASE("a claim is paid when every payer's payment is") {
  PolicyText policy;
  policy.shares = "    - {payer: city, ratio: 40%}\n    - {payer: district, ratio: 40%}\n";
  on_both({policy}, [](Bureau& bureau) {
    settled(bureau);
    report_payment(bureau, "b-0001", "ACSC");
    CHECK(state(bureau) == "settled");
    report_payment(bureau, "b-0002", "ACSC");
    CHECK(state(bureau) == "paid");
  });
}

TEST_CASE("a claim of which nobody pays anything stays settled") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_loan("icbc", "A", 1);
    bureau.claim("icbc", "A", "A", yuan(1), Fen(99));
    bureau.settle_batch("b");
    CHECK(state(bureau) == "settled");
  });
}

TEST_CASE("recoveries after a write-off are shared as before, and it stays written off") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    settled(bureau);
    write(bureau, [](Transaction& transaction) {
      LoanEvent event{.bank = BankId("icbc"), .id = EventId("w"), .loan = LoanId("A"), .kind = EventKind::write_off, .occurred_on = day("2021-02-01")};
      event.amount = yuan(1000);
      register_events(transaction, {event});
    });
    CHECK(state(bureau) == "written-off");
    const RecoveryOutcome outcome = recover(bureau, "R1", yuan(100));
    CHECK(outcome.what == RecoveryOutcome::What::booked);
    CHECK(outcome.returns[0].amount == yuan(50));
    CHECK(outcome.returns[1].amount == yuan(30));
    CHECK(state(bureau) == "written-off");
    Transaction transaction = bureau.database().read();
    const auto loan = find_loan(transaction, BankId("icbc"), LoanId("A"));
    CHECK(state_on(*loan, events_of(transaction, BankId("icbc"), LoanId("A")), day("2021-12-31")).outstanding_principal == yuan(1000));  // the debt remains
  });
}

TEST_CASE("the bureau can record a write-off that the bank did not report; recoveries leave it standing") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    settled(bureau);
    close(bureau, closing(ClosingGround::written_off));
    CHECK(state(bureau) == "written-off");
    CHECK(recover(bureau, "R1", yuan(100)).returns[0].amount == yuan(50));
    CHECK(state(bureau) == "written-off");
    reopen(bureau);
    CHECK(state(bureau) == "recovering");
  });
}

TEST_CASE("a closing is kept once, needs a reason and a compensated claim, and is told as it stands") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    CHECK_THROWS_WITH(close(bureau, closing(ClosingGround::no_further_recovery)), Catch::Contains("no compensated claim"));
    prepare(bureau, "b");
    CHECK_THROWS_WITH(close(bureau, closing(ClosingGround::no_further_recovery)), Catch::Contains("no compensated claim"));
    approve_by_other(bureau, "b");
    ClaimClosing wanted = closing(ClosingGround::no_further_recovery);
    wanted.why = " \n";
    CHECK_THROWS_WITH(close(bureau, wanted), Catch::Contains("no reason"));
    CHECK_THROWS_WITH(close(bureau, closing(ClosingGround::no_further_recovery, "2020-11-30")), Catch::Contains("before the default"));
    CHECK(close(bureau, closing(ClosingGround::no_further_recovery)));
    CHECK_FALSE(close(bureau, closing(ClosingGround::no_further_recovery)));
    CHECK_THROWS_WITH(close(bureau, closing(ClosingGround::written_off)), Catch::Contains("is closed on 2021-06-30"));
    CHECK(audited(bureau, "recover close") == 1);
    reopen(bureau);
    CHECK(state(bureau) == "settled");
    CHECK_THROWS_WITH(reopen(bureau), Catch::Contains("is not closed"));
    CHECK(audited(bureau, "recover reopen") == 1);
    Transaction transaction = bureau.database().read();
    CHECK_FALSE(verify_audit(transaction).broken);
  });
}

TEST_CASE("fully recovered is believed only where the net of costs makes the whole loss good") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    settled(bureau);
    recover(bureau, "R1", yuan(1000), yuan(1));
    CHECK_THROWS_WITH(close(bureau, closing(ClosingGround::fully_recovered)), Catch::Contains("999.00 is recovered net of a loss of 1000.00"));
    recover(bureau, "R2", yuan(1));
    CHECK(close(bureau, closing(ClosingGround::fully_recovered)));
    CHECK(state(bureau) == "closed");
  });
}

TEST_CASE("money that comes after a closing is shared and reopens it; so does the reversal of a recovery") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    settled(bureau);
    close(bureau, closing(ClosingGround::no_further_recovery));
    CHECK(recover(bureau, "R1", yuan(100)).returns[0].amount == yuan(50));
    CHECK(state(bureau) == "recovering");
    close(bureau, closing(ClosingGround::no_further_recovery));
    CHECK(recover(bureau, "R1", yuan(100)).what == RecoveryOutcome::What::repeated);
    CHECK(state(bureau) == "closed");  // nothing new came
    write(bureau, [&](Transaction& transaction) { reverse_recovery(transaction, {RecoveryId("R1"), "R1-x", "bounced"}, rules(bureau)); });
    CHECK(state(bureau) == "settled");
    CHECK(audited(bureau, "recover reopen") == 2);
  });
}

TEST_CASE("a batch with a closed claim is reversed only once the closing is taken back") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    settled(bureau);
    close(bureau, closing(ClosingGround::no_further_recovery));
    const ReversalRequest request{.batch = BatchId("b"), .reversal = "r", .why = "w", .user = UserId("wang")};
    CHECK_THROWS_WITH(write(bureau, [&](Transaction& transaction) { reverse(transaction, request); }), Catch::Contains("1 claims of batch b are closed"));
    reopen(bureau);
    write(bureau, [&](Transaction& transaction) { reverse(transaction, request); });
    CHECK(state(bureau) == "submitted");
  });
}

TEST_CASE("where two banks have a claim of one id, a closing says which") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.bad_claim("ccb", "A", 500);
    bureau.settle_batch("b");
    ClaimClosing wanted = closing(ClosingGround::no_further_recovery);
    CHECK_THROWS_WITH(close(bureau, wanted), Catch::Contains("--bank"));
    wanted.bank = BankId("ccb");
    CHECK(close(bureau, wanted));
    CHECK(state(bureau, "A", "ccb") == "closed");
    CHECK(state(bureau, "A", "icbc") == "settled");
  });
}

TEST_CASE("what an earlier version of the program booked, without who and when, is told in its place") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    settled(bureau);
    report_payment(bureau, "b-0001", "ACSC");
    recover(bureau, "R1", yuan(100));
    close(bureau, closing(ClosingGround::no_further_recovery));
    write(bureau, [](Transaction& transaction) {
      transaction.execute("UPDATE recoveries SET booked_by = '', booked_at = ''");
      transaction.execute("DELETE FROM payment_reports");
    });
    CHECK(state(bureau) == "closed");
    CHECK(states_of(bureau) == std::vector<std::string>{"submitted", "accepted", "approved", "settled", "paid", "recovering", "closed"});
    Transaction transaction = bureau.database().read();
    const auto history = claim_history(transaction, BankId("icbc"), ClaimId("A"), bureau.policies());
    CHECK(history->changes[4].by.empty());
    CHECK(history->changes[5].recorded_at.empty());
  });
}
