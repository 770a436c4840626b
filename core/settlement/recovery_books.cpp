#include "core/settlement/recovery_books.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "core/settlement/claim_closing.hpp"
#include "core/store/each_among.hpp"

namespace talent_loan {
namespace {

RecoveryOutcome refused(RowCode code, std::string chinese, std::string english) {
  RecoveryOutcome outcome;
  outcome.what = RecoveryOutcome::What::rejected;
  outcome.code = code;
  outcome.message = {std::move(chinese), std::move(english)};
  return outcome;
}

const std::string& select_compensated() {
  static const std::string sql = fmt::format(
      "SELECT c.number, c.bank_id, c.defaulted_on, s.principal_loss_fen, {}, c.claim_id FROM claims c"
      " JOIN settlement_lines s ON s.claim = c.number JOIN settlement_batches b ON b.number = s.batch WHERE ",
      line_amount_columns);
  return sql;
}
constexpr std::size_t amounts_first = 4;
constexpr std::size_t claim_id_column = amounts_first + line_amount_column_count;

Fen kept(Fen amount, const std::vector<PayerReturn>& returns) {
  for (const PayerReturn& part : returns) amount -= part.amount;
  return amount;
}

// Each once, in byte order.
template <typename Id>
std::vector<Value> keys_of(const std::vector<RecoveryRow>& rows, Id RecoveryRow::*id) {
  std::set<std::string_view> keys;
  for (const RecoveryRow& row : rows) keys.insert((row.*id).text());
  return {keys.begin(), keys.end()};
}

}  // namespace

std::vector<Fen> due_in_all(const CompensatedClaim& claim, RecoveryCosts costs) {
  const Fen net = recovery_net(claim.to_date, costs, claim.loss);
  std::vector<Fen> due;
  for (const PayerAmount& payer : claim.payers) due.push_back(due_back(net, payer.bears, claim.loss));
  return due;
}

void add_returns(std::vector<Posting>& postings, const CompensatedClaim& claim, const std::vector<Fen>& now) {
  Fen sum;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const PayerAmount& payer = claim.payers[i];
    // A payer that reimbursed another gets its part through the city, which owes it until it is passed on.
    add(postings, payer.bears > payer.pays ? account::returns_owed(payer.payer) : account::recovered(payer.payer, claim.bank), Fen() - now[i]);
    sum += now[i];
  }
  add(postings, account::returns_receivable(claim.bank), sum);
}

void RecoveryBooks::load(const std::vector<RecoveryRow>& rows) {
  known_.clear();
  reversals_.clear();
  claims_.clear();
  closed_.clear();
  if (rows.empty()) return;
  load_known(rows);
  load_claims(rows);
  load_state();
}

void RecoveryBooks::load_known(const std::vector<RecoveryRow>& rows) {
  each_among(transaction_,
             "SELECT r.recovery_id, r.claim, c.claim_id, r.received_on, r.amount_fen, r.costs_fen FROM recoveries r"
             " JOIN claims c ON c.number = r.claim WHERE r.recovery_id",
             keys_of(rows, &RecoveryRow::id), "", [&](const Row& row) {
               known_[row.text(0)] = {row.integer(1), row.id<ClaimId>(2), row.day(3), row.fen(4), row.fen(5)};
             });
  each_among(transaction_, "SELECT reversal_id FROM recoveries WHERE reversal_id", keys_of(rows, &RecoveryRow::id), "",
             [&](const Row& row) { reversals_.insert(row.text(0)); });
}

void RecoveryBooks::load_claims(const std::vector<RecoveryRow>& rows) {
  each_among(transaction_, select_compensated() + "b.status = 'booked' AND c.claim_id", keys_of(rows, &RecoveryRow::claim), "",
             [&](const Row& row) {
               claims_[row.text(claim_id_column)].push_back(claim_from(row));
             });
}

