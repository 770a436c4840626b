// A host of a later version: every struct it passes is larger than those of today, and what follows the fields of
// today is nothing that an adapter of today can know.
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "plugins/conformance/check_lists.hpp"

namespace talent_loan::host {
namespace {

// A struct with fields after those that this version knows.
template <typename Known>
struct Later {
  Known known{};
  unsigned char fields[64];
  Later() {
    std::memset(fields, 0xA5, sizeof fields);
    known.struct_size = sizeof(Later);
  }
};

struct Counted {
  std::size_t records = 0;
  std::size_t answers = 0;
};

std::int64_t milliseconds_left(const talent_loan_call*) { return call_allowed.count(); }
talent_loan_yes_no cancelled(const talent_loan_call*) { return TALENT_LOAN_NO; }
void fail(const talent_loan_call*, const talent_loan_error*) {}
void log(const talent_loan_call*, talent_loan_log_level, talent_loan_text) {}
talent_loan_sink_reply take(const talent_loan_event_sink* sink, const talent_loan_event*, std::size_t count, const talent_loan_cursor*) {
  static_cast<Counted*>(sink->host)->records += count;
  return TALENT_LOAN_SINK_CONTINUE;
}
void reject(const talent_loan_event_sink*, const talent_loan_reject*, std::size_t) {}
void take_answers(const talent_loan_answer_sink* sink, const talent_loan_answer*, std::size_t count) { static_cast<Counted*>(sink->host)->answers += count; }

talent_loan_text text(const std::string& borrowed) { return {borrowed.data(), borrowed.size()}; }

void require_ok(talent_loan_result result, const char* call) {
  if (result != TALENT_LOAN_OK) throw RuleBroken{{fmt::format("{} 返回 {}", call, result), fmt::format("{} returned {}", call, result)}};
}

// What the optional table says to a later host: whether decisions are taken.
bool takes_decisions(const AdapterLibrary& library, const talent_loan_call& call, talent_loan_instance* instance) {
  if (library.notices() == nullptr) return true;
  talent_loan_yes_no answer = 0;
  require_ok(library.notices()->takes(&call, instance, TALENT_LOAN_NOTICE_DECISION, &answer), "takes");
  return answer == TALENT_LOAN_YES;
}

std::size_t records_for_this_host(const CheckRequest& request, std::uint32_t at_most) {
  const auto session = opened(request);
  const std::size_t count = session->poll_events({at_most, {}, request.as_of.days_since_1970()}, call_allowed).records.size();
  session->close(call_allowed);
  return count;
}

// Two decisions in one array, each as far from the other as its struct_size says.
std::size_t answers_to_two(const talent_loan_adapter_table& table, const talent_loan_call& call, talent_loan_instance* instance, const CheckRequest& request) {
  Counted counted;
  Later<talent_loan_answer_sink> sink;
  sink.known.host = &counted;
  sink.known.take = &take_answers;
  Later<talent_loan_decision> items[2];
  const std::string keys[2] = {fmt::format("conformance-later-{}-1", request.seed), fmt::format("conformance-later-{}-2", request.seed)};
  const std::string reason = "TALENT_NOT_LISTED";
  const talent_loan_text reasons = text(reason);
  for (int i = 0; i < 2; ++i) {
    talent_loan_decision& item = items[i].known;
    item.eligible = TALENT_LOAN_NO;
    item.key = item.decision_id = item.application_id = text(keys[i]);
    item.reasons = {&reasons, 1};
    item.policy_version = text(keys[i]);
    item.decided_on = request.as_of.days_since_1970();
  }
  require_ok(table.decision(&call, instance, &items[0].known, 2, &sink.known), "decision");
  return counted.answers;
}

}  // namespace

Text works_with_a_later_host(const CheckRequest& request) {
  constexpr std::uint32_t at_most = 64;
  const std::size_t expected = records_for_this_host(request, at_most);
  const auto library = AdapterLibrary::load(request.file);
  const talent_loan_adapter_table& table = library->table();

  Later<talent_loan_call> call;
  call.known.milliseconds_left = &milliseconds_left;
  call.known.cancelled = &cancelled;
  call.known.fail = &fail;
  call.known.log = &log;
  Later<talent_loan_opening> opening;
  opening.known.language = request.opening->language;
  opening.known.bank_id = text(request.opening->bank_id);
  opening.known.config = text(request.opening->config);
  opening.known.config_path = text(request.opening->config_path);
  opening.known.base_directory = text(request.opening->base_directory);
  talent_loan_instance* instance = nullptr;
  require_ok(table.open(&call.known, &opening.known, &instance), "open");

  Counted counted;
  Later<talent_loan_cursor> after;
  Later<talent_loan_poll> poll;
  poll.known.at_most = at_most;
  poll.known.after = &after.known;
  poll.known.as_of = request.as_of.days_since_1970();
  Later<talent_loan_event_sink> sink;
  sink.known.host = &counted;
  sink.known.take = &take;
  sink.known.reject = &reject;
  require_ok(table.poll_events(&call.known, instance, &poll.known, &sink.known), "poll_events");
  const bool told = request.may_write && takes_decisions(*library, call.known, instance);
  const std::size_t answers = told ? answers_to_two(table, call.known, instance, request) : 2;
  require_ok(table.close(&call.known, instance), "close");
  if (counted.records != expected) {
    throw RuleBroken{{fmt::format("对本版主机交来 {} 条，对以后的主机 {} 条", expected, counted.records),
                      fmt::format("{} records for this host, {} for a later one", expected, counted.records)}};
  }
  if (answers != 2) throw RuleBroken{{fmt::format("两项决定得到 {} 个答复", answers), fmt::format("{} answers to two decisions", answers)}};
  return {fmt::format("{} 条，与本版主机相同", expected), fmt::format("{} records, as for this host", expected)};
}

}  // namespace talent_loan::host
