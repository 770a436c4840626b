#include "core/files/replaced_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "core/message/message.hpp"

namespace talent_loan {
namespace {

[[noreturn]] void refuse(const std::string& path, int error) {
  throw Failure({.place = {.file = path},
                 .found = {fmt::format("无法写入（{}）", std::strerror(error)), fmt::format("cannot write ({})", std::strerror(error))},
                 .allowed = {},
                 .remedy = {"请检查目录、权限和剩余空间；没有留下不完整的文件", "check the folder, permissions and free space; no partial file was left"}});
}

// Whether the name still leads to the open file: while this process waited, another may have moved it away.
bool still_named(int descriptor, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

std::optional<ReplacedFile> ReplacedFile::begin(const std::string& path, Turn turn) {
  const std::string fresh = path + ".new";
  for (;;) {
    const int descriptor = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (descriptor < 0) refuse(fresh, errno);
    ReplacedFile file(path, fresh, descriptor);
    if (::flock(descriptor, turn == Turn::wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      file.fresh_.clear();  // another's
      if (error == EWOULDBLOCK) return std::nullopt;
      if (error == EINTR) continue;
      refuse(fresh, error);
    }
    if (!still_named(descriptor, fresh)) {
      file.fresh_.clear();
      continue;
    }
    struct stat status {};
    const bool own = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() && status.st_nlink == 1;
    if (!own) {
      file.fresh_.clear();
      refuse(fresh, EACCES);
    }
    if (::fchmod(descriptor, 0600) != 0 || ::ftruncate(descriptor, 0) != 0) refuse(fresh, errno);
    return file;
  }
}

ReplacedFile::ReplacedFile(ReplacedFile&& other) noexcept
    : path_(std::move(other.path_)), fresh_(std::move(other.fresh_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

ReplacedFile::~ReplacedFile() {
  if (descriptor_ < 0) return;
  if (!fresh_.empty()) ::unlink(fresh_.c_str());  // before the lock is let go: after it the name may be another's
  ::close(descriptor_);
}

void ReplacedFile::cannot_write(int error) const { refuse(path_, error); }

void ReplacedFile::write_at(std::uint64_t offset, std::span<const unsigned char> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0) {
      if (errno == EINTR) continue;
      cannot_write(errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

void ReplacedFile::commit() {
  if (::fsync(descriptor_) != 0 || ::rename(fresh_.c_str(), path_.c_str()) != 0) cannot_write(errno);
  fresh_.clear();
  const std::string folder = std::filesystem::absolute(path_).parent_path().string();
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;  // the file is whole all the same
  ::fsync(handle);
  ::close(handle);
}

}  // namespace talent_loan
