// The history of one claim, gathered from its batches, payments, recoveries, closings and its loan's write-offs.
#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/loan/book.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/settlement/claim_lines.hpp"
#include "core/settlement/claim_states.hpp"
#include "core/settlement/recovery_movements.hpp"

namespace talent_loan {
namespace {

// The day in China of an instant as the database writes it.
Day china_day(const std::string& utc) {
  const Day day = parse_day(utc.substr(0, 10)).value();
  return utc.size() > 13 && utc.compare(11, 2, "16") >= 0 ? day.plus_days(1) : day;
}

// "zibo-2020-56 §4"
std::string with_clauses(const PolicyVersion& version, const std::set<std::string>& clauses) {
  std::string cite = version.version.text();
  for (const std::string& clause : clauses) cite += clause.empty() ? "" : " " + clause;
  return cite;
}

std::string clauses_of_shares(const PolicySet& policies, const VersionId& id) {
  const PolicyVersion* version = policies.find(id);
  if (version == nullptr) return id.text();
  std::set<std::string> clauses{version->compensation.trigger.cite, version->compensation.cite};
  for (const Share& share : version->compensation.shares) clauses.insert(share.cite);
  return with_clauses(*version, clauses);
}

std::string clause_of_recovery(const PolicySet& policies, const VersionId& id) {
  const PolicyVersion* version = policies.find(id);
  return id.text() + (version == nullptr || version->recovery_cite.empty() ? "" : " " + version->recovery_cite);
}

// One change, what it does to what is known, and where it stands among the others. Its state follows from all before it.
struct Step {
  std::string order;  // when it was recorded, UTC
  ClaimChange change;
  std::function<void()> effect;
};

class Gatherer {
 public:
  Gatherer(Transaction& transaction, const PolicySet& policies, ClaimHistory& history)
      : transaction_(transaction), policies_(policies), history_(history), status_(history.status) {}

  void gather() {
    submission();
    decisions();
    recoveries();
    closings();
    std::stable_sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) { return a.order < b.order; });
    write_offs();
    for (Step& step : steps_) {
      if (step.effect) step.effect();
      step.change.state = state();
      history_.changes.push_back(std::move(step.change));
    }
    status_.state = state();
  }

 private:
  ClaimState state() const { return base_ == ClaimState::settled ? state_when_settled(closed_, written_off_, standing_ > 0, paid_) : base_; }

  // What an earlier version of the program did not date stands after the last booking.
  void add(ClaimChange change, std::function<void()> effect) {
    std::string order = change.recorded_at.empty() ? undated_ : change.recorded_at;
    steps_.push_back({std::move(order), std::move(change), std::move(effect)});
  }

  void submission() {
    const Claim& claim = status_.claim;
    add({.on = claim.claimed_on, .what = {"银行申报", "submitted by the bank"}, .amount = claim.outstanding_principal - claim.recovered_principal, .by_bank = true,
         .why = {fmt::format("违约 {}，未还本金 {}，已收回 {}", format_day(claim.defaulted_on), format_yuan(claim.outstanding_principal), format_yuan(claim.recovered_principal)),
                 fmt::format("defaulted {}, outstanding {}, recovered {}", format_day(claim.defaulted_on), format_yuan(claim.outstanding_principal),
                             format_yuan(claim.recovered_principal))}},
        nullptr);
  }

  // Lines, rejections and waits of the claim, batch by batch, with approval, payments and reversal.
  void decisions() {
    for (ClaimLine& found : lines_of_claim(transaction_, status_.number)) lines_.insert_or_assign(found.batch, std::move(found.line));
    std::set<std::int64_t> concerned;
    for (const auto& [batch, line] : lines_) concerned.insert(batch);
    for (const char* table : {"settlement_rejects", "settlement_waiting"}) {
      transaction_.each(fmt::format("SELECT batch FROM {} WHERE claim = :claim", table), {status_.number}, [&](const Row& row) { concerned.insert(row.integer(0)); });
    }
    for (const std::int64_t batch : concerned) {
      decision(transaction_.query_one("SELECT number, batch_id, as_of, status, prepared_by, prepared_at, booked_by, booked_at, reversed_by, reversed_at, reversed_because, scheme"
                                      " FROM settlement_batches WHERE number = :number", {batch}).value());
    }
  }

