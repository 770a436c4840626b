// Personal data in text that people read: a message, a log line, a reason. Whatever has the form of an identity
// number is masked, its check character right or wrong, because a mistyped number is still a person's.
#pragma once

#include <string>
#include <string_view>

namespace talent_loan {

// Whether the whole text has the form of a resident identity number (18 characters, or the 15 digits of before
// 1999, with a possible day of birth) or of a foreign permanent resident card (three letters, twelve digits).
// Passports have no form of their own and are not recognised.
bool has_form_of_identity_number(std::string_view text);

// The text with every such number in it masked: "1101**********002X", in full-width digits too. A number is taken
// as a whole: digits before or behind make it another number, which is left alone.
std::string without_identity_numbers(std::string_view text);

// The same for text that people wrote freely, in which no key stands that must be told: words of one to three
// letters and five to nine digits are masked too, as most passport numbers are made.
std::string without_numbers_of_persons(std::string_view text);

// The same for a cell that should hold something else, a date or a word of a few: what reads like a name is a
// person's in the wrong cell (two to four Chinese characters, or with a dot between more; Latin words that begin
// with capitals) and masked but for its first character.
std::string without_personal_data(std::string_view cell);

// Whether the whole text reads like a name.
bool reads_like_a_name(std::string_view text);

}  // namespace talent_loan
