// A poll's batches on their way to the host's sink: what the sink sees while it is called, which is all it may look at.
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <talent_loan/sdk.hpp>

namespace {

using namespace talent_loan::sdk;

using EventBatches = border::Batches<Event, talent_loan_event, talent_loan_event_sink>;
using ApplicationBatches = border::Batches<Application, talent_loan_application, talent_loan_application_sink>;

std::string copied(talent_loan_text text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }

struct Taken {
  std::vector<std::string> ids;  // of all records, in order
  std::vector<std::string> loans;
  std::vector<std::size_t> batches;  // how many records each held
  std::vector<std::string> rejected;
  std::vector<std::string> tags;
  std::int64_t position = -1;
  std::string token;
  talent_loan_sink_reply reply = TALENT_LOAN_SINK_CONTINUE;

  template <typename CRecord>
  void batch(std::size_t count, const talent_loan_cursor* after, const CRecord* items) {
    for (std::size_t i = 0; i < count; ++i) CHECK(items[i].struct_size == sizeof(CRecord));
    batches.push_back(count);
    position = after->position;
    token = copied(after->token);
  }
};

void note_rejects(void* host, const talent_loan_reject* rows, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    static_cast<Taken*>(host)->rejected.push_back(copied(rows[i].source) + ":" + std::to_string(rows[i].line) + " " + copied(rows[i].key) + " " + copied(rows[i].text));
  }
}

talent_loan_event_sink event_sink(Taken& taken) {
  return {sizeof(talent_loan_event_sink), 0, &taken,
          [](const talent_loan_event_sink* sink, const talent_loan_event* items, std::size_t count, const talent_loan_cursor* after) {
            auto& into = *static_cast<Taken*>(sink->host);
            into.batch(count, after, items);
            for (std::size_t i = 0; i < count; ++i) {
              into.ids.push_back(copied(items[i].event_id));
              into.loans.push_back(copied(items[i].loan_id));
            }
            return into.reply;
          },
          [](const talent_loan_event_sink* sink, const talent_loan_reject* rows, std::size_t count) { note_rejects(sink->host, rows, count); }};
}

talent_loan_application_sink application_sink(Taken& taken) {
  return {sizeof(talent_loan_application_sink), 0, &taken,
          [](const talent_loan_application_sink* sink, const talent_loan_application* items, std::size_t count, const talent_loan_cursor* after) {
            auto& into = *static_cast<Taken*>(sink->host);
            into.batch(count, after, items);
            for (std::size_t i = 0; i < count; ++i) {
              into.ids.push_back(copied(items[i].application_id));
              std::string all;
              for (std::size_t tag = 0; tag < items[i].tags.count; ++tag) all += copied(items[i].tags.items[tag]) + "|";
              into.tags.push_back(all);
            }
            return into.reply;
          },
          [](const talent_loan_application_sink* sink, const talent_loan_reject* rows, std::size_t count) { note_rejects(sink->host, rows, count); }};
}

Event event(const std::string& id, const std::string& loan) {
  Event made;
  made.event_id = id;
  made.loan_id = loan;
  return made;
}

}  // namespace

