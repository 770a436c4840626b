// Memory for large tables that are looked up at random, in large pages where the system has them: in small ones every
// look costs a walk of the page table, and every first touch of a page a fault.
#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <utility>
#include <vector>

namespace talent_loan {

// Zeroed memory from the system; pages nobody wrote to cost nothing. Throws std::bad_alloc.
void* map_large_pages(std::size_t bytes);
void unmap_large_pages(void* memory, std::size_t bytes) noexcept;

// Owns such memory. Moved from, it owns none.
class ZeroedPages {
 public:
  ZeroedPages() = default;
  explicit ZeroedPages(std::size_t bytes) : data_(map_large_pages(bytes)), bytes_(bytes) {}
  ZeroedPages(ZeroedPages&& other) noexcept { swap(other); }
  ZeroedPages& operator=(ZeroedPages&& other) noexcept { return swap(other), *this; }
  ~ZeroedPages() {
    if (data_ != nullptr) unmap_large_pages(data_, bytes_);
  }

  char* data() const { return static_cast<char*>(data_); }

 private:
  void swap(ZeroedPages& other) noexcept { std::swap(data_, other.data_), std::swap(bytes_, other.bytes_); }
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

// A vector's memory: from the heap while small, above in large pages.
template <typename T>
struct LargePageAllocator {
  using value_type = T;
  static constexpr std::size_t large = std::size_t{1} << 20;  // bytes

  LargePageAllocator() = default;
  template <typename U>
  LargePageAllocator(const LargePageAllocator<U>&) {}  // NOLINT(google-explicit-constructor): what allocators are

  T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length();
    if (count * sizeof(T) < large) return static_cast<T*>(::operator new(count * sizeof(T)));
    return static_cast<T*>(map_large_pages(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) < large) ::operator delete(memory);
    else unmap_large_pages(memory, count * sizeof(T));
  }
  template <typename U>
  bool operator==(const LargePageAllocator<U>&) const {
    return true;
  }
};

template <typename T>
using LargeVector = std::vector<T, LargePageAllocator<T>>;

}  // namespace talent_loan
