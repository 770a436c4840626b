// A file that is made anew and put in the place of the one before it, whole or not at all, by one process at a
// time: for what can be computed again, such as a cache. Its bytes never change once it is in its place, so that
// whoever has it open keeps reading what was there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace talent_loan {

class ReplacedFile {
 public:
  enum class Turn { wait, or_leave };
  // The new file beside `path` (".new" behind its name), which only its owner can read; nullopt with
  // Turn::or_leave where another process is making it. What a killed process left there is written over.
  // Throws Failure where the folder cannot be written.
  static std::optional<ReplacedFile> begin(const std::string& path, Turn turn);
  ReplacedFile(ReplacedFile&& other) noexcept;
  ReplacedFile(const ReplacedFile&) = delete;
  ~ReplacedFile();

  void write_at(std::uint64_t offset, std::span<const unsigned char> bytes);
  // On disk, and in its place, when this returns.
  void commit();

 private:
  ReplacedFile(std::string path, std::string fresh, int descriptor) : path_(std::move(path)), fresh_(std::move(fresh)), descriptor_(descriptor) {}
  [[noreturn]] void cannot_write(int error) const;
  std::string path_;
  std::string fresh_;
  int descriptor_ = -1;
};

}  // namespace talent_loan
