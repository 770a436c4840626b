// Every test program runs in an empty folder of its own and fails where a test leaves anything in it: what a test
// writes belongs into its own TemporaryFolder.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <filesystem>
#include <iostream>

#include "tests/support/run_program.hpp"

namespace {

namespace fs = std::filesystem;

bool left_something = false;

class Strays final : public Catch::TestEventListenerBase {
 public:
  using TestEventListenerBase::TestEventListenerBase;

  void testCaseEnded(const Catch::TestCaseStats& test) override {
    for (const auto& entry : fs::directory_iterator(fs::current_path())) {
      std::cerr << "\"" << test.testInfo.name << "\" left " << entry.path().filename() << " in the working directory: write under a TemporaryFolder\n";
      left_something = true;
      fs::remove_all(entry.path());
    }
  }
};

CATCH_REGISTER_LISTENER(Strays)

}  // namespace

int main(int argc, char** argv) {
  Catch::Session session;
  if (const int wrong = session.applyCommandLine(argc, argv); wrong != 0) return wrong;
  session.config();  // opens what the command line names before the folder changes
  const talent_loan::testing::TemporaryFolder own;
  fs::current_path(own.path());
  const int failed = session.run();
  fs::current_path("/");
  return left_something && failed == 0 ? 1 : failed;
}
