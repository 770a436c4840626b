// Running something in a forked child that is killed and reaped when it takes too long: how code that is not
// trusted yet is looked at.
#pragma once

#include <functional>
#include <string>

#include "plugins/host/session/session.hpp"

namespace talent_loan::host {

struct ChildResult {
  std::string output;      // what `body` returned, empty where it did not come that far
  bool finished = false;   // `body` returned
  bool timed_out = false;  // killed after `allowed`
  int signal = 0;          // that ended it otherwise
  int exit_code = 0;       // it ended itself without a signal and without returning
};

// REQUIRES: the calling process has one thread. The child's standard output goes to its standard error. Limits
// of the child: 2 GiB of memory and no core file. It is killed with the caller too, and what it said counts when it
// has ended, though a process that it started may still hold its descriptors.
ChildResult run_in_child(const std::function<std::string()>& body, Milliseconds allowed);

}  // namespace talent_loan::host
