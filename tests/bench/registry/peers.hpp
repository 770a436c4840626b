// What users look people up in today, on the same numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace talent_loan::bench {

// Each is filled with the identity numbers of `talents` people, every one with 40 bytes of what a list says, then asked for
// every number of `lookups`. Lookups a second; nullopt where the peer is not on this machine. Throws where a number is
// not found.
double unordered_map_lookups(std::uint64_t talents, const std::vector<std::string>& lookups);
double sqlite_lookups(const std::string& file, std::uint64_t talents, const std::vector<std::string>& lookups);
std::optional<double> redis_lookups(const std::string& folder, std::uint64_t talents, const std::vector<std::string>& lookups);

}  // namespace talent_loan::bench
