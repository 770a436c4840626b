// Internal to core/files: files that get their name when they are whole. A process that is killed before leaves
// nothing, whatever personal data or half a key it had written by then.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace talent_loan {

struct UnnamedFile {
  int descriptor = -1;      // the caller's to close
  std::string temporary{};  // its name beside the target, where the file system knows no files without one
  int error = 0;            // errno where it could not be opened
};
// In the folder of `target`, to be written; `mode` less the process's umask.
UnnamedFile open_unnamed(const std::string& target, mode_t mode);

// `.TARGET.ENDING` in the folder of the target.
std::string beside(const std::string& target, std::string_view ending);

// 0, or errno.
int write_all(int descriptor, std::string_view bytes);
// Gives an open file a name that is not there yet: 0, or errno, EEXIST among others.
int give_name(const UnnamedFile& file, const std::string& name);

// A new name is on disk only when its folder is. A folder that cannot be forced (some network file systems) still
// holds a whole file.
void sync_folder_of(const std::string& path);

}  // namespace talent_loan
