#include "core/ledger/journal.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan {
namespace {

// An id as a part of an account's path: the separator, blanks and what other ledger programs read as their own
// syntax are written as %XX, so that no id can pose as another account.
std::string part(std::string_view id) {
  std::string out;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7f || std::string_view(":;%()[]\"*!").find(c) != std::string_view::npos) out += fmt::format("%{:02X}", byte);
    else out += c;
  }
  return out;
}

void check_balanced(FenSum sum, std::int64_t number) {
  if (sum.count() == 0) return;
  throw Failure({fmt::format("分录 {} 借贷不平，差额 {}", number, format_yuan(sum)),
                 fmt::format("entry {} does not balance, it is off by {}", number, format_yuan(sum))},
                {"未记账；请报告此错误", "nothing was booked; please report this"});
}

void check_open(Day posted_on, const std::optional<Day>& closed_to) {
  if (!closed_to || posted_on > *closed_to) return;
  throw Failure({fmt::format("记账日 {} 在已结账期间（截至 {}）", format_day(posted_on), format_day(*closed_to)),
                 fmt::format("{} lies in the closed period (to {})", format_day(posted_on), format_day(*closed_to))},
                {"改用结账日之后的日期", "use a day after the closing date of site.yaml"});
}

// What the database holds of the entries, read back: the sums are asserted where they are stored, too.
void check_stored(Transaction& transaction, std::int64_t first, std::int64_t last) {
  transaction.each(
      "SELECT entry, CAST(SUM(amount_fen) AS BIGINT) FROM journal_postings WHERE entry >= :first AND entry <= :last"
      " GROUP BY entry HAVING SUM(amount_fen) <> 0",
      {first, last}, [&](const Row& row) {
        FenSum sum;
        check_balanced(sum += row.fen(1), row.integer(0));
      });
}

Value bound_or(const std::optional<Day>& day, const char* otherwise) { return day ? Value(*day) : Value(otherwise); }

}  // namespace

namespace account {
std::string fund(const std::string& name) { return "assets:fund:" + part(name); }
std::string award_receivable(const PayerId& payer) { return "assets:receivable:award:" + part(payer.text()); }
std::string returns_receivable(const BankId& bank) { return "assets:receivable:returns:" + part(bank.text()); }
std::string returns_owed(const PayerId& payer) { return "liabilities:returns:" + part(payer.text()); }
std::string budget(const PayerId& payer) { return "equity:budget:" + part(payer.text()); }
std::string deposits(const std::string& name) { return "equity:deposits:" + part(name); }
std::string compensation(const PayerId& payer, const BankId& bank) {
  return "expenses:compensation:" + part(payer.text()) + ":" + part(bank.text());
}
std::string reward(const BankId& bank) { return "expenses:reward:" + part(bank.text()); }
std::string recovered(const PayerId& payer, const BankId& bank) {
  return "income:recovered:" + part(payer.text()) + ":" + part(bank.text());
}
}  // namespace account

void add(std::vector<Posting>& postings, const std::string& account, Fen amount) {
  const auto found = std::find_if(postings.begin(), postings.end(), [&](const Posting& p) { return p.account == account; });
  if (found == postings.end()) postings.push_back({account, amount});
  else found->amount += amount;
}

std::int64_t post(Transaction& transaction, JournalEntry entry, const std::optional<Day>& closed_to) {
  std::vector<JournalEntry> one;
  one.push_back(std::move(entry));
  return post_all(transaction, std::move(one), closed_to).front();
}

std::vector<std::int64_t> post_all(Transaction& transaction, std::vector<JournalEntry> entries, const std::optional<Day>& closed_to) {
  const std::int64_t before = last_entry(transaction);
  std::int64_t last = before;
  std::vector<std::int64_t> numbers;
  for (JournalEntry& entry : entries) {
    std::erase_if(entry.postings, [](const Posting& posting) { return posting.amount == Fen(); });
    if (!entry.postings.empty()) {
      check_open(entry.posted_on, closed_to);
      entry.number = ++last;
      FenSum sum;
      for (const Posting& posting : entry.postings) sum += posting.amount;
      check_balanced(sum, entry.number);
    }
    numbers.push_back(entry.number);
  }
  if (last == before) return numbers;
  BulkInsert rows(transaction, "journal_entries", {"number", "posted_on", "kind", "reference", "description", "cite", "reverses"});
  for (const JournalEntry& entry : entries) {
    if (entry.number == 0) continue;
    rows.integer(entry.number).day(entry.posted_on).text(entry.kind).text(entry.reference).text(entry.description).text(entry.cite);
    if (entry.reverses) rows.integer(*entry.reverses);
    else rows.null();
    rows.end_row();
  }
  rows.finish();
  BulkInsert postings(transaction, "journal_postings", {"entry", "position", "account", "amount_fen"});
  for (const JournalEntry& entry : entries) {
    std::int64_t position = 0;
    for (const Posting& posting : entry.postings) {
      postings.integer(entry.number).integer(++position).text(posting.account).fen(posting.amount).end_row();
    }
  }
  postings.finish();
  check_stored(transaction, before + 1, last);
  return numbers;
}

