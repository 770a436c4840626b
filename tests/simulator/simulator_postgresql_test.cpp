// Random city-years on PostgreSQL against the model: fewer, because every year needs a database of its own.
#include "tests/simulator/no_violation.hpp"

using namespace talent_loan;
using namespace talent_loan::simulator;

TEST_CASE("city-years on PostgreSQL equal the model after every step, with kill -9") {
  testing::PostgresServer server;
  require_no_violation({.postgresql = true, .seeds = std::max<std::int64_t>(1, years() / 100)}, &server);
}

TEST_CASE("city-years on PostgreSQL equal the model when the server is killed, too") {
  testing::PostgresServer server;
  const Simulated done =
      require_no_violation({.postgresql = true, .first_seed = 500, .seeds = std::max<std::int64_t>(1, years() / 500), .server_crashes = true}, &server);
  CHECK(done.met.contains("server killed after "));
}
