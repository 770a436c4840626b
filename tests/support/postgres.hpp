// A PostgreSQL server of the tests' own: started on a unix socket in a temporary folder, stopped and removed
// with the object, killed by the kernel when the test process dies. A machine without PostgreSQL fails the
// test loudly: nothing is skipped.
#pragma once

#include <sys/types.h>

#include <string>

namespace talent_loan::testing {

class PostgresServer {
 public:
  // Throws std::runtime_error with the server's log. `durable`: commits reach the disk, as measuring wants it.
  explicit PostgresServer(bool durable = false);
  PostgresServer(const PostgresServer&) = delete;
  ~PostgresServer();

  // The URL of a new, empty database. Its collation is a language's, not C, so that a text order that only
  // happens to be by bytes shows.
  std::string fresh_database();
  // SIGKILL to the server and every process of it, as when the machine's power goes, and a new start: the server
  // then recovers from its log. Connections are lost.
  void kill_and_restart();
  const std::string& socket_folder() const { return folder_; }

 private:
  void start_server();

  bool durable_;
  std::string folder_;
  pid_t server_ = -1;
  int databases_ = 0;
};

}  // namespace talent_loan::testing
