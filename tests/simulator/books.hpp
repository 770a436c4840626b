// The books as the database holds them, beside the model.
#pragma once

#include <string>

#include "core/store/database.hpp"
#include "tests/simulator/model.hpp"

namespace talent_loan::simulator {

// Empty where the database equals the model; else what differs. Checks accounts, batches, decisions, payments,
// deposits and recoveries, that no claim is compensated twice, and that no payer got back more than it bore.
std::string difference(Database& database, const Model& model);

// The lines of one batch against the model's, amount by amount.
std::string difference_in_lines(Database& database, const Model& model, const std::string& batch);

// Empty where the audit trail and all that it covers are whole.
std::string audit_verdict(Database& database);

}  // namespace talent_loan::simulator
