// A bank's exchange folder on disk, for the tests of the flat-file adapter.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "bank-adapters/flat-file/config.hpp"

namespace flat_file_tests {

class Exchange {
 public:
  Exchange() {
    std::string name = (std::filesystem::temp_directory_path() / "flat-file.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    root_ = name;
    std::filesystem::create_directory(root_ + "/in");
  }
  ~Exchange() { std::filesystem::remove_all(root_); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const std::string& root() const { return root_; }
  std::string path(const std::string& name) const { return root_ + "/" + name; }
  void put(const std::string& name, const std::string& bytes) const { std::ofstream(path(name), std::ios::binary) << bytes; }
  void deliver(const std::string& name, const std::string& bytes, const std::string& flag = "") const {
    put("in/" + name, bytes);
    put("in/" + name + ".ok", flag);
  }
  bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }
  std::string text(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  std::vector<std::string> names(const std::string& folder) const {
    std::vector<std::string> found;
    if (!has(folder)) return found;
    for (const auto& entry : std::filesystem::directory_iterator(path(folder))) found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
  }
  talent_loan::adapters::flat_file::Config config(const std::string& yaml) const {
    return talent_loan::adapters::flat_file::read_config("schema: talent-loan/flat-file/1\nfolders: {in: in, archive: archive}\n" + yaml, "bank.yaml", root_);
  }

 private:
  std::string root_;
};

// What `work` is refused with, in English; empty where it is not.
template <typename Work>
std::string refusal(Work work) {
  try {
    work();
  } catch (const talent_loan::adapters::Refused& refused) {
    return refused.what();
  }
  return {};
}

}  // namespace flat_file_tests
