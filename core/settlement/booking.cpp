#include "core/settlement/booking.hpp"

#include <fmt/format.h>

#include "core/ledger/journal.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

BatchStatus status_from(const std::string& text) {
  if (text == "prepared") return BatchStatus::prepared;
  return text == "booked" ? BatchStatus::booked : BatchStatus::reversed;
}

constexpr const char* select_batches =
    "SELECT number, batch_id, scheme, as_of, status, payers, prepared_by, booked_by, reversal_id, cite FROM settlement_batches";

BatchRecord batch_from(const Row& row) {
  BatchRecord batch{.number = row.integer(0), .batch = row.id<BatchId>(1), .scheme = row.id<SchemeId>(2), .as_of = row.day(3),
                    .status = status_from(row.text(4)), .payers = {}, .prepared_by = row.id<UserId>(6), .booked_by = {}, .reversal = {}, .cite = row.text(9)};
  const std::string& payers = row.text(5);
  for (std::size_t begin = 0; begin < payers.size();) {
    const std::size_t end = std::min(payers.find('|', begin), payers.size());
    batch.payers.emplace_back(payers.substr(begin, end - begin));
    begin = end + 1;
  }
  batch.booked_by = UserId(row.optional_text(7).value_or(""));
  batch.reversal = row.optional_text(8).value_or("");
  return batch;
}

BatchRecord known_batch(Transaction& transaction, const BatchId& id) {
  auto batch = find_batch(transaction, id);
  if (!batch) {
    throw Failure({"没有批次 " + quoted(id.text()), "there is no batch " + quoted(id.text())},
                  {"先用 settle 准备", "prepare it with settle first"});
  }
  return std::move(*batch);
}

// The lines as stored, summed again: the ledger is posted from totals only where both agree.
void check_lines_against(Transaction& transaction, const BatchRecord& batch, const BatchTotals& totals) {
  BatchTotals again = totals_of_lines(transaction, batch.number);
  bool same = again.size() == totals.size();
  for (const auto& [bank, total] : totals) {
    const BankTotal& lines = again[bank];
    same = same && lines.claims == total.claims && lines.principal_loss == total.principal_loss && lines.bank_bears == total.bank_bears;
    for (const auto& [payer, amounts] : total.payers) {
      const PayerTotal& from_lines = again[bank].payers[payer];
      same = same && from_lines.pays == amounts.pays && from_lines.bears == amounts.bears;
    }
  }
  if (same) return;
  throw Failure({"批次 " + batch.batch.text() + " 的明细与合计不符，未记账", "the lines of batch " + batch.batch.text() + " differ from its totals, nothing was booked"},
                {"请用 audit verify 检查", "check it with audit verify"});
}

void check_funds(Transaction& transaction, const std::vector<Payment>& payments) {
  std::map<std::string, Fen> needed;
  for (const Payment& payment : payments) {
    if (!payment.fund.empty()) needed[payment.fund] += payment.amount;
  }
  for (const auto& [fund, amount] : needed) {
    const Fen balance = fund_status(transaction, fund).balance;
    if (amount <= balance) continue;
    throw Failure({fmt::format("基金 {} 余额 {}，本批次需要 {}", fund, format_yuan(balance), format_yuan(amount)),
                   fmt::format("fund {} holds {}, the batch needs {}", fund, format_yuan(balance), format_yuan(amount))},
                  {"先存入，或撤回本批次重新准备", "deposit first, or withdraw the batch and prepare it anew"});
  }
}

void post_bank(Transaction& transaction, const BatchRecord& batch, const BankId& bank, const BankTotal& total,
               const std::vector<Payment>& payments, const std::optional<Day>& closed_to) {
  JournalEntry entry{.number = 0, .posted_on = batch.as_of, .kind = "settlement", .reference = batch.batch.text(),
                     .description = fmt::format("compensation of bank {}, {} claims", bank.text(), total.claims), .cite = batch.cite};
  for (const auto& [payer, amounts] : total.payers) {
    add(entry.postings, account::compensation(payer, bank), amounts.bears - amounts.reimburses);
    add(entry.postings, account::award_receivable(payer), amounts.reimburses);
  }
  for (const Payment& payment : payments) {
    if (payment.bank != bank) continue;
    add(entry.postings, payment.fund.empty() ? account::budget(payment.payer) : account::fund(payment.fund), Fen() - payment.amount);
  }
  post(transaction, std::move(entry), closed_to);
}

