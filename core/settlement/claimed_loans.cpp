// What the loan book knows of the loans of open claims: every loan and event read once where the claims are many,
// only theirs where they are few.
#include <algorithm>
#include <bit>
#include <future>
#include <unordered_map>

#include <fmt/format.h>

#include "core/loan/record_table.hpp"
#include "core/settlement/open_claims.hpp"
#include "core/store/bulk_read.hpp"
#include "core/store/each_among.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t loans_worth_a_claim = 8;  // reading so many one after the other costs no more than finding one

constexpr std::string_view loan_columns =
    "l.bank_id, l.loan_id, l.application_id, l.borrower_kind, l.talents_counted, l.amount_fen, l.purpose, l.rate_hundred_millionths,"
    " l.term_months, l.disbursed_on, l.secured, l.guaranteed, l.level, l.programme, l.tags, l.borrower_key";
constexpr std::string_view event_columns =
    "e.bank_id, e.loan_id, e.kind, e.occurred_on, e.sequence, e.amount_fen, e.overdue_days, e.loan_class";

// What was lent to each borrower, in cells that borrowers may share: never less than the truth. 4 bytes a cell.
class LentByBorrower {
 public:
  explicit LentByBorrower(std::size_t loans) : cells_(std::bit_ceil(std::clamp<std::size_t>(loans * 8, 64, cells_at_most))) {}
  std::int64_t add(std::uint64_t hash, Fen amount) {
    const std::size_t place = hash & (cells_.size() - 1);
    const auto units = static_cast<std::uint64_t>(std::max<std::int64_t>(amount.count(), 0) / unit + 1);
    cells_[place] = static_cast<std::uint32_t>(std::min<std::uint64_t>(cells_[place] + units, full));
    return static_cast<std::int64_t>(place);
  }
  std::int64_t lent(std::int64_t place) const {
    const std::uint32_t units = cells_[static_cast<std::size_t>(place)];
    return units == full ? std::numeric_limits<std::int64_t>::max() : units * unit;
  }

 private:
  static constexpr std::int64_t unit = 1 << 16;  // fen, rounded up
  static constexpr std::uint32_t full = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t cells_at_most = std::size_t{1} << 25;
  LargeVector<std::uint32_t> cells_;
};

std::string among(std::string_view select, std::string_view column) {
  return fmt::format("{} WHERE {} IN ({})", select, column, places_of_keys());
}

template <typename T>
T known(const std::optional<T>& parsed, std::string_view text) {
  if (!parsed) unknown_word(text);
  return *parsed;
}

}  // namespace

// Takes loans into the claims on them.
class LoanSweep {
 public:
  explicit LoanSweep(OpenClaims& claims) : claims_(claims) {}

  void every_loan(Transaction& transaction, std::size_t loans, bool limits) {
    LentByBorrower lent(limits ? loans : 0);
    BulkRead rows(transaction, fmt::format("SELECT {} FROM loans l", loan_columns));
    while (rows.next()) {
      const std::uint32_t first = take(rows);
      if (!limits) continue;
      const auto kind = static_cast<std::uint64_t>(rows.text(3).size());  // a talent and an employer may share a key
      const std::int64_t place = lent.add(claims_.hasher_(rows.text(15)) + kind, rows.fen(5));
      each_on(first, [&](OpenClaim& claim) { claim.lent = place; });
    }
    if (!limits) return;
    for (OpenClaim& claim : claims_.claims_) claim.lent = lent.lent(claim.lent);
  }

  void take_all(BulkRead& rows) {
    while (rows.next()) take(rows);
  }

  // Rows: bank, loan, amount of a loan of its borrower.
  void take_lent(BulkRead& rows) {
    while (rows.next()) {
      const std::int64_t amount = rows.integer(2);
      each_on(claims_.first_on(claims_.known_bank(rows.text(0)), rows.text(1)), [&](OpenClaim& claim) {
        if (__builtin_add_overflow(claim.lent, amount, &claim.lent)) claim.lent = std::numeric_limits<std::int64_t>::max();
      });
    }
  }

