// Doing one piece of work on a database while something goes wrong: the storage fails at a statement, the disk
// fails below SQLite, the power goes, or the process that works is killed.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/store/database.hpp"
#include "tests/simulator/rules.hpp"

namespace talent_loan::simulator {

using Work = std::function<void(Database&)>;  // one command: begins, commits

class Workplace {
 public:
  // `crash_server`: kills the server and starts it again; may be empty.
  Workplace(std::string url, Random& random, std::function<void()> crash_server)
      : url_(std::move(url)), random_(random), crash_server_(std::move(crash_server)) {}

  // Does the work with one disturbance at random; afterwards the database holds all of it or nothing. Gives what
  // was done to it, for messages. Throws std::runtime_error where the work failed by itself.
  std::string disturbed(const Work& work);

  // The open database; opened again after a disturbance.
  Database& database();
  bool sqlite() const { return url_.starts_with("sqlite://"); }

 private:
  std::string storage_fails(const Work& work);
  std::string disk_fails(const Work& work);
  std::string process_is_killed(const Work& work);
  std::string server_is_killed(const Work& work);

  std::string url_;
  Random& random_;
  std::function<void()> crash_server_;
  std::unique_ptr<Database> database_{};
};

}  // namespace talent_loan::simulator
