#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>

#include <fmt/format.h>

#include "core/files/files.hpp"

namespace talent_loan {
namespace {

// Gets its name when it is whole: a process killed in between leaves no half a key that every later run would refuse.
class NewFile {
 public:
  NewFile(const std::string& path, unsigned mode) : path_(path), folder_(std::filesystem::path(path).parent_path().string()) {
    if (folder_.empty()) folder_ = ".";
    if (::access("/proc/self/fd", X_OK) == 0) descriptor_ = ::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (descriptor_ < 0) open_by_name(mode);
  }
  NewFile(const NewFile&) = delete;
  ~NewFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) refuse(errno);
      if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor_) != 0) refuse(errno);
  }

  // Refuses a name that stands already, and puts the folder on disk.
  void give_name() const {
    const std::string source = temporary_.empty() ? fmt::format("/proc/self/fd/{}", descriptor_) : temporary_;
    if (::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) != 0) refuse(errno);
    const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool kept = folder >= 0 && ::fsync(folder) == 0;
    const int error = errno;
    if (folder >= 0) ::close(folder);
    if (!kept) refuse(error);
  }

 private:
  // Where the file system knows no files without a name.
  void open_by_name(unsigned mode) {
    std::random_device random;
    do {
      temporary_ = fmt::format("{}.{:08x}", path_, random());
      descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    } while (descriptor_ < 0 && errno == EEXIST);
    if (descriptor_ >= 0) return;
    temporary_.clear();
    refuse(errno);
  }

  [[noreturn]] void refuse(int error) const {
    throw Failure(Diagnostic{.place = {.file = path_},
                             .found = {fmt::format("无法写入（{}）", std::strerror(error)), fmt::format("cannot write ({})", std::strerror(error))}});
  }

  std::string path_;
  std::string folder_;
  std::string temporary_{};
  int descriptor_ = -1;
};

}  // namespace

void write_new_file(const std::string& path, std::string_view bytes, unsigned mode) {
  const NewFile file(path, mode);
  file.write(bytes);
  file.give_name();
}

}  // namespace talent_loan
