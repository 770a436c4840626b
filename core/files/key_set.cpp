#include "core/files/key_set.hpp"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/message/message.hpp"

namespace talent_loan {
namespace {

constexpr unsigned place_bits = 40;  // a terabyte of keys
constexpr std::uint64_t place_mask = (std::uint64_t{1} << place_bits) - 1;

struct SipState {
  std::uint64_t a, b, c, d;
  void round() {
    a += b, b = std::rotl(b, 13), b ^= a, a = std::rotl(a, 32);
    c += d, d = std::rotl(d, 16), d ^= c;
    a += d, d = std::rotl(d, 21), d ^= a;
    c += b, b = std::rotl(b, 17), b ^= c, c = std::rotl(c, 32);
  }
};

}  // namespace

KeyHasher::KeyHasher() {
  std::size_t got = 0;
  while (got < sizeof secret_) {
    const ssize_t more = ::getrandom(reinterpret_cast<char*>(secret_.data()) + got, sizeof secret_ - got, 0);
    if (more < 0 && errno != EINTR) {
      throw Failure({"系统没有提供随机数", "the system gave no random numbers"}, {"请检查内核的 getrandom", "check the kernel's getrandom"});
    }
    if (more > 0) got += static_cast<std::size_t>(more);
  }
}

std::uint64_t KeyHasher::operator()(std::string_view key) const {
  SipState state{secret_[0] ^ 0x736f6d6570736575, secret_[1] ^ 0x646f72616e646f6d, secret_[0] ^ 0x6c7967656e657261,
                 secret_[1] ^ 0x7465646279746573};
  std::uint64_t last = std::uint64_t{key.size()} << 56;
  const char* at = key.data();
  std::size_t left = key.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    state.d ^= word;
    state.round();
    state.a ^= word;
  }
  for (std::size_t i = 0; i < left; ++i) last |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  state.d ^= last;
  state.round();
  state.a ^= last;
  state.c ^= 0xFF;
  state.round();
  state.round();
  state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

KeySet::KeySet(const KeyHasher& hasher) : hasher_(hasher) { resize(1 << 12); }

void KeySet::reserve(std::size_t keys) {
  const std::size_t wanted = std::bit_ceil(keys + keys / 2);
  if (wanted > mask_ + 1) resize(wanted);
}

std::string_view KeySet::key_at(Slot slot) const {
  const std::uint64_t place = (slot & place_mask) - 1;
  const char* at = chunks_[place / chunk_bytes].data() + place % chunk_bytes;
  std::uint32_t size;
  std::memcpy(&size, at, sizeof size);
  return {at + sizeof size, size};
}

// The slot that holds the key, or the empty one where it belongs.
std::size_t KeySet::find(std::uint64_t hash, std::string_view key) const {
  std::size_t at = hash & mask_;
  for (; slots_[at] != 0; at = (at + 1) & mask_) {
    if (((slots_[at] ^ hash) >> place_bits) == 0 && key_at(slots_[at]) == key) break;
  }
  return at;
}

bool KeySet::contains(std::uint64_t hash, std::string_view key) const { return slots_[find(hash, key)] != 0; }

bool KeySet::insert(std::uint64_t hash, std::string_view key) {
  const std::size_t at = find(hash, key);
  if (slots_[at] != 0) return false;
  slots_[at] = store(hash, key);
  ++size_;
  if (size_ > mask_ / 3 * 2) resize((mask_ + 1) * 2);
  return true;
}

KeySet::Slot KeySet::store(std::uint64_t hash, std::string_view key) {
  const auto size = static_cast<std::uint32_t>(key.size());
  if (chunk_used_ + sizeof size + size > chunk_bytes) {
    chunks_.emplace_back(chunk_bytes);
    chunk_used_ = 0;
  }
  char* const to = chunks_.back().data() + chunk_used_;
  std::memcpy(to, &size, sizeof size);
  std::memcpy(to + sizeof size, key.data(), size);
  const std::uint64_t place = (chunks_.size() - 1) * chunk_bytes + chunk_used_;
  chunk_used_ += sizeof size + size;
  return (hash & ~place_mask) | (place + 1);
}

void KeySet::resize(std::size_t slots) {
  const Slot* const old = slots_;
  const std::size_t old_slots = old != nullptr ? mask_ + 1 : 0;
  const ZeroedPages old_table = std::exchange(table_, ZeroedPages(slots * sizeof(Slot)));
  slots_ = reinterpret_cast<Slot*>(table_.data());
  mask_ = slots - 1;
  for (std::size_t i = 0; i < old_slots; ++i) {
    const Slot slot = old[i];
    if (slot == 0) continue;
    std::size_t at = hasher_(key_at(slot)) & mask_;
    while (slots_[at] != 0) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

}  // namespace talent_loan
