#include "core/files/ordered_blocks.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace talent_loan {
namespace {

class Pipeline {
 public:
  Pipeline(std::size_t slots, const BlockSteps& steps) : steps_(steps), stage_(slots, Stage::busy) {}

  // Each thread takes the step nearest to the output that is ready: it frees slots and keeps blocks in cache.
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (emitted_ < settled_ && emitted_ < failed_at_ && !emitting_ && stage(emitted_) == Stage::rendered) {
        emit(lock);
      } else if (settled_ < taken_ && settled_ < failed_at_ && !settling_ && stage(settled_) == Stage::prepared) {
        settle(lock);
      } else if (!at_end_ && !taking_ && taken_ - emitted_ < stage_.size()) {
        take(lock);
      } else if (at_end_ && emitted_ >= std::min(taken_, failed_at_)) {
        return;
      } else {
        ready_.wait(lock);
      }
    }
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  enum class Stage { busy, prepared, rendered };
  using Lock = std::unique_lock<std::mutex>;

  Stage& stage(std::uint64_t block) { return stage_[block % stage_.size()]; }

  // Runs one step without the lock. The failure that is kept is the earliest block's, whichever came first.
  template <typename Step>
  void run(Lock& lock, std::uint64_t block, const Step& step) {
    lock.unlock();
    std::exception_ptr thrown;
    try {
      step(block % stage_.size());
    } catch (...) {  // rethrown to the caller by rethrow()
      thrown = std::current_exception();
    }
    lock.lock();
    if (thrown && block < failed_at_) {
      failed_at_ = block;
      failure_ = thrown;
      at_end_ = true;
    }
    ready_.notify_all();
  }

  void take(Lock& lock) {
    taking_ = true;
    const std::uint64_t block = taken_;
    bool got = false;
    run(lock, block, [&](std::size_t slot) { got = steps_.take(slot); });
    taking_ = false;
    if (!got) at_end_ = true;
    if (!got) return;
    stage(block) = Stage::busy;
    ++taken_;
    run(lock, block, steps_.prepare);
    stage(block) = Stage::prepared;
  }

  void settle(Lock& lock) {
    settling_ = true;
    const std::uint64_t block = settled_;
    stage(block) = Stage::busy;
    run(lock, block, steps_.settle);
    settling_ = false;
    ++settled_;
    if (block >= failed_at_) return;
    run(lock, block, steps_.render);
    stage(block) = Stage::rendered;
  }

  void emit(Lock& lock) {
    emitting_ = true;
    run(lock, emitted_, steps_.emit);
    emitting_ = false;
    ++emitted_;
  }

  const BlockSteps& steps_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<Stage> stage_;
  std::uint64_t taken_ = 0;    // blocks that have been read
  std::uint64_t settled_ = 0;  // of which settled
  std::uint64_t emitted_ = 0;  // of which emitted
  bool taking_ = false;
  bool settling_ = false;
  bool emitting_ = false;
  bool at_end_ = false;
  std::uint64_t failed_at_ = std::numeric_limits<std::uint64_t>::max();
  std::exception_ptr failure_;
};

}  // namespace

void run_in_order(unsigned threads, const BlockSteps& steps) {
  Pipeline pipeline(slots_for(threads), steps);
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back([&] { pipeline.work(); });
  pipeline.work();
  others.clear();  // joins them
  pipeline.rethrow();
}

}  // namespace talent_loan