  void decision(const Row& batch) {
    const auto found = lines_.find(batch.integer(0));
    const StoredLine* line = found == lines_.end() ? nullptr : &found->second;
    if (line != nullptr) accepted(batch, *line);
    else if (!rejected(batch)) waiting(batch);
    if (line != nullptr && !batch.null(6)) booked(batch, *line);
    if (batch.text(3) == "reversed") reversed(batch);
  }

  void accepted(const Row& batch, const StoredLine& line) {
    const Fen paid = paid_of(line);
    const BatchId id = batch.id<BatchId>(1);
    add({.on = batch.day(2), .what = {"批次 " + id.text() + " 受理", "accepted in batch " + id.text()}, .amount = line.principal_loss, .by = batch.id<UserId>(4),
         .why = {fmt::format("应支付 {}，银行承担 {}", format_yuan(paid), format_yuan(line.bank_bears)),
                 fmt::format("{} to be paid, the bank bears {}", format_yuan(paid), format_yuan(line.bank_bears))},
         .cite = clauses_of_shares(policies_, line.version), .recorded_at = batch.text(5)},
        [this, id, &line, paid] {
          base_ = ClaimState::accepted;
          status_.batch = id;
          status_.principal_loss = line.principal_loss;
          status_.paid = paid;
          status_.bank_bears = line.bank_bears;
          status_.waiting_for.clear();
          history_.version = line.version;
          history_.payers = line.payers;
        });
  }

  bool rejected(const Row& batch) {
    const auto row = transaction_.query_one("SELECT code, chinese, english FROM settlement_rejects WHERE batch = :batch AND claim = :claim", {batch.integer(0), status_.number});
    if (!row) return false;
    const std::string code = row->text(0);
    const BatchId id = batch.id<BatchId>(1);
    add({.on = batch.day(2), .what = {"批次 " + id.text() + " 未通过：" + code, "rejected in batch " + id.text() + ": " + code}, .by = batch.id<UserId>(4),
         .why = {row->text(1), row->text(2)}, .cite = clauses_of_rejection(batch.id<SchemeId>(11), code), .recorded_at = batch.text(5)},
        [this, id, code] {
          base_ = ClaimState::rejected;
          status_.batch = id;
          status_.code = code;
          status_.waiting_for.clear();
        });
    return true;
  }

  // The version that governs the claim, and the clauses that it gives for what the code checks.
  std::string clauses_of_rejection(const SchemeId& scheme, const std::string& code) const {
    const Claim& claim = status_.claim;
    const auto loan = find_loan(transaction_, claim.bank, claim.loan);
    const PolicyVersion* version = loan ? policies_.governing(scheme, {loan->disbursed_on, claim.defaulted_on, claim.claimed_on}) : nullptr;
    if (version == nullptr) return "";
    std::set<std::string> clauses;
    if (code == word(ClaimCode::trigger_not_met)) clauses.insert(version->compensation.trigger.cite);
    if (code == word(ClaimCode::bank_suspended) && version->compensation.suspend) clauses.insert(version->compensation.suspend->cite);
    if (code == word(ClaimCode::loan_not_eligible)) {
      clauses.insert({version->eligibility.cite, version->limits.cite});
      for (const BorrowerRule& rule : version->eligibility.borrowers) clauses.insert(rule.cite);
    }
    return with_clauses(*version, clauses);
  }

  void waiting(const Row& batch) {
    const Row row = transaction_.query_one("SELECT fund, needed_fen FROM settlement_waiting WHERE batch = :batch AND claim = :claim", {batch.integer(0), status_.number}).value();
    const std::string fund = row.text(0);
    add({.on = batch.day(2), .what = {"批次 " + batch.text(1) + "：等待基金 " + fund, "waits in batch " + batch.text(1) + " for fund " + fund}, .amount = row.fen(1),
         .by = batch.id<UserId>(4), .why = {"基金余额不足", "the fund has not enough"}, .recorded_at = batch.text(5)},
        [this, fund] { status_.waiting_for = fund; });
  }

  // Where one user prepares and books, the bureau does without a second one.
  static Text reason_of_approval(const UserId& by, const UserId& prepared_by) {
    if (by == prepared_by) return {"不要求另人复核，准备即记账", "no second user is required: prepared and booked at once"};
    return {"由另一用户准备，复核即记账", "prepared by another user; approving books at once"};
  }

