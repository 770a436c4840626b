// Internal to plugins/host/sync: what a bank is still to be told of settlements and assessments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/identity/identity.hpp"
#include "core/store/database.hpp"
#include "plugins/host/session/messages.hpp"

namespace talent_loan::host {

// `record` names the delivery in adapter_deliveries; the notice's own key is what the bank knows it by.
template <typename Notice>
struct Delivery {
  std::string record;
  Notice notice;
};

// The decided claims of booked batches, in the order of the batches, that were not delivered yet.
std::vector<Delivery<SettledNotice>> settled_to_deliver(Transaction& transaction, const BankId& bank);
std::uint64_t count_settled_to_deliver(Transaction& transaction, const BankId& bank);  // the same, only how many
std::vector<Delivery<ScoredNotice>> scored_to_deliver(Transaction& transaction, const BankId& bank);

}  // namespace talent_loan::host
