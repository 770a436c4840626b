// The city's books of compensation: double entry, only ever added to. A mistake is undone by the opposite entry.
//
// Accounts are paths joined by ':' (docs/settlement.md lists them). A debit is positive, a credit negative, and
// the postings of one entry add up to zero: checked here when an entry is made and again on what the database
// then holds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/identity/identity.hpp"
#include "core/message/message.hpp"
#include "core/money/money.hpp"
#include "core/store/database.hpp"
#include "core/store/seal.hpp"

namespace talent_loan {

namespace account {
std::string fund(const std::string& fund);                                 // assets: cash of a fund
std::string award_receivable(const PayerId& payer);                        // assets: what a reimbursing payer owes
std::string returns_receivable(const BankId& bank);                        // assets: recoveries a bank must pass on
std::string returns_owed(const PayerId& payer);                            // liabilities: its part of them
std::string budget(const PayerId& payer);                                  // equity: paid without a fund
std::string deposits(const std::string& fund);                             // equity: paid into a fund
std::string compensation(const PayerId& payer, const BankId& bank);        // expenses, by who bears them
std::string recovered(const PayerId& payer, const BankId& bank);           // income, by whose loss it makes good
std::string reward(const BankId& bank);                                    // expenses: rewards of the yearly assessment
}  // namespace account

struct Posting {
  std::string account;
  Fen amount;  // not zero; a debit is positive
};

struct JournalEntry {
  std::int64_t number = 0;  // 1, 2, 3, … in the order of booking
  Day posted_on;
  std::string kind;       // deposit, settlement, settlement-reversal, recovery, recovery-reversal
  std::string reference;  // what it books: a batch, a recovery, a deposit's reference
  std::string description;
  std::string cite;  // clauses, joined by '|'
  std::optional<std::int64_t> reverses{};
  std::vector<Posting> postings{};
};

// Adds a debit or credit to the posting on that account; sums of zero are dropped by post().
void add(std::vector<Posting>& postings, const std::string& account, Fen amount);

// Books an entry and gives its number; one without postings left is not booked and gives 0. Throws Failure where
// it does not balance or is dated on or before `closed_to`.
std::int64_t post(Transaction& transaction, JournalEntry entry, const std::optional<Day>& closed_to);

// The same for many entries at once: their numbers in the order given.
std::vector<std::int64_t> post_all(Transaction& transaction, std::vector<JournalEntry> entries, const std::optional<Day>& closed_to);

// Books the opposite of an entry. Throws Failure where it was reversed already.
std::int64_t post_opposite(Transaction& transaction, std::int64_t number, Day posted_on, const std::string& kind,
                           const std::string& reference, const std::string& why, const std::optional<Day>& closed_to);

// The number of the last entry; 0 where there is none. With seals_after: what a command posted, for its audit
// entry.
std::int64_t last_entry(Transaction& transaction);
std::vector<Seal> seals_after(Transaction& transaction, std::int64_t entry);

// The first day that is open for posting, at `wanted` or after it.
Day first_open_day(Day wanted, const std::optional<Day>& closed_to);

struct AccountBalance {
  std::string account;
  FenSum debits;
  FenSum credits;  // positive
  FenSum balance;  // debits less credits
};
// Every account posted to up to that day, in byte order. Throws Failure where the books do not balance.
std::vector<AccountBalance> trial_balance(Transaction& transaction, const std::optional<Day>& to = std::nullopt);
Fen account_balance(Transaction& transaction, const std::string& account);

// Entries in the order of booking. The argument of a call is valid in it only.
void each_entry(Transaction& transaction, const std::optional<Day>& from, const std::optional<Day>& to,
                const std::function<void(const JournalEntry&)>& visit);

}  // namespace talent_loan
