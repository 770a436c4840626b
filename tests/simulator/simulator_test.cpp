// Random city-years on SQLite against the model.
#include "tests/simulator/no_violation.hpp"

using namespace talent_loan::simulator;

TEST_CASE("city-years on SQLite equal the model after every step, with kill -9, failing disks and power cuts") {
  const Simulated done = require_no_violation({.seeds = years()}, nullptr);
  if (years() < 1000) return;
  // Everything that the rules can do to a claim came up, and everything that can befall a command.
  for (const char* what :
       {"claim accepted", "claim DATES_OUT_OF_ORDER", "claim RECOVERED_OVER_OUTSTANDING", "claim NO_POLICY_IN_FORCE", "claim LOAN_UNKNOWN",
        "claim LOAN_NOT_ELIGIBLE", "claim TRIGGER_NOT_MET", "claim BALANCE_MISMATCH", "claim ALREADY_COMPENSATED", "claim BANK_SUSPENDED",
        "claim CLAIM_WINDOW_CLOSED", "claim with recoveries", "batch prepared", "batch booked", "batch reversed", "batch cut down in proportion",
        "batch with waiting claims", "batch with ceilings of a year", "refused approve", "refused deposit", "refused reverse", "refused settle",
        "a fault at step ", "killed at disk operation ", "write error at operation ", "short write at operation ", "full disk at operation ",
        "sync error at operation ", "truncate error at operation ", "dead disk at operation ", "power cut at operation "}) {
    INFO(what);
    CHECK(done.met.contains(what));
  }
}
