// What the address sanitizer needs of the address space, terabytes of it, in builds that have it: a limit on memory
// comes on top.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <fstream>

#if defined(__SANITIZE_ADDRESS__)
#define TALENT_LOAN_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TALENT_LOAN_ADDRESS_SANITIZER 1
#endif
#endif

namespace talent_loan::host {

// 0 without the sanitizer; with it, all that is mapped now.
inline std::uint64_t bytes_of_shadow() {
  std::uint64_t pages = 0;
#ifdef TALENT_LOAN_ADDRESS_SANITIZER
  std::ifstream("/proc/self/statm") >> pages;
#endif
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace talent_loan::host
