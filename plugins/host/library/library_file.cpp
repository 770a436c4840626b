#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "core/files/files.hpp"
#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {
namespace {

namespace fs = std::filesystem;

#if defined(__x86_64__)
constexpr Elf64_Half own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half own_machine = EM_AARCH64;
#else
#error "name this machine's ELF number here"
#endif

[[noreturn]] void refuse(const std::string& path, Text found, Text allowed, Text remedy) {
  throw AdapterFailure(AdapterFailure::Kind::not_loaded, Retry::never,
                       {{path, 0, 0, {}}, std::move(found), std::move(allowed), std::move(remedy)});
}

// Everything the loader would complain about in words that do not help, found before it is asked.
void check_elf(const std::string& path, const std::string& bytes) {
  const Text wanted{"本机的共享库（.so）", "a shared library (.so) of this machine"};
  Elf64_Ehdr header;
  if (bytes.size() < EI_NIDENT || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0) {
    refuse(path, {"不是共享库", "is not a shared library"}, wanted, {"检查路径", "check the path"});
  }
  const bool own_class = bytes[EI_CLASS] == ELFCLASS64 && bytes[EI_DATA] == ELFDATA2LSB;
  if (own_class && bytes.size() >= sizeof header) std::memcpy(&header, bytes.data(), sizeof header);
  if (!own_class || bytes.size() < sizeof header || header.e_machine != own_machine) {
    refuse(path, {"是另一种处理器的库", "is a library for another architecture"}, wanted,
           {"请向适配器的提供者索取本机架构的版本", "ask its maker for a build for this architecture"});
  }
  if (header.e_type != ET_DYN) {
    refuse(path, {"是 ELF 文件但不是共享库", "is an ELF file but not a shared library"}, wanted, {"检查路径", "check the path"});
  }
}

std::string cache_folder() {
  fs::path folder;
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    folder = fs::path(cache) / "talent-loan";
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    folder = fs::path(home) / ".cache" / "talent-loan";
  } else {
    folder = fs::temp_directory_path() / fmt::format("talent-loan-{}", ::getuid());
  }
  folder /= "adapters";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    refuse(folder.string(), {"无法建立缓存目录：" + error.message(), "the cache folder cannot be made: " + error.message()}, {},
           {"设置 XDG_CACHE_HOME 为可写目录", "set XDG_CACHE_HOME to a folder that can be written"});
  }
  struct stat status {};
  // Whoever could write here could put other code under a checked name.
  if (::chmod(folder.c_str(), 0700) != 0 || ::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      status.st_uid != ::geteuid() || (status.st_mode & 0077) != 0) {
    refuse(folder.string(), {"缓存目录不属于本用户", "the cache folder does not belong to this user alone"}, {},
           {"删除它或设置 XDG_CACHE_HOME", "remove it, or set XDG_CACHE_HOME"});
  }
  return folder.string();
}

std::string read_library(const std::string& path) {
  try {
    return read_whole_file(path, library_bytes_at_most);
  } catch (const Failure& failure) {
    throw AdapterFailure(AdapterFailure::Kind::not_loaded, Retry::never, failure.diagnostics().front());
  }
}

fs::path own_adapters() {
  std::error_code unknown;
  const fs::path program = fs::read_symlink("/proc/self/exe", unknown);
  return program.parent_path().parent_path() / "lib" / "talent-loan" / "adapters";
}

using SignatureCheck = std::function<void(const std::string& bytes)>;

LibraryFile stored(const std::string& path, const std::optional<std::string>& pin, const SignatureCheck& check_signature) {
  const std::string bytes = read_library(path);
  LibraryFile file{path, sha256_hex(bytes), {}};
  if (pin && *pin != file.sha256) {
    refuse(path, {"SHA-256 为 " + file.sha256, "the SHA-256 is " + file.sha256}, verbatim(*pin),
           {"库与登记的不同：核对来源后用 talent-loan adapter pin 重新登记", "the library differs from the one pinned: check where it came from, then pin it with talent-loan adapter pin"});
  }
  check_elf(path, bytes);
  if (check_signature) check_signature(bytes);
  file.stored_path = cache_folder() + "/" + file.sha256 + ".so";
  std::error_code missing;
  if (fs::is_regular_file(fs::symlink_status(file.stored_path, missing)) && read_library(file.stored_path) == bytes) return file;
  OutputFile copy(file.stored_path);
  copy.write(bytes);
  copy.commit();
  return file;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
    throw Failure({"SHA-256 不可用", "SHA-256 is not available"}, {"检查 OpenSSL 的安装", "check the installation of OpenSSL"});
  }
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

LibraryFile store_library(const std::string& path, const std::optional<std::string>& pin) { return stored(path, pin, {}); }

LibraryFile store_library(const std::string& path, const std::optional<std::string>& pin, const SignatureRule& rule, Day today) {
  return stored(path, pin, [&](const std::string& bytes) { require_signature(path, bytes, rule, today); });
}

bool comes_with_program(const std::string& path) {
  std::error_code unknown;
  return fs::equivalent(fs::path(path).parent_path(), own_adapters(), unknown);
}

std::string find_library(const std::string& adapter, const std::string& config_directory) {
  if (adapter.find('/') != std::string::npos) {
    return fs::path(adapter).is_absolute() ? adapter : (fs::path(config_directory) / adapter).string();
  }
  std::error_code unknown;
  const std::vector<fs::path> folders{fs::path(config_directory) / "adapters", own_adapters()};
  std::string searched;
  for (const fs::path& folder : folders) {
    const fs::path candidate = folder / (adapter + ".so");
    if (fs::exists(candidate, unknown)) return candidate.string();
    searched += (searched.empty() ? "" : ", ") + folder.string();
  }
  refuse(adapter + ".so", {"没有名为 " + talent_loan::quoted(adapter) + " 的适配器，查找过：" + searched, "no adapter named " + talent_loan::quoted(adapter) + "; searched: " + searched},
         {}, {"写出路径，或把库放进其中一个目录", "write its path, or put the library into one of these folders"});
}

}  // namespace talent_loan::host
