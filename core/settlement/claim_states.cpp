#include "core/settlement/claim_states.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "core/settlement/batch_rows.hpp"

namespace talent_loan {
namespace {

constexpr std::array<std::string_view, 10> words{"",        "submitted", "accepted",   "rejected", "approved",
                                                 "settled", "paid",      "recovering", "closed",   "written-off"};

// What a batch that stands decided of a claim.
struct Decided {
  std::size_t batch = 0;  // index
  bool accepted = false;
  bool paid_out = false;  // of an accepted one: every payment with a part of it is paid, and there is one
  std::string code{};
  Fen principal_loss{};
  Fen paid{};
  Fen bank_bears{};
};

struct Recovered {
  Fen amount;
  Fen costs;
  Fen returned;
};

// Everything that the states of many claims are told from, read once.
class Facts {
 public:
  explicit Facts(Transaction& transaction) : transaction_(transaction), batches_(batches(transaction)) {
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      if (batches_[i].status != BatchStatus::reversed) read_batch(i);
    }
    read_recoveries();
    transaction.each("SELECT claim, ground FROM claim_closings WHERE reopened_at IS NULL", {},
                     [&](const Row& row) { closings_[row.integer(0)] = parse_closing_ground(row.text(1)).value(); });
    transaction.each("SELECT DISTINCT bank_id, loan_id FROM loan_events WHERE kind = :kind", {word(EventKind::write_off)},
                     [&](const Row& row) { written_off_.emplace(row.text(0), row.text(1)); });
  }

  void tell(ClaimStatus& status) const {
    const auto found = decided_.find(status.number);
    if (found == decided_.end()) {
      const auto waits = waiting_.find(status.number);
      if (waits != waiting_.end()) status.waiting_for = waits->second;
      return;
    }
    const Decided& decided = found->second;
    status.batch = batches_[decided.batch].batch;
    status.code = decided.code;
    status.principal_loss = decided.principal_loss;
    status.paid = decided.paid;
    status.bank_bears = decided.bank_bears;
    const auto recovered = recovered_.find(status.number);
    if (recovered != recovered_.end()) {
      status.recovered = recovered->second.amount;
      status.costs = recovered->second.costs;
      status.returned = recovered->second.returned;
    }
    status.state = state_of(status, decided);
  }

 private:
  void read_batch(std::size_t index) {
    const std::int64_t number = batches_[index].number;
    std::map<std::pair<BankId, PayerId>, bool> paid;  // every payment of the payer to the bank
    for (const Payment& payment : stored_payments(transaction_, number)) {
      bool& all = paid.try_emplace({payment.bank, payment.payer}, true).first->second;
      all = all && payment.status == "paid";
    }
    each_line(transaction_, number, [&](const StoredLine& line) {
      Decided decided{.batch = index, .accepted = true, .principal_loss = line.principal_loss, .bank_bears = line.bank_bears};
      decided.paid_out = true;
      for (const PayerAmount& payer : line.payers) {
        decided.paid += payer.pays;
        if (payer.pays > Fen()) decided.paid_out = decided.paid_out && paid[{line.bank, payer.payer}];
      }
      decided.paid_out = decided.paid_out && decided.paid > Fen();
      decided_[line.claim] = std::move(decided);
    });
    transaction_.each("SELECT claim, code FROM settlement_rejects WHERE batch = :batch", {number},
                      [&](const Row& row) { decided_[row.integer(0)] = Decided{.batch = index, .code = row.text(1)}; });
    transaction_.each("SELECT claim, fund FROM settlement_waiting WHERE batch = :batch", {number},
                      [&](const Row& row) { waiting_[row.integer(0)] = row.text(1); });
  }

  void read_recoveries() {
    transaction_.each(
        "SELECT claim, CAST(SUM(amount_fen) AS BIGINT), CAST(SUM(costs_fen) AS BIGINT) FROM recoveries WHERE reversal_id IS NULL GROUP BY claim", {},
        [&](const Row& row) { recovered_[row.integer(0)] = {row.fen(1), row.fen(2), {}}; });
    transaction_.each("SELECT claim, CAST(SUM(amount_fen) AS BIGINT) FROM recovery_returns GROUP BY claim", {},
                      [&](const Row& row) { recovered_[row.integer(0)].returned = row.fen(1); });
    transaction_.each("SELECT DISTINCT claim FROM recoveries WHERE reversal_id IS NULL", {}, [&](const Row& row) { standing_.insert(row.integer(0)); });
  }

