// The journal for people and for other ledger programs.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "core/ledger/journal.hpp"

namespace talent_loan {

using Sink = std::function<void(std::string_view)>;

// `entry,posted_on,kind,reference,account,debit,credit,description,cite,reverses`, one row per posting.
void export_journal_csv(Transaction& transaction, const std::optional<Day>& from, const std::optional<Day>& to, const Sink& sink);

// A journal that hledger and ledger read; amounts in CNY, the entry's number as its code.
void export_journal_hledger(Transaction& transaction, const std::optional<Day>& from, const std::optional<Day>& to, const Sink& sink);

// `account,debit,credit,balance`, then a row TOTAL.
void export_trial_balance_csv(const std::vector<AccountBalance>& balances, const Sink& sink);

}  // namespace talent_loan
