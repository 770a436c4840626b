// What the benchmarks share: a command run as a whole process and what it took, and their options.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace talent_loan::bench {

struct Measured {
  double seconds = 0;      // by the clock
  double cpu_seconds = 0;  // user and system
  long peak_kib = 0;
};

inline double as_seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

// `input`: file for standard input, or empty. Throws where the command cannot be started or does not exit with 0.
inline Measured run_measured(std::vector<std::string> command, const std::string& input = "") {
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    if (!input.empty() && std::freopen(input.c_str(), "r", stdin) == nullptr) ::_exit(127);
    ::execvp(words.front(), words.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || ::wait4(child, &status, 0, &usage) < 0 || status != 0) {
    std::string line;
    for (const std::string& word : command) line += (line.empty() ? "" : " ") + word;
    throw std::runtime_error("failed: " + line);
  }
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), as_seconds(usage.ru_utime) + as_seconds(usage.ru_stime),
          usage.ru_maxrss};
}

// What stands behind `name` on the command line.
inline std::string option(int argc, char** argv, const std::string& name, const std::string& otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (argv[i] == name) return argv[i + 1];
  }
  return otherwise;
}

}  // namespace talent_loan::bench
