#include "core/assessment/loan_book.hpp"

#include <array>

#include "core/loan/loan_stream.hpp"
#include "core/loan/state.hpp"
#include "core/talent/bank_filings.hpp"

namespace talent_loan::assessment {
namespace {

using Visitor = std::function<void(const Contribution&)>;

Day first_of(int year) {
  return std::chrono::year(year) / std::chrono::January / 1;
}
Day last_of(int year) {
  return std::chrono::year(year) / std::chrono::December / 31;
}

// Balances, their non-performing part, and what was disbursed: one walk over the loans.
void visit_loans(Transaction& transaction, int year, const Visitor& visit) {
  each_loan(transaction, last_of(year), [&](const Loan& loan, const std::vector<LoanEvent>& events) {
    const LoanState state = state_on(loan, events, last_of(year));
    const auto add = [&](Figure figure, Fen amount) { visit({figure, loan.bank, loan.id, {}, amount}); };
    if (state.balance() != Fen()) {
      add(Figure::balance, state.balance());
      add(Figure::loans, Fen(1));
      if (state.loan_class >= LoanClass::substandard) add(Figure::non_performing, state.balance());
    }
    if (loan.disbursed_on >= first_of(year)) add(Figure::disbursed, loan.amount);
  });
}

// Of two loans disbursed on one day the first is the one of the lower bank, then the lower loan id, in bytes.
void visit_first_loans(Transaction& transaction, int year, const Visitor& visit) {
  transaction.each(
      "SELECT bank_id, loan_id FROM (SELECT bank_id, loan_id, disbursed_on, ROW_NUMBER() OVER (PARTITION BY "
      "borrower_kind, borrower_key"
      " ORDER BY disbursed_on, bank_id COLLATE \"C\", loan_id COLLATE \"C\") AS place FROM loans) AS placed"
      " WHERE place = 1 AND disbursed_on >= :first AND disbursed_on <= :last ORDER BY bank_id COLLATE \"C\", "
      "loan_id COLLATE \"C\"",
      {first_of(year), last_of(year)}, [&](const Row& row) {
        visit({Figure::first_time_borrowers, row.id<BankId>(0), row.id<LoanId>(1), {}, Fen(1)});
      });
}

// What the payers pay is what the loss leaves beside the bank's own part.
void visit_compensations(Transaction& transaction, int year, const Visitor& visit) {
  transaction.each(
      "SELECT c.bank_id, c.loan_id, c.claim_id, l.principal_loss_fen - l.bank_bears_fen FROM "
      "settlement_lines l"
      " JOIN settlement_batches b ON b.number = l.batch JOIN claims c ON c.number = l.claim"
      " WHERE b.status = 'booked' AND b.as_of >= :first AND b.as_of <= :last"
      " ORDER BY c.bank_id COLLATE \"C\", c.loan_id COLLATE \"C\", c.claim_id COLLATE \"C\"",
      {first_of(year), last_of(year)}, [&](const Row& row) {
        visit({Figure::compensated, row.id<BankId>(0), row.id<LoanId>(1), row.text(2), row.fen(3)});
      });
}

void visit_recoveries(Transaction& transaction, int year, const Visitor& visit) {
  transaction.each(
      "SELECT c.bank_id, c.loan_id, r.recovery_id, r.amount_fen FROM recoveries r JOIN claims c ON c.number "
      "= r.claim"
      " WHERE r.reversal_id IS NULL AND r.received_on >= :first AND r.received_on <= :last"
      " ORDER BY c.bank_id COLLATE \"C\", c.loan_id COLLATE \"C\", r.recovery_id COLLATE \"C\"",
      {first_of(year), last_of(year)}, [&](const Row& row) {
        visit({Figure::recovered, row.id<BankId>(0), row.id<LoanId>(1), row.text(2), row.fen(3)});
      });
}

constexpr std::string_view prefix = "loan-book/";

// The sums of one bank, by figure.
using Sums = std::array<FenSum, 8>;

Exact whole(const FenSum& sum) {
  return Exact(static_cast<std::int64_t>(sum.to_fen().count()));
}

Exact value_of(std::string_view source, const Sums& sums) {
  const auto sum = [&](Figure figure) { return whole(sums[static_cast<std::size_t>(figure)]); };
  const std::string_view name = source.substr(prefix.size());
  if (name == "npl_ratio") {
    const Exact balance = sum(Figure::balance);
    return balance.zero() ? Exact() : sum(Figure::non_performing) * Exact(100) / balance;
  }
  for (const Figure figure : {Figure::loans, Figure::first_time_borrowers}) {
    if (name == word(figure)) return sum(figure);
  }
  for (const Figure figure : {Figure::balance, Figure::disbursed, Figure::compensated, Figure::recovered}) {
    if (name == word(figure)) return sum(figure) / Exact(100);
  }
  throw Failure(
      {"未知的账簿指标 " + std::string(source), "unknown loan-book indicator " + std::string(source)},
      {"请报告此错误", "please report this"});
}

}  // namespace

std::string_view word(Figure figure) {
  constexpr std::array<std::string_view, 8> words{
      "",         "balance", "non_performing", "loans", "disbursed", "first_time_borrowers", "compensated",
      "recovered"};
  return words.at(static_cast<std::size_t>(figure));
}

void each_contribution(Transaction& transaction, int year, const Visitor& visit) {
  visit_loans(transaction, year, visit);
  visit_first_loans(transaction, year, visit);
  visit_compensations(transaction, year, visit);
  visit_recoveries(transaction, year, visit);
}

bool contributes(Figure figure, std::string_view source) {
  const std::string_view name = source.substr(prefix.size());
  if (name == "npl_ratio") return figure == Figure::balance || figure == Figure::non_performing;
  return name == word(figure);
}

std::size_t add_loan_book(Transaction& transaction, int year, const Table& table, Values& values) {
  std::map<std::string, Sums> sums;
  each_contribution(transaction, year, [&](const Contribution& one) {
    sums[one.bank.text()][static_cast<std::size_t>(one.figure)] += one.amount;
  });
  for (const auto& [bank, unused] : sums) values.add_bank(bank);
  const Period all_year{first_of(year), last_of(year)};
  for (const BankFiling& filing : bank_filings(transaction)) {
    const bool held = !filing.filed.to || filing.filed.from <= *filing.filed.to;  // else unfiled before its first day
    if (held && filing.filed.overlaps(all_year)) values.add_bank(filing.bank.text());
  }
  std::size_t replaced = 0;
  for (const Indicator& indicator : table.indicators) {
    if (indicator.source.empty()) continue;
    const std::size_t index = values.indicator_index(indicator.id);
    for (std::size_t bank = 0; bank < values.banks().size(); ++bank) {
      if (values.at(index, bank)) ++replaced;
      values.set(index, bank, value_of(indicator.source, sums[values.banks()[bank].text()]));
    }
  }
  return replaced;
}

}  // namespace talent_loan::assessment
