#include "tests/support/postgres.hpp"

#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace talent_loan::testing {
namespace {

std::string server_programs() {
  const std::filesystem::path versions = "/usr/lib/postgresql";
  if (std::filesystem::is_directory(versions)) {
    for (const auto& version : std::filesystem::directory_iterator(versions)) {
      if (std::filesystem::exists(version.path() / "bin/initdb")) return (version.path() / "bin/").string();
    }
  }
  throw std::runtime_error("PostgreSQL is not installed: apt-get install postgresql");
}

// PostgreSQL refuses to run as root: then as the user that Debian's package made.
void become_server_user() {
  if (geteuid() != 0) return;
  const passwd* user = getpwnam("postgres");
  if (user == nullptr || initgroups("postgres", user->pw_gid) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) _exit(127);
}

pid_t start(const std::vector<std::string>& command, const std::string& folder) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  become_server_user();
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (getppid() != parent) _exit(127);
  if (std::freopen((folder + "/log").c_str(), "a", stdout) == nullptr || dup2(STDOUT_FILENO, STDERR_FILENO) < 0 || chdir(folder.c_str()) != 0) _exit(127);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

bool succeeds(const std::vector<std::string>& command, const std::string& folder) {
  const pid_t child = start(command, folder);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

[[noreturn]] void fail(const std::string& what, const std::string& folder) {
  std::ifstream log(folder + "/log");
  std::stringstream text;
  text << log.rdbuf();
  throw std::runtime_error(what + ":\n" + text.str());
}

}  // namespace

PostgresServer::PostgresServer(bool durable) : durable_(durable) {
  const std::string programs = server_programs();
  std::string pattern = (std::filesystem::temp_directory_path() / "talent-loan-pg-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    if (user == nullptr || chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("no user postgres");
  }
  const std::string data = folder_ + "/data";
  if (!succeeds({programs + "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8",
                 "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"}, folder_)) {
    fail("initdb failed", folder_);
  }
  start_server();
}

void PostgresServer::start_server() {
  const std::string programs = server_programs();
  server_ = start({programs + "postgres", "-D", folder_ + "/data", "-k", folder_, "-c", "listen_addresses=", "-c", durable_ ? "fsync=on" : "fsync=off"}, folder_);
  for (int attempt = 0; !succeeds({programs + "pg_isready", "-q", "-h", folder_}, folder_); ++attempt) {
    if (attempt == 600 || waitpid(server_, nullptr, WNOHANG) != 0) fail("PostgreSQL did not start", folder_);
    usleep(50'000);
  }
}

void PostgresServer::kill_and_restart() {
  std::vector<pid_t> processes{server_};
  const std::string task = "/proc/" + std::to_string(server_) + "/task/" + std::to_string(server_) + "/children";
  std::ifstream children(task);
  for (pid_t child = 0; children >> child;) processes.push_back(child);
  for (const pid_t process : processes) kill(process, SIGKILL);
  waitpid(server_, nullptr, 0);
  // A new server starts only when nobody is left in the shared memory of the old one.
  for (const pid_t process : processes) {
    while (kill(process, 0) == 0) usleep(1000);
  }
  start_server();
}

PostgresServer::~PostgresServer() {
  kill(server_, SIGQUIT);
  waitpid(server_, nullptr, 0);
  std::error_code ignored;  // a temporary folder that stays is no reason to fail a test
  std::filesystem::remove_all(folder_, ignored);
}

std::string PostgresServer::fresh_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  if (!succeeds({server_programs() + "createdb", "-h", folder_, "-U", "postgres", name}, folder_)) fail("createdb failed", folder_);
  return "postgresql://postgres@/" + name + "?host=" + folder_;
}

}  // namespace talent_loan::testing
