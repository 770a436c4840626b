// JSON as money needs it: numbers keep the digits they were written with, no name stands twice in an object,
// nesting has an end, and text is UTF-8.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace talent_loan::adapters::rest_json {

// Numbers become strings of their digits. Throws Refused(data) saying where and why the text is refused.
nlohmann::json read_exact(std::string_view text);

bool is_pointer(const std::string& text);  // RFC 6901, not the empty one

// nullptr where nothing stands there, whatever the pointer asks for: an index beyond any array, a member of a number.
const nlohmann::json* value_at(const nlohmann::json& document, const std::string& pointer);

// The value there as a text: "" where there is none or it is null, an array's values joined by `|`. Throws
// Refused(data) naming the pointer for an object, or an array that holds an object or another array.
std::string text_at(const nlohmann::json& document, const std::string& pointer);

// Puts a value there, objects on the way included; false where something else stands in the way or there already.
bool put(nlohmann::json& document, const std::string& pointer, nlohmann::json value);

}  // namespace talent_loan::adapters::rest_json
