// The rules of the house, run as a test. Each failure says what to do about it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace fs = std::filesystem;

namespace {

const fs::path root = TALENT_LOAN_SOURCE_DIR;

// core's folders from the bottom up: a folder includes only itself and what stands before it.
const std::vector<std::string> core_order{"message", "money",  "calendar", "identity", "files",      "policy",     "loss",
                                          "store",   "ledger", "talent",   "loan",     "settlement", "assessment", "report"};

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> sources_under(const std::string& folder) {
  std::vector<fs::path> found;
  if (!fs::exists(root / folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp" || extension == ".h" || extension == ".c")) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<fs::path> every_source() {
  std::vector<fs::path> all;
  for (const char* folder : {"core", "plugins", "bank-adapters", "samples", "tests"}) {
    const auto some = sources_under(folder);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

// The project's own headers that a file includes, as written: "core/money/money.hpp".
std::vector<std::string> own_includes(const fs::path& path) {
  static const std::regex include(R"re(^\s*#\s*include\s+"([^"]+)")re");
  std::vector<std::string> found;
  for (const std::string& line : lines_of(path)) {
    std::smatch match;
    if (std::regex_search(line, match, include)) found.push_back(match[1]);
  }
  return found;
}

std::string shown(const fs::path& path) { return fs::relative(path, root).string(); }

std::size_t place_in_core(const std::string& folder) {
  return static_cast<std::size_t>(std::find(core_order.begin(), core_order.end(), folder) - core_order.begin());
}

std::string part(const std::string& path, int index) {
  std::stringstream in(path);
  std::string piece;
  for (int i = 0; i <= index; ++i) std::getline(in, piece, '/');
  return piece;
}

}  // namespace

TEST_CASE("the arrows between core's folders point one way") {
  for (const fs::path& path : sources_under("core")) {
    const std::string own = part(shown(path), 1);
    INFO(shown(path) << ": a new folder of core needs its place in core_order");
    CHECK(place_in_core(own) < core_order.size());
    for (const std::string& include : own_includes(path)) {
      INFO(shown(path) << " includes " << include
                          << ": core includes only core, and only folders below its own; move what is shared down, or hand it in");
      CHECK(include.starts_with("core/"));
      CHECK(place_in_core(part(include, 1)) <= place_in_core(own));
    }
  }
}

TEST_CASE("bank adapters see the C interface and the kit, never core or the host") {
  for (const fs::path& path : sources_under("bank-adapters")) {
    for (const std::string& include : own_includes(path)) {
      INFO(shown(path) << " includes " << include << ": an adapter is what a bank could have written; use plugins/abi and plugins/sdk");
      CHECK((include.starts_with("plugins/abi/") || include.starts_with("plugins/sdk/") || include.starts_with("bank-adapters/") ||
             include.find('/') == std::string::npos));
    }
  }
}

TEST_CASE("the kit and the interface stand alone") {
  for (const char* folder : {"plugins/abi", "plugins/sdk"}) {
    for (const fs::path& path : sources_under(folder)) {
      for (const std::string& include : own_includes(path)) {
        INFO(shown(path) << " includes " << include << ": what banks build against may not need the product's inside");
        CHECK_FALSE(include.starts_with("core/"));
        CHECK_FALSE(include.starts_with("plugins/host"));
      }
    }
  }
}

TEST_CASE("no binary floating point comes near money") {
  static const std::regex floating(R"(\b(double|float|std::stod|std::stof|strtod|atof)\b)");
  for (const char* folder : {"core/money", "core/policy", "core/loss", "core/ledger", "core/loan", "core/settlement", "core/assessment"}) {
    for (const fs::path& path : sources_under(folder)) {
      std::size_t number = 0;
      for (const std::string& line : lines_of(path)) {
        ++number;
        const std::string code = line.substr(0, line.find("//"));
        INFO(shown(path) << ":" << number << ": " << line << "\nuse Fen, Ratio or an exact rational");
        CHECK_FALSE(std::regex_search(code, floating));
      }
    }
  }
}

TEST_CASE("files stay readable without scrolling back") {
  constexpr std::size_t lines_at_most = 450;
  for (const fs::path& path : every_source()) {
    if (shown(path) == "plugins/abi/talent_loan_adapter.h") continue;  // one header by promise, half of it prose
    INFO(shown(path) << ": ask what it hides, and give that a file of its own");
    CHECK(lines_of(path).size() <= lines_at_most);
  }
}

TEST_CASE("nothing unfinished and no place of one machine is left in the sources") {
  const std::vector<std::string> words{std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X:", std::string("/wo") + "rk/"};
  for (const fs::path& path : every_source()) {
    std::size_t number = 0;
    for (const std::string& line : lines_of(path)) {
      ++number;
      for (const std::string& word : words) {
        INFO(shown(path) << ":" << number << ": finish it, or say in the closing note what is missing");
        CHECK(line.find(word) == std::string::npos);
      }
    }
  }
}

TEST_CASE("the top level holds what the house names and nothing else") {
  const std::vector<std::string> allowed{"CMakeLists.txt", "CMakePresets.json", "core",         "plugins",         "bank-adapters", "config",
                                         "tests",          "samples",           "docs",         "README.md",       "README.zh-CN.md", "LICENSE",
                                         "CHANGELOG.md",   "build"};
  for (const auto& entry : fs::directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".")) continue;  // tool settings
    INFO(name << ": put it into the folder of its concept");
    CHECK(std::find(allowed.begin(), allowed.end(), name) != allowed.end());
  }
}
