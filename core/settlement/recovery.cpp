#include "core/settlement/recovery.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/ledger/journal.hpp"
#include "core/loss/recovery.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/settlement/claim_closing.hpp"
#include "core/settlement/recovery_movements.hpp"
#include "core/settlement/touched_claims.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

// A compensated claim as its booked line left it.
struct CompensatedClaim {
  std::int64_t number = 0;
  BankId bank;
  Day defaulted_on;
  VersionId version;
  Fen loss;
  std::vector<PayerAmount> payers;
};

RecoveryOutcome refused(RowCode code, std::string chinese, std::string english) {
  RecoveryOutcome outcome;
  outcome.what = RecoveryOutcome::What::rejected;
  outcome.code = code;
  outcome.message = {std::move(chinese), std::move(english)};
  return outcome;
}

CompensatedClaim claim_from(const Row& row) {
  return {row.integer(0), row.id<BankId>(1), row.day(2), row.id<VersionId>(3), row.fen(4), parse_shares(row.text(5))};
}

constexpr const char* select_compensated =
    "SELECT c.number, c.bank_id, c.defaulted_on, s.policy_version, s.principal_loss_fen, s.shares FROM claims c"
    " JOIN settlement_lines s ON s.claim = c.number JOIN settlement_batches b ON b.number = s.batch WHERE ";

std::vector<CompensatedClaim> compensated_claims(Transaction& transaction, const RecoveryRow& row) {
  std::vector<CompensatedClaim> claims;
  transaction.each(std::string(select_compensated) + "b.status = 'booked' AND c.claim_id = :claim ORDER BY c.number", {row.claim}, [&](const Row& found) {
    if (!row.bank || row.bank->text() == found.text(1)) claims.push_back(claim_from(found));
  });
  return claims;
}

// By its last line: its batch may have been reversed since, once its recoveries were.
CompensatedClaim compensated_claim(Transaction& transaction, std::int64_t number) {
  return claim_from(transaction.query_one(std::string(select_compensated) + "c.number = :claim ORDER BY b.number DESC LIMIT 1", {number}).value());
}

RecoveryCosts costs_rule(const CompensatedClaim& claim, const PolicySet& policies) {
  const PolicyVersion* version = policies.find(claim.version);
  if (version == nullptr) {
    throw Failure({"没有加载政策版本 " + claim.version.text(), "policy version " + claim.version.text() + " is not loaded"},
                  {"补偿所依据的政策文件须保留在配置目录", "keep the policy file that the compensation rests on in the configuration"});
  }
  return version->recovery_costs;
}

// What each payer is due back in all, by the recoveries that stand.
std::vector<Fen> due_now(Transaction& transaction, const CompensatedClaim& claim, RecoveryCosts costs) {
  const Fen net = recovery_net(recovered_to_date(transaction, claim.number), costs, claim.loss);
  std::vector<Fen> due;
  for (const PayerAmount& payer : claim.payers) due.push_back(due_back(net, payer.bears, claim.loss));
  return due;
}

std::vector<Fen> returned_so_far(Transaction& transaction, const CompensatedClaim& claim) {
  std::map<PayerId, Fen> by_payer;
  transaction.each("SELECT payer, amount_fen FROM recovery_returns WHERE claim = :claim", {claim.number},
                   [&](const Row& row) { by_payer[row.id<PayerId>(0)] += row.fen(1); });
  std::vector<Fen> returned;
  for (const PayerAmount& payer : claim.payers) returned.push_back(by_payer[payer.payer]);
  return returned;
}

// Stores and posts what goes back now (negative: back to the bank). `key` is the recovery's or the reversal's.
std::int64_t book_returns(Transaction& transaction, const CompensatedClaim& claim, const std::vector<Fen>& now, const std::string& key,
                          JournalEntry entry, const std::optional<Day>& closed_to) {
  Fen sum;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const PayerAmount& payer = claim.payers[i];
    transaction.execute("INSERT INTO recovery_returns (recovery, payer, claim, amount_fen) VALUES (:recovery, :payer, :claim, :amount)",
                        {key, payer.payer, claim.number, now[i]});
    // A payer that reimbursed another gets its part through the city, which owes it until it is passed on.
    add(entry.postings, payer.bears > payer.pays ? account::returns_owed(payer.payer) : account::recovered(payer.payer, claim.bank),
        Fen() - now[i]);
    sum += now[i];
  }
  add(entry.postings, account::returns_receivable(claim.bank), sum);
  return post(transaction, std::move(entry), closed_to);
}

