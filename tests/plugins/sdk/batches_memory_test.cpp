// A poll's batch when the heap has no memory left in the middle of a delivery.
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <talent_loan/sdk.hpp>

namespace {

// Above 0: at that allocation from now the heap has no memory left, once.
std::size_t allocations_left = 0;

void* allocated(std::size_t bytes) {
  if (allocations_left > 0 && --allocations_left == 0) throw std::bad_alloc();
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return allocated(bytes); }
void* operator new[](std::size_t bytes) { return allocated(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace talent_loan::sdk;

using EventBatches = border::Batches<Event, talent_loan_event, talent_loan_event_sink>;

struct Taken {
  std::vector<std::string> ids;
  std::int64_t position = -1;
  std::string token;
};

talent_loan_event_sink sink_into(Taken& taken) {
  return {sizeof(talent_loan_event_sink), 0, &taken,
          [](const talent_loan_event_sink* sink, const talent_loan_event* items, std::size_t count, const talent_loan_cursor* after) -> talent_loan_sink_reply {
            auto& into = *static_cast<Taken*>(sink->host);
            for (std::size_t i = 0; i < count; ++i) into.ids.emplace_back(items[i].event_id.data, items[i].event_id.size);
            into.position = after->position;
            into.token.assign(after->token.data, after->token.size);
            return TALENT_LOAN_SINK_CONTINUE;
          },
          [](const talent_loan_event_sink*, const talent_loan_reject*, std::size_t) {}};
}

Event event(const std::string& id) {
  Event made;
  made.event_id = id;
  made.loan_id = id;
  return made;
}

const std::string long_text(border::Texts::chunk_bytes + 1, 'z');

// Whether there was no memory for it, at the allocation of that number.
bool refused(EventBatches& batches, const Event& record, const Cursor& after, std::size_t at) {
  allocations_left = at;
  try {
    batches.deliver(record, after);
    allocations_left = 0;
    return false;
  } catch (const std::bad_alloc&) {
    return true;
  }
}

}  // namespace

TEST_CASE("a delivery for which there is no memory leaves no record behind, and the batch goes on") {
  std::size_t failures = 0;
  for (std::size_t at = 1; at < 20; ++at) {
    INFO("allocation " << at);
    Taken taken;
    const auto sink = sink_into(taken);
    EventBatches batches(sink, {10, {}, {}});
    batches.deliver(event("E-1"), {1, "one"});
    const bool failed = refused(batches, event(long_text), {2, long_text}, at);
    failures += failed ? 1 : 0;
    batches.deliver(event("E-3"), {3, "three"});
    batches.flush();
    CHECK(taken.ids == (failed ? std::vector<std::string>{"E-1", "E-3"} : std::vector<std::string>{"E-1", long_text, "E-3"}));
    CHECK(taken.position == 3);
  }
  CHECK(failures >= 3);  // for each of the three long texts
}

TEST_CASE("a delivery for whose cursor there is no memory leaves the cursor before it") {
  Taken taken;
  const auto sink = sink_into(taken);
  EventBatches batches(sink, {10, {}, {}});
  batches.deliver(event("E-1"), {1, "one"});
  CHECK(refused(batches, event("E-2"), {2, long_text}, 1));
  batches.flush();
  CHECK(taken.ids == std::vector<std::string>{"E-1"});
  CHECK(taken.position == 1);
  CHECK(taken.token == "one");
}
