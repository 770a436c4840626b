// The conformance kit, run on an adapter as a bank runs it before it delivers: by the program, with the bank's side
// standing by and made-up notices written to it.
#pragma once

#include <string>

#include <catch2/catch.hpp>

#include "tests/support/run_program.hpp"

namespace talent_loan::testing {

// Every check has to pass, but those of notices that the configuration leaves out; none may be skipped.
inline void check_conformance(const std::string& adapter, const std::string& config_file, const std::string& as_of) {
  const Ran ran = run_program({"adapter", "check", adapter, "--config", config_file, "--as-of", as_of, "--write"});
  INFO(ran.out << ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, Catch::Contains(" passed, 0 failed, 0 skipped, "));
}

}  // namespace talent_loan::testing
