#include "tests/simulator/disturbance.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>

#include "core/message/message.hpp"
#include "tests/simulator/faulty_disk.hpp"

namespace talent_loan::simulator {
namespace {

constexpr int failed_by_itself = 3;

}  // namespace

Database& Workplace::database() {
  if (!database_) database_ = std::make_unique<Database>(Database::open(url_));
  return *database_;
}

std::string Workplace::disturbed(const Work& work) {
  database_.reset();  // as a command that ended
  const std::int64_t kind = between(random_, 0, sqlite() ? 5 : 2);
  std::string what = crash_server_ && one_in(random_, 4) ? server_is_killed(work) : kind == 0 ? storage_fails(work) : kind <= 2 ? process_is_killed(work) : disk_fails(work);
  // A server may still be ending what a killed client began: its turn is over when ours comes.
  if (!sqlite()) database().write();
  return what;
}

std::string Workplace::storage_fails(const Work& work) {
  std::int64_t left = between(random_, 1, 40);
  std::string what = fmt::format("a fault at step {}", left);
  DatabaseOptions options;
  options.faults = [&](StorageStep) {
    if (left > 0 && --left == 0) throw Failure({"存储故障", "the storage failed"}, {});
  };
  try {
    Database database = Database::open(url_, options);
    work(database);
  } catch (const Failure&) {
    if (left > 0) throw;
  }
  return what;
}

std::string Workplace::disk_fails(const Work& work) {
  const auto fault = static_cast<DiskFault>(between(random_, 1, static_cast<std::int64_t>(DiskFault::power_cut)));
  const std::int64_t operation = between(random_, 1, 60);
  FaultyDisk::arm(fault, operation, random_());
  try {
    Database database = Database::open(url_);
    work(database);
  } catch (const Failure&) {
    if (!FaultyDisk::met()) throw;
  }
  FaultyDisk::repair();
  return fmt::format("{} at operation {}{}", word(fault), operation, FaultyDisk::met() ? "" : " (not reached)");
}

std::string Workplace::server_is_killed(const Work& work) {
  const std::int64_t microseconds = between(random_, 0, 8'000);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process can be started");
  if (child == 0) {
    try {
      Database database = Database::open(url_);
      work(database);
    } catch (const Failure&) {
      _exit(1);  // the server is gone
    }
    _exit(0);
  }
  usleep(static_cast<useconds_t>(microseconds));
  crash_server_();
  int status = 0;
  waitpid(child, &status, 0);
  return fmt::format("server killed after {} us{}", microseconds, WIFEXITED(status) && WEXITSTATUS(status) == 0 ? " (too late)" : "");
}

std::string Workplace::process_is_killed(const Work& work) {
  const std::int64_t moment = between(random_, 1, sqlite() ? 60 : 40);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process can be started");
  if (child == 0) {
    std::int64_t left = moment;
    DatabaseOptions options;
    if (sqlite()) {
      FaultyDisk::arm(DiskFault::kill, moment, 0);
    } else {
      options.faults = [&](StorageStep) {
        if (--left == 0) ::kill(getpid(), SIGKILL);
      };
    }
    try {
      Database database = Database::open(url_, options);
      work(database);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "the work failed in its process: %s\n", error.what());
      _exit(failed_by_itself);
    }
    _exit(0);  // as it stands: nothing is closed
  }
  int status = 0;
  waitpid(child, &status, 0);
  const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (!killed && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) throw std::runtime_error("the work failed in a process of its own");
  return fmt::format("killed at {} {}{}", sqlite() ? "disk operation" : "statement", moment, killed ? "" : " (not reached)");
}

}  // namespace talent_loan::simulator