  void booked(const Row& batch, const StoredLine& line) {
    const std::string at = batch.text(7);
    undated_ = at;
    const UserId by = batch.id<UserId>(6);
    add({.on = china_day(at), .what = {"批次 " + batch.text(1) + " 复核通过", "batch " + batch.text(1) + " approved"}, .amount = paid_of(line), .by = by,
         .why = reason_of_approval(by, batch.id<UserId>(4)), .cite = clauses_of_shares(policies_, line.version), .recorded_at = at},
        [this] { base_ = ClaimState::approved; });
    std::set<std::string> to_pay;
    std::vector<std::pair<Payment, Fen>> payments;  // with the claim's part
    for (const Payment& payment : stored_payments(transaction_, batch.integer(0))) {
      const auto part = std::find_if(line.payers.begin(), line.payers.end(), [&](const PayerAmount& payer) { return payer.payer == payment.payer && payer.pays > Fen(); });
      if (payment.bank != status_.claim.bank || part == line.payers.end()) continue;
      to_pay.insert(payment.id);
      payments.emplace_back(payment, part->pays);
    }
    add({.on = batch.day(2), .what = {"记账，下达付款指令", "booked, payments instructed"}, .amount = paid_of(line), .by = by, .cite = clauses_of_shares(policies_, line.version), .recorded_at = at},
        [this, to_pay] {
          base_ = ClaimState::settled;
          to_pay_ = to_pay;
        });
    for (const auto& [payment, part] : payments) reports_of(batch.integer(0), payment, part);
  }

  // What banks reported of a payment that holds a part of the claim.
  void reports_of(std::int64_t batch, const Payment& payment, Fen part) {
    bool reported = false;
    transaction_.each("SELECT status, reason, source, reported_by, reported_at FROM payment_reports WHERE batch = :batch AND payment_id = :id ORDER BY number", {batch, payment.id}, [&](const Row& row) {
      reported = true;
      payment_change(payment, part, row.text(0), row.text(1) + (row.text(1).empty() ? "" : " ") + row.text(2), row.id<UserId>(3), row.text(4));
    });
    if (!reported && payment.status == "paid") payment_change(payment, part, "paid", "", {}, "");
  }

  void payment_change(const Payment& payment, Fen part, const std::string& status, const std::string& why, const UserId& by, const std::string& at) {
    const bool paid = status == "paid";
    add({.on = china_day(at.empty() ? undated_ : at), .what = {"付款 " + payment.id + (paid ? " 已付" : " 失败"), "payment " + payment.id + (paid ? " paid" : " failed")}, .amount = part,
         .by = by, .why = verbatim(why), .recorded_at = at},
        [this, paid, id = payment.id] {
          if (paid) to_pay_.erase(id), paid_ = to_pay_.empty();
        });
  }

  void reversed(const Row& batch) {
    const std::string at = batch.text(9);
    add({.on = china_day(at), .what = {"批次 " + batch.text(1) + " 冲销，待重新办理", "batch " + batch.text(1) + " reversed, to be decided anew"},
         .by = batch.id<UserId>(8), .why = verbatim(batch.optional_text(10).value_or("")), .recorded_at = at},
        [this] {
          base_ = ClaimState::submitted;
          paid_ = false;
          to_pay_.clear();
          status_.principal_loss = status_.paid = status_.bank_bears = Fen();
          status_.code.clear();
          status_.waiting_for.clear();
          status_.batch = {};
          history_.version = {};
          history_.payers.clear();
        });
  }

  void recoveries() {
    for (const RecoveryMovement& movement : recovery_movements_of(transaction_, status_.number)) {
      status_.recovered += movement.amount;
      status_.costs += movement.costs;
      status_.returned += movement.returned();
      ClaimChange change{.on = movement.received_on, .what = {"追偿 " + movement.recovery.text(), "recovery " + movement.recovery.text()}, .amount = movement.amount, .by = movement.by,
                         .why = {fmt::format("费用 {}，返还 {}", format_yuan(movement.costs), format_yuan(movement.returned())),
                                 fmt::format("costs {}, returned {}", format_yuan(movement.costs), format_yuan(movement.returned()))},
                         .cite = clause_of_recovery(policies_, last_version()), .recorded_at = movement.at};
      if (movement.reversal) {
        change.what = {"冲销追偿 " + movement.recovery.text(), "recovery " + movement.recovery.text() + " reversed"};
        change.why = {movement.why + "；" + change.why.chinese, movement.why + "; " + change.why.english};
        if (!movement.at.empty()) change.on = china_day(movement.at);
      }
      add(std::move(change), [this, reversal = movement.reversal] { standing_ += reversal ? -1 : 1; });
    }
  }

