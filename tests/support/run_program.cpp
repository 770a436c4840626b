#include "tests/support/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

extern char** environ;

namespace talent_loan::testing {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void failed(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept { return std::swap(number_, other.number_), *this; }
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  int number() const { return number_; }

 private:
  int number_;
};

struct Pipe {
  Descriptor read, write;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) failed("pipe");
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
};

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& string : strings) out.push_back(string.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  std::vector<std::string> out(added);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('=') + 1);
    const bool replaced = std::any_of(added.begin(), added.end(), [&](const std::string& a) { return a.starts_with(name); });
    if (!replaced) out.emplace_back(text);
  }
  return out;
}

pid_t start(const std::string& program, const std::vector<std::string>& arguments, const RunOptions& options,
            const Pipe& in, const Pipe& out, const Pipe& err) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = environment_with(options.environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.number(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write.number(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.number(), STDERR_FILENO);
  if (!options.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
  pid_t child = 0;
  errno = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, pointers(words).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (errno != 0) failed(program);
  return child;
}

// What is still to be written to the child's standard input.
class Input {
 public:
  explicit Input(const RunOptions& options) : options_(options), piece_(options.feed ? "" : options.input) {}

  // False at the end.
  bool prepare() {
    while (at_ == piece_.size()) {
      piece_.clear();
      at_ = 0;
      if (!options_.feed || !options_.feed(piece_)) return false;
    }
    return true;
  }
  // False where the child no longer reads.
  bool write_to(int descriptor) {
    const ssize_t written = ::write(descriptor, piece_.data() + at_, piece_.size() - at_);
    if (written >= 0) at_ += static_cast<std::size_t>(written);
    return written >= 0 || errno == EAGAIN || errno == EINTR;
  }

 private:
  const RunOptions& options_;
  std::string piece_;
  std::size_t at_ = 0;
};

// Appends what is there to be read; closes the descriptor at its end.
void take(Descriptor& from, std::string& into) {
  std::array<char, 64 << 10> block;
  const ssize_t got = ::read(from.number(), block.data(), block.size());
  if (got > 0) into.append(block.data(), static_cast<std::size_t>(got));
  if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) from.close();
}

// Moves bytes both ways until the child has closed its outputs, killing it when its time is up.
void converse(pid_t child, Descriptor in, Descriptor out, Descriptor err, const RunOptions& options, Ran& ran) {
  ::fcntl(in.number(), F_SETFL, O_NONBLOCK);
  Input input(options);
  const auto deadline = Clock::now() + options.kill_after;
  bool killed = options.kill_after.count() == 0;
  while (out.number() >= 0 || err.number() >= 0) {
    if (in.number() >= 0 && !input.prepare()) in.close();
    int wait = -1;
    if (!killed) {
      wait = static_cast<int>(std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count()));
    }
    std::array<pollfd, 3> ends{pollfd{out.number(), POLLIN, 0}, pollfd{err.number(), POLLIN, 0}, pollfd{in.number(), POLLOUT, 0}};
    const int ready = ::poll(ends.data(), ends.size(), wait);
    if (ready < 0 && errno != EINTR) failed("poll");
    if (!killed && Clock::now() >= deadline) {
      ::kill(child, SIGKILL);
      killed = true;
    }
    if (ready <= 0) continue;
    if (ends[0].revents != 0) take(out, ran.out);
    if (ends[1].revents != 0) take(err, ran.err);
    if (ends[2].revents != 0 && !input.write_to(in.number())) in.close();
  }
}

}  // namespace

Ran run_command(const std::string& program, const std::vector<std::string>& arguments, const RunOptions& options) {
  ::signal(SIGPIPE, SIG_IGN);  // a child that stops reading is no reason for the test to die
  Pipe in, out, err;
  const pid_t child = start(program, arguments, options, in, out, err);
  in.read.close();
  out.write.close();
  err.write.close();
  Ran ran;
  converse(child, std::move(in.write), std::move(out.read), std::move(err.read), options, ran);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) failed("waitpid");
  }
  if (WIFEXITED(status)) ran.exit = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ran.signal = WTERMSIG(status);
  return ran;
}

Ran run_program(std::vector<std::string> arguments, const RunOptions& options) {
  const bool chosen = std::any_of(arguments.begin(), arguments.end(), [](const std::string& a) { return a.starts_with("--lang"); });
  if (!chosen) arguments.insert(arguments.begin(), {"--lang", "en"});
  return run_command(TALENT_LOAN_PROGRAM, arguments, options);
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "talent-loan-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) failed(name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // a folder that a test made unremovable must not end the test program
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(std::string_view name, std::string_view bytes) const {
  const std::filesystem::path target = path_ / name;
  std::filesystem::create_directories(target.parent_path());
  std::ofstream file(target, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) failed(target.string());
  return target.string();
}

std::vector<std::string> TemporaryFolder::names() const {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
    out.push_back(std::filesystem::relative(entry.path(), path_).string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) failed(path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace talent_loan::testing