std::int64_t post_opposite(Transaction& transaction, std::int64_t number, Day posted_on, const std::string& kind,
                           const std::string& reference, const std::string& why, const std::optional<Day>& closed_to) {
  const auto original = transaction.query_one("SELECT cite FROM journal_entries WHERE number = :number", {number});
  const auto earlier = transaction.query_one("SELECT number FROM journal_entries WHERE reverses = :number", {number});
  if (!original || earlier) {
    throw Failure({fmt::format("分录 {} 不存在或已冲销", number), fmt::format("entry {} does not exist or is reversed already", number)},
                  {"用 ledger journal 查看", "see ledger journal"});
  }
  JournalEntry entry{.number = 0, .posted_on = posted_on, .kind = kind, .reference = reference, .description = why,
                     .cite = original->text(0), .reverses = number};
  transaction.each("SELECT account, amount_fen FROM journal_postings WHERE entry = :entry ORDER BY position", {number},
                   [&](const Row& row) { entry.postings.push_back({row.text(0), Fen() - row.fen(1)}); });
  return post(transaction, std::move(entry), closed_to);
}

std::int64_t last_entry(Transaction& transaction) {
  return transaction.query_one("SELECT COALESCE(MAX(number), 0) FROM journal_entries")->integer(0);
}

std::vector<Seal> seals_after(Transaction& transaction, std::int64_t entry) {
  const std::int64_t last = last_entry(transaction);
  if (last == entry) return {};
  return {seal_rows(transaction, "journal_entries", entry + 1, last), seal_rows(transaction, "journal_postings", entry + 1, last)};
}

Day first_open_day(Day wanted, const std::optional<Day>& closed_to) {
  return closed_to && wanted <= *closed_to ? closed_to->plus_days(1) : wanted;
}

std::vector<AccountBalance> trial_balance(Transaction& transaction, const std::optional<Day>& to) {
  std::vector<AccountBalance> balances;
  FenSum total;
  transaction.each(
      "SELECT p.account, p.amount_fen FROM journal_postings p JOIN journal_entries e ON e.number = p.entry"
      " WHERE e.posted_on <= :to ORDER BY p.account COLLATE \"C\"",
      {bound_or(to, "9999-12-31")}, [&](const Row& row) {
        if (balances.empty() || balances.back().account != row.text(0)) balances.push_back({row.text(0), {}, {}, {}});
        const Fen amount = row.fen(1);
        if (amount.negative()) balances.back().credits += Fen() - amount;
        else balances.back().debits += amount;
        balances.back().balance += amount;
        total += amount;
      });
  check_balanced(total, 0);
  return balances;
}

Fen account_balance(Transaction& transaction, const std::string& name) {
  FenSum sum;
  transaction.each("SELECT amount_fen FROM journal_postings WHERE account = :account", {name},
                   [&](const Row& row) { sum += row.fen(0); });
  return sum.to_fen();
}

void each_entry(Transaction& transaction, const std::optional<Day>& from, const std::optional<Day>& to,
                const std::function<void(const JournalEntry&)>& visit) {
  JournalEntry entry;
  transaction.each(
      "SELECT e.number, e.posted_on, e.kind, e.reference, e.description, e.cite, e.reverses, p.account, p.amount_fen"
      " FROM journal_entries e JOIN journal_postings p ON p.entry = e.number"
      " WHERE e.posted_on >= :from AND e.posted_on <= :to ORDER BY e.number, p.position",
      {bound_or(from, "0001-01-01"), bound_or(to, "9999-12-31")}, [&](const Row& row) {
        if (entry.number != row.integer(0)) {
          if (entry.number != 0) visit(entry);
          entry = {.number = row.integer(0), .posted_on = row.day(1), .kind = row.text(2), .reference = row.text(3),
                   .description = row.text(4), .cite = row.text(5), .reverses = row.optional_integer(6)};
        }
        entry.postings.push_back({row.text(7), row.fen(8)});
      });
  if (entry.number != 0) visit(entry);
}

}  // namespace talent_loan
