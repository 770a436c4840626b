// Work on a sequence of blocks by several threads, with its order kept where order matters.
#pragma once

#include <cstddef>
#include <functional>

namespace talent_loan {

// What happens to a block, by the number of the slot it lies in. A block passes the steps one after another;
// blocks are side by side in `prepare` and `render`, and in the other three one at a time in the input's order.
// So what the ordered steps see, and what `emit` writes, is the same for any number of threads.
struct BlockSteps {
  std::function<bool(std::size_t slot)> take;     // in order: fills the slot; false at the end of the input
  std::function<void(std::size_t slot)> prepare;  // side by side
  std::function<void(std::size_t slot)> settle;   // in order: what depends on the blocks before
  std::function<void(std::size_t slot)> render;   // side by side
  std::function<void(std::size_t slot)> emit;     // in order; then the slot is free
};

// How many slots keep this many threads busy.
constexpr std::size_t slots_for(unsigned threads) { return threads == 1 ? 1 : threads + 2; }

// Runs all blocks through the steps on `threads` threads (1 or more), the caller's among them. Where steps
// throw, the exception of the earliest block is thrown here, after every thread has stopped.
void run_in_order(unsigned threads, const BlockSteps& steps);

}  // namespace talent_loan
