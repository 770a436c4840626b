#include "core/files/ordered_blocks.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "core/message/message.hpp"

using namespace talent_loan;

namespace {

Failure failure_of(int block) { return Failure(verbatim(std::to_string(block)), {}); }

// Runs blocks 0, 1, 2, … through the steps; `throws(step, block)` says where a step fails. Returns what was
// emitted, or the failure's words.
template <typename Throws>
std::string run(unsigned threads, int count, const Throws& throws) {
  std::vector<int> slots(slots_for(threads));
  std::atomic<int> settling{0};
  int taken = 0;
  int settled = 0;
  std::string emitted;
  const auto step = [&](char name, std::size_t slot) {
    if (throws(name, slots[slot])) throw failure_of(slots[slot]);
  };
  const BlockSteps steps{.take =
                             [&](std::size_t slot) {
                               if (taken == count) return false;
                               slots[slot] = taken++;
                               step('t', slot);
                               return true;
                             },
                         .prepare =
                             [&](std::size_t slot) {
                               if (slots[slot] % 5 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
                               step('p', slot);
                             },
                         .settle =
                             [&](std::size_t slot) {
                               if (++settling != 1 || slots[slot] != settled++) throw std::logic_error("out of order");
                               step('s', slot);
                               --settling;
                             },
                         .render = [&](std::size_t slot) { step('r', slot); },
                         .emit =
                             [&](std::size_t slot) {
                               step('e', slot);
                               emitted += std::to_string(slots[slot]) + " ";
                             }};
  try {
    run_in_order(threads, steps);
  } catch (const Failure& failed) {
    return "failed at " + failed.diagnostics().front().found.english;
  }
  return emitted;
}

}  // namespace

TEST_CASE("blocks leave in the order in which they came") {
  std::string expected;
  for (int i = 0; i < 200; ++i) expected += std::to_string(i) + " ";
  for (const unsigned threads : {1U, 2U, 3U, 8U}) {
    for (int round = 0; round < 20; ++round) CHECK(run(threads, 200, [](char, int) { return false; }) == expected);
    CHECK(run(threads, 0, [](char, int) { return false; }) == "");
  }
}

TEST_CASE("the failure told is that of the earliest block, whichever thread met it first") {
  for (const unsigned threads : {1U, 2U, 8U}) {
    for (const char name : {'t', 'p', 's', 'r', 'e'}) {
      for (int round = 0; round < 20; ++round) {
        CHECK(run(threads, 100, [&](char step, int block) { return step == name && block >= 40; }) == "failed at 40");
        // A later block fails early in its steps, an earlier one late in them.
        CHECK(run(threads, 100, [&](char step, int block) { return (step == 'p' && block == 12) || (step == name && block == 10); }) ==
              "failed at 10");
      }
    }
  }
}
