// The keys of the rows accepted so far: "an earlier row with this key was accepted", for tens of millions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/files/large_pages.hpp"

namespace talent_loan {

// SipHash-1-3 under a key drawn once per object: whoever writes a file cannot choose keys that collide.
// Safe to use from any thread.
class KeyHasher {
 public:
  KeyHasher();
  std::uint64_t operator()(std::string_view key) const;

 private:
  std::array<std::uint64_t, 2> secret_;
};

// Open addressing over 8-byte slots; every hit is confirmed on the key's bytes, so a hash never decides.
// Costs 12 to 20 bytes a key beside the key's own. Not shared between threads without a lock.
class KeySet {
 public:
  explicit KeySet(const KeyHasher& hasher);

  // Makes room for this many keys at once instead of by doubling.
  void reserve(std::size_t keys);
  // Fetches what contains() and insert() will look at; worth it a dozen keys ahead.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(slots_ + (hash & mask_)); }
  // `hash` is the hasher's of `key`.
  bool contains(std::uint64_t hash, std::string_view key) const;
  // False where the key is there already. REQUIRES: key no longer than 1 MiB.
  bool insert(std::uint64_t hash, std::string_view key);
  std::size_t size() const { return size_; }

 private:
  // A slot is 24 bits of the hash and, above 0, one more than the place of the key's bytes.
  using Slot = std::uint64_t;
  static constexpr std::size_t chunk_bytes = 4 << 20;

  std::size_t find(std::uint64_t hash, std::string_view key) const;
  std::string_view key_at(Slot slot) const;
  Slot store(std::uint64_t hash, std::string_view key);
  void resize(std::size_t slots);

  const KeyHasher& hasher_;
  Slot* slots_ = nullptr;  // in table_
  std::uint64_t mask_ = 0;  // one less than there are
  ZeroedPages table_;
  std::size_t size_ = 0;
  std::vector<ZeroedPages> chunks_;
  std::size_t chunk_used_ = chunk_bytes;
};

}  // namespace talent_loan
