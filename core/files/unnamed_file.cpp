#include "core/files/unnamed_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <random>

#include <fmt/format.h>

namespace talent_loan {

std::string beside(const std::string& target, std::string_view ending) {
  const std::filesystem::path whole(target);
  return (whole.parent_path() / fmt::format(".{}.{}", whole.filename().string(), ending)).string();
}

UnnamedFile open_unnamed(const std::string& target, mode_t mode) {
  UnnamedFile file;
  const std::string folder = std::filesystem::path(target).parent_path().string();
  if (::access("/proc/self/fd", X_OK) == 0) {
    file.descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
  }
  if (file.descriptor >= 0) return file;
  std::random_device random;
  do {
    file.temporary = beside(target, fmt::format("{:08x}", random()));
    file.descriptor = ::open(file.temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  } while (file.descriptor < 0 && errno == EEXIST);
  if (file.descriptor >= 0) return file;
  file.error = errno;
  file.temporary.clear();
  return file;
}

int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int give_name(const UnnamedFile& file, const std::string& name) {
  const std::string from = file.temporary.empty() ? fmt::format("/proc/self/fd/{}", file.descriptor) : file.temporary;
  return ::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

void sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  ::fsync(handle);
  ::close(handle);
}

}  // namespace talent_loan
