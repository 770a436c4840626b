// Internal to core/files: the parts of a workbook, files in a zip archive, and the names in them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "core/message/message.hpp"

namespace talent_loan {

class WorkbookArchive {
 public:
  explicit WorkbookArchive(const std::string& path);  // throws Failure for what is no zip archive
  const std::string& path() const { return path_; }

  std::vector<std::string> names();
  bool has(const std::string& name) const;
  // Throws Failure where the part is missing or damaged, or all parts read are over 256 MiB.
  std::string read(const std::string& name);
  // Refuses, too, what defines entities or would not fit into memory as a tree.
  pugi::xml_document read_xml(const std::string& name);

  [[noreturn]] void damaged() const;
  [[noreturn]] void refuse(const Text& why, const Text& remedy = {}) const;

 private:
  std::string path_;
  std::unique_ptr<void, int (*)(void*)> archive_;
  std::size_t unpacked_ = 0;
};

// Names in a part may carry any prefix: "x:row" is a row.
bool xml_named(const pugi::xml_node& node, std::string_view name);
pugi::xml_node xml_child(const pugi::xml_node& parent, std::string_view name);

// "C12" -> column 2, row 11; false for anything else.
bool parse_cell_reference(std::string_view reference, std::uint32_t& row, std::uint32_t& column);

}  // namespace talent_loan
