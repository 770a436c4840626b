// AES-256-GCM over the caller's buffers. Safe to use from several threads at once.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace talent_loan::gcm {

using Key = std::array<unsigned char, 32>;
using Nonce = std::array<unsigned char, 12>;
using Tag = std::array<unsigned char, 16>;

// Encrypts `plain` to `out`, which has its size and may be the same buffer. `bound_to` is not encrypted but must
// be given again to open it. REQUIRES: no nonce serves twice under one key; under 1 GiB.
Tag seal(const Key& key, const Nonce& nonce, std::string_view bound_to, std::span<const unsigned char> plain, unsigned char* out);

// False where the bytes, the tag, the nonce, what they are bound to or the key are not those of seal(); then
// `out` holds nothing that may be used.
bool open(const Key& key, const Nonce& nonce, const Tag& tag, std::string_view bound_to, std::span<const unsigned char> sealed,
          unsigned char* out);

}  // namespace talent_loan::gcm
