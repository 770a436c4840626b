// Internal to plugins/host/sync: how far each stream of each bank has been read, and what was delivered.
#pragma once

#include <string>

#include "core/identity/identity.hpp"
#include "core/store/database.hpp"
#include "plugins/host/session/messages.hpp"

namespace talent_loan::host {

// The start of the stream where nothing was read yet.
RawCursor read_cursor(Transaction& transaction, const BankId& bank, const std::string& stream);
void write_cursor(Transaction& transaction, const BankId& bank, const std::string& stream, const RawCursor& cursor);

bool delivered(Transaction& transaction, const BankId& bank, const std::string& key);
void write_delivery(Transaction& transaction, const BankId& bank, const std::string& key, const std::string& receipt, Day on);

}  // namespace talent_loan::host
