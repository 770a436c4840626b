// Runs `talent-loan` under ptrace and stops it before every system call that changes something outside it: so a
// test can kill it at each such moment in turn, or change the world under its feet at one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/run_program.hpp"

namespace talent_loan::testing {

struct Moment {
  int number = 0;    // 1, 2, 3, … of the system calls that write, sync, link, rename, truncate, remove or send
  long call = 0;     // SYS_rename, …
  std::string sent{};  // the first bytes of what SYS_sendto sends, at most 16
};

struct Traced {
  int moments = 0;
  bool killed = false;
  int exit = -1;    // where it was not killed
  std::string err;  // standard error
};

// `before` is called before each moment, `after` once it is made and the program has not yet seen what came of it; true
// kills the program there and then.
using AtMoment = std::function<bool(const Moment&)>;
Traced trace_program(std::vector<std::string> arguments, const RunOptions& options, const AtMoment& before, const AtMoment& after = {});

// Killed before the n-th moment; where it has fewer, it runs to its end.
Traced kill_program_at(const std::vector<std::string>& arguments, const RunOptions& options, int moment);

}  // namespace talent_loan::testing
