#include "core/files/scratch_file.hpp"

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

ScratchFile::ScratchFile() : path_(temporary_folder() + "/talent-loan-XXXXXX") {
  const int descriptor = ::mkstemp(path_.data());
  if (descriptor < 0) {
    throw Failure(Diagnostic{.place = {.file = path_},
                             .found = {fmt::format("无法建临时文件（{}）", std::strerror(errno)), fmt::format("cannot make a temporary file ({})", std::strerror(errno))},
                             .allowed = {},
                             .remedy = {"请检查 TMPDIR 的空间和权限", "check the space and permissions of TMPDIR"}});
  }
  ::close(descriptor);
}

ScratchFile::~ScratchFile() { ::unlink(path_.c_str()); }

std::string ScratchFile::bytes() const { return read_whole_file(path_, std::size_t{1} << 30); }

}  // namespace talent_loan
