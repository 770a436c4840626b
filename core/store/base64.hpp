// Base64 (RFC 4648, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace talent_loan {

std::string to_base64(std::string_view bytes);
// nullopt for anything that to_base64() would not have written: two texts never decode to the same bytes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace talent_loan
