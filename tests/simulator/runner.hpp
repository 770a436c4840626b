// Many simulated years, one after another, each from its own seed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tests/support/postgres.hpp"

namespace talent_loan::simulator {

struct Simulation {
  bool postgresql = false;
  std::uint64_t first_seed = 1;
  std::int64_t seeds = 1;
  int steps = 40;   // of a year
  bool server_crashes = false;  // kill -9 of the PostgreSQL server, too
  bool told = false;  // print every command
  std::int64_t progress_every = 0;  // seeds; 0: silent
};

struct Simulated {
  std::int64_t years = 0;
  std::int64_t disturbances = 0;
  std::map<std::string, std::int64_t> met{};
  // Of the first year that went wrong: the seed, what differs, and how to run it again.
  std::optional<std::string> violation{};
};

// Stops at the first violation. `server` is needed for PostgreSQL.
Simulated simulate(const Simulation& simulation, testing::PostgresServer* server);

}  // namespace talent_loan::simulator
