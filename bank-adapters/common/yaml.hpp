// Strict reading of an adapter's YAML configuration: every key is known, none stands twice, every value has the
// type it must have, and all that is wrong is reported at once, each with line, column, what is allowed and the
// nearest word. Anchors and aliases are refused: they are how a small file becomes a large one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bank-adapters/common/problem.hpp"

namespace YAML {
class Node;
}

namespace talent_loan::adapters {

class YamlMap;

// Owns the parsed text and gathers the problems of all maps read from it.
class YamlFile {
 public:
  // Throws Refused(configuration) at once for text that is not YAML, is over 1 MiB or nests deeper than 32.
  YamlFile(std::string_view text, std::string name);
  YamlFile(const YamlFile&) = delete;
  YamlFile& operator=(const YamlFile&) = delete;
  ~YamlFile();

  // The top mapping, whose keys must be among `allowed`, with `schema` the given value.
  YamlMap root(std::string_view schema, std::vector<std::string> allowed);
  // Throws Refused(configuration) with every problem found so far, if there is one.
  void finish() const;

 private:
  friend class YamlMap;
  void add(const YAML::Node& node, const std::string& field, Text found, Text allowed);

  std::string name_;
  std::unique_ptr<YAML::Node> top_;
  std::vector<Problem> problems_;
};

// One mapping. A value that is wrong is reported to the file and read as its fallback, so reading goes on.
// Borrows the file: not to outlive it.
class YamlMap {
 public:
  YamlMap(YamlFile& file, const YAML::Node& node, std::string path, std::vector<std::string> allowed);
  YamlMap(const YamlMap&) = default;

  bool has(const std::string& key) const;
  bool is_map(const std::string& key) const;
  bool is_list(const std::string& key) const;

  std::string text(const std::string& key, std::string fallback) const;  // a plain or quoted scalar
  std::string required_text(const std::string& key) const;
  // The word's position in `words`.
  std::size_t word(const std::string& key, const std::vector<std::string>& words, std::size_t fallback) const;
  bool flag(const std::string& key, bool fallback) const;  // true or false
  std::int64_t integer(const std::string& key, std::int64_t at_least, std::int64_t at_most, std::int64_t fallback) const;
  std::int64_t required_integer(const std::string& key, std::int64_t at_least, std::int64_t at_most) const;
  std::vector<std::string> texts(const std::string& key) const;  // one scalar or a list of them
  // Any keys, each with a scalar: a value map.
  std::vector<std::pair<std::string, std::string>> entries(const std::string& key) const;
  // The keys of this map as they stand, for maps whose keys are names.
  std::vector<std::string> keys() const;

  std::optional<YamlMap> map(const std::string& key, std::vector<std::string> allowed) const;
  std::vector<YamlMap> maps(const std::string& key, std::vector<std::string> allowed) const;

  // Reports something about the value of `key` (of the map itself where it is empty).
  void wrong(const std::string& key, Text found, Text allowed = {}) const;
  const std::string& path() const { return path_; }

 private:
  YAML::Node find(const std::string& key) const;
  std::string below(const std::string& key) const;
  std::optional<std::string> scalar(const std::string& key) const;
  void must_be(const std::string& key, const char* chinese, const char* english) const;

  YamlFile* file_;
  std::shared_ptr<const YAML::Node> node_;
  std::string path_;
};

}  // namespace talent_loan::adapters
