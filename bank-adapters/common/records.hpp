// From rows of the field map to records of the interface.
#pragma once

#include <optional>
#include <string>

#include <talent_loan/sdk.hpp>

#include "bank-adapters/common/fields.hpp"

namespace talent_loan::adapters {

// `values` stand in the order of the stream's fields.
sdk::Application to_application(const std::vector<Value>& values);
sdk::Claim to_claim(const std::vector<Value>& values);

// `origin` is the event's id where the bank gives none, `sequence` its place among all events of the bank where
// the bank gives none. Rejects an event that lacks what its kind needs.
std::optional<Reject> to_event(const std::vector<Value>& values, const std::string& origin, std::int64_t sequence, sdk::Event& event);

// Rejects a disbursement without its loan.
std::optional<Reject> to_issued(const std::vector<Value>& values, sdk::Issued& issued);

}  // namespace talent_loan::adapters