  ClaimState state_of(const ClaimStatus& status, const Decided& decided) const {
    if (!decided.accepted) return ClaimState::rejected;
    if (batches_[decided.batch].status == BatchStatus::prepared) return ClaimState::accepted;
    const auto closing = closings_.find(status.number);
    return state_when_settled(closing == closings_.end() ? std::nullopt : std::optional(closing->second),
                              written_off_.contains({status.claim.bank.text(), status.claim.loan.text()}), standing_.contains(status.number), decided.paid_out);
  }

  Transaction& transaction_;
  std::vector<BatchRecord> batches_;
  std::unordered_map<std::int64_t, Decided> decided_;
  std::unordered_map<std::int64_t, std::string> waiting_;
  std::unordered_map<std::int64_t, Recovered> recovered_;
  std::set<std::int64_t> standing_;
  std::unordered_map<std::int64_t, ClosingGround> closings_;
  std::set<std::pair<std::string, std::string>> written_off_;  // bank, loan
};

}  // namespace

std::string_view word(ClaimState state) { return words.at(static_cast<std::size_t>(state)); }

const std::vector<std::string>& claim_state_words() {
  static const std::vector<std::string> all(words.begin() + 1, words.end());
  return all;
}

std::optional<ClaimState> parse_claim_state(std::string_view word) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<ClaimState>(i);
  }
  return std::nullopt;
}

ClaimState state_when_settled(const std::optional<ClosingGround>& closed, bool written_off, bool recovery_stands, bool paid) {
  if (closed) return *closed == ClosingGround::written_off ? ClaimState::written_off : ClaimState::closed;
  if (written_off) return ClaimState::written_off;
  if (recovery_stands) return ClaimState::recovering;
  return paid ? ClaimState::paid : ClaimState::settled;
}

Text state_name(ClaimState state) {
  switch (state) {
    case ClaimState::submitted: return {"已申报", "submitted"};
    case ClaimState::accepted: return {"已受理", "accepted"};
    case ClaimState::rejected: return {"未通过", "rejected"};
    case ClaimState::approved: return {"已复核", "approved"};
    case ClaimState::settled: return {"已结算", "settled"};
    case ClaimState::paid: return {"已付款", "paid"};
    case ClaimState::recovering: return {"追偿中", "recovering"};
    case ClaimState::closed: return {"已结案", "closed"};
    case ClaimState::written_off: return {"已核销", "written off"};
  }
  return {};
}

Text why_none_is_approved() {
  return {"没有申请停留在“已复核”（approved）：复核批次即记账并下达付款指令，申请随即为“已结算”。待复核的请查 accepted；"
          "已复核的请查 settled、paid、recovering、closed、written-off；谁在何时复核，见 report claim",
          "no claim stays approved: approving a batch books it and instructs its payments, so its claims are settled at once. Those still to be approved "
          "are accepted; those that were are settled, paid, recovering, closed or written-off; report claim tells who approved, and when"};
}

void each_claim_status(Transaction& transaction, const std::optional<BankId>& bank, const std::function<void(const ClaimStatus&)>& visit) {
  const Facts facts(transaction);
  const std::string where = bank ? " WHERE bank_id = :bank" : "";
  transaction.each("SELECT number, bank_id, claim_id, loan_id, defaulted_on, claimed_on, outstanding_principal_fen, recovered_principal_fen FROM claims" + where +
                       " ORDER BY bank_id COLLATE \"C\", claim_id COLLATE \"C\"",
                   bank ? std::vector<Value>{*bank} : std::vector<Value>{}, [&](const Row& row) {
                     ClaimStatus status{.number = row.integer(0),
                                        .claim = {.bank = row.id<BankId>(1), .id = row.id<ClaimId>(2), .loan = row.id<LoanId>(3), .defaulted_on = row.day(4),
                                                  .claimed_on = row.day(5), .outstanding_principal = row.fen(6), .recovered_principal = row.fen(7)}};
                     facts.tell(status);
                     visit(status);
                   });
}

}  // namespace talent_loan
