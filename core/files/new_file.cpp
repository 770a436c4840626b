#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/files/unnamed_file.hpp"

namespace talent_loan {

void write_new_file(const std::string& path, std::string_view bytes, unsigned mode) {
  const UnnamedFile file = open_unnamed(path, mode);
  int error = file.error;
  if (error == 0) error = write_all(file.descriptor, bytes);
  if (error == 0 && ::fsync(file.descriptor) != 0) error = errno;
  if (error == 0) error = give_name(file, path);
  if (file.descriptor >= 0) ::close(file.descriptor);
  if (!file.temporary.empty()) ::unlink(file.temporary.c_str());
  if (error == 0) return sync_folder_of(path);
  throw Failure(Diagnostic{.place = {.file = path},
                           .found = {fmt::format("无法写入（{}）", std::strerror(error)), fmt::format("cannot write ({})", std::strerror(error))}});
}

}  // namespace talent_loan