void check_no_recoveries(Transaction& transaction, const BatchRecord& batch) {
  const auto row = transaction.query_one(
      "SELECT COUNT(*) FROM recoveries r JOIN settlement_lines s ON s.claim = r.claim WHERE s.batch = :batch AND r.reversal_id IS NULL",
      {batch.number});
  if (row->integer(0) == 0) return;
  throw Failure({fmt::format("批次 {} 的申请已有 {} 笔追偿", batch.batch.text(), row->integer(0)),
                 fmt::format("{} recoveries are booked on claims of batch {}", row->integer(0), batch.batch.text())},
                {"先冲销这些追偿", "reverse those recoveries first"});
}

// A closing tells how following up the compensation ended: it cannot outlive the compensation.
void check_nothing_closed(Transaction& transaction, const BatchRecord& batch) {
  const auto row = transaction.query_one(
      "SELECT COUNT(*) FROM claim_closings k JOIN settlement_lines s ON s.claim = k.claim WHERE s.batch = :batch AND k.reopened_at IS NULL",
      {batch.number});
  if (row->integer(0) == 0) return;
  throw Failure({fmt::format("批次 {} 有 {} 笔申请已结案", batch.batch.text(), row->integer(0)),
                 fmt::format("{} claims of batch {} are closed", row->integer(0), batch.batch.text())},
                {"先用 recover reopen 撤销结案", "take that back with recover reopen first"});
}

std::int64_t post_opposites(Transaction& transaction, const BatchRecord& batch, const ReversalRequest& request, Day on) {
  std::vector<std::int64_t> entries;
  transaction.each("SELECT number FROM journal_entries WHERE kind = 'settlement' AND reference = :batch ORDER BY number", {batch.batch},
                   [&](const Row& row) { entries.push_back(row.integer(0)); });
  for (const std::int64_t number : entries) {
    for (const char* table : {"journal_entries", "journal_postings"}) require_untouched(transaction, table, number);
    post_opposite(transaction, number, on, "settlement-reversal", request.reversal, request.why, request.closed_to);
  }
  return static_cast<std::int64_t>(entries.size());
}

// Of what changes when a batch is booked or reversed: its status, its payments, and what was posted.
std::vector<Seal> seals_of_change(Transaction& transaction, const BatchRecord& batch, std::int64_t last_entry_before) {
  std::vector<Seal> seals = seals_after(transaction, last_entry_before);
  for (const char* table : {"settlement_batches", "settlement_payments"}) seals.push_back(seal_rows(transaction, table, batch.number));
  return seals;
}

}  // namespace

std::string_view word(BatchStatus status) {
  switch (status) {
    case BatchStatus::prepared: return "prepared";
    case BatchStatus::booked: return "booked";
    case BatchStatus::reversed: return "reversed";
  }
  return {};
}

void check_open_for(Day day, const std::optional<Day>& closed_to) {
  if (first_open_day(day, closed_to) == day) return;
  throw Failure({fmt::format("{} 已结账（截至 {}）", format_day(day), format_day(*closed_to)),
                 fmt::format("{} lies in the closed period (to {})", format_day(day), format_day(*closed_to))},
                {"改用结账日之后的日期", "use a day after the closing date of site.yaml"});
}

BatchRecord book(Transaction& transaction, const BatchRecord& batch, const UserId& user, const std::optional<Day>& closed_to) {
  const BatchTotals totals = stored_totals(transaction, batch.number);
  const std::vector<Payment> payments = stored_payments(transaction, batch.number);
  check_lines_against(transaction, batch, totals);
  check_funds(transaction, payments);
  const std::int64_t before = last_entry(transaction);
  for (const auto& [bank, total] : totals) post_bank(transaction, batch, bank, total, payments, closed_to);
  transaction.execute("UPDATE settlement_payments SET status = 'instructed' WHERE batch = :batch", {batch.number});
  transaction.execute("UPDATE settlement_batches SET status = 'booked', booked_by = :by, booked_at = :at WHERE number = :number",
                      {user, format_utc(transaction.now()), batch.number});
  Fen paid;
  for (const Payment& payment : payments) paid += payment.amount;
  record(transaction, {.actor = user.text(), .action = "settle book", .subject = batch.batch.text(),
                       .details = fmt::format("{} banks, {} payments, {} paid", totals.size(), payments.size(), format_yuan(paid)),
                       .cite = batch.cite}, seals_of_change(transaction, batch, before));
  return known_batch(transaction, batch.batch);
}

