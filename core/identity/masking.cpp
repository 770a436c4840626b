#include "core/identity/masking.hpp"

#include "core/calendar/calendar.hpp"
#include "core/message/message.hpp"

namespace talent_loan {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool possible_birth(std::string_view year, std::string_view month_and_day) {
  const bool century = year.starts_with("19") || year.starts_with("20");
  return century && parse_day(std::string(year) + "-" + std::string(month_and_day.substr(0, 2)) + "-" + std::string(month_and_day.substr(2))).has_value();
}

std::size_t digits_from(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && digit(text[at + count])) ++count;
  return count;
}

// The length of the identity number that begins at `at`, a digit with none before it; 0 where there is none.
std::size_t resident_number_at(std::string_view text, std::size_t at, std::size_t digits) {
  const bool ends_in_x = at + digits < text.size() && (text[at + digits] == 'X' || text[at + digits] == 'x');
  if (digits == 18 || (digits == 17 && ends_in_x)) return possible_birth(text.substr(at + 6, 4), text.substr(at + 10, 4)) ? 18 : 0;
  if (digits == 15) return possible_birth("19" + std::string(text.substr(at + 6, 2)), text.substr(at + 8, 4)) ? 15 : 0;
  return 0;
}

// The same for the three letters before `at`, where twelve digits begin.
bool permanent_resident_number_before(std::string_view text, std::size_t at, std::size_t digits) {
  if (digits != 12 || at < 3) return false;
  return letter(text[at - 1]) && letter(text[at - 2]) && letter(text[at - 3]) && (at == 3 || !letter(text[at - 4]));
}

}  // namespace

bool has_form_of_identity_number(std::string_view text) {
  if (text.size() != 15 && text.size() != 18) return false;
  const std::size_t digits = digits_from(text, 0);
  if (digits == 0) return text.size() == 15 && digits_from(text, 3) == 12 && permanent_resident_number_before(text, 3, 12);
  return resident_number_at(text, 0, digits) == text.size();
}

std::string without_identity_numbers(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (!digit(text[at])) {
      ++at;
      continue;
    }
    const std::size_t digits = digits_from(text, at);
    std::size_t begin = at;
    std::size_t size = resident_number_at(text, at, digits);
    if (permanent_resident_number_before(text, at, digits)) {
      begin = at - 3;
      size = 15;
    }
    if (size > 0) {
      out += text.substr(copied, begin - copied);
      out += masked_identifier(text.substr(begin, size));
      copied = begin + size;
    }
    at += digits;
  }
  return out += text.substr(copied);
}

}  // namespace talent_loan
