// Plausible people and enterprises of a made city: names, identity numbers and codes with valid check characters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace talent_loan::sample {

// The same numbers on every machine: a 64-bit SplitMix generator and integer-only ranges.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  int between(int low, int high);  // both inclusive
  bool percent(int chance) { return between(1, 100) <= chance; }

 private:
  std::uint64_t state_;
};

std::string person_name(Chance& chance);
// A resident identity number of one of Zibo's districts, born 1960 to 1994.
std::string resident_identity_number(Chance& chance);
std::string enterprise_name(Chance& chance, int number);
std::string social_credit_code(Chance& chance);

}  // namespace talent_loan::sample
