// What the banks of these tests share: a port of the loopback, and threads that no broken connection ends.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>

#include <csignal>
#include <stdexcept>

namespace talent_loan::testing {

// Has the socket listen on a free port of the loopback, which it returns.
inline int listen_on_loopback(int socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket, 8) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port on the loopback");
  }
  return ntohs(address.sin_port);
}

// For a bank's own thread. The program under test must not be spared by a signal that the whole process ignores.
inline void hold_pipe_signal() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

}  // namespace talent_loan::testing
