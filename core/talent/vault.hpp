// Personal data at rest. Identity numbers and names are kept only encrypted (AES-256-GCM); they are found again
// by a keyed hash (HMAC-SM3), which without the key cannot be searched by trying all numbers.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace talent_loan {

// 128 bits of a keyed hash: two different inputs never meet by chance.
struct KeyedHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const KeyedHash&, const KeyedHash&) = default;
};
std::string format_hash(KeyedHash hash);           // 32 hexadecimal digits
KeyedHash parse_hash(std::string_view hexadecimal);  // throws Failure for anything else

using MasterKey = std::array<unsigned char, 32>;

// Every use has its own key, derived from the master key. Safe to use from several threads at once.
class Vault {
 public:
  explicit Vault(const MasterKey& master);
  Vault(Vault&&) noexcept;
  ~Vault();

  // Tells keys apart without revealing them.
  const std::string& key_id() const;
  // Under which an identity number is looked up.
  KeyedHash lookup(std::string_view identity_number) const;
  // Equal for equal bytes, telling nothing else about them.
  KeyedHash fingerprint(std::string_view bytes) const;
  // A key of its own for one purpose; who holds it learns nothing of the master key or of other purposes.
  MasterKey derived_key(std::string_view purpose) const;
  // Base64 of nonce, cipher text and tag; `bound_to` must be given again to open it, so that a sealed text
  // cannot be moved to another record.
  std::string seal(std::string_view plain, std::string_view bound_to) const;
  // Throws Failure where the text was changed, moved, or sealed under another key.
  std::string open(std::string_view sealed, std::string_view bound_to) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace talent_loan

template <>
struct std::hash<talent_loan::KeyedHash> {
  std::size_t operator()(const talent_loan::KeyedHash& keyed) const { return keyed.low; }
};
