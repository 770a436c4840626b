// Notices that an adapter's configuration leaves out: declared as not taken, and refused when they are sent all the same.
#pragma once

#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "tests/bank-adapters/as-host/loaded_adapter.hpp"

namespace talent_loan::testing {

inline void send(LoadedAdapter& adapter, sdk::Notice notice) {
  switch (notice) {
    case sdk::Notice::decision: adapter.decision({{"k", "D", "A", true, {}, "v", "", {}, day("2026-03-01")}}); break;
    case sdk::Notice::issue: adapter.issue({{"k", "A", "D", day("2026-03-01")}}); break;
    case sdk::Notice::settled: adapter.settled({{"k", "B", "C", "L", true, "", "v", {}, {}, {}, {}}}); break;
    case sdk::Notice::scored: adapter.scored({{"k", 2026, "87.25", 1, 12, "", {}}}); break;
  }
}

inline void check_left_out(LoadedAdapter& adapter, const std::set<sdk::Notice>& left_out) {
  for (const sdk::Notice notice : {sdk::Notice::decision, sdk::Notice::issue, sdk::Notice::settled, sdk::Notice::scored}) {
    INFO("notice " << static_cast<int>(notice));
    CHECK(adapter.takes(notice) == (left_out.count(notice) == 0));
    if (left_out.count(notice) == 0) continue;
    try {
      send(adapter, notice);
      FAIL_CHECK("it was not refused");
    } catch (const CallFailed& refused) {
      CHECK(refused.code == sdk::Result::bad_request);
      CHECK(refused.retry == sdk::Retry::never);
    }
  }
}

}  // namespace talent_loan::testing
