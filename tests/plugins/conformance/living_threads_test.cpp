#include "plugins/conformance/living_threads.hpp"

#include <pthread.h>

#include <latch>
#include <thread>

#include <catch2/catch.hpp>

using namespace talent_loan::host;

TEST_CASE("a thread that was joined is never counted, though the kernel may still list it") {
  for (int round = 0; round < 5000; ++round) {
    std::thread([] {}).join();
    REQUIRE(living_threads() == 1);
  }
}

TEST_CASE("a thread that runs or sleeps is counted, whatever its name") {
  std::latch named(1);
  std::latch leave(1);
  std::thread other([&] {
    pthread_setname_np(pthread_self(), ") X 4 4 4 4\n4 4");
    named.count_down();
    leave.wait();
  });
  named.wait();
  CHECK(living_threads() == 2);
  leave.count_down();
  other.join();
  CHECK(living_threads() == 1);
}
