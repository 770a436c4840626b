#include "bank-adapters/flat-file/storage.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace talent_loan::adapters::flat_file {
namespace {

[[noreturn]] void cannot(const char* chinese, const char* english, const std::string& path) {
  const std::string why = std::strerror(errno);
  throw Refused(Refusal::unavailable, {.place = {.file = path},
                                       .found = {fmt::format("{}（{}）", chinese, why), fmt::format("{} ({})", english, why)},
                                       .allowed = {}});
}

void write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ::ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) cannot("无法写入", "cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(descriptor) != 0) cannot("无法写入", "cannot write", path);
}

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

void sync_folder_of(const std::string& path) {
  const Descriptor folder{::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.number >= 0) ::fsync(folder.number);
}

}  // namespace

std::optional<OpenFile> OpenFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT) return std::nullopt;
    cannot("无法读取", "cannot read", path);
  }
  OpenFile file(path, descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    throw Refused(Refusal::data, {.place = {.file = path}, .found = {"不是普通文件", "not a regular file"}});
  }
  return file;
}

OpenFile::OpenFile(OpenFile&& other) noexcept : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string OpenFile::stamp() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) cannot("无法读取", "cannot read", path_);
  return fmt::format("{}/{}/{}.{}", status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

std::uint64_t OpenFile::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) cannot("无法读取", "cannot read", path_);
  return static_cast<std::uint64_t>(status.st_size);
}

void OpenFile::rewind() {
  if (::lseek(descriptor_, 0, SEEK_SET) != 0) cannot("无法读取", "cannot read", path_);
}

ByteSource OpenFile::source() {
  return [this](char* into, std::size_t size) {
    for (;;) {
      const ::ssize_t got = ::read(descriptor_, into, size);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) cannot("无法读取", "cannot read", path_);
    }
  };
}

Sha256::Sha256() : context_(::EVP_MD_CTX_new()) {
  if (context_ == nullptr || ::EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), ::EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
}
Sha256::~Sha256() { ::EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256::add(std::string_view bytes) {
  if (::EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
}

std::string Sha256::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (::EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest, &size) != 1) throw std::bad_alloc();
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string sha256_of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

std::vector<std::string> files_in(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder.c_str()), &::closedir);
  if (!directory) cannot("无法读取目录", "cannot read the folder", folder);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) break;
    struct stat status {};
    if (::fstatat(::dirfd(directory.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode)) {
      names.emplace_back(entry->d_name);
    }
  }
  if (errno != 0) cannot("无法读取目录", "cannot read the folder", folder);
  return names;
}

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    errno = error.value();
    cannot("无法建立目录", "cannot make the folder", folder);
  }
}

std::optional<std::string> whole_file(const std::string& path, std::size_t at_most) {
  auto file = OpenFile::open(path);
  if (!file) return std::nullopt;
  if (file->size() > at_most) {
    throw Refused(Refusal::data, {.place = {.file = path}, .found = {fmt::format("文件超过 {} 字节", at_most), fmt::format("the file is over {} bytes", at_most)}});
  }
  std::string bytes;
  const ByteSource source = file->source();
  char block[16 << 10];
  while (const std::size_t got = source(block, sizeof block)) bytes.append(block, got);
  return bytes;
}

void write_whole(const std::string& path, std::string_view bytes) {
  const std::filesystem::path target(path);
  std::string temporary = (target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string();
  const Descriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (file.number < 0) cannot("无法写入", "cannot write", path);
  try {
    write_all(file.number, bytes, path);
    if (::fchmod(file.number, 0644) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) cannot("无法写入", "cannot write", path);
  } catch (const Refused&) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder_of(path);
}

void append_durably(const std::string& path, std::string_view bytes) {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)};
  if (file.number < 0) cannot("无法写入", "cannot write", path);
  write_all(file.number, bytes, path);
}

void move_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) cannot("无法移动", "cannot move", from);
}

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) cannot("无法删除", "cannot remove", path);
}

StateLock::StateLock(const std::string& state_folder) {
  const std::string path = state_folder + "/lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor_ < 0) cannot("无法锁定", "cannot lock", path);
  while (::flock(descriptor_, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    ::close(descriptor_);
    cannot("无法锁定", "cannot lock", path);
  }
}

StateLock::~StateLock() { ::close(descriptor_); }

}  // namespace talent_loan::adapters::flat_file
