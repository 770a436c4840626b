// Seals of many scopes with a few statements for each hundred of them: what core/store/seal.hpp does scope by scope.
// For tables whose scopes have seals of their own (CoveredTable::each_scope).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/store/seal.hpp"

namespace talent_loan {

// One seal for each scope as its rows stand now, in the order given. REQUIRES: each scope once.
std::vector<Seal> seal_scopes(Transaction& transaction, std::string_view table, const std::vector<std::int64_t>& scopes);

// Throws Failure where the rows of one of them are not what was sealed last.
void require_scopes_untouched(Transaction& transaction, std::string_view table, const std::vector<std::int64_t>& scopes);

}  // namespace talent_loan
