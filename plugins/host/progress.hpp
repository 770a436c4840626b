// A progress bar on standard error for commands that may take over a second; only on a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "plugins/host/program.hpp"

namespace talent_loan::host {

// Not shared between threads without a lock. Draws nothing in the first second, nothing without a terminal and
// nothing under --quiet, and is wiped at the end of its scope, before the summary is told.
class Progress {
 public:
  // `all`: the value of `done` at the end, where it is known from the start.
  Progress(const Globals& globals, Text what, std::uint64_t all = 0);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void show(std::uint64_t done) { show(done, all_); }
  void show(std::uint64_t done, std::uint64_t all);  // `all` 0: not known

 private:
  std::string what_;
  std::uint64_t all_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace talent_loan::host