std::vector<PayerReturn> stored_returns(Transaction& transaction, const CompensatedClaim& claim, const RecoveryId& recovery) {
  std::map<PayerId, Fen> by_payer;
  transaction.each("SELECT payer, amount_fen FROM recovery_returns WHERE recovery = :recovery", {recovery},
                   [&](const Row& row) { by_payer[row.id<PayerId>(0)] = row.fen(1); });
  std::vector<PayerReturn> returns;
  for (const PayerAmount& payer : claim.payers) returns.push_back({payer.payer, by_payer[payer.payer]});
  return returns;
}

Fen kept(Fen amount, const std::vector<PayerReturn>& returns) {
  for (const PayerReturn& part : returns) amount -= part.amount;
  return amount;
}

// The recovery is known: the same again, or another one under its key.
RecoveryOutcome compare_known(Transaction& transaction, const RecoveryRow& row, const Row& stored) {
  const CompensatedClaim claim = compensated_claim(transaction, stored.integer(0));
  const char* field = nullptr;
  if (stored.text(4) != row.claim.text() || (row.bank && *row.bank != claim.bank)) field = "claim_id";
  else if (stored.day(1) != row.received_on) field = "received_on";
  else if (stored.fen(2) != row.amount) field = "amount";
  else if (stored.fen(3) != row.costs) field = "costs";
  if (field != nullptr) {
    return refused(RowCode::duplicate_key, fmt::format("该追偿已登记，但 {} 不同", field),
                   fmt::format("this recovery is booked already, with another {}", field));
  }
  RecoveryOutcome outcome;
  outcome.what = RecoveryOutcome::What::repeated;
  outcome.bank = claim.bank;
  outcome.returns = stored_returns(transaction, claim, row.id);
  outcome.bank_keeps = kept(row.amount, outcome.returns);
  return outcome;
}

}  // namespace

RecoveryOutcome book_recovery(Transaction& transaction, const RecoveryRow& row, const RecoveryRules& rules) {
  TouchedClaims touched(transaction);
  RecoveryOutcome outcome = book_recovery(transaction, row, rules, touched);
  if (outcome.what == RecoveryOutcome::What::booked) {
    record(transaction, {.actor = rules.user.text(), .action = "recover", .subject = row.id.text(),
                         .details = fmt::format("{} on claim {}, costs {}", format_yuan(row.amount), row.claim.text(), format_yuan(row.costs)), .cite = ""},
           touched.seals());
  }
  return outcome;
}

