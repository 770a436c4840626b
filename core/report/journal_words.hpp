// What a journal entry books, as people say it. The books keep kinds and descriptions in English, as what is posted
// never changes; a reader gets them in the language asked for.
#pragma once

#include <string>

#include "core/ledger/journal.hpp"

namespace talent_loan {

Text entry_kind_words(const std::string& kind);  // 补偿支付 / settlement
// The description; one that this program did not write, such as a reason somebody typed, is left as it stands.
Text entry_description(const JournalEntry& entry);

}  // namespace talent_loan
