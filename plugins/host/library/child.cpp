#include "plugins/host/library/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "plugins/host/library/shadow.hpp"

namespace talent_loan::host {
namespace {

constexpr std::size_t output_bytes_at_most = 1 << 20;
constexpr char finished_mark = '\x04';  // last byte of a body that returned

constexpr int look_for_end_ms = 20;  // how often, while the pipe is silent

[[noreturn]] void run_child(pid_t parent, int descriptor, const std::function<std::string()>& body) {
  // Code that hangs must not go on when whoever waits for it was killed; it may have been before this was said.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
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

bool has_ended(pid_t child) {
  siginfo_t told{};
  return ::waitid(P_PID, static_cast<id_t>(child), &told, WEXITED | WNOHANG | WNOWAIT) == 0 && told.si_pid == child;
}

// What lies in the pipe of a child that has ended. A process that it left behind may hold the other end.
void drain(int descriptor, std::string& output) {
  ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
  char block[4096];
  for (ssize_t got = 0; output.size() <= output_bytes_at_most && (got = ::read(descriptor, block, sizeof block)) > 0;) {
    output.append(block, static_cast<std::size_t>(got));
  }
}

// Reads until the end of the pipe or of the child, or the deadline; false at the deadline.
bool collect(pid_t child, int descriptor, Milliseconds allowed, std::string& output) {
  const auto deadline = std::chrono::steady_clock::now() + allowed;
  char block[4096];
  while (true) {
    const auto left = std::chrono::duration_cast<Milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0 || output.size() > output_bytes_at_most) return false;
    pollfd waiting{descriptor, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, look_for_end_ms)));
    if (ready < 0 && errno != EINTR) return false;
    if (ready == 0 && has_ended(child)) return drain(descriptor, output), true;
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
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw Failure({"无法建立子进程", "cannot start a child process"}, verbatim(std::strerror(errno)));
  if (child == 0) {
    ::close(ends[0]);
    run_child(parent, ends[1], body);
  }
  ::close(ends[1]);
  ChildResult result;
  result.timed_out = !collect(child, ends[0], allowed, result.output);
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
