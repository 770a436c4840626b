// How a message's end is known on the wire: a length before it, as digits or as a binary number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace talent_loan::adapters::xml_message {

struct Frame {
  bool digits = true;           // "00001234"; else a binary number
  std::size_t bytes = 8;        // of the length itself: 1 to 20 digits, or 2, 4 or 8 bytes
  bool little_endian = false;   // binary only
  bool counts_itself = false;   // the number includes the length's own bytes

  // The length's bytes; nullopt where the number does not fit.
  std::optional<std::string> prefix(std::size_t message_bytes) const;
  // How many bytes follow; nullopt where the bytes are no length. REQUIRES: prefix.size() == bytes.
  std::optional<std::uint64_t> message_bytes(std::string_view prefix) const;
};

}  // namespace talent_loan::adapters::xml_message
