// Keeps the signal of a broken connection away from the process.
#pragma once

#include <csignal>
#include <ctime>

namespace talent_loan::adapters::rest_json {

// OpenSSL sends with plain write(), so a connection that the bank has reset raises SIGPIPE, which ends the process
// unless someone has taken care of it. How the process treats its signals is the host's alone; so while this lives
// its thread holds the signal back, and one that has come meanwhile is taken away before the thread's mask is as
// before. The write itself says EPIPE all the same.
class PipeSignalHeld {
 public:
  PipeSignalHeld() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    waited_before_ = waits();
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  PipeSignalHeld(const PipeSignalHeld&) = delete;
  PipeSignalHeld& operator=(const PipeSignalHeld&) = delete;
  ~PipeSignalHeld() {
    const timespec at_once{0, 0};
    if (!waited_before_ && waits()) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  static bool waits() {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
  }

  sigset_t pipe_{}, before_{};
  bool waited_before_ = false;
};

}  // namespace talent_loan::adapters::rest_json
