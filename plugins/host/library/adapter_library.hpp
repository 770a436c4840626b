// Loading an adapter's shared library, so that what was checked is what runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <talent_loan_adapter.h>

#include "core/message/message.hpp"
#include "plugins/host/library/signature.hpp"

namespace talent_loan::host {

// The bytes of a library file, read once, and what was found in them before any of its code ran.
// Opening the same path twice can give old code after the file was replaced, and another spelling of the path
// loads a second copy. So the bytes that were hashed are stored under their hash, and that file is loaded.
struct LibraryFile {
  std::string path;
  std::string sha256;       // lower-case hexadecimal
  std::string stored_path;  // the copy under its hash, in a folder only this user can enter
};

// Reads, hashes, compares with `pin` (where given) and stores. Throws AdapterFailure (not_loaded) for a file
// that is missing, is no library, is for another machine, or has another hash than the pin; each says which.
LibraryFile store_library(const std::string& path, const std::optional<std::string>& pin);

// The same for a library that must be signed as well: the bytes whose signature was checked are the bytes stored.
LibraryFile store_library(const std::string& path, const std::optional<std::string>& pin, const SignatureRule& rule, Day today);

constexpr std::size_t library_bytes_at_most = 256 << 20;
std::string sha256_hex(std::string_view bytes);

// What stands in the program's own folder of adapters: it came with the program and is trusted as the program is.
bool comes_with_program(const std::string& path);

// The path of an adapter given by name or path: a value with a slash is a path relative to
// `config_directory`, else NAME.so is sought in `config_directory`/adapters and beside the program in
// ../lib/talent-loan/adapters. Throws AdapterFailure that names the folders searched.
std::string find_library(const std::string& adapter, const std::string& config_directory);

// A loaded library whose entry has passed every check. Loaded at most once in a process and never unloaded:
// code that may have left threads or handlers behind cannot be taken away safely. Safe from any thread.
class AdapterLibrary {
 public:
  // Loads all symbols now and keeps them to itself. Throws AdapterFailure (not_loaded): cannot be loaded,
  // entry symbol missing, no adapter (magic), another version (both are named), sizes, missing functions, also
  // of an optional table.
  static std::shared_ptr<const AdapterLibrary> load(const LibraryFile& file);
  ~AdapterLibrary();
  AdapterLibrary(const AdapterLibrary&) = delete;

  const LibraryFile& file() const { return file_; }
  const std::string& name() const { return name_; }
  const std::string& version() const { return version_; }
  std::uint32_t major() const { return entry_->major; }
  std::uint32_t minor() const { return entry_->minor; }
  const talent_loan_adapter_table& table() const { return *table_; }
  const talent_loan_notices_table* notices() const { return notices_; }  // null: not offered

 private:
  struct Handle;
  explicit AdapterLibrary(LibraryFile file);
  void check_entry();
  const void* table_named(std::string_view name) const;
  void find_table();
  void find_notices();

  LibraryFile file_;
  std::unique_ptr<Handle> handle_;
  const talent_loan_entry* entry_ = nullptr;
  const talent_loan_adapter_table* table_ = nullptr;
  const talent_loan_notices_table* notices_ = nullptr;
  std::string name_;
  std::string version_;
};

}  // namespace talent_loan::host
