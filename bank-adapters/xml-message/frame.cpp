#include "bank-adapters/xml-message/frame.hpp"

#include <fmt/format.h>

#include "bank-adapters/common/values.hpp"

namespace talent_loan::adapters::xml_message {

std::optional<std::string> Frame::prefix(std::size_t message_bytes) const {
  const std::uint64_t number = message_bytes + (counts_itself ? bytes : 0);
  if (digits) {
    std::string text = fmt::format("{:0{}}", number, bytes);
    return text.size() == bytes ? std::optional(std::move(text)) : std::nullopt;
  }
  if (bytes < 8 && number >> (8 * bytes) != 0) return std::nullopt;
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) {
    text[little_endian ? i : bytes - 1 - i] = static_cast<char>(number >> (8 * i) & 0xFF);
  }
  return text;
}

std::optional<std::uint64_t> Frame::message_bytes(std::string_view prefix) const {
  std::uint64_t number = 0;
  if (digits) {
    // More than 18 digits of a length are zeros or no length of a message.
    while (prefix.size() > 1 && prefix.front() == '0') prefix.remove_prefix(1);
    const auto value = parse_count(prefix, INT64_MAX);
    if (!value) return std::nullopt;
    number = static_cast<std::uint64_t>(*value);
  } else {
    for (std::size_t i = 0; i < bytes; ++i) {
      number = number << 8 | static_cast<unsigned char>(prefix[little_endian ? bytes - 1 - i : i]);
    }
  }
  if (!counts_itself) return number;
  return number >= bytes ? std::optional(number - bytes) : std::nullopt;
}

}  // namespace talent_loan::adapters::xml_message
