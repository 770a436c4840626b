#include "core/loan/borrower_balances.hpp"

#include <algorithm>
#include <limits>

#include "core/loan/principal_sums.hpp"
#include "core/loan/state.hpp"

namespace talent_loan {
namespace {

// A row for every loan and event that moves principal; the events' cells are NULL where a loan has none.
constexpr const char* principal_rows =
    "SELECT l.bank_id, l.loan_id, l.borrower_kind, l.borrower_key, l.disbursed_on, l.amount_fen, e.kind, e.occurred_on, e.amount_fen "
    "FROM loans l LEFT JOIN loan_events e ON e.bank_id = l.bank_id AND e.loan_id = l.loan_id "
    "AND e.kind IN ('repayment', 'recovery', 'recovery-reversed') ORDER BY l.bank_id, l.loan_id";

struct Movement {
  Day on;
  EventKind kind;
  Fen amount;
};

Fen balance(const PrincipalSums& sums) {
  LoanState state{};
  state.outstanding_principal = sums.outstanding();
  state.recovered_principal = sums.recovered();
  return state.balance();
}

EventKind kind_of(const std::string& stored) {
  const std::optional<EventKind> kind = parse_event_kind(stored);
  if (!kind) throw Failure({"数据库中的事件类别未知：" + quoted(stored), "the database holds an unknown kind of event: " + quoted(stored)}, {});
  return *kind;
}

// Calls `change(day, by)` for every day on which the balance of the loan changes, beginning with its disbursement.
template <typename Report>
void each_change(Day disbursed_on, Fen amount, std::vector<Movement>& movements, const Report& report) {
  std::sort(movements.begin(), movements.end(), [](const Movement& a, const Movement& b) { return a.on < b.on; });
  PrincipalSums sums(amount);
  Fen before;
  std::size_t next = 0;
  for (Day day = disbursed_on;; day = movements[next].on) {
    for (; next < movements.size() && movements[next].on <= day; ++next) sums.see(movements[next].kind, movements[next].amount);
    const Fen now = balance(sums);
    if (now != before) report(day, now - before);
    before = now;
    if (next == movements.size()) return;
  }
}

}  // namespace

BorrowerBalances::BorrowerBalances(Transaction& transaction) {
  // First every change of every loan; then, borrower by borrower, what they come to.
  std::string bank, loan;
  std::vector<Change>* changes = nullptr;
  Day disbursed_on;
  Fen amount;
  std::vector<Movement> movements;
  const auto end_loan = [&] {
    if (changes != nullptr) each_change(disbursed_on, amount, movements, [&](Day day, Fen by) { changes->push_back({day.days_since_1970(), by}); });
    movements.clear();
  };
  transaction.each(principal_rows, {}, [&](const Row& row) {
    if (changes == nullptr || row.text(1) != loan || row.text(0) != bank) {
      end_loan();
      bank = row.text(0);
      loan = row.text(1);
      Borrowers& borrowers = row.text(2) == word(BorrowerKind::talent) ? talents_ : employers_;
      changes = &borrowers[row.text(3)];
      disbursed_on = row.day(4);
      amount = row.fen(5);
    }
    if (!row.null(6)) movements.push_back({row.day(7), kind_of(row.text(6)), row.optional_fen(8).value_or(Fen())});
  });
  end_loan();
  for (Borrowers* borrowers : {&talents_, &employers_}) {
    for (auto& [key, of_borrower] : *borrowers) {
      std::stable_sort(of_borrower.begin(), of_borrower.end(), [](const Change& a, const Change& b) { return a.from < b.from; });
      constexpr Int128 most = std::numeric_limits<std::int64_t>::max();
      FenSum sum;
      for (Change& change : of_borrower) change.balance = Fen(static_cast<std::int64_t>(std::min<Int128>((sum += change.balance).count(), most)));
    }
  }
}

Fen BorrowerBalances::on(BorrowerKind kind, std::string_view key, Day day) const {
  const auto borrower = of(kind).find(key);
  if (borrower == of(kind).end()) return Fen();
  const auto after = std::upper_bound(borrower->second.begin(), borrower->second.end(), day.days_since_1970(),
                                      [](std::int32_t wanted, const Change& change) { return wanted < change.from; });
  return after == borrower->second.begin() ? Fen() : std::prev(after)->balance;
}

Fen BalanceReader::balance_of(const Borrower& borrower, Day day) const {
  if (const BorrowerBalances* all = all_.load(std::memory_order_acquire)) return all->on(borrower.kind, borrower.key, day);
  const std::lock_guard turn(turn_);
  if (!read_ && asked_++ < one_by_one) return talent_loan::balance_of(transaction_, borrower, day);
  if (!read_) all_.store(&read_.emplace(transaction_), std::memory_order_release);
  return read_->on(borrower.kind, borrower.key, day);
}

}  // namespace talent_loan
