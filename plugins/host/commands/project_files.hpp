// The sample adapters that are built outside the tree, as part of the program.
#pragma once

#include <span>
#include <string_view>

namespace talent_loan::host {

struct ProjectFile {
  std::string_view language;  // "cpp" or "c"
  std::string_view name;
  std::string_view content;
};
std::span<const ProjectFile> project_files();

}  // namespace talent_loan::host
