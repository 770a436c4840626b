// The few things the exchange needs of the file system, each with an error that names the file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank-adapters/flat-file/records.hpp"

namespace talent_loan::adapters::flat_file {

// A regular file open for reading; symbolic links are not followed: a bank's folder may not point elsewhere.
class OpenFile {
 public:
  static std::optional<OpenFile> open(const std::string& path);  // nullopt: no such file. Else throws Refused.
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();

  // Size, inode and times as one text: differs once the file was written to or replaced.
  std::string stamp() const;
  std::uint64_t size() const;
  void rewind();
  ByteSource source();  // borrows this file

 private:
  OpenFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;
  int descriptor_ = -1;
};

class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  void add(std::string_view bytes);
  std::string hex();  // ends it

 private:
  void* context_;
};

std::string sha256_of(std::string_view bytes);

// Names of the regular files in a folder, unsorted. Throws Refused(unavailable) where it cannot be read.
std::vector<std::string> files_in(const std::string& folder);
void make_folder(const std::string& folder);
std::optional<std::string> whole_file(const std::string& path, std::size_t at_most);  // nullopt: no such file

// Written to a temporary name beside it, made durable and renamed: it appears whole or not at all.
void write_whole(const std::string& path, std::string_view bytes);
void append_durably(const std::string& path, std::string_view bytes);
void move_file(const std::string& from, const std::string& to);
void remove_file(const std::string& path);

// Held while the adapter's own files in the state folder are read and changed: one process at a time.
class StateLock {
 public:
  explicit StateLock(const std::string& state_folder);
  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;
  ~StateLock();

 private:
  int descriptor_ = -1;
};

}  // namespace talent_loan::adapters::flat_file