void RecoveryBooks::load_state() {
  std::vector<Value> numbers;
  std::map<std::int64_t, CompensatedClaim*> by_number;
  for (auto& [id, claims] : claims_) {
    for (CompensatedClaim& claim : claims) {
      numbers.emplace_back(claim.number);
      by_number[claim.number] = &claim;
      claim.returned.assign(claim.payers.size(), Fen());
    }
  }
  // Reversed ones are left out here: see recovered_to_date().
  each_among(transaction_, "SELECT claim, amount_fen, costs_fen, reversal_id FROM recoveries WHERE claim", numbers, "",
             [&](const Row& row) {
               if (!row.null(3)) return;
               RecoveredToDate& to_date = by_number.at(row.integer(0))->to_date;
               to_date.amount += row.fen(1);
               to_date.costs += row.fen(2);
             });
  each_among(transaction_, "SELECT claim FROM claim_closings WHERE reopened_at IS NULL AND claim", numbers, "",
             [&](const Row& row) { closed_.insert(row.integer(0)); });
  each_among(transaction_, "SELECT claim, payer, amount_fen FROM recovery_returns WHERE claim", numbers, "", [&](const Row& row) {
    CompensatedClaim& claim = *by_number.at(row.integer(0));
    for (std::size_t i = 0; i < claim.payers.size(); ++i) {
      if (claim.payers[i].payer.text() == row.text(1)) claim.returned[i] += row.fen(2);
    }
  });
}

CompensatedClaim RecoveryBooks::claim_from(const Row& row) {
  const VersionId version = parts_.of(row.integer(amounts_first), row.integer(amounts_first + 1)).version;
  return {row.integer(0), row.id<BankId>(1), row.day(2), version, row.fen(3), parts_.payers_of_line(row, amounts_first)};
}

CompensatedClaim RecoveryBooks::compensated_claim(std::int64_t number) {
  CompensatedClaim claim = claim_from(transaction_.query_one(select_compensated() + "c.number = :claim ORDER BY b.number DESC LIMIT 1", {number}).value());
  std::map<std::string, std::vector<CompensatedClaim>, std::less<>> others;
  others.swap(claims_);
  claims_[""].push_back(claim);
  load_state();
  claim = std::move(claims_[""].front());
  claims_.swap(others);
  return claim;
}

RecoveryCosts RecoveryBooks::costs_rule(const CompensatedClaim& claim) const {
  const PolicyVersion* version = rules_.policies->find(claim.version);
  if (version == nullptr) {
    throw Failure({"没有加载政策版本 " + claim.version.text(), "policy version " + claim.version.text() + " is not loaded"},
                  {"补偿所依据的政策文件须保留在配置目录", "keep the policy file that the compensation rests on in the configuration"});
  }
  return version->recovery_costs;
}

// The recovery is known: the same again, or another one under its key.
RecoveryOutcome RecoveryBooks::compare_known(const RecoveryRow& row, const StoredRecovery& stored) {
  const CompensatedClaim claim = compensated_claim(stored.claim);
  const char* field = nullptr;
  if (stored.claim_id != row.claim || (row.bank && *row.bank != claim.bank)) field = "claim_id";
  else if (stored.received_on != row.received_on) field = "received_on";
  else if (stored.amount != row.amount) field = "amount";
  else if (stored.costs != row.costs) field = "costs";
  if (field != nullptr) {
    return refused(RowCode::duplicate_key, fmt::format("该追偿已登记，但 {} 不同", field),
                   fmt::format("this recovery is booked already, with another {}", field));
  }
  std::map<PayerId, Fen> by_payer;
  transaction_.each("SELECT payer, amount_fen FROM recovery_returns WHERE recovery = :recovery", {row.id},
                    [&](const Row& found) { by_payer[found.id<PayerId>(0)] = found.fen(1); });
  RecoveryOutcome outcome;
  outcome.what = RecoveryOutcome::What::repeated;
  outcome.bank = claim.bank;
  for (const PayerAmount& payer : claim.payers) outcome.returns.push_back({payer.payer, by_payer[payer.payer]});
  outcome.bank_keeps = kept(row.amount, outcome.returns);
  return outcome;
}

