// The two databases that every test of storage runs on.
#pragma once

#include <string>
#include <vector>

#include "tests/support/postgres.hpp"
#include "tests/support/run_program.hpp"

namespace talent_loan::testing {

// One server for the whole test program.
inline PostgresServer& postgres() {
  static PostgresServer server;
  return server;
}

// Fresh, empty databases: `for (const std::string& url : databases.urls())`.
class FreshDatabases {
 public:
  FreshDatabases() : urls_{"sqlite://" + (folder_ / "test.db"), postgres().fresh_database()} {}
  const std::vector<std::string>& urls() const { return urls_; }

 private:
  TemporaryFolder folder_;
  std::vector<std::string> urls_;
};

}  // namespace talent_loan::testing
