#include "core/files/large_pages.hpp"

#include <sys/mman.h>

namespace talent_loan {

void* map_large_pages(std::size_t bytes) {
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  ::madvise(memory, bytes, MADV_HUGEPAGE);  // advice: where it is not taken, small pages serve too
  return memory;
}

void unmap_large_pages(void* memory, std::size_t bytes) noexcept { ::munmap(memory, bytes); }

}  // namespace talent_loan
