#include "core/loan/loan_stream.hpp"

#include <fmt/format.h>

#include "core/loan/record_table.hpp"

namespace talent_loan {
namespace {

std::string prefixed(const RecordTable& table, std::string_view alias) {
  std::string list;
  for (const std::string& column : table.columns) list += fmt::format("{}{}.{}", list.empty() ? "" : ", ", alias, column);
  return list;
}

// One row per loan and event; the event's columns first, NULL where a loan has none.
std::string select_joined(std::string_view condition) {
  return fmt::format(
      "SELECT {}, {} FROM loans l LEFT JOIN loan_events e ON e.bank_id = l.bank_id AND e.loan_id = l.loan_id"
      " AND e.occurred_on <= :event_day WHERE l.disbursed_on <= :day AND {}"
      " ORDER BY l.bank_id COLLATE \"C\", l.loan_id COLLATE \"C\"",
      prefixed(event_table, "e"), prefixed(loan_table, "l"), condition);
}

void stream(Transaction& transaction, const std::string& sql, const std::vector<Value>& values, const LoanVisitor& visit) {
  std::optional<Loan> loan;
  std::vector<LoanEvent> events;
  const std::size_t first = event_table.columns.size();
  transaction.each(sql, values, [&](const Row& row) {
    if (!loan || loan->id.text() != row.text(first + 1) || loan->bank.text() != row.text(first)) {
      if (loan) visit(*loan, events);
      loan = loan_from(row, first);
      events.clear();
    }
    if (!row.null(0)) events.push_back(event_from(row));
  });
  if (loan) visit(*loan, events);
}

}  // namespace

void each_loan_of_bank(Transaction& transaction, const BankId& bank, Day day, const LoanVisitor& visit) {
  static const std::string sql = select_joined("l.bank_id = :bank");
  stream(transaction, sql, {day, day, bank}, visit);
}

void each_loan(Transaction& transaction, Day day, const LoanVisitor& visit) {
  static const std::string sql = select_joined("1 = 1");
  stream(transaction, sql, {day, day}, visit);
}

void each_loan_of_borrower(Transaction& transaction, BorrowerKind kind, const std::string& borrower_key, Day day,
                           const LoanVisitor& visit) {
  static const std::string sql = select_joined("l.borrower_key = :key AND l.borrower_kind = :kind");
  stream(transaction, sql, {day, day, borrower_key, word(kind)}, visit);
}

}  // namespace talent_loan
