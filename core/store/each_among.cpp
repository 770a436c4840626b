#include "core/store/each_among.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan {

std::string places_of_keys() {
  std::string places;
  for (std::size_t i = 0; i < keys_at_once; ++i) places += fmt::format("{}:key{}", i == 0 ? "" : ", ", i);
  return places;
}

std::vector<Value> keys_from(const std::vector<Value>& keys, std::size_t at) {
  std::vector<Value> some;
  some.reserve(keys_at_once);
  for (std::size_t i = 0; i < keys_at_once; ++i) some.push_back(keys[std::min(at + i, keys.size() - 1)]);
  return some;
}

void each_among(Transaction& transaction, std::string_view begin, const std::vector<Value>& keys, std::string_view end,
                const std::function<void(const Row&)>& visit) {
  const std::string sql = fmt::format("{} IN ({}){}", begin, places_of_keys(), end);
  for (std::size_t at = 0; at < keys.size(); at += keys_at_once) transaction.each(sql, keys_from(keys, at), visit);
}

}  // namespace talent_loan
