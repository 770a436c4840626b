// A file of our own in the temporary folder (TMPDIR, else /tmp), for libraries that write to a path only.
#pragma once

#include <string>

namespace talent_loan {

// Empty when made, readable by nobody else, removed with the object. Throws Failure where the folder cannot be
// written.
class ScratchFile {
 public:
  ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile();

  const std::string& path() const { return path_; }
  std::string bytes() const;  // all that the file holds now, up to 1 GiB

 private:
  std::string path_;
};

}  // namespace talent_loan
