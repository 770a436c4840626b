// The tree behind YamlValue: what yaml-cpp's parser reports, with places and nothing converted. Internal to
// core/files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/files/yaml.hpp"

namespace talent_loan {

struct YamlEntry;

struct YamlNode {
  enum class Kind { empty, scalar, list, map };
  Kind kind = Kind::empty;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string scalar;
  std::vector<YamlNode> items;
  std::vector<YamlEntry> entries;
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

struct YamlDocument {
  std::string file;
  YamlProblems* problems = nullptr;  // outlives the document
  YamlNode root;
};

// Parses one document. What the whole configuration refuses (syntax, aliases, depth, encoding) is recorded
// and gives nullptr.
std::shared_ptr<const YamlDocument> parse_yaml_tree(std::string_view text, const std::string& file,
                                                    YamlProblems& problems);

}  // namespace talent_loan
