// One message to the bank and its answer, over a connection of its own.
#pragma once

#include <talent_loan/sdk.hpp>

#include <string>
#include <string_view>

#include "bank-adapters/xml-message/config.hpp"

namespace talent_loan::adapters::xml_message {

// Returns the answer's bytes. Throws sdk::Error: UNAVAILABLE where the bank cannot be reached (nothing was
// sent: later) or falls silent (what became of the message is unknown: same key), BAD_DATA where the length is
// none, over the cap, or not what comes, and the call's own error when its time is up or it is cancelled.
std::string exchange(const sdk::Call& call, const Connection& settings, std::string_view message);

}  // namespace talent_loan::adapters::xml_message
