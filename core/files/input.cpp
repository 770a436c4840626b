#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "core/files/files.hpp"

namespace talent_loan {
namespace {

[[noreturn]] void cannot_read(const std::string& path, int error) {
  throw Failure({.place = {.file = path},
                 .found = {fmt::format("无法读取文件（{}）", std::strerror(error)),
                           fmt::format("cannot read the file ({})", std::strerror(error))},
                 .allowed = {},
                 .remedy = {"请检查路径和权限", "check the path and its permissions"}});
}

}  // namespace

InputFile InputFile::open(const std::string& path) {
  if (path == "-") return {"-", STDIN_FILENO};
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) cannot_read(path, errno);
  InputFile file(path, descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) cannot_read(path, errno);
  if (S_ISDIR(status.st_mode)) cannot_read(path, EISDIR);
  return file;
}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

InputFile::~InputFile() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

std::size_t InputFile::read(char* into, std::size_t size) {
  for (;;) {
    const ssize_t got = ::read(descriptor_, into, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) cannot_read(path_, errno);
  }
}

std::string read_whole_file(const std::string& path, std::size_t at_most) {
  InputFile file = InputFile::open(path);
  std::string text;
  std::string block(64 << 10, '\0');
  while (const std::size_t got = file.read(block.data(), block.size())) {
    text.append(block, 0, got);
    if (text.size() > at_most) {
      throw Failure({.place = {.file = path},
                     .found = {fmt::format("文件超过 {} 字节", at_most), fmt::format("the file is larger than {} bytes", at_most)},
                     .allowed = {},
                     .remedy = {"请确认这是正确的文件", "make sure this is the right file"}});
    }
  }
  return text;
}

}  // namespace talent_loan
