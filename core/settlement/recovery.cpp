#include "core/settlement/recovery.hpp"

#include <fmt/format.h>

#include "core/settlement/claim_closing.hpp"
#include "core/settlement/recovery_books.hpp"
#include "core/settlement/touched_claims.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {

RecoveryOutcome book_recovery(Transaction& transaction, const RecoveryRow& row, const RecoveryRules& rules) {
  TouchedClaims touched(transaction);
  RecoveryBooks books(transaction, rules, touched);
  books.load({row});
  RecoveryOutcome outcome = books.book(row);
  books.store();
  if (outcome.what == RecoveryOutcome::What::booked) {
    record(transaction, {.actor = rules.user.text(), .action = "recover", .subject = row.id.text(),
                         .details = fmt::format("{} on claim {}, costs {}", format_yuan(row.amount), row.claim.text(), format_yuan(row.costs)), .cite = ""},
           touched.seals());
  }
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
  TouchedClaims touched(transaction);
  touched.touch({stored->integer(0)});
  transaction.execute(
      "UPDATE recoveries SET reversal_id = :reversal, reversed_because = :why, reversed_by = :by, reversed_at = :at WHERE recovery_id = :recovery",
      {reversal.reversal, reversal.why, rules.user, format_utc(transaction.now()), reversal.recovery});
  RecoveryBooks books(transaction, rules, touched);
  const CompensatedClaim claim = books.compensated_claim(stored->integer(0));
  reopen_for_recovery(transaction, claim.number, "reversal " + reversal.reversal, rules.user);
  std::vector<Fen> now = due_in_all(claim, books.costs_rule(claim));
  for (std::size_t i = 0; i < now.size(); ++i) now[i] -= claim.returned[i];
  JournalEntry entry{.number = 0, .posted_on = first_open_day(stored->day(1), rules.closed_to), .kind = "recovery-reversal",
                     .reference = reversal.reversal, .description = "reversal of recovery " + reversal.recovery.text() + ": " + reversal.why,
                     .cite = claim.version.text()};
  add_returns(entry.postings, claim, now);
  for (std::size_t i = 0; i < now.size(); ++i) {
    transaction.execute("INSERT INTO recovery_returns (recovery, payer, claim, amount_fen) VALUES (:recovery, :payer, :claim, :amount)",
                        {reversal.reversal, claim.payers[i].payer, claim.number, now[i]});
  }
  post(transaction, std::move(entry), rules.closed_to);
  record(transaction, {.actor = rules.user.text(), .action = "recover reverse", .subject = reversal.recovery.text(),
                       .details = reversal.reversal + ": " + reversal.why, .cite = claim.version.text()}, touched.seals());
  return true;
}

}  // namespace talent_loan
