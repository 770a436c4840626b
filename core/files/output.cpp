#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/files/unnamed_file.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t block_bytes = 512 << 10;
constexpr int tries_at_most = 10'000;  // some ten seconds
constexpr mode_t permissions = 0666;  // less the process's umask

[[noreturn]] void cannot_write(const std::string& path, int error) {
  throw Failure({.place = {.file = path},
                 .found = {fmt::format("无法写入（{}）", std::strerror(error)), fmt::format("cannot write ({})", std::strerror(error))},
                 .allowed = {},
                 .remedy = {"请检查目录、权限和剩余空间；没有留下不完整的文件", "check the folder, permissions and free space; no partial file was left"}});
}

bool needs_quotes(std::string_view cell) {
  return std::any_of(cell.begin(), cell.end(), [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; });
}

}  // namespace

struct OutputFile::State {
  std::string path;
  std::string target;     // the path, or where it leads as a symbolic link; empty: written in place
  Keeping keeping = Keeping::durable;
  UnnamedFile file{};     // or the pipe or device that is written in place
  std::string pending;
  bool flushed = false;

  ~State() {
    if (file.descriptor >= 0 && path != "-") ::close(file.descriptor);  // also of a pipe or device, whose reader waits for its end
    if (!file.temporary.empty()) ::unlink(file.temporary.c_str());
  }

  void open_beside() {
    file = open_unnamed(target, permissions);
    if (file.error != 0) cannot_write(path, file.error);
  }

  void write_out(std::string_view bytes) const {
    if (const int error = write_all(file.descriptor, bytes); error != 0) cannot_write(path, error);
  }

  void flush() {
    if (flushed) return;
    write_out(pending);
    pending.clear();
    if (keeping == Keeping::durable && !target.empty() && ::fsync(file.descriptor) != 0) cannot_write(path, errno);
    flushed = true;
  }

  void rename() {
    if (target.empty()) return;
    if (!file.temporary.empty()) {
      if (::rename(file.temporary.c_str(), target.c_str()) != 0) cannot_write(path, errno);
      file.temporary.clear();
    } else {
      put_in_place();
    }
    ::close(std::exchange(file.descriptor, -1));
    if (keeping == Keeping::durable) sync_folder_of(target);
  }

  // A name can only be given where none stands, so an older output takes two steps. Between them the file is locked,
  // which tells it from what a killed process left there.
  void put_in_place() {
    int error = give_name(file, target);
    if (error == 0) return;
    if (error != EEXIST || ::flock(file.descriptor, LOCK_EX) != 0) cannot_write(path, error);
    const std::string whole = beside(target, "new");
    while ((error = give_name(file, whole)) == EEXIST) wait_until_free(whole);
    if (error != 0) cannot_write(path, error);
    if (::rename(whole.c_str(), target.c_str()) == 0) return;
    error = errno;
    ::unlink(whole.c_str());
    cannot_write(path, error);
  }

