#include <fmt/format.h>

#include "core/loan/record_table.hpp"
#include "core/settlement/batch_rows.hpp"

namespace talent_loan {
namespace {

std::string prefixed(const RecordTable& table, std::string_view alias) {
  std::string list;
  for (const std::string& column : table.columns) list += fmt::format(", {}.{}", alias, column);
  return list;
}

const std::string& select_undecided() {
  static const std::string sql =
      "SELECT c.number"
      ", (SELECT MIN(b.batch_id) FROM settlement_lines s JOIN claims o ON o.number = s.claim"
      "   JOIN settlement_batches b ON b.number = s.batch"
      "   WHERE o.bank_id = c.bank_id AND o.loan_id = c.loan_id AND b.status <> 'reversed')" +
      prefixed(claim_table, "c") + prefixed(event_table, "e") + prefixed(loan_table, "l") +
      " FROM claims c"
      " LEFT JOIN loans l ON l.bank_id = c.bank_id AND l.loan_id = c.loan_id"
      " LEFT JOIN loan_events e ON e.bank_id = c.bank_id AND e.loan_id = c.loan_id AND e.occurred_on <= c.claimed_on"
      " WHERE c.claimed_on <= :as_of"
      " AND NOT EXISTS (SELECT 1 FROM settlement_lines s JOIN settlement_batches b ON b.number = s.batch"
      "                 WHERE s.claim = c.number AND b.status <> 'reversed')"
      " AND NOT EXISTS (SELECT 1 FROM settlement_rejects s JOIN settlement_batches b ON b.number = s.batch"
      "                 WHERE s.claim = c.number AND b.status <> 'reversed')"
      " ORDER BY c.claimed_on, c.bank_id COLLATE \"C\", c.claim_id COLLATE \"C\"";
  return sql;
}

constexpr std::size_t claim_first = 2;

Claim claim_from(const Row& row) {
  return {.bank = row.id<BankId>(claim_first),
          .id = row.id<ClaimId>(claim_first + 1),
          .loan = row.id<LoanId>(claim_first + 2),
          .defaulted_on = row.day(claim_first + 3),
          .claimed_on = row.day(claim_first + 4),
          .outstanding_principal = row.fen(claim_first + 5),
          .recovered_principal = row.fen(claim_first + 6)};
}

}  // namespace

void each_undecided_claim(Transaction& transaction, Day as_of, const std::function<void(const ClaimCase&)>& visit) {
  const std::size_t event_first = claim_first + claim_table.columns.size();
  const std::size_t loan_first = event_first + event_table.columns.size();
  ClaimCase current;
  transaction.each(select_undecided(), {as_of}, [&](const Row& row) {
    if (row.integer(0) != current.number) {
      if (current.number != 0) visit(current);
      current = {.number = row.integer(0), .claim = claim_from(row)};
      current.compensated_in = row.optional_text(1).value_or("");
      if (!row.null(loan_first)) current.loan = loan_from(row, loan_first);
    }
    if (!row.null(event_first)) current.events.push_back(event_from(row, event_first));
  });
  if (current.number != 0) visit(current);
}

}  // namespace talent_loan
