#include "core/settlement/recovery_movements.hpp"

namespace talent_loan {
namespace {

constexpr const char* select_movements =
    "SELECT r.recovery_id, r.reversal_id, t.recovery, c.number, c.claim_id, c.bank_id, r.received_on, r.amount_fen, r.costs_fen, t.payer, t.amount_fen,"
    " r.booked_by, r.booked_at, r.reversed_by, r.reversed_at, r.reversed_because"
    " FROM recoveries r JOIN claims c ON c.number = r.claim"
    " JOIN recovery_returns t ON t.claim = r.claim AND (t.recovery = r.recovery_id OR t.recovery = r.reversal_id) WHERE ";
constexpr const char* in_order = " ORDER BY r.number, CASE WHEN t.recovery = r.recovery_id THEN 0 ELSE 1 END, t.payer COLLATE \"C\"";

RecoveryMovement movement_from(const Row& row) {
  RecoveryMovement movement{.key = row.text(2), .recovery = row.id<RecoveryId>(0), .reversal = row.text(2) != row.text(0), .reversed = !row.null(1),
                            .claim = row.integer(3), .claim_id = row.id<ClaimId>(4), .bank = row.id<BankId>(5), .received_on = row.day(6),
                            .amount = row.fen(7), .costs = row.fen(8), .returns = {}, .by = row.id<UserId>(11), .at = row.text(12)};
  if (!movement.reversal) return movement;
  movement.amount = Fen() - movement.amount;
  movement.costs = Fen() - movement.costs;
  movement.by = row.id<UserId>(13);
  movement.at = row.text(14);
  movement.why = row.optional_text(15).value_or("");
  return movement;
}

// One row per payer: gathered into one movement.
void gather(Transaction& transaction, const std::string& where, const std::vector<Value>& values, const std::function<void(const RecoveryMovement&)>& visit) {
  std::optional<RecoveryMovement> current;
  transaction.each(select_movements + where + in_order, values, [&](const Row& row) {
    if (!current || current->key != row.text(2)) {
      if (current) visit(*current);
      current = movement_from(row);
    }
    current->returns.push_back({row.id<PayerId>(9), row.fen(10)});
  });
  if (current) visit(*current);
}

}  // namespace

Fen RecoveryMovement::returned() const {
  Fen sum;
  for (const PayerReturn& part : returns) sum += part.amount;
  return sum;
}

void each_recovery_movement(Transaction& transaction, const Period& received, const std::function<void(const RecoveryMovement&)>& visit) {
  const Day last = received.to.value_or(parse_day("9999-12-31").value());
  gather(transaction, "r.received_on >= :from AND r.received_on <= :to", {received.from, last}, visit);
}

std::vector<RecoveryMovement> recovery_movements_of(Transaction& transaction, std::int64_t claim) {
  std::vector<RecoveryMovement> movements;
  gather(transaction, "r.claim = :claim", {claim}, [&](const RecoveryMovement& movement) { movements.push_back(movement); });
  return movements;
}

RecoveredToDate recovered_to_date(Transaction& transaction, std::int64_t claim) {
  RecoveredToDate to_date;
  // Reversed ones are left out here: asked for a claim's rows without a reversal, SQLite walks the index of reversals,
  // in which every recovery that stands is NULL, instead of the claim's own rows.
  transaction.each("SELECT amount_fen, costs_fen, reversal_id FROM recoveries WHERE claim = :claim", {claim}, [&](const Row& row) {
    if (!row.null(2)) return;
    to_date.amount += row.fen(0);
    to_date.costs += row.fen(1);
  });
  return to_date;
}

}  // namespace talent_loan
