#include "plugins/host/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace talent_loan::host {

using Clock = std::chrono::steady_clock;

Progress::Progress(const Globals& globals, Text what, std::uint64_t all)
    : what_(globals.say(what)),
      all_(all),
      terminal_(!globals.quiet && ::isatty(STDERR_FILENO) == 1),
      next_(Clock::now() + std::chrono::seconds(1)) {}

Progress::~Progress() {
  if (drawn_) fmt::print(stderr, "\r\x1B[K");
}

void Progress::show(std::uint64_t done, std::uint64_t all) {
  if (!terminal_ || Clock::now() < next_) return;
  next_ = Clock::now() + std::chrono::milliseconds(100);
  drawn_ = true;
  if (all == 0) {
    fmt::print(stderr, "\r\x1B[K{} {}", what_, done);
    return;
  }
  constexpr std::uint64_t width = 40;
  const std::uint64_t part = std::min(done, all);
  fmt::print(stderr, "\r\x1B[K{} [{:<{}}] {}%", what_, std::string(part * width / all, '#'), width, part * 100 / all);
}

}  // namespace talent_loan::host
