// Internal to core/settlement: a set of claim numbers. They are handed out one after the other, so a bit each.
#pragma once

#include <bitset>
#include <cstdint>
#include <unordered_map>

namespace talent_loan {

class NumberSet {
 public:
  void insert(std::int64_t number) { pages_[number / page_bits].set(place(number)); }
  bool contains(std::int64_t number) const {
    const auto page = pages_.find(number / page_bits);
    return page != pages_.end() && page->second.test(place(number));
  }
  bool empty() const { return pages_.empty(); }

 private:
  static constexpr std::int64_t page_bits = 32768;
  static std::size_t place(std::int64_t number) { return static_cast<std::size_t>(static_cast<std::uint64_t>(number) % page_bits); }
  std::unordered_map<std::int64_t, std::bitset<page_bits>> pages_;
};

}  // namespace talent_loan
