// A file of our own in the temporary folder (TMPDIR, else /tmp), for libraries that write to a path only. It has
// no name there, so that a process that is killed leaves nothing of what it held.
#pragma once

#include <string>

namespace talent_loan {

// Empty when made, readable by nobody else, gone with the object. Throws Failure where the folder cannot be
// written.
class ScratchFile {
 public:
  ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile();

  const std::string& path() const { return path_; }  // leads to it in this process only
  std::string bytes() const;  // all that the file holds now, up to 1 GiB

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace talent_loan
