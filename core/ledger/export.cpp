#include "core/ledger/export.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/files/files.hpp"

namespace talent_loan {
namespace {

// One line of text without what a journal reads as its own syntax: line ends and the comment sign.
std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == ';' || c == '|'; }, ' ');
  return text;
}

}  // namespace

void export_journal_csv(Transaction& transaction, const std::optional<Day>& from, const std::optional<Day>& to, const Sink& sink) {
  sink("entry,posted_on,kind,reference,account,debit,credit,description,cite,reverses\n");
  each_entry(transaction, from, to, [&](const JournalEntry& entry) {
    std::string out;
    RowText row(out);
    for (const Posting& posting : entry.postings) {
      const bool credit = posting.amount.negative();
      row.plain(std::to_string(entry.number)).plain(format_day(entry.posted_on)).plain(entry.kind).text(entry.reference).text(posting.account);
      row.plain(credit ? "0.00" : format_yuan(posting.amount)).plain(credit ? format_yuan(Fen() - posting.amount) : "0.00");
      row.text(entry.description).text(entry.cite).plain(entry.reverses ? std::to_string(*entry.reverses) : "").end();
    }
    sink(out);
  });
}

void export_journal_hledger(Transaction& transaction, const std::optional<Day>& from, const std::optional<Day>& to, const Sink& sink) {
  sink("commodity CNY 1000.00\n");
  each_entry(transaction, from, to, [&](const JournalEntry& entry) {
    std::string out = fmt::format("\n{} * ({}) {} {} - {}\n", format_day(entry.posted_on), entry.number, entry.kind, one_line(entry.reference),
                                  one_line(entry.description));
    if (!entry.cite.empty()) out += fmt::format("    ; {}\n", one_line(entry.cite));
    for (const Posting& posting : entry.postings) {
      out += fmt::format("    {}  CNY {}\n", posting.account, format_yuan(posting.amount));
    }
    sink(out);
  });
}

void export_trial_balance_csv(const std::vector<AccountBalance>& balances, const Sink& sink) {
  std::string out = "account,debit,credit,balance\n";
  RowText row(out);
  FenSum debits, credits;
  for (const AccountBalance& account : balances) {
    debits += account.debits;
    credits += account.credits;
    row.text(account.account).plain(format_yuan(account.debits)).plain(format_yuan(account.credits)).plain(format_yuan(account.balance)).end();
  }
  row.plain("TOTAL").plain(format_yuan(debits)).plain(format_yuan(credits)).plain("0.00").end();
  sink(out);
}

}  // namespace talent_loan
