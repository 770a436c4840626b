// The children in which code that is not trusted yet is looked at: they end with whoever started them.
#include "plugins/host/library/child.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <catch2/catch.hpp>

using namespace talent_loan;
using namespace talent_loan::host;

namespace {

// A pipe that says by its end that every process which held it is gone, zombies included.
struct Lifeline {
  int ends[2] = {-1, -1};

  Lifeline() { REQUIRE(::pipe(ends) == 0); }
  ~Lifeline() {
    let_go();
    ::close(ends[0]);
  }
  Lifeline(const Lifeline&) = delete;

  void let_go() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  void hold_here() const { (void)!::write(ends[1], "x", 1); }
  // One byte or the end, within five seconds: 1, 0, and -1 where neither came.
  int next() const {
    pollfd waiting{ends[0], POLLIN, 0};
    char byte = 0;
    return ::poll(&waiting, 1, 5000) == 1 ? static_cast<int>(::read(ends[0], &byte, 1)) : -1;
  }
};

[[noreturn]] void sleep_for_ever() {
  while (true) ::pause();
}

}  // namespace

TEST_CASE("a child that hangs does not outlive a parent that was killed") {
  for (const int signal : {SIGKILL, SIGTERM}) {
    INFO(signal);
    Lifeline line;
    const pid_t parent = ::fork();
    REQUIRE(parent >= 0);
    if (parent == 0) {
      ::signal(SIGTERM, SIG_DFL);
      run_in_child([&]() -> std::string { line.hold_here(), sleep_for_ever(); }, Milliseconds(600'000));
      ::_exit(0);
    }
    line.let_go();
    CHECK(line.next() == 1);  // the child has come to where it hangs
    ::kill(parent, signal);
    ::waitpid(parent, nullptr, 0);
    CHECK(line.next() == 0);
  }
}

TEST_CASE("what a child says is whole when the child has ended, whoever else holds its pipe") {
  const std::string much(300'000, 'x');  // more than a pipe holds
  const auto began = std::chrono::steady_clock::now();
  Lifeline line;
  const ChildResult result = run_in_child([&] {
    if (::fork() == 0) sleep_for_ever();
    return much;
  }, Milliseconds(60'000));
  line.let_go();
  CHECK(result.finished);
  CHECK_FALSE(result.timed_out);
  CHECK(result.output == much);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(20));
  CHECK(line.next() == 0);  // what it had started was ended with it
}

TEST_CASE("a child that ends itself while another holds its pipe is told by how it ended") {
  const ChildResult result = run_in_child([]() -> std::string {
    if (::fork() == 0) sleep_for_ever();
    ::_exit(7);
  }, Milliseconds(60'000));
  CHECK_FALSE(result.finished);
  CHECK_FALSE(result.timed_out);
  CHECK(result.exit_code == 7);
}
