// Funds: the cash that compensation is paid from. A fund is opened by its first deposit; one that nobody has
// opened limits nothing, because the program then knows nothing of its balance, and the payers pay from their
// budgets. An opened fund never goes below zero.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ledger/journal.hpp"

namespace talent_loan {

// Where money paid into a fund comes from.
struct DepositSource {
  enum class Kind { budget = 1, award, returns };
  Kind kind = Kind::budget;
  std::string of{};  // award: the reimbursing payer; returns: the bank
};
// "budget", "award:PAYER" or "returns:BANK".
std::optional<DepositSource> parse_deposit_source(const std::string& text);
std::string word(const DepositSource& source);

struct Deposit {
  std::string fund;
  std::string reference;  // unique in the fund: the voucher or transfer it came by
  Fen amount;             // over 0
  Day received_on;
  DepositSource source{};
  UserId by{};
};

// Books a deposit with its audit entry and gives true; false where the same one was booked before. The reference with another
// amount, day or source throws Failure that names it.
bool deposit(Transaction& transaction, const Deposit& deposit, const std::optional<Day>& closed_to);

struct FundStatus {
  std::string fund;
  bool open = false;
  Fen deposited;  // all deposits
  Fen paid;       // paid to banks, less what was reversed
  Fen reserved;   // in batches prepared and not yet approved
  Fen balance;    // cash in the books
  Fen available() const { return balance - reserved; }
};
FundStatus fund_status(Transaction& transaction, const std::string& fund);
std::vector<std::string> opened_funds(Transaction& transaction);  // byte order

}  // namespace talent_loan
