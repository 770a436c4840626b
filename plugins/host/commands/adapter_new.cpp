#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "plugins/host/adapters.hpp"
#include "plugins/host/commands/project_files.hpp"

namespace talent_loan::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_bytes_at_most = 64;  // of an adapter's name, by the interface

struct NewArguments {
  std::string name;
  std::string language = "cpp";
  std::string directory;
};

void require_name(const std::string& name) {
  const bool clean = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (clean && !name.empty() && name.size() <= name_bytes_at_most && name.front() >= 'a' && name.front() <= 'z' && name.back() != '-') return;
  throw Failure(Diagnostic{{{}, 0, 0, "NAME"}, verbatim(talent_loan::quoted(name)),
                           {"小写字母开头，只含小写字母、数字和 -，不以 - 结尾，最多 64 个字符", "lower-case letters, digits and -, a letter first, no - last, at most 64 characters"}, {}});
}

std::string with_underscores(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string as_class(const std::string& name) {
  std::string out;
  bool begins = true;
  for (const char letter : name) {
    if (letter != '-') out += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
    begins = letter == '-';
  }
  return out;
}

// The sample's names in each of their spellings become the new adapter's.
std::string renamed(std::string_view text, const std::string& name) {
  const std::pair<std::string_view, std::string> spellings[] = {{"ledger-file", name}, {"ledger_file", with_underscores(name)}, {"LedgerFile", as_class(name)}};
  std::string out;
  while (!text.empty()) {
    bool replaced = false;
    for (const auto& [from, to] : spellings) {
      if (!text.starts_with(from)) continue;
      out += to;
      text.remove_prefix(from.size());
      replaced = true;
      break;
    }
    if (replaced) continue;
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

[[noreturn]] void cannot_write(const std::string& path, const std::string& why) {
  throw Failure(Diagnostic{{path, 0, 0, {}}, {"无法写出项目：" + why, "the project cannot be written: " + why}, {}, {"用 --directory 指定可写的新目录", "name a new folder that can be written with --directory"}});
}

// A folder beside `target`, removed with what is in it unless it took the target's place.
class NewFolder {
 public:
  explicit NewFolder(const std::string& target) : target_(target), path_(target + ".XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) cannot_write(target_, std::strerror(errno));
    ::chmod(path_.c_str(), 0755);
  }
  ~NewFolder() {
    std::error_code nothing;
    if (!path_.empty()) fs::remove_all(path_, nothing);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const std::string& path() const { return path_; }
  void take_place() {
    if (::rename(path_.c_str(), target_.c_str()) != 0) cannot_write(target_, std::strerror(errno));  // an empty folder may stand there
    path_.clear();
  }

 private:
  std::string target_;
  std::string path_;
};

Exit write_project(const Globals& globals, const NewArguments& arguments) {
  require_name(arguments.name);
  fs::path wanted = fs::path(arguments.directory.empty() ? arguments.name : arguments.directory).lexically_normal();
  if (!wanted.has_filename()) wanted = wanted.parent_path();  // written with a slash at its end
  const std::string directory = wanted.string();
  if (fs::exists(directory) && !(fs::is_directory(directory) && fs::is_empty(directory))) {
    throw Failure(Diagnostic{{directory, 0, 0, {}}, {"已经存在且不是空目录", "exists and is no empty folder"}, {}, {"用 --directory 指定新目录", "name a new folder with --directory"}});
  }
  NewFolder folder(directory);
  for (const ProjectFile& file : project_files()) {
    if (file.language != arguments.language) continue;
    OutputFile out(folder.path() + "/" + renamed(file.name, arguments.name));
    out.write(renamed(file.content, arguments.name));
    out.commit();
  }
  folder.take_place();
  globals.tell({fmt::format("项目写在 {}；构建与检查见其中的 README.md", directory), fmt::format("the project is in {}; its README.md tells how to build and check it", directory)});
  return Exit::done;
}

}  // namespace

void add_adapter_new(CLI::App& group, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<NewArguments>();
  CLI::App* leaf = add_leaf(group, globals, invocation, "new", {"写出一个可以直接构建、通过检查的适配器项目", "write an adapter project that builds and passes its check as it is"},
                            "talent-loan adapter new my-bank --language c --directory ../my-bank-adapter", [&globals, arguments] { return write_project(globals, *arguments); });
  leaf->add_option("NAME", arguments->name, globals.say({"适配器名", "name of the adapter"}))->required();
  leaf->add_option("--language", arguments->language, globals.say({"cpp（用开发包）或 c（只用接口）", "cpp (with the kit) or c (the bare interface)"}))->check(CLI::IsMember({"cpp", "c"}));
  leaf->add_option("--directory", arguments->directory, globals.say({"写到哪个新目录（默认 NAME）", "the new folder to write (NAME)"}))->type_name("DIR");
}

}  // namespace talent_loan::host