 private:
  std::uint32_t take(const BulkRead& rows) {
    const std::uint32_t bank = claims_.known_bank(rows.text(0));
    if (bank == OpenClaims::none) return OpenClaims::none;
    const std::uint32_t first = claims_.first_on(bank, rows.text(1));
    if (first == OpenClaims::none) return first;
    const std::uint32_t terms = terms_of(rows);
    const Day disbursed_on = rows.day(9);
    const Fen amount = rows.fen(5);
    each_on(first, [&](OpenClaim& claim) { claim.terms = terms, claim.disbursed_on = disbursed_on, claim.amount = amount; });
    return first;
  }

  template <typename Visit>
  void each_on(std::uint32_t first, const Visit& visit) {
    if (first == OpenClaims::none) return;
    for (std::uint32_t i = first + 1; i != 0; i = claims_.claims_[i - 1].next_on_loan) visit(claims_.claims_[i - 1]);
  }

  // Loans on the same terms share them: their cells, each with its length before it, are looked up as they are.
  std::uint32_t terms_of(const BulkRead& rows) {
    key_.clear();
    key_ += rows.text(2).empty() ? '0' : '1';
    for (const std::size_t column : {3, 6, 13, 14}) add_to_key(rows.text(column));
    for (const std::size_t column : {4, 10, 11}) add_to_key(rows.integer(column));
    for (const std::size_t column : {7, 8}) add_to_key(rows.null(column) ? -1 : rows.integer(column));
    add_to_key(rows.null(12) ? std::string_view("?") : rows.text(12));
    const auto found = known_.find(key_);
    if (found != known_.end()) return found->second;
    LoanTerms terms{.decided = !rows.text(2).empty(),
                    .borrower_kind = known(parse_borrower_kind(rows.text(3)), rows.text(3)),
                    .talents_counted = static_cast<int>(rows.integer(4)),
                    .purpose = std::string(rows.text(6)),
                    .secured = rows.flag(10),
                    .guaranteed = rows.flag(11)};
    if (!rows.null(7)) terms.rate = Ratio(rows.integer(7));
    if (!rows.null(8)) terms.term_months = static_cast<int>(rows.integer(8));
    if (!rows.null(12)) terms.facts.level = parse_level(rows.text(12));
    terms.facts.programme = std::string(rows.text(13));
    terms.facts.tags = separated(std::string(rows.text(14)));
    claims_.terms_.push_back(std::move(terms));
    return known_.emplace(key_, static_cast<std::uint32_t>(claims_.terms_.size())).first->second;
  }
  void add_to_key(std::int64_t number) { key_.append(reinterpret_cast<const char*>(&number), sizeof number); }
  void add_to_key(std::string_view cell) {
    add_to_key(std::ssize(cell));
    key_ += cell;
  }

  OpenClaims& claims_;
  std::string key_;
  std::unordered_map<std::string, std::uint32_t> known_;
};

// Takes events into the claims on their loans: core/loan/state.hpp's state, kept up event by event.
class EventSweep {
 public:
  explicit EventSweep(OpenClaims& claims) : claims_(claims) {}

  void take_all(BulkRead& rows) {
    while (rows.next()) {
      const std::uint32_t bank = claims_.known_bank(rows.text(0));
      if (bank == OpenClaims::none) continue;
      const std::uint32_t first = claims_.first_on(bank, rows.text(1));
      if (first == OpenClaims::none) continue;
      const EventKind kind = known(parse_event_kind(rows.text(2)), rows.text(2));
      const Day day = rows.day(3);
      for (std::uint32_t i = first + 1; i != 0; i = claims_.claims_[i - 1].next_on_loan) {
        if (day <= claims_.claims_[i - 1].claimed_on) take(claims_.claims_[i - 1], kind, day, rows);
      }
    }
  }

