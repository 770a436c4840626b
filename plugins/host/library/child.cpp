#include "plugins/host/library/child.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "plugins/host/library/shadow.hpp"

namespace talent_loan::host {
namespace {

constexpr std::size_t output_bytes_at_most = 1 << 20;
constexpr char finished_mark = '\x04';  // last byte of a body that returned

[[noreturn]] void run_child(int descriptor, const std::function<std::string()>& body) {
  ::setpgid(0, 0);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);  // what the parent handles is not the child's
  const std::uint64_t bytes = (std::uint64_t{2} << 30) + bytes_of_shadow();
  const rlimit memory{bytes, bytes};
  ::setrlimit(RLIMIT_AS, &memory);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  std::string output = body() + finished_mark;
  std::size_t sent = 0;
  while (sent < output.size()) {
    const ssize_t written = ::write(descriptor, output.data() + sent, output.size() - sent);
    if (written < 0 && errno != EINTR) break;
    if (written > 0) sent += static_cast<std::size_t>(written);
  }
  ::_exit(0);  // without the parent's exit handlers
}

// Reads until the end or the deadline; false at the deadline.
bool collect(int descriptor, Milliseconds allowed, std::string& output) {
  const auto deadline = std::chrono::steady_clock::now() + allowed;
  char block[4096];
  while (true) {
    const auto left = std::chrono::duration_cast<Milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0 || output.size() > output_bytes_at_most) return false;
    pollfd waiting{descriptor, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    const ssize_t got = ::read(descriptor, block, sizeof block);
    if (got == 0) return true;
    if (got > 0) output.append(block, static_cast<std::size_t>(got));
  }
}

}  // namespace

ChildResult run_in_child(const std::function<std::string()>& body, Milliseconds allowed) {
  int ends[2];
  if (::pipe(ends) != 0) throw Failure({"无法建立管道", "cannot make a pipe"}, verbatim(std::strerror(errno)));
  const pid_t child = ::fork();
  if (child < 0) throw Failure({"无法建立子进程", "cannot start a child process"}, verbatim(std::strerror(errno)));
  if (child == 0) {
    ::close(ends[0]);
    run_child(ends[1], body);
  }
  ::close(ends[1]);
  ChildResult result;
  result.timed_out = !collect(ends[0], allowed, result.output);
  ::close(ends[0]);
  ::kill(-child, SIGKILL);  // with whatever it started itself
  ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  result.finished = !result.output.empty() && result.output.back() == finished_mark;
  if (result.finished) {
    result.output.pop_back();
  } else if (!result.timed_out && WIFSIGNALED(status)) {
    result.signal = WTERMSIG(status);
  } else if (!result.timed_out) {
    result.exit_code = WEXITSTATUS(status);
  }
  return result;
}

}  // namespace talent_loan::host
