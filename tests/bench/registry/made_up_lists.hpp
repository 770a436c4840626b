// A city's lists and requests of any size, made up: the same for the same numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace talent_loan::bench {

// The identity number of the nth person; any two differ.
std::string identity_number(std::uint64_t person);
// The unified social credit code of the nth enterprise; any two differ.
std::string social_credit_code(std::uint64_t enterprise);

// One row a talent, three in five with an employer, ten talents to an enterprise.
void write_list(const std::string& path, std::uint64_t talents);

// Seven in ten ask for listed talents, one for people on no list, two for enterprises.
void write_requests(const std::string& path, std::uint64_t requests, std::uint64_t talents);

// The identity numbers that peers are asked for: of listed talents, at random.
std::vector<std::string> numbers_to_look_up(std::uint64_t lookups, std::uint64_t talents);

}  // namespace talent_loan::bench