 private:
  static void add(OpenClaim& claim, std::int64_t& sum, std::int64_t amount) {
    if (__builtin_add_overflow(sum, amount, &sum)) claim.unusual = true;
  }
  // Whether the report is the last one now.
  static bool later(OpenClaim& claim, LastReport& last, Day day, std::int64_t sequence) {
    if (day == last.occurred_on && sequence == last.sequence) claim.unusual = true;
    if (day < last.occurred_on || (day == last.occurred_on && sequence < last.sequence)) return false;
    last = {day, sequence};
    return true;
  }
  static void take(OpenClaim& claim, EventKind kind, Day day, const BulkRead& rows) {
    const auto amount = [&] { return rows.null(5) ? 0 : rows.integer(5); };
    switch (kind) {
      case EventKind::repayment: return add(claim, claim.repaid, amount());
      case EventKind::recovery: return add(claim, claim.collected, amount());
      case EventKind::recovery_reversed: return add(claim, claim.collected, -amount());
      case EventKind::overdue:
        if (later(claim, claim.overdue, day, rows.integer(4))) claim.overdue_days = rows.null(6) ? 0 : rows.integer(6);
        return;
      case EventKind::classification:
        if (!later(claim, claim.classified, day, rows.integer(4))) return;
        claim.loan_class = rows.null(7) ? LoanClass::normal : known(parse_loan_class(rows.text(7)), rows.text(7));
        return;
      default: return;  // change nothing that a claim is checked against
    }
  }

  OpenClaims& claims_;
};

void OpenClaims::read_loan_book(Transaction& transaction, bool limits) {
  if (claims_.empty()) return;
  LoanSweep loans(*this);
  EventSweep events(*this);
  const auto count = static_cast<std::size_t>(transaction.query_one("SELECT COUNT(*) FROM loans")->integer(0));
  if (claims_.size() * loans_worth_a_claim >= count) {
    const auto read_events = [&](Transaction& from) {
      BulkRead rows(from, fmt::format("SELECT {} FROM loan_events e", event_columns));
      events.take_all(rows);
    };
    // Two threads fill different fields of the same claims.
    std::optional<Database> beside = open_beside(transaction);
    std::future<void> reading;
    if (beside) {
      reading = std::async(std::launch::async, [&] {
        Transaction from = beside->read();
        read_events(from);
      });
    }
    loans.every_loan(transaction, count, limits);
    put_in_order();
    if (beside) reading.get();
    else read_events(transaction);
    return;
  }
  static const std::string join_loans = " FROM claims c JOIN loans l ON l.bank_id = c.bank_id AND l.loan_id = c.loan_id";
  static const std::string loans_sql = among(fmt::format("SELECT {}{}", loan_columns, join_loans), "c.number");
  static const std::string events_sql = among(
      fmt::format("SELECT {} FROM claims c JOIN loan_events e ON e.bank_id = c.bank_id AND e.loan_id = c.loan_id", event_columns), "c.number");
  static const std::string lent_sql =
      among(fmt::format("SELECT l.bank_id, l.loan_id, o.amount_fen{} JOIN loans o ON o.borrower_key = l.borrower_key"
                        " AND o.borrower_kind = l.borrower_kind", join_loans), "c.number");
  std::vector<Value> heads;
  for (const std::uint32_t head : loan_heads()) heads.emplace_back(claims_[head].number);
  for (std::size_t at = 0; at < heads.size(); at += keys_at_once) {
    const std::vector<Value> numbers = keys_from(heads, at);
    BulkRead loan_rows(transaction, loans_sql, numbers);
    loans.take_all(loan_rows);
    BulkRead event_rows(transaction, events_sql, numbers);
    events.take_all(event_rows);
    if (!limits) continue;
    BulkRead lent_rows(transaction, lent_sql, numbers);
    loans.take_lent(lent_rows);
  }
}

}  // namespace talent_loan