RecoveryOutcome book_recovery(Transaction& transaction, const RecoveryRow& row, const RecoveryRules& rules, TouchedClaims& touched) {
  const auto stored = transaction.query_one(
      "SELECT r.claim, r.received_on, r.amount_fen, r.costs_fen, c.claim_id FROM recoveries r JOIN claims c ON c.number = r.claim"
      " WHERE r.recovery_id = :recovery",
      {row.id});
  if (stored) return compare_known(transaction, row, *stored);
  if (transaction.query_one("SELECT 1 FROM recoveries WHERE reversal_id = :recovery", {row.id})) {
    return refused(RowCode::duplicate_key, "该编号已用作冲销号", "this id is that of a reversal");
  }
  const std::vector<CompensatedClaim> claims = compensated_claims(transaction, row);
  if (claims.size() != 1) {
    return claims.empty() ? refused(RowCode::bad_value, "没有已补偿的申请 " + quoted(row.claim.text()),
                                    "no compensated claim " + quoted(row.claim.text()))
                          : refused(RowCode::bad_value, "多家银行有申请 " + quoted(row.claim.text()) + "，请加 bank_id 列",
                                    "several banks have a claim " + quoted(row.claim.text()) + ": add a column bank_id");
  }
  const CompensatedClaim& claim = claims.front();
  if (row.received_on < claim.defaulted_on) {
    return refused(RowCode::dates_out_of_order, fmt::format("收回日 {} 早于违约日 {}", format_day(row.received_on), format_day(claim.defaulted_on)),
                   fmt::format("received {} before the default on {}", format_day(row.received_on), format_day(claim.defaulted_on)));
  }
  touched.touch(claim.number);
  transaction.execute(
      "INSERT INTO recoveries (recovery_id, number, claim, received_on, amount_fen, costs_fen, booked_by, booked_at)"
      " SELECT CAST(:recovery AS TEXT), COALESCE(MAX(number), 0) + 1, CAST(:claim AS BIGINT), CAST(:on AS TEXT), CAST(:amount AS BIGINT),"
      " CAST(:costs AS BIGINT), CAST(:by AS TEXT), CAST(:at AS TEXT) FROM recoveries",
      {row.id, claim.number, row.received_on, row.amount, row.costs, rules.user, format_utc(transaction.now())});
  reopen_for_recovery(transaction, claim.number, "recovery " + row.id.text(), rules.user);
  const std::vector<Fen> due = due_now(transaction, claim, costs_rule(claim, *rules.policies));
  std::vector<Fen> now = returned_so_far(transaction, claim);
  for (std::size_t i = 0; i < now.size(); ++i) now[i] = return_now(due[i], now[i]);
  RecoveryOutcome outcome;
  outcome.bank = claim.bank;
  for (std::size_t i = 0; i < now.size(); ++i) outcome.returns.push_back({claim.payers[i].payer, now[i]});
  outcome.bank_keeps = kept(row.amount, outcome.returns);
  const JournalEntry entry{.number = 0, .posted_on = first_open_day(row.received_on, rules.closed_to), .kind = "recovery",
                           .reference = row.id.text(), .description = "recovery on claim " + row.claim.text() + " of bank " + claim.bank.text(),
                           .cite = claim.version.text()};
  const std::int64_t number = book_returns(transaction, claim, now, row.id.text(), entry, rules.closed_to);
  transaction.execute("UPDATE recoveries SET entry = :entry WHERE recovery_id = :recovery",
                      {number == 0 ? Value() : Value(number), row.id});
  return outcome;
}

bool reverse_recovery(Transaction& transaction, const RecoveryReversal& reversal, const RecoveryRules& rules) {
  const auto stored = transaction.query_one(
      "SELECT claim, received_on, reversal_id FROM recoveries WHERE recovery_id = :recovery", {reversal.recovery});
  if (stored && stored->optional_text(2) == reversal.reversal) return false;
  const auto used = transaction.query_one("SELECT recovery_id FROM recoveries WHERE reversal_id = :reversal OR recovery_id = :same",
                                          {reversal.reversal, reversal.reversal});
  if (!stored || !stored->null(2) || used || reversal.reversal.empty()) {
    throw Failure({fmt::format("追偿 {} 不存在或已冲销，或冲销号 {} 已使用", quoted(reversal.recovery.text()), quoted(reversal.reversal)),
                   fmt::format("recovery {} is unknown or reversed, or reversal id {} is used", quoted(reversal.recovery.text()),
                               quoted(reversal.reversal))},
                  {"核对编号", "check the ids"});
  }
  const CompensatedClaim claim = compensated_claim(transaction, stored->integer(0));
  TouchedClaims touched(transaction);
  touched.touch(claim.number);
  transaction.execute(
      "UPDATE recoveries SET reversal_id = :reversal, reversed_because = :why, reversed_by = :by, reversed_at = :at WHERE recovery_id = :recovery",
      {reversal.reversal, reversal.why, rules.user, format_utc(transaction.now()), reversal.recovery});
  reopen_for_recovery(transaction, claim.number, "reversal " + reversal.reversal, rules.user);
  const std::vector<Fen> due = due_now(transaction, claim, costs_rule(claim, *rules.policies));
  std::vector<Fen> now = returned_so_far(transaction, claim);
  for (std::size_t i = 0; i < now.size(); ++i) now[i] = due[i] - now[i];
  const JournalEntry entry{.number = 0, .posted_on = first_open_day(stored->day(1), rules.closed_to), .kind = "recovery-reversal",
                           .reference = reversal.reversal, .description = "reversal of recovery " + reversal.recovery.text() + ": " + reversal.why,
                           .cite = claim.version.text()};
  book_returns(transaction, claim, now, reversal.reversal, entry, rules.closed_to);
  record(transaction, {.actor = rules.user.text(), .action = "recover reverse", .subject = reversal.recovery.text(),
                       .details = reversal.reversal + ": " + reversal.why, .cite = claim.version.text()}, touched.seals());
  return true;
}

}  // namespace talent_loan