  // Until the process that is about to rename this file has done so, or, where it was killed, removes the file.
  void wait_until_free(const std::string& name) const {
    const int other = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (other < 0 && errno == ENOENT) return;
    int error = other < 0 ? errno : 0;
    for (int tries = 0; error == 0 && ::flock(other, LOCK_EX | LOCK_NB) != 0; ++tries) {
      if (tries == tries_at_most) error = EEXIST;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    struct stat opened {};
    struct stat named {};
    const bool left_there = error == 0 && ::fstat(other, &opened) == 0 && ::lstat(name.c_str(), &named) == 0 && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
    if (left_there && ::unlink(name.c_str()) != 0) error = errno;
    if (other >= 0) ::close(other);
    if (error != 0) cannot_write(name, error);
  }
};

OutputFile::OutputFile(std::string path, Keeping keeping) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.keeping = keeping;
  state.path = std::move(path);
  if (state.path == "-") {
    state.file.descriptor = STDOUT_FILENO;
    return;
  }
  struct stat status {};
  if (::stat(state.path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) cannot_write(state.path, EISDIR);
    // A device or pipe is written in place: it cannot be renamed over. Nor can /dev/stderr, which may lead to a
    // plain file: renaming would replace the link itself.
    const bool leads_to_descriptor = state.path.starts_with("/dev/std") || state.path.starts_with("/dev/fd/") ||
                                     state.path.starts_with("/proc/");
    if (!S_ISREG(status.st_mode) || leads_to_descriptor) {
      state.file.descriptor = ::open(state.path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
      if (state.file.descriptor < 0) cannot_write(state.path, errno);
      return;
    }
    if (::access(state.path.c_str(), W_OK) != 0) cannot_write(state.path, errno);
  }
  std::error_code error;  // a link stays, and what it leads to is replaced
  if (std::filesystem::is_symlink(state.path, error)) {
    state.target = std::filesystem::canonical(state.path, error).string();
  }
  if (state.target.empty()) state.target = state.path;
  state.open_beside();
}

OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile::~OutputFile() = default;

const std::string& OutputFile::path() const { return state_->path; }

void OutputFile::write(std::string_view bytes) {
  State& state = *state_;
  if (state.pending.size() + bytes.size() > block_bytes) {
    state.write_out(state.pending);
    state.pending.clear();
    if (bytes.size() > block_bytes) return state.write_out(bytes);
  }
  state.pending += bytes;
}

void OutputFile::prepare() {
  if (!state_->target.empty()) state_->flush();
}

void OutputFile::commit() {
  state_->flush();
  state_->rename();
}

void commit_all(std::vector<OutputFile*> files) {
  std::erase(files, nullptr);
  for (OutputFile* file : files) file->state_->flush();
  for (OutputFile* file : files) file->state_->rename();
}

namespace {

// What tells two paths to one file: its place on disk, or where it would come to be. Empty: not a file.
std::string file_identity(const std::string& path, std::string_view standard_stream) {
  if (path == "-") return std::string(standard_stream);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "path " + std::filesystem::weakly_canonical(std::filesystem::absolute(path)).string();
  return S_ISREG(status.st_mode) ? fmt::format("file {} {}", status.st_dev, status.st_ino) : "";
}

}  // namespace

std::optional<Diagnostic> file_named_twice(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  std::map<std::string, bool> named;  // whether as an output
  for (const std::string& input : inputs) named.emplace(file_identity(input, ""), false);
  for (const std::string& output : outputs) {
    const std::string identity = file_identity(output, "standard output");
    const auto [entry, first] = named.emplace(identity, true);
    if (first || identity.empty()) continue;
    return Diagnostic{.place = {.file = output},
                      .found = entry->second ? Text{"同一文件被指定为两个输出", "the same file is named for two outputs"}
                                             : Text{"输出文件同时是输入文件", "this output is also an input"},
                      .allowed = {},
                      .remedy = {"请为每个输出指定不同的文件", "name a file of its own for each output"}};
  }
  return std::nullopt;
}

void RowText::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

RowText& RowText::plain(std::string_view cell) {
  separate();
  out_ += cell;
  return *this;
}

RowText& RowText::text(std::string_view cell) {
  separate();
  const bool formula = !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos;
  if (!needs_quotes(cell)) {
    if (formula) out_ += '\'';
    out_ += cell;
    return *this;
  }
  out_ += formula ? "\"'" : "\"";
  for (const char c : cell) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

std::string_view word(RowCode code) {
  constexpr std::array<std::string_view, 11> words{
      "", "MALFORMED_ROW", "MISSING_VALUE", "BAD_DATE", "BAD_AMOUNT", "BAD_IDENTIFIER", "BAD_VALUE", "DUPLICATE_KEY",
      "DATES_OUT_OF_ORDER", "RECOVERED_OVER_OUTSTANDING", "NO_POLICY_IN_FORCE"};
  return words.at(static_cast<std::size_t>(code));
}

RejectsFile::RejectsFile(std::string path, Language language, Keeping keeping) : language_(language) {
  if (path.empty()) return;
  file_ = std::make_unique<OutputFile>(std::move(path), keeping);
  file_->write("line,key,code,message\n");
}

void RejectsFile::add(std::uint64_t line, std::string_view key, std::string_view code, const Text& message) {
  ++count_;
  if (!file_) return;
  std::string row;
  RowText(row).plain(line == 0 ? "" : fmt::format("{}", line)).text(key).plain(code).text(message.in(language_)).end();
  file_->write(row);
}

}  // namespace talent_loan