BatchRecord approve(Transaction& transaction, const BatchId& id, const UserId& user, const std::optional<Day>& closed_to) {
  const BatchRecord batch = known_batch(transaction, id);
  if (batch.status == BatchStatus::booked) return batch;
  if (batch.status == BatchStatus::reversed) {
    throw Failure({"批次 " + id.text() + " 已冲销或撤回", "batch " + id.text() + " is reversed"}, {"用新的批次号准备", "prepare a new batch"});
  }
  if (batch.prepared_by == user) {
    throw Failure({"批次 " + id.text() + " 由同一用户 " + user.text() + " 准备", "batch " + id.text() + " was prepared by the same user " + user.text()},
                  {"应由另一名复核人批准", "another user with the role checker approves it"});
  }
  require_untouched_batch(transaction, batch.number);
  return book(transaction, batch, user, closed_to);
}

BatchRecord reverse(Transaction& transaction, const ReversalRequest& request) {
  const BatchRecord batch = known_batch(transaction, request.batch);
  if (batch.status == BatchStatus::reversed) {
    if (batch.reversal == request.reversal) return batch;
    throw Failure({"批次 " + batch.batch.text() + " 已由 " + quoted(batch.reversal) + " 冲销", "batch " + batch.batch.text() + " is reversed by " + quoted(batch.reversal)},
                  {"不能再次冲销", "it cannot be reversed twice"});
  }
  const auto other = transaction.query_one("SELECT batch_id FROM settlement_batches WHERE reversal_id = :reversal", {request.reversal});
  if (other || request.reversal.empty()) {
    throw Failure({"冲销号 " + quoted(request.reversal) + " 已使用或为空", "reversal id " + quoted(request.reversal) + " is empty or used by another batch"},
                  {"换一个冲销号", "take another reversal id"});
  }
  check_no_recoveries(transaction, batch);
  check_nothing_closed(transaction, batch);
  require_untouched(transaction, "settlement_batches", batch.number);
  require_untouched(transaction, "settlement_payments", batch.number);
  const std::int64_t before = last_entry(transaction);
  const Day on = request.on.value_or(first_open_day(batch.as_of, request.closed_to));
  const std::int64_t entries = post_opposites(transaction, batch, request, on);
  transaction.execute("UPDATE settlement_payments SET status = 'cancelled', status_reason = :why WHERE batch = :batch", {request.why, batch.number});
  transaction.execute(
      "UPDATE settlement_batches SET status = 'reversed', reversal_id = :reversal, reversed_by = :by, reversed_at = :at,"
      " reversed_because = :why WHERE number = :number",
      {request.reversal, request.user, format_utc(transaction.now()), request.why, batch.number});
  record(transaction, {.actor = request.user.text(), .action = "settle reverse", .subject = batch.batch.text(),
                       .details = fmt::format("{} on {}: {} entries; {}", request.reversal, format_day(on), entries, request.why), .cite = ""},
         seals_of_change(transaction, batch, before));
  return known_batch(transaction, batch.batch);
}

std::optional<BatchRecord> find_batch(Transaction& transaction, const BatchId& id) {
  const auto row = transaction.query_one(std::string(select_batches) + " WHERE batch_id = :batch", {id});
  return row ? std::optional(batch_from(*row)) : std::nullopt;
}

std::vector<BatchRecord> batches(Transaction& transaction) {
  std::vector<BatchRecord> all;
  transaction.each(std::string(select_batches) + " ORDER BY number", {}, [&](const Row& row) { all.push_back(batch_from(row)); });
  return all;
}

BatchCounts count_claims(Transaction& transaction, const BatchRecord& batch) {
  const auto count = [&](const char* sql) { return transaction.query_one(sql, {batch.number})->integer(0); };
  return {.accepted = count("SELECT CAST(COALESCE(SUM(claims), 0) AS BIGINT) FROM settlement_bank_totals WHERE batch = :batch"),
          .rejected = count("SELECT COUNT(*) FROM settlement_rejects WHERE batch = :batch"),
          .waiting = count("SELECT COUNT(*) FROM settlement_waiting WHERE batch = :batch")};
}

}  // namespace talent_loan
