// Identity numbers in text that people read: a message, a log line, a reason. Whatever has the form of one is
// masked, its check character right or wrong, because a mistyped number is still a person's.
#pragma once

#include <string>
#include <string_view>

namespace talent_loan {

// Whether the whole text has the form of a resident identity number (18 characters, or the 15 digits of before
// 1999, with a possible day of birth) or of a foreign permanent resident card (three letters, twelve digits).
// Passports have no form of their own and are not recognised.
bool has_form_of_identity_number(std::string_view text);

// The text with every such number in it masked: "1101**********002X". A number is taken as a whole: digits
// before or behind make it another number, which is left alone.
std::string without_identity_numbers(std::string_view text);

}  // namespace talent_loan
