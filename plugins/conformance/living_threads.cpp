#include "plugins/conformance/living_threads.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace talent_loan::host {
namespace {

constexpr unsigned long exiting = 0x4;  // PF_EXITING of the kernel's linux/sched.h: set before a join returns

bool lives(const std::filesystem::path& task) {
  errno = 0;
  std::ifstream file(task / "stat");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  // Opened after the thread was gone, or read after it.
  if (text.empty() && (errno == ENOENT || errno == ESRCH)) return false;
  // proc(5): pid (name) state ppid pgrp session tty_nr tpgid flags. A name may hold anything, parentheses too.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int field = 0; field < 6; ++field) fields >> skipped;
  unsigned long flags = 0;
  if (!(fields >> flags)) throw std::system_error(errno != 0 ? errno : EPROTO, std::generic_category(), "cannot read " + (task / "stat").string());
  return (flags & exiting) == 0;
}

}  // namespace

std::size_t living_threads() {
  std::size_t count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) count += lives(task.path()) ? 1 : 0;
  return count;
}

}  // namespace talent_loan::host
