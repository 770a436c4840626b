#include "core/identity/identity.hpp"

#include <array>
#include <cstdint>

#include "core/calendar/calendar.hpp"

namespace talent_loan {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return c >= 'A' && c <= 'Z'; }

// ISO 7064 MOD 11-2 over 17 digits, as GB 11643-1999 chapter 5 applies it.
char resident_check_character(std::string_view first_17) {
  int remainder = 0;
  for (const char c : first_17) remainder = (remainder + (c - '0')) * 2 % 11;
  const int check = (12 - remainder) % 11;
  return check == 10 ? 'X' : static_cast<char>('0' + check);
}

// ICAO 9303 part 3, 4.9: weights 7, 3, 1 repeating, letters counting from A = 10, modulo 10.
char icao_check_digit(std::string_view text) {
  constexpr std::array<int, 3> weights{7, 3, 1};
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    sum += weights[i % 3] * (digit(text[i]) ? text[i] - '0' : text[i] - 'A' + 10);
  }
  return static_cast<char>('0' + sum % 10);
}

}  // namespace

bool valid_social_credit_code(std::string_view code) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  if (code.size() != 18) return false;
  std::uint32_t sum = 0;
  std::uint32_t weight = 1;
  for (std::size_t i = 0; i < 17; ++i) {
    const std::size_t value = alphabet.find(code[i]);
    if (value == std::string_view::npos) return false;
    sum += static_cast<std::uint32_t>(value) * weight;
    weight = weight * 3 % 31;
  }
  return code[17] == alphabet[(31 - sum % 31) % 31];
}

bool valid_resident_identity_number(std::string_view number) {
  if (number.size() != 18) return false;
  for (std::size_t i = 0; i < 17; ++i) {
    if (!digit(number[i])) return false;
  }
  const std::string birth = std::string(number.substr(6, 4)) + "-" + std::string(number.substr(10, 2)) + "-" +
                            std::string(number.substr(12, 2));
  return parse_day(birth) && number[17] == resident_check_character(number.substr(0, 17));
}

bool valid_passport_number(std::string_view number) {
  if (number.size() < 5 || number.size() > 20) return false;
  for (const char c : number) {
    if (!digit(c) && !letter(c)) return false;
  }
  return true;
}

bool valid_permanent_resident_number(std::string_view number) {
  if (number.size() == 18) return number.front() == '9' && valid_resident_identity_number(number);
  if (number.size() != 15) return false;
  for (std::size_t i = 0; i < 15; ++i) {
    if (i < 3 ? !letter(number[i]) : !digit(number[i])) return false;
  }
  return number[14] == icao_check_digit(number.substr(0, 14));
}

}  // namespace talent_loan