RecoveryOutcome RecoveryBooks::book(const RecoveryRow& row) {
  const auto stored = known_.find(row.id.text());
  if (stored != known_.end()) return compare_known(row, stored->second);
  if (reversals_.contains(row.id.text())) return refused(RowCode::duplicate_key, "该编号已用作冲销号", "this id is that of a reversal");
  std::vector<CompensatedClaim*> claims;
  if (const auto found = claims_.find(row.claim.text()); found != claims_.end()) {
    for (CompensatedClaim& claim : found->second) {
      if (!row.bank || *row.bank == claim.bank) claims.push_back(&claim);
    }
  }
  if (claims.size() != 1) {
    return claims.empty() ? refused(RowCode::bad_value, "没有已补偿的申请 " + quoted(row.claim.text()),
                                    "no compensated claim " + quoted(row.claim.text()))
                          : refused(RowCode::bad_value, "多家银行有申请 " + quoted(row.claim.text()) + "，请加 bank_id 列",
                                    "several banks have a claim " + quoted(row.claim.text()) + ": add a column bank_id");
  }
  CompensatedClaim& claim = *claims.front();
  if (row.received_on < claim.defaulted_on) {
    return refused(RowCode::dates_out_of_order, fmt::format("收回日 {} 早于违约日 {}", format_day(row.received_on), format_day(claim.defaulted_on)),
                   fmt::format("received {} before the default on {}", format_day(row.received_on), format_day(claim.defaulted_on)));
  }
  const RecoveryCosts costs = costs_rule(claim);
  claim.to_date.amount += row.amount;
  claim.to_date.costs += row.costs;
  std::vector<Fen> now = due_in_all(claim, costs);
  RecoveryOutcome outcome;
  outcome.bank = claim.bank;
  for (std::size_t i = 0; i < now.size(); ++i) {
    now[i] = return_now(now[i], claim.returned[i]);
    claim.returned[i] += now[i];
    outcome.returns.push_back({claim.payers[i].payer, now[i]});
  }
  outcome.bank_keeps = kept(row.amount, outcome.returns);
  JournalEntry entry{.number = 0, .posted_on = first_open_day(row.received_on, rules_.closed_to), .kind = "recovery",
                     .reference = row.id.text(), .description = "recovery on claim " + row.claim.text() + " of bank " + claim.bank.text(),
                     .cite = claim.version.text()};
  add_returns(entry.postings, claim, now);
  booked_.push_back({row, claim.number, outcome.returns});
  entries_.push_back(std::move(entry));
  return outcome;
}

void RecoveryBooks::store() {
  if (booked_.empty()) return;
  std::vector<std::int64_t> claims;
  for (const NewRecovery& recovery : booked_) claims.push_back(recovery.claim);
  touched_.touch(claims);
  const std::vector<std::int64_t> numbers = post_all(transaction_, std::move(entries_), rules_.closed_to);
  entries_.clear();
  std::int64_t number = transaction_.query_one("SELECT COALESCE(MAX(number), 0) FROM recoveries")->integer(0);
  const std::string now = format_utc(transaction_.now());
  BulkInsert recoveries(transaction_, "recoveries", {"recovery_id", "number", "claim", "received_on", "amount_fen", "costs_fen", "booked_by",
                                                   "booked_at", "entry"});
  for (std::size_t i = 0; i < booked_.size(); ++i) {
    const RecoveryRow& row = booked_[i].row;
    recoveries.text(row.id.text()).integer(++number).integer(booked_[i].claim).day(row.received_on).fen(row.amount).fen(row.costs);
    recoveries.text(rules_.user.text()).text(now);
    if (numbers[i] == 0) recoveries.null();
    else recoveries.integer(numbers[i]);
    recoveries.end_row();
  }
  recoveries.finish();
  BulkInsert returns(transaction_, "recovery_returns", {"recovery", "payer", "claim", "amount_fen"});
  for (const NewRecovery& recovery : booked_) {
    for (const PayerReturn& part : recovery.returns) {
      returns.text(recovery.row.id.text()).text(part.payer.text()).integer(recovery.claim).fen(part.amount).end_row();
    }
  }
  returns.finish();
  for (const NewRecovery& recovery : booked_) {
    if (closed_.contains(recovery.claim)) reopen_for_recovery(transaction_, recovery.claim, "recovery " + recovery.row.id.text(), rules_.user);
  }
  booked_.clear();
}

}  // namespace talent_loan
