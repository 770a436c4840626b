// Asking for the rows of many keys with one statement for each few dozen of them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/database.hpp"

namespace talent_loan {

constexpr std::size_t keys_at_once = 64;  // in one statement

// What stands in `IN (…)` for them: `:key0, :key1, …`.
std::string places_of_keys();
// The keys from `at` on that go into one statement; the last one again where there are fewer. REQUIRES: at < keys.size().
std::vector<Value> keys_from(const std::vector<Value>& keys, std::size_t at);

// Runs `begin … IN (the keys) end`, some keys at a time; rows come in no order beyond that of `end` within one time.
void each_among(Transaction& transaction, std::string_view begin, const std::vector<Value>& keys, std::string_view end,
                const std::function<void(const Row&)>& visit);

}  // namespace talent_loan
