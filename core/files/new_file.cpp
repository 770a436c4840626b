#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "core/files/files.hpp"

namespace talent_loan {

void write_new_file(const std::string& path, std::string_view bytes, unsigned mode) {
  const auto refuse = [&](int error) {
    throw Failure(Diagnostic{.place = {.file = path},
                             .found = {fmt::format("无法写入（{}）", std::strerror(error)), fmt::format("cannot write ({})", std::strerror(error))}});
  };
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) refuse(errno);
  const bool written = ::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(descriptor) == 0;
  const int error = errno;
  ::close(descriptor);
  if (written) return;
  ::unlink(path.c_str());
  refuse(error);
}

}  // namespace talent_loan