  void closings() {
    transaction_.each("SELECT ground, closed_on, why, closed_by, closed_at, reopened_because, reopened_by, reopened_at FROM claim_closings WHERE claim = :claim ORDER BY number",
                      {status_.number}, [&](const Row& row) {
                        const ClosingGround ground = parse_closing_ground(row.text(0)).value();
                        const Text name = ground_name(ground);
                        add({.on = row.day(1), .what = {"结案：" + name.chinese, "closed: " + name.english}, .by = row.id<UserId>(3), .why = verbatim(row.text(2)),
                             .cite = clause_of_recovery(policies_, last_version()), .recorded_at = row.text(4)},
                            [this, ground] { closed_ = ground; });
                        if (row.null(7)) return;
                        add({.on = china_day(row.text(7)), .what = {"撤销结案", "reopened"}, .by = row.id<UserId>(6), .why = verbatim(row.text(5)), .recorded_at = row.text(7)},
                            [this] { closed_.reset(); });
                      });
  }

  // The loan book knows their day only: each stands before the first change of a later day, once the claim was settled.
  void write_offs() {
    std::vector<LoanEvent> events = events_of(transaction_, status_.claim.bank, status_.claim.loan);
    std::erase_if(events, [](const LoanEvent& event) { return event.kind != EventKind::write_off; });
    std::stable_sort(events.begin(), events.end(), [](const LoanEvent& a, const LoanEvent& b) { return a.occurred_on < b.occurred_on; });
    for (const LoanEvent& event : events) {
      const auto later = std::find_if(steps_.begin(), steps_.end(), [&](const Step& step) { return step.order > undated_ && step.change.on > event.occurred_on; });
      steps_.insert(later, {"", {.on = event.occurred_on, .what = {"银行核销贷款（债务不消灭）", "the bank wrote the loan off (the debt remains)"}, .amount = event.amount, .by_bank = true},
                            [this] { written_off_ = true; }});
    }
  }

  // Of the line that was decided last, whether its batch stands or not.
  VersionId last_version() const { return lines_.empty() ? VersionId() : lines_.rbegin()->second.version; }

  static Fen paid_of(const StoredLine& line) {
    Fen paid;
    for (const PayerAmount& payer : line.payers) paid += payer.pays;
    return paid;
  }

  Transaction& transaction_;
  const PolicySet& policies_;
  ClaimHistory& history_;
  ClaimStatus& status_;
  std::map<std::int64_t, StoredLine> lines_;  // by batch
  std::vector<Step> steps_;
  std::string undated_;  // when the claim was booked last

  // As the steps leave it:
  ClaimState base_ = ClaimState::submitted;
  std::set<std::string> to_pay_;  // payments with a part of the claim that are not paid yet
  bool paid_ = false;
  bool written_off_ = false;
  int standing_ = 0;
  std::optional<ClosingGround> closed_;
};

}  // namespace

std::optional<ClaimHistory> claim_history(Transaction& transaction, const BankId& bank, const ClaimId& claim, const PolicySet& policies) {
  const auto row = transaction.query_one(
      "SELECT number, loan_id, defaulted_on, claimed_on, outstanding_principal_fen, recovered_principal_fen FROM claims WHERE bank_id = :bank AND claim_id = :claim", {bank, claim});
  if (!row) return std::nullopt;
  ClaimHistory history;
  history.status.number = row->integer(0);
  history.status.claim = {.bank = bank, .id = claim, .loan = row->id<LoanId>(1), .defaulted_on = row->day(2), .claimed_on = row->day(3),
                          .outstanding_principal = row->fen(4), .recovered_principal = row->fen(5)};
  Gatherer(transaction, policies, history).gather();
  return history;
}

}  // namespace talent_loan
