#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "plugins/conformance/check_lists.hpp"
#include "plugins/host/session/checks.hpp"
#include "plugins/host/session/wire.hpp"

namespace talent_loan::host {
namespace {

constexpr std::uint32_t sample_records = 64;
constexpr int strange_cursors = 32;

const BankId& bank_of(const CheckRequest& request) {
  static const BankId bank(request.opening ? request.opening->bank_id : "check");
  return bank;
}

// One stream behind one pair of functions, so that every check is written once.
struct Applications {
  static constexpr const char* name = "applications";
  static auto poll(AdapterSession& session, const PollRequest& from) { return session.poll_applications(from, call_allowed); }
  static auto believed(const CheckRequest& request, const RawPolled<RawApplication>& raw, const PollRequest& from) { return checked(raw, from, bank_of(request)); }
};
struct Events {
  static constexpr const char* name = "events";
  static auto poll(AdapterSession& session, const PollRequest& from) { return session.poll_events(from, call_allowed); }
  static auto believed(const CheckRequest& request, const RawPolled<RawEvent>& raw, const PollRequest& from) { return checked(raw, from, bank_of(request)); }
};
struct Claims {
  static constexpr const char* name = "claims";
  static auto poll(AdapterSession& session, const PollRequest& from) { return session.poll_claims(from, call_allowed); }
  static auto believed(const CheckRequest& request, const RawPolled<RawClaim>& raw, const PollRequest& from) { return checked(raw, from, bank_of(request), true); }
};

template <typename Stream>
auto polled(const CheckRequest& request, AdapterSession& session, const RawCursor& after, std::uint32_t at_most) {
  const PollRequest from{at_most, after, request.as_of.days_since_1970()};
  auto raw = Stream::poll(session, from);
  const RawCursor next = Stream::believed(request, raw, from).after;
  return std::pair(std::move(raw.records), next);
}

Text count_of(std::size_t count) { return {fmt::format("{} 条", count), fmt::format("{} records", count)}; }

// What it hands over is within the interface: believed() throws where it is not.
template <typename Stream>
Text valid(const CheckRequest& request) {
  const auto session = opened(request);
  return count_of(polled<Stream>(request, *session, {}, sample_records).first.size());
}

template <typename Stream>
Text repeatable(const CheckRequest& request) {
  const auto session = opened(request);
  const auto first = polled<Stream>(request, *session, {}, sample_records).first;
  const auto again = polled<Stream>(request, *session, {}, sample_records).first;
  const auto reopened = polled<Stream>(request, *opened(request), {}, sample_records).first;
  if (encoded(first) != encoded(again)) throw RuleBroken{{"同一游标第二次给出不同的记录", "the same cursor gave other records the second time"}};
  if (encoded(first) != encoded(reopened)) throw RuleBroken{{"同一游标在新实例上给出不同的记录", "the same cursor gave other records in a new instance"}};
  return count_of(first.size());
}

// Read in one piece and one by one, a stream is the same: so a round may be cut off anywhere.
template <typename Stream>
Text resumes(const CheckRequest& request) {
  const auto session = opened(request);
  const auto whole = polled<Stream>(request, *session, {}, sample_records).first;
  decltype(polled<Stream>(request, *session, {}, 1).first) pieces;
  RawCursor after;
  while (pieces.size() < whole.size()) {
    const auto [records, next] = polled<Stream>(request, *session, after, 1);
    if (next == after) break;
    pieces.insert(pieces.end(), records.begin(), records.end());
    after = next;
  }
  if (encoded(pieces) != encoded(whole)) {
    throw RuleBroken{{fmt::format("整读 {} 条，逐条读 {} 条，不一致", whole.size(), pieces.size()), fmt::format("{} records at once, {} one by one: they differ", whole.size(), pieces.size())}};
  }
  return count_of(whole.size());
}

template <typename Stream>
Text ends(const CheckRequest& request) {
  const auto session = opened(request);
  RawCursor after;
  std::size_t count = 0;
  for (int polls = 0; polls < 1000; ++polls) {
    const auto [records, next] = polled<Stream>(request, *session, after, 4096);
    count += records.size();
    if (next == after) return count_of(count);
    after = next;
  }
  throw CheckSkipped{{fmt::format("{} 条后仍未读完", count), fmt::format("not at the end after {} records", count)}};
}

// believed() throws where something is dated after the day it was asked for.
template <typename Stream>
Text nothing_later(const CheckRequest& request) {
  CheckRequest earlier = request;
  std::size_t count = 0;
  for (const std::int32_t back : {0, 31, 366}) {
    earlier.as_of = request.as_of.plus_days(-back);
    count += polled<Stream>(earlier, *opened(request), {}, 4096).first.size();
  }
  return count_of(count);
}

// Cursors come back from a database that others can write to: any bytes may stand there.
template <typename Stream>
Text strange_cursor(const CheckRequest& request) {
  std::mt19937_64 random(request.seed);
  int refused = 0;
  for (int i = 0; i < strange_cursors; ++i) {
    RawCursor strange{static_cast<std::int64_t>(random() >> (random() % 63 + 1)), std::string(random() % 40, ' ')};
    for (char& byte : strange.token) byte = static_cast<char>(' ' + random() % 95);
    const auto session = opened(request);
    try {
      polled<Stream>(request, *session, strange, 8);
    } catch (const AdapterFailure& failure) {
      if (failure.kind() != AdapterFailure::Kind::stated) throw;
      ++refused;
    }
    session->close(call_allowed);
  }
  return {fmt::format("{} 个奇怪的游标，说明原因后拒绝 {} 个（种子 {}）", strange_cursors, refused, request.seed),
          fmt::format("{} strange cursors, {} refused with a reason (seed {})", strange_cursors, refused, request.seed)};
}

// A call whose deadline has passed comes back at once, done or with a reason.
template <typename Stream>
Text heeds_the_deadline(const CheckRequest& request) {
  const auto session = opened(request);
  const auto begin = std::chrono::steady_clock::now();
  const PollRequest from{4096, {}, request.as_of.days_since_1970()};
  try {
    if constexpr (std::is_same_v<Stream, Applications>) session->poll_applications(from, Milliseconds(0));
    if constexpr (std::is_same_v<Stream, Events>) session->poll_events(from, Milliseconds(0));
    if constexpr (std::is_same_v<Stream, Claims>) session->poll_claims(from, Milliseconds(0));
  } catch (const AdapterFailure& failure) {
    if (failure.kind() == AdapterFailure::Kind::broke_rules) throw;
  }
  const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begin).count();
  if (took > 2000) throw RuleBroken{{fmt::format("期限已过仍用了 {} 毫秒", took), fmt::format("took {} ms after its deadline had passed", took)}};
  return verbatim(fmt::format("{} ms", took));
}

template <typename Stream>
void add(std::vector<Check>& checks) {
  const auto id = [](const char* rule) { return fmt::format("poll.{}.{}", Stream::name, rule); };
  checks.push_back({id("valid"), {"取值、文字、游标合乎接口，否则整批不入账", "values, texts and cursor keep to the interface, or nothing of it is booked"}, valid<Stream>});
  checks.push_back({id("repeatable"), {"同一游标再读，得同样的记录：崩溃后会重读", "the same cursor gives the same records: they are read again after a crash"}, repeatable<Stream>});
  checks.push_back({id("resumes"), {"从任何游标续读，不漏不重", "reading goes on after any record, none lost or doubled"}, resumes<Stream>});
  checks.push_back({id("ends"), {"没有更多时不移动游标，否则主机不知何时停止", "at the end the cursor stays, or the host cannot know when to stop"}, ends<Stream>});
  checks.push_back({id("as-of"), {"不交晚于 as_of 的记录：同一天的账可以重做", "nothing dated after as_of, so that a day's books can be made again"}, nothing_later<Stream>});
  checks.push_back({id("strange-cursor"), {"看不懂的游标要说明原因，不得崩溃", "a cursor it cannot read is refused with a reason, never a crash"}, strange_cursor<Stream>});
  checks.push_back({id("deadline"), {"期限一过立即返回", "comes back at once when the deadline has passed"}, heeds_the_deadline<Stream>});
}

}  // namespace

std::vector<Check> poll_checks() {
  std::vector<Check> checks;
  add<Applications>(checks);
  add<Events>(checks);
  add<Claims>(checks);
  return checks;
}

}  // namespace talent_loan::host
