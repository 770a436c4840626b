// What fuzz targets share.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace talent_loan::fuzz {

// What must hold for every input. Ends the process with the words, which is what a fuzzer takes for a finding.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// A file in memory, named by its descriptor.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes = {}) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    require(descriptor_ >= 0, "a file can be made");
    write(bytes);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      require(written > 0, "the file can be written");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

 private:
  int descriptor_;
};

// Values taken from the front of the input; zeros and empty texts once it is used up.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const char*>(data), size) {}
  explicit Input(std::string_view bytes) : left_(bytes) {}

  bool empty() const { return left_.empty(); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(text_of(1).empty() ? 0 : taken_.front()); }
  template <typename Number>
  Number number() {
    Number value = 0;
    const std::string_view bytes = text_of(sizeof value);
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }
  // A length of one byte, then that many.
  std::string_view text() { return text_of(byte()); }
  // All up to the mark, which is passed over; the rest where there is none.
  std::string_view until(char mark) {
    const std::string_view piece = text_of(left_.find(mark));
    text_of(1);
    return piece;
  }
  std::string_view rest() { return text_of(left_.size()); }

 private:
  std::string_view text_of(std::size_t size) {
    taken_ = left_.substr(0, size);
    left_.remove_prefix(taken_.size());
    return taken_;
  }
  std::string_view left_;
  std::string_view taken_;
};

}  // namespace talent_loan::fuzz
