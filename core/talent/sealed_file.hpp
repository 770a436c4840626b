// A large file of bytes that are looked up here and there: sealed, opened at once, read block by block as the
// blocks are asked for.
//
// Format, version 2 (integers little-endian):
//   0   8 bytes   "TLSEALED"
//   8   u32       format version
//   12  u32       0x01020304, as the writing machine lays it out
//   16  u64       bytes of the payload
//   24  u64       bytes of the directory
//   32  16 bytes  salt, drawn anew for every file
//   48  16 bytes  GCM tag of the directory; the 48 bytes above are bound to it
//   64            directory: u64 length of the heading, the heading (what the file is, for its reader), then the
//                 GCM tag of every block
//   next multiple of 4096: the payload in blocks of 16 KiB, the last one shorter
// Directory and blocks are encrypted with AES-256-GCM under one key, Vault::derived_key("sealed file " + salt); the
// nonce is 0 for the directory and one more than its number for a block.
//
// So without the vault's key nothing in it can be read, and whoever cannot make that key cannot change a bit,
// swap blocks or shorten the file without its being noticed: in the directory at open(), in a block at its first
// use. What was checked is a copy in this process's own memory, out of reach of whoever writes to the file later.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/files/large_pages.hpp"
#include "core/files/replaced_file.hpp"
#include "core/message/message.hpp"
#include "core/talent/gcm.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

using Bytes = std::span<const unsigned char>;

// Writes parts one behind the other, each beginning at a multiple of 64 bytes, and gives where they begin.
std::vector<std::uint64_t> part_offsets(const std::vector<Bytes>& parts);
void write_sealed(ReplacedFile& file, const Vault& vault, const std::string& heading, const std::vector<Bytes>& parts);

// Safe to use from several threads at once.
class SealedFile {
 public:
  // Throws Failure that says why for a file that is missing, not of this format and version, shortened, changed
  // or sealed under another key.
  static std::unique_ptr<SealedFile> open(const std::string& path, const Vault& vault);
  ~SealedFile();

  const std::string& heading() const { return heading_; }
  std::uint64_t size() const { return size_; }
  // Where the payload lies in memory; only what need() was called for may be read.
  const unsigned char* data() const { return reinterpret_cast<const unsigned char*>(memory_.data()); }
  // Makes these bytes readable; throws Failure where a block was damaged. REQUIRES: within size().
  void need(std::uint64_t begin, std::uint64_t bytes) const {
    if (bytes == 0) return;
    for (std::uint64_t block = begin >> block_bits; block <= (begin + bytes - 1) >> block_bits; ++block) {
      if (ready_[block].load(std::memory_order_acquire) == 0) fetch(block);
    }
  }
  void need_all() const { need(0, size_); }

 private:
  static constexpr unsigned block_bits = 14;  // a cold lookup opens some five blocks: smaller ones are sooner open
  static constexpr std::size_t block_bytes = std::size_t{1} << block_bits;
  friend void write_sealed(ReplacedFile&, const Vault&, const std::string&, const std::vector<Bytes>&);

  SealedFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  void read_directory(const Vault& vault);
  bool read_at(std::uint64_t offset, unsigned char* into, std::size_t bytes) const;
  void fetch(std::uint64_t block) const;
  [[noreturn]] void refuse(const Text& why, const Text& remedy = {}) const;

  std::string path_;
  int descriptor_;
  std::string heading_;
  std::uint64_t size_ = 0;
  std::uint64_t payload_begin_ = 0;
  gcm::Key key_{};
  std::vector<gcm::Tag> tags_;
  ZeroedPages memory_;
  std::unique_ptr<std::atomic<unsigned char>[]> ready_;
  mutable std::array<std::mutex, 64> turns_;  // of the blocks with that remainder
};

}  // namespace talent_loan
