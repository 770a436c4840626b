#include "tests/support/traced_program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace talent_loan::testing {
namespace {

bool changes_something(std::uint64_t call) {
  static const std::vector<long> calls{SYS_write, SYS_pwrite64, SYS_writev, SYS_fsync, SYS_fdatasync, SYS_ftruncate, SYS_linkat, SYS_renameat, SYS_renameat2, SYS_unlinkat, SYS_sendto,
#ifdef SYS_rename  // x86-64 has both kinds
                                       SYS_rename, SYS_unlink,
#endif
  };
  return std::find(calls.begin(), calls.end(), static_cast<long>(call)) != calls.end();
}

[[noreturn]] void run_child(const std::vector<std::string>& words, const RunOptions& options, int err) {
  if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) _exit(126);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  // A sanitizer looks for leaks by tracing, which another does already: not for them, then, whatever was asked.
  const char* const asked = std::getenv("ASAN_OPTIONS");
  ::setenv("ASAN_OPTIONS", ((asked == nullptr ? "" : asked) + std::string(":detect_leaks=0")).c_str(), 1);
  ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  ::raise(SIGSTOP);
  ::execv(arguments[0], arguments.data());
  _exit(126);
}

[[noreturn]] void failed(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, __WALL) < 0) {
    if (errno != EINTR) failed("waitpid");
  }
  return status;
}

// The system call that the child stopped at and that changes something; 0 for any other stop.
struct Stop {
  long call = 0;
  bool made = false;  // at its end; else at its beginning
  std::string sent{};
};

std::string sent_bytes(pid_t child, std::uint64_t at, std::uint64_t size) {
  std::string bytes;
  while (bytes.size() < std::min<std::uint64_t>(size, 16)) {
    errno = 0;
    const long word = ::ptrace(PTRACE_PEEKDATA, child, at + bytes.size(), nullptr);
    if (errno != 0) failed("PTRACE_PEEKDATA");
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  bytes.resize(std::min<std::uint64_t>(size, 16));
  return bytes;
}

// `last`: where the child stopped before, as the end of a call does not say which one it was.
Stop stop_of(pid_t child, int status, const Stop& last) {
  if (WSTOPSIG(status) != (SIGTRAP | 0x80)) return {};
  __ptrace_syscall_info info{};
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) < 0) failed("PTRACE_GET_SYSCALL_INFO");
  if (info.op == PTRACE_SYSCALL_INFO_EXIT) return {last.made ? 0 : last.call, true, last.sent};
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_something(info.entry.nr)) return {};
  const auto call = static_cast<long>(info.entry.nr);
  return {call, false, call == SYS_sendto ? sent_bytes(child, info.entry.args[1], info.entry.args[2]) : std::string()};
}

int kill_traced(pid_t child) {
  ::kill(child, SIGKILL);
  int status = wait_for(child);
  while (WIFSTOPPED(status)) status = wait_for(child);
  return status;
}

}  // namespace

Traced trace_program(std::vector<std::string> arguments, const RunOptions& options, const AtMoment& before, const AtMoment& after) {
  if (std::find(arguments.begin(), arguments.end(), "--lang") == arguments.end()) arguments.insert(arguments.end(), {"--lang", "en"});
  arguments.insert(arguments.begin(), TALENT_LOAN_PROGRAM);
  const TemporaryFolder folder;
  const std::string err_path = folder / "err";
  const int err = ::open(err_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (err < 0) failed("open");
  const pid_t child = ::fork();
  if (child < 0) failed("fork");
  if (child == 0) run_child(arguments, options, err);
  ::close(err);
  Traced traced;
  int status = wait_for(child);
  if (!WIFSTOPPED(status)) throw std::runtime_error("the program cannot be traced here: ptrace is forbidden");
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  int signal = 0;
  Stop stop;
  while (WIFSTOPPED(status)) {
    stop = stop_of(child, status, stop);
    if (stop.call != 0) {
      if (!stop.made) ++traced.moments;
      const AtMoment& asked = stop.made ? after : before;
      if (asked && asked({traced.moments, stop.call, stop.sent})) {
        status = kill_traced(child);
        traced.killed = true;
        break;
      }
    }
    const int stopped_by = WSTOPSIG(status);
    signal = stopped_by == SIGSTOP || (stopped_by & 0x7f) == SIGTRAP ? 0 : stopped_by;
    if (::ptrace(PTRACE_SYSCALL, child, nullptr, signal) < 0) failed("PTRACE_SYSCALL");
    status = wait_for(child);
  }
  if (WIFEXITED(status)) traced.exit = WEXITSTATUS(status);
  traced.err = read_file(err_path);
  return traced;
}

Traced kill_program_at(const std::vector<std::string>& arguments, const RunOptions& options, int moment) {
  return trace_program(arguments, options, [&](const Moment& at) { return at.number == moment; });
}

}  // namespace talent_loan::testing