TEST_CASE("texts of every length reach the sink whole, however many chunks they fill") {
  Taken taken;
  const auto sink = event_sink(taken);
  EventBatches batches(sink, {100'000, {}, {}});
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < 1300; ++i) {
    // None, short, as long as a chunk has room for, and longer than a whole chunk.
    const std::size_t length = i % 7 == 0 ? 0 : i % 97 == 0 ? border::Texts::chunk_bytes + i : i % 61 == 0 ? border::Texts::chunk_bytes : i % 400;
    ids.emplace_back(length, static_cast<char>('a' + i % 26));
    CHECK(batches.deliver(event(ids.back(), "L-" + std::to_string(i)), {static_cast<std::int64_t>(i) + 1, "after " + std::to_string(i)}));
  }
  batches.flush();
  CHECK(taken.ids == ids);
  CHECK(taken.loans.back() == "L-1299");
  CHECK(taken.batches == std::vector<std::size_t>{512, 512, 276});
  CHECK(taken.position == 1300);
  CHECK(taken.token == "after 1299");
}

TEST_CASE("what was delivered may change or go before its batch is handed over") {
  Taken taken;
  const auto sink = event_sink(taken);
  EventBatches batches(sink, {10, {}, {}});
  {
    Event used_again = event("E-1", std::string(300, 'x'));
    Cursor after{1, std::string(300, 't')};
    batches.deliver(used_again, after);
    used_again.event_id = "E-2";
    used_again.loan_id.assign(300, 'y');
    after.position = 2;
    batches.deliver(std::move(used_again), std::move(after));
  }
  batches.flush();
  CHECK(taken.ids == std::vector<std::string>{"E-1", "E-2"});
  CHECK(taken.loans == std::vector<std::string>{std::string(300, 'x'), std::string(300, 'y')});
  CHECK(taken.token == std::string(300, 't'));
}

TEST_CASE("an application's tags stand in the batch as its texts do") {
  Taken taken;
  const auto sink = application_sink(taken);
  ApplicationBatches batches(sink, {1000, {}, {}});
  std::vector<std::string> expected;
  for (int i = 0; i < 600; ++i) {
    Application made;
    made.application_id = std::string(static_cast<std::size_t>(i % 5 + 1), 'A');  // so that lists begin at odd addresses too
    for (int tag = 0; tag < i % 4; ++tag) made.tags.push_back(tag == 0 ? "key-list" : std::string(static_cast<std::size_t>(50 * tag), 'g'));
    std::string all;
    for (const std::string& tag : made.tags) all += tag + "|";
    expected.push_back(all);
    batches.deliver(made, {i + 1, {}});
  }
  batches.flush();
  CHECK(taken.tags == expected);
}

TEST_CASE("kept texts stay where they are until they are cleared") {
  border::Texts texts;
  std::vector<std::pair<talent_loan_text, std::string>> kept;
  for (std::size_t i = 0; i < 3000; ++i) {
    const std::string text(1 + i * 7 % 90, static_cast<char>('0' + i % 10));
    kept.emplace_back(texts.keep(text), text);
  }
  for (const auto& [text, expected] : kept) CHECK(copied(text) == expected);
  CHECK(texts.keep("").size == 0);
  texts.clear();
  const std::string again = "again";
  CHECK(copied(texts.keep(again)) == again);
}

TEST_CASE("rejected rows come before the batch whose cursor passes them, and a skip alone moves the cursor") {
  Taken taken;
  const auto sink = event_sink(taken);
  EventBatches batches(sink, {10, {}, {}});
  batches.reject({RejectCode::bad_amount, "day.csv", 7, "E-7", std::string(500, 'w')});
  batches.reject({RejectCode::bad_date, "", 0, "", "no day"});
  batches.skip_to({9, "line 9"});
  batches.flush();
  CHECK(taken.rejected == std::vector<std::string>{"day.csv:7 E-7 " + std::string(500, 'w'), ":0  no day"});
  CHECK(taken.batches == std::vector<std::size_t>{0});
  CHECK(taken.position == 9);
  batches.flush();
  CHECK(taken.batches.size() == 1);  // nothing more, nothing said
}

TEST_CASE("a host that says stop, or has what it asked for, is given no more") {
  Taken taken;
  const auto sink = event_sink(taken);
  EventBatches batches(sink, {2, {}, {}});
  CHECK(batches.deliver(event("E-1", "L-1"), {1, {}}));
  CHECK_FALSE(batches.deliver(event("E-2", "L-1"), {2, {}}));
  CHECK_THROWS_AS(batches.deliver(event("E-3", "L-1"), {3, {}}), Error);
  batches.flush();
  CHECK(taken.ids == std::vector<std::string>{"E-1", "E-2"});

  Taken stopping;
  stopping.reply = TALENT_LOAN_SINK_STOP;
  const auto stops = event_sink(stopping);
  EventBatches others(stops, {10'000, {}, {}});
  std::int64_t delivered = 0;
  while (others.deliver(event("E", "L"), {++delivered, {}})) continue;
  CHECK(delivered == 512);
  CHECK(stopping.batches == std::vector<std::size_t>{512});
}
