// Runs simulated years inside a test. TALENT_LOAN_SIMULATIONS sets how many on SQLite (default 1,000) and, in
// proportion, on PostgreSQL. The seeds are fixed, so that a red run stays red; `simulate` takes others.
#pragma once

#include <cstdlib>

#include <catch2/catch.hpp>

#include "tests/simulator/runner.hpp"

namespace talent_loan::simulator {

inline std::int64_t years() {
  const char* wanted = std::getenv("TALENT_LOAN_SIMULATIONS");
  return wanted == nullptr ? 1000 : std::atoll(wanted);
}

inline Simulated require_no_violation(const Simulation& simulation, testing::PostgresServer* server) {
  Simulated done = simulate(simulation, server);
  INFO(done.violation.value_or("none"));
  REQUIRE_FALSE(done.violation);
  CHECK(done.years == simulation.seeds);
  CHECK(done.disturbances >= simulation.seeds);
  return done;
}

}  // namespace talent_loan::simulator
