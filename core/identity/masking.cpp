#include "core/identity/masking.hpp"

#include <algorithm>
#include <optional>
#include <vector>

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

// Where in a text something stands.
struct Place {
  std::size_t begin;
  std::size_t size;
};

void find_identity_numbers(std::string_view text, std::vector<Place>& found) {
  for (std::size_t at = 0; at < text.size();) {
    if (!digit(text[at])) {
      ++at;
      continue;
    }
    const std::size_t digits = digits_from(text, at);
    if (permanent_resident_number_before(text, at, digits)) {
      found.push_back({at - 3, 15});
    } else if (const std::size_t size = resident_number_at(text, at, digits); size > 0) {
      found.push_back({at, size});
    }
    at += digits;
  }
}

// Words of one to three letters and five to nine digits: the passports of most countries.
void find_passport_numbers(std::string_view text, std::vector<Place>& found) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && (digit(text[end]) || letter(text[end]))) ++end;
    std::size_t letters = 0;
    while (at + letters < end && letter(text[at + letters])) ++letters;
    const std::size_t digits = end - at - letters;
    const bool only_digits_behind = digits_from(text, at + letters) == digits;
    if (only_digits_behind && letters >= 1 && letters <= 3 && digits >= 5 && digits <= 9) found.push_back({at, end - at});
    at = std::max(end, at + 1);
  }
}

constexpr std::string_view full_width = "\xEF\xBC";  // and the third byte of "０" to "Ｚ"

// What stands in full-width digits and capitals, as keyboards set to Chinese write them, in plain ones.
struct Narrowed {
  explicit Narrowed(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      places.push_back(at);
      const auto third = at + 2 < text.size() ? static_cast<unsigned char>(text[at + 2]) : 0;
      const bool wide = text.substr(at).starts_with(full_width) && ((third >= 0x90 && third <= 0x99) || (third >= 0xA1 && third <= 0xBA));
      narrow += wide ? static_cast<char>(third <= 0x99 ? '0' + (third - 0x90) : 'A' + (third - 0xA1)) : text[at];
      if (wide) at += 2;
    }
    places.push_back(text.size());
  }
  std::string narrow;
  std::vector<std::size_t> places;  // of every character of `narrow` in the text, and of its end
};

template <typename... Find>
std::string masked_where(std::string_view text, const Find&... find) {
  std::vector<Place> found;
  std::optional<Narrowed> narrowed;
  if (text.find(full_width) != std::string_view::npos) narrowed.emplace(text);
  (find(narrowed ? std::string_view(narrowed->narrow) : text, found), ...);
  std::sort(found.begin(), found.end(), [](const Place& a, const Place& b) { return a.begin < b.begin; });
  std::string out;
  std::size_t copied = 0;
  for (const Place& place : found) {
    const std::size_t begin = narrowed ? narrowed->places[place.begin] : place.begin;
    const std::size_t end = narrowed ? narrowed->places[place.begin + place.size] : place.begin + place.size;
    if (begin < copied) continue;
    out += text.substr(copied, begin - copied);
    out += masked_identifier(text.substr(begin, end - begin));
    copied = end;
  }
  return out += text.substr(copied);
}

// The code point that begins the text, which loses it; 0 where that is no UTF-8.
char32_t next_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const std::size_t length = byte(0) < 0x80 ? 1 : byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  char32_t character = length == 1 ? byte(0) : byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) character = 0;
    character = character << 6 | (byte(i) & 0x3FU);
  }
  text.remove_prefix(std::min(length, text.size()));
  return character;
}

bool reads_like_a_chinese_name(std::string_view text) {
  // What clerks write in such cells that is nobody's name.
  for (const char* word : {"级", "证", "照", "学者", "人才", "计划", "工程", "专家", "技师", "院士", "基金", "护照", "长期", "至今", "目前", "未知", "不详", "永久", "公司", "大学"}) {
    if (text.find(word) != std::string_view::npos) return false;
  }
  std::size_t characters = 0;
  bool dotted = false;
  while (!text.empty()) {
    const char32_t character = next_character(text);
    const bool dot = character == U'\u00B7' || character == U'\u2022' || character == U'\u30FB';
    const bool han = (character >= 0x3400 && character <= 0x9FFF) || (character >= 0x20000 && character <= 0x323AF);
    if (!dot && !han) return false;
    dotted = dotted || dot;
    ++characters;
  }
  return characters >= 2 && characters <= (dotted ? 20U : 4U);
}

bool reads_like_a_latin_name(std::string_view text) {
  std::size_t words = 0;
  bool within = false;
  for (const char c : text) {
    if (!letter(c) && (!within || std::string_view(" '-.,").find(c) == std::string_view::npos)) return false;
    if (letter(c) && !within) {
      if (c > 'Z') return false;
      ++words;
    }
    within = c != ' ';
  }
  return words >= 2 && words <= 5;
}

}  // namespace

bool has_form_of_identity_number(std::string_view text) {
  if (text.size() != 15 && text.size() != 18) return false;
  const std::size_t digits = digits_from(text, 0);
  if (digits == 0) return text.size() == 15 && digits_from(text, 3) == 12 && permanent_resident_number_before(text, 3, 12);
  return resident_number_at(text, 0, digits) == text.size();
}

std::string without_identity_numbers(std::string_view text) { return masked_where(text, find_identity_numbers); }

std::string without_numbers_of_persons(std::string_view text) { return masked_where(text, find_identity_numbers, find_passport_numbers); }

std::string without_personal_data(std::string_view cell) { return reads_like_a_name(cell) ? masked_name(cell) : without_numbers_of_persons(cell); }

bool reads_like_a_name(std::string_view text) { return reads_like_a_chinese_name(text) || reads_like_a_latin_name(text); }

}  // namespace talent_loan
