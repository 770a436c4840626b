#include "core/files/scratch_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "core/files/files.hpp"

namespace talent_loan {
namespace {

std::string temporary_folder() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);  // an error: TMPDIR is no folder
  if (!error) return folder.string();
  const char* const named = std::getenv("TMPDIR");
  return named == nullptr ? "/tmp" : named;
}

}  // namespace

ScratchFile::ScratchFile() {
  std::string name = temporary_folder() + "/talent-loan-XXXXXX";
  descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) {
    throw Failure(Diagnostic{.place = {.file = name},
                             .found = {fmt::format("无法建临时文件（{}）", std::strerror(errno)), fmt::format("cannot make a temporary file ({})", std::strerror(errno))},
                             .allowed = {},
                             .remedy = {"请检查 TMPDIR 的空间和权限", "check the space and permissions of TMPDIR"}});
  }
  ::unlink(name.c_str());
  path_ = fmt::format("/proc/self/fd/{}", descriptor_);
}

ScratchFile::~ScratchFile() { ::close(descriptor_); }

std::string ScratchFile::bytes() const { return read_whole_file(path_, std::size_t{1} << 30); }

}  // namespace talent_loan
