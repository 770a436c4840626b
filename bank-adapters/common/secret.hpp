// Credentials: never in a configuration, always in the environment or in a file of their own, read anew when
// they are needed, so that they can be changed while the program runs. Their value is in no message.
#pragma once

#include <string>

#include "bank-adapters/common/yaml.hpp"

namespace talent_loan::adapters {

class Secret {
 public:
  Secret() = default;
  // Reads `key: {env: NAME}` or `key: {file: PATH}`; relative paths are below `base`.
  static Secret read(const YamlMap& map, const std::string& key, const std::string& base);

  bool stated() const { return !name_.empty(); }
  // Without the line end a file may have. Throws Refused(configuration) where the variable or file is missing,
  // empty or over 64 KiB.
  std::string value() const;

 private:
  bool in_file_ = false;
  std::string name_;   // of the variable or the file
  std::string field_;  // key path, for messages
};

// A path of the configuration: relative ones are below `base`.
std::string path_below(const std::string& base, const std::string& path);

}  // namespace talent_loan::adapters
