#include "core/loan/reservations.hpp"

namespace talent_loan {

Fen reserved_for(Transaction& transaction, const Borrower& borrower) {
  // A decision names a talent where a list did; else the borrower is known by what stands for the number the bank
  // gave. Never by both: an application counts once.
  const auto row = transaction.query_one(
      "SELECT CAST(COALESCE(SUM(a.amount_fen), 0) AS BIGINT) FROM loan_applications a"
      " JOIN loan_decisions d ON d.bank_id = a.bank_id AND d.application_id = a.application_id"
      " WHERE a.stage IN ('decided', 'told') AND d.eligible = 1 AND a.borrower_kind = :kind"
      " AND CASE WHEN a.borrower_kind = 'talent' AND d.talent_id <> '' THEN d.talent_id ELSE a.borrower_id END = :key",
      {word(borrower.kind), borrower.key});
  return row->fen(0);
}

}  // namespace talent_loan
