// The long run: `simulate --seeds 100000 --first-seed 1 --database sqlite`. Ends with 1 at the first violation and
// says how to run that year again.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tests/simulator/runner.hpp"

using namespace talent_loan;

int main(int argc, char** argv) {
  simulator::Simulation simulation{.progress_every = 1000};
  std::string database = "sqlite";
  CLI::App program("Simulated city-years against a model, with kill -9, failing disks and power cuts", "simulate");
  program.add_option("--seeds", simulation.seeds, "how many years")->check(CLI::PositiveNumber);
  program.add_option("--first-seed", simulation.first_seed, "the seed of the first; each year has the next");
  program.add_option("--steps", simulation.steps, "commands in a year")->check(CLI::PositiveNumber);
  program.add_option("--database", database, "sqlite, or postgresql on a server of its own")->check(CLI::IsMember({"sqlite", "postgresql"}));
  program.add_flag("--server-crashes", simulation.server_crashes, "kill -9 of the PostgreSQL server, too");
  program.add_flag("--tell", simulation.told, "print every command");
  program.footer("Example:\n  simulate --seeds 100000 --first-seed 1 --database sqlite");
  CLI11_PARSE(program, argc, argv);
  simulation.postgresql = database == "postgresql";
  simulation.server_crashes = simulation.server_crashes && simulation.postgresql;
  const auto server = simulation.postgresql ? std::make_unique<testing::PostgresServer>() : nullptr;
  const simulator::Simulated done = simulator::simulate(simulation, server.get());
  for (const auto& [what, times] : done.met) fmt::print("{:>10} {}\n", times, what);
  if (done.violation) fmt::print(stderr, "{}\n", *done.violation);
  fmt::print("{} years without a violation, {} commands disturbed\n", done.years, done.disturbances);
  return done.violation ? 1 : 0;
}
