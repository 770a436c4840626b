#include "core/loan/book.hpp"

#include <fmt/format.h>

#include "core/loan/record_table.hpp"

namespace talent_loan {
namespace {

const Text over_zero{"金额应大于零", "the amount must be over zero"};
const Text not_negative{"金额不得为负", "the amount must not be negative"};
const Text required{"不得为空", "a value is required"};

Filing check(const Application& application) {
  if (application.bank.empty()) return rejected("bank_id", required);
  if (application.id.empty()) return rejected("application_id", required);
  if (application.borrower_id.empty()) return rejected("borrower_id", required);
  if (application.amount <= Fen()) return rejected("amount", over_zero);
  return {};
}

Filing check(const Loan& loan) {
  if (loan.bank.empty()) return rejected("bank_id", required);
  if (loan.id.empty()) return rejected("loan_id", required);
  if (loan.borrower_id.empty()) return rejected("borrower_id", required);
  if (loan.amount <= Fen()) return rejected("amount", over_zero);
  if (loan.maturity && *loan.maturity < loan.disbursed_on) {
    return rejected("maturity", {"到期日早于放款日", "the loan matures before it is disbursed"});
  }
  return {};
}

Filing check(const LoanEvent& event) {
  if (event.bank.empty()) return rejected("bank_id", required);
  if (event.id.empty()) return rejected("event_id", required);
  if (event.loan.empty()) return rejected("loan_id", required);
  if (event.amount && *event.amount <= Fen()) return rejected("amount", over_zero);
  if (event.costs && event.costs->negative()) return rejected("costs", not_negative);
  switch (event.kind) {
    case EventKind::repayment:
    case EventKind::recovery:
    case EventKind::recovery_reversed:
    case EventKind::write_off:
      if (!event.amount) return rejected("amount", required);
      break;
    case EventKind::overdue:
      if (!event.overdue_days) return rejected("overdue_days", required);
      if (*event.overdue_days < 0) return rejected("overdue_days", {"天数不得为负", "days must not be negative"});
      break;
    case EventKind::classification:
      if (!event.loan_class) return rejected("loan_class", required);
      break;
    case EventKind::extension:
    case EventKind::renewal:
      if (!event.maturity) return rejected("maturity", required);
      break;
    case EventKind::defaulted: break;
  }
  return {};
}

Filing check(const Claim& claim) {
  if (claim.bank.empty()) return rejected("bank_id", required);
  if (claim.id.empty()) return rejected("claim_id", required);
  if (claim.loan.empty()) return rejected("loan_id", required);
  if (claim.outstanding_principal.negative()) return rejected("outstanding_principal", not_negative);
  if (claim.recovered_principal.negative()) return rejected("recovered_principal", not_negative);
  return {};
}

template <typename Record>
std::vector<Filing> file_all(Transaction& transaction, const RecordTable& table, const Numbering& numbering,
                             const std::vector<Record>& records) {
  std::vector<Filing> filings;
  std::vector<Cells> rows;
  filings.reserve(records.size());
  rows.reserve(records.size());
  for (const Record& record : records) {
    filings.push_back(check(record));
    rows.push_back(cells_of(record));
  }
  file_rows(transaction, table, numbering, rows, filings);
  return filings;
}

}  // namespace

std::vector<Filing> register_applications(Transaction& transaction, const std::vector<Application>& applications) {
  return file_all(transaction, application_table, {}, applications);
}

std::vector<Filing> register_loans(Transaction& transaction, const std::vector<Loan>& loans) {
  return file_all(transaction, loan_table, {}, loans);
}

std::vector<Filing> register_events(Transaction& transaction, const std::vector<LoanEvent>& events) {
  return file_all(transaction, event_table, {}, events);
}

std::vector<Filing> submit_claims(Transaction& transaction, const std::vector<Claim>& claims) {
  return file_all(transaction, claim_table, {"number"}, claims);
}

std::optional<Loan> find_loan(Transaction& transaction, const BankId& bank, const LoanId& loan) {
  const auto row = transaction.query_one(
      fmt::format("SELECT {} FROM loans WHERE bank_id = :bank AND loan_id = :loan", column_list(loan_table)), {bank, loan});
  return row ? std::optional(loan_from(*row)) : std::nullopt;
}

std::vector<LoanEvent> events_of(Transaction& transaction, const BankId& bank, const LoanId& loan) {
  std::vector<LoanEvent> events;
  transaction.each(
      fmt::format("SELECT {} FROM loan_events WHERE bank_id = :bank AND loan_id = :loan", column_list(event_table)),
      {bank, loan}, [&](const Row& row) { events.push_back(event_from(row)); });
  return events;
}

}  // namespace talent_loan
