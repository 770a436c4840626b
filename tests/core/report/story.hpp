// A small bureau's two years, so that every report has something to tell: three banks known in three ways, claims that
// are compensated, rejected, wait, are reversed, recovered, written off and closed; an award claimed and paid in part.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "core/report/reporting.hpp"
#include "core/settlement/claim_closing.hpp"
#include "core/settlement/payment_message.hpp"
#include "core/settlement/recovery.hpp"
#include "core/talent/bank_filings.hpp"
#include "tests/core/settlement/book_fixture.hpp"
#include "tests/core/settlement/status_report.hpp"

namespace talent_loan::testing {

// Stands still until it is set: "2021-01-05", nine in the morning in China, a minute later each time it is set.
class StoryClock : public Clock {
 public:
  Instant now() const override { return now_; }
  void set(const std::string& text) {
    const auto midnight = std::chrono::sys_days(day(text).date());
    now_ = midnight + std::chrono::hours(1) + std::chrono::minutes(++times_);
  }

 private:
  Instant now_{};
  int times_ = 0;
};

inline PolicyText story_policy() {
  PolicyText policy;
  policy.trigger = "{overdue_days_over: 90, class_at_least: substandard, cite: \"§7\"}";
  policy.fund = "{name: city-fund, when_short: queue}";
  policy.costs = "deducted-first, cite: \"§9\"";
  return policy;
}

inline Site story_site() {
  Site site;
  site.city = {"淄博市", "Zibo"};
  site.users = {{UserId("li"), "李某", {Role::maker}}, {UserId("wang"), "王某", {Role::checker}}};
  site.payers = {{.id = "city", .name = {"市财政", "city finance"}}, {.id = "province", .name = {"省财政", "provincial finance"}}};
  site.funds = {{.id = "city-fund", .name = {"市风险补偿资金", "city compensation fund"}}};
  site.banks = {{.id = "icbc", .name = {"工商银行淄博分行", "ICBC Zibo"}}};
  return site;
}

class Story {
 public:
  explicit Story(const std::string& url) : bureau_(url, {story_policy()}, {.clock = &clock_}) { play(); }

  Bureau& bureau() { return bureau_; }

  // Calls with one consistent state of the books.
  void read(Language language, const std::function<void(const Reporting&)>& visit) {
    Transaction transaction = bureau_.database().read();
    BankNames names = filed_bank_names(transaction);
    names[BankId("rural")] = {"淄城农商银行", "Zicheng Rural Bank"};
    visit({transaction, site_, bureau_.policies(), names, language});
  }

 private:
  void write(const std::string& on, const std::function<void(Transaction&)>& change) {
    clock_.set(on);
    Transaction transaction = bureau_.database().write();
    change(transaction);
    transaction.commit();
  }

  void deposit_on(const std::string& on, const std::string& reference, std::int64_t whole, const std::string& source) {
    write(on, [&](Transaction& transaction) {
      deposit(transaction, {.fund = "city-fund", .reference = reference, .amount = yuan(whole), .received_on = day(on), .source = parse_deposit_source(source).value()}, std::nullopt);
    });
  }

  void settle_and_approve(const std::string& batch, const std::string& as_of, const std::string& approved_on) {
    SettlementRequest request = bureau_.request(batch, as_of);
    request.user = UserId("li");
    request.book = false;
    write(as_of, [&](Transaction& transaction) { settle(transaction, request); });
    write(approved_on, [&](Transaction& transaction) { approve(transaction, BatchId(batch), UserId("wang"), std::nullopt); });
  }

  void report_payments(const std::string& on, const std::vector<std::pair<std::string, std::string>>& statuses) {
    write(on, [&](Transaction& transaction) { apply_status_report(transaction, status_report(statuses), "status-" + on + ".xml", UserId("li")); });
  }

  void recover(const std::string& id, const std::string& bank, const std::string& claim, const std::string& on, std::int64_t fen, std::int64_t costs) {
    write(on, [&](Transaction& transaction) {
      const RecoveryOutcome outcome = book_recovery(
          transaction, {.id = RecoveryId(id), .claim = ClaimId(claim), .bank = BankId(bank), .received_on = day(on), .amount = Fen(fen), .costs = Fen(costs)},
          {.policies = &bureau_.policies(), .user = UserId("li")});
      if (outcome.what != RecoveryOutcome::What::booked) throw Failure(outcome.message, {});
    });
  }

  void close(const std::string& claim, const std::string& on, ClosingGround ground, const std::string& why) {
    write(on, [&](Transaction& transaction) {
      close_claim(transaction, {.claim = ClaimId(claim), .ground = ground, .on = day(on), .why = why, .user = UserId("li")}, bureau_.policies());
    });
  }

  void play() {
    write("2020-01-02", [](Transaction& transaction) { file_bank(transaction, {BankId("ccb"), "建设银行淄博分行", {day("2020-01-01"), std::nullopt}}, "wang"); });
    deposit_on("2020-01-05", "budget-2020", 1200000, "budget");
    bureau_.bad_claim("icbc", "A", 1000000);
    bureau_.bad_loan("ccb", "B", 333333);
    bureau_.claim("ccb", "B", "B", yuan(333333));
    bureau_.claim("ccb", "C", "no-such-loan", yuan(5000));
    bureau_.bad_claim("rural", "D", 500000);
    settle_and_approve("2020-12", "2020-12-31", "2021-01-04");
    report_payments("2021-01-06", {{"2020-12-0001", "ACSC"}, {"2020-12-0002", "RJCT"}});
    report_payments("2021-01-08", {{"2020-12-0002", "ACCC"}});
    deposit_on("2021-02-01", "province-1", 300000, "award:province");
    deposit_on("2021-03-01", "budget-2021", 300000, "budget");
    settle_and_approve("2021-03", "2021-03-31", "2021-04-01");  // D no longer waits
    recover("R1", "icbc", "A", "2021-05-10", 20000000, 1000000);
    recover("R2", "ccb", "B", "2021-05-11", 33333300, 0);
    close("B", "2021-05-31", ClosingGround::fully_recovered, "loan repaid in full");
    deposit_on("2021-06-15", "returns-1", 100000, "returns:icbc");
    write("2021-06-20", [&](Transaction& transaction) {
      LoanEvent write_off{.bank = BankId("icbc"), .id = EventId("w"), .loan = LoanId("A"), .kind = EventKind::write_off, .occurred_on = day("2021-06-30")};
      write_off.amount = yuan(800000);
      register_events(transaction, {write_off});
    });
    recover("R3", "icbc", "A", "2021-07-10", 3000000, 0);  // after the write-off
    write("2021-07-20", [&](Transaction& transaction) {
      reverse_recovery(transaction, {RecoveryId("R3"), "R3-x", "cheque returned"}, {.policies = &bureau_.policies(), .user = UserId("wang")});
    });
    write("2021-08-01", [&](Transaction& transaction) {
      reverse(transaction, {.batch = BatchId("2021-03"), .reversal = "2021-03-r", .why = "wrong default day", .user = UserId("wang")});
    });
  }

  StoryClock clock_;
  Bureau bureau_;
  Site site_ = story_site();
};

}  // namespace talent_loan::testing
