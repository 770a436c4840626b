// Runs a program as its users do and keeps everything it said: for tests of whole commands.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace talent_loan::testing {

struct Ran {
  int exit = -1;    // the exit code; -1 where a signal ended it
  int signal = 0;   // the signal, or 0
  std::string out;  // standard output, byte for byte
  std::string err;  // standard error
};

struct RunOptions {
  std::string input{};                  // what standard input holds
  std::filesystem::path directory{};    // working directory; empty: the test's own
  std::vector<std::string> environment{};  // "NAME=value", added to the test's own
  // Feeds standard input piece by piece where it is too large for memory: appends the next piece to the
  // string it is given, false at the end. Used instead of `input` where set.
  std::function<bool(std::string&)> feed{};
  std::chrono::milliseconds kill_after{0};  // above 0: SIGKILL after this time, if it still runs
};

// Runs `program` to its end (searched in PATH where it has no slash); fails the calling test by throwing
// std::system_error where it cannot be started.
Ran run_command(const std::string& program, const std::vector<std::string>& arguments, const RunOptions& options = {});

// The same for `talent-loan` as built. Messages are English unless the arguments hold their own --lang.
Ran run_program(std::vector<std::string> arguments, const RunOptions& options = {});

// An empty folder that is removed with all it holds at the end of the scope.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }
  // Writes a file into it, folders on the way included, and returns its path.
  std::string write(std::string_view name, std::string_view bytes) const;
  std::vector<std::string> names() const;  // of everything in it, hidden files too, in byte order

 private:
  std::filesystem::path path_;
};

// The bytes of a file; throws std::system_error where it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace talent_loan::testing
