// What the database said, as the interface's errors: who must do what, and whether asking again can help.
#pragma once

#include <talent_loan/sdk.hpp>

#include "bank-adapters/database/config.hpp"

namespace soci {
class soci_error;
}

namespace talent_loan::adapters::database {

struct Statement;

// `answers`: the server takes connections, only not this one.
sdk::Error connect_failure(const sdk::Call& call, const Connection& settings, const soci::soci_error& failure, bool answers);
sdk::Error no_such_file(const sdk::Call& call, const Connection& settings);
// `broken`: the connection is gone.
sdk::Error statement_failure(const sdk::Call& call, const Statement& statement, const soci::soci_error& failure, bool broken);

}  // namespace talent_loan::adapters::database
