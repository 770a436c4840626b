#include <fmt/format.h>

#include "plugins/conformance/check_lists.hpp"
#include "plugins/host/session/checks.hpp"
#include "plugins/host/session/wire.hpp"

namespace talent_loan::host {
namespace {

// Keys and ids that no bank uses, different for every seed.
std::string made_up(const CheckRequest& request, const char* what, int number) { return fmt::format("conformance-{}-{}-{}", what, request.seed, number); }

struct Decisions {
  static constexpr const char* name = "decision";
  static constexpr bool Notices::*taken = &Notices::decision;
  using Item = DecisionNotice;
  static Item item(const CheckRequest& request, int number) {
    return {made_up(request, "decision-key", number), TALENT_LOAN_NO, made_up(request, "decision", number), made_up(request, "application", number),
            {"TALENT_NOT_LISTED"}, "conformance", "", {"§4"}, request.as_of.days_since_1970()};
  }
  static void change(Item& item) { item.reasons = {"LEVEL_TOO_LOW"}; }
  static auto tell(AdapterSession& session, const std::vector<Item>& items, Milliseconds allowed = call_allowed) { return session.decision(items, allowed); }
};
struct Issues {
  static constexpr const char* name = "issue";
  static constexpr bool Notices::*taken = &Notices::issue;
  using Item = IssueRequest;
  static Item item(const CheckRequest& request, int number) {
    return {made_up(request, "issue-key", number), made_up(request, "application", number), made_up(request, "decision", number), request.as_of.days_since_1970()};
  }
  static void change(Item& item) { item.application_id += "-other"; }
  static auto tell(AdapterSession& session, const std::vector<Item>& items, Milliseconds allowed = call_allowed) { return session.issue(items, allowed); }
};
struct Settlements {
  static constexpr const char* name = "settled";
  static constexpr bool Notices::*taken = &Notices::settled;
  using Item = SettledNotice;
  static Item item(const CheckRequest& request, int number) {
    return {made_up(request, "settled-key", number), TALENT_LOAN_YES, made_up(request, "batch", 0), made_up(request, "claim", number), made_up(request, "loan", number),
            "", "conformance", 100, 80, 20, {{"city", 80, 50}, {"province", 0, 30}}};
  }
  static void change(Item& item) { item.paid = item.payers[0].pays = 79; }
  static auto tell(AdapterSession& session, const std::vector<Item>& items, Milliseconds allowed = call_allowed) { return session.settled(items, allowed); }
};
struct Scores {
  static constexpr const char* name = "scored";
  static constexpr bool Notices::*taken = &Notices::scored;
  using Item = ScoredNotice;
  static Item item(const CheckRequest& request, int number) {
    return {made_up(request, "scored-key", number), 2000 + number, "87.50", 1, 2, "优秀", {{"talent_balance", "10.00"}}};
  }
  static void change(Item& item) { item.score = "12.50"; }
  static auto tell(AdapterSession& session, const std::vector<Item>& items, Milliseconds allowed = call_allowed) { return session.scored(items, allowed); }
};

void require_writing(const CheckRequest& request) {
  if (!request.may_write) throw CheckSkipped{{"会写入银行系统，需要 --write", "changes the bank's side: needs --write"}};
}

bool taken(AdapterSession& session, bool Notices::*kind) { return checked(session.notices(call_allowed)).*kind; }

// An open session of an adapter that takes notices of this kind.
template <typename Kind>
std::unique_ptr<AdapterSession> taking(const CheckRequest& request) {
  require_writing(request);
  auto session = opened(request);
  if (!taken(*session, Kind::taken)) {
    throw CheckNotApplicable{{fmt::format("适配器声明：按此配置不接收通知 {}", Kind::name), fmt::format("the adapter declares that it takes no notice \"{}\" under this configuration", Kind::name)}};
  }
  return session;
}

template <typename Kind>
auto answers(AdapterSession& session, const std::vector<typename Kind::Item>& items) {
  if constexpr (std::is_same_v<Kind, Issues>) {
    return checked(Kind::tell(session, items), items);
  } else {
    std::vector<std::string> keys;
    for (const auto& item : items) keys.push_back(item.key);
    return checked(Kind::tell(session, items), keys);
  }
}

template <typename Kind>
Text answers_every_key(const CheckRequest& request) {
  const auto session = taking<Kind>(request);
  int accepted = 0;
  for (const auto& answer : answers<Kind>(*session, {Kind::item(request, 1), Kind::item(request, 2), Kind::item(request, 3)})) {
    if (answer.failure && answer.failure->kind() == AdapterFailure::Kind::timed_out) throw RuleBroken{{"没有答复 " + answer.key, "no answer to " + answer.key}};
    accepted += answer.failure ? 0 : 1;
  }
  return {fmt::format("3 项均有答复，接受 {} 项", accepted), fmt::format("all 3 answered, {} accepted", accepted)};
}

template <typename Kind>
Text same_key_same_answer(const CheckRequest& request) {
  const std::vector<typename Kind::Item> items{Kind::item(request, 4)};
  const std::string first = encoded(Kind::tell(*taking<Kind>(request), items));
  const std::string again = encoded(Kind::tell(*opened(request), items));
  if (first != again) throw RuleBroken{{"同一键同一内容，两次答复不同", "the same key with the same content was answered differently"}};
  return {"两次答复相同", "answered the same twice"};
}

template <typename Kind>
Text other_content_conflicts(const CheckRequest& request) {
  std::vector<typename Kind::Item> items{Kind::item(request, 5)};
  const auto session = taking<Kind>(request);
  const auto first = answers<Kind>(*session, items);
  bool acted = !first.front().failure;
  if constexpr (std::is_same_v<Kind, Issues>) acted = acted && first.front().value.state != IssueState::pending;
  if (!acted) throw CheckSkipped{{"银行尚未据此行事，无从比较", "the bank has not acted on it, so there is nothing to differ from"}};
  Kind::change(items.front());
  const auto second = Kind::tell(*session, items);
  if (second.empty() || second.front().result != TALENT_LOAN_CONFLICT) throw RuleBroken{{"同一键另一内容未报 CONFLICT", "the same key with other content is no CONFLICT"}};
  if (second.front().error.empty() || second.front().error.front().field.empty()) throw RuleBroken{{"CONFLICT 没有指出字段", "the CONFLICT names no field"}};
  return verbatim("CONFLICT: " + second.front().error.front().field);
}

// A call whose deadline has passed comes back at once; what became of its item is then asked again with the same key.
template <typename Kind>
Text heeds_the_deadline(const CheckRequest& request) {
  const auto session = taking<Kind>(request);
  const auto begin = std::chrono::steady_clock::now();
  try {
    Kind::tell(*session, {Kind::item(request, 6)}, Milliseconds(0));
  } catch (const AdapterFailure& failure) {
    if (failure.kind() == AdapterFailure::Kind::broke_rules) throw;
  }
  const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begin).count();
  if (took > 2000) throw RuleBroken{{fmt::format("期限已过仍用了 {} 毫秒", took), fmt::format("took {} ms after its deadline had passed", took)}};
  return verbatim(fmt::format("{} ms", took));
}

// Whether the failure of a whole call says BAD_REQUEST.
bool refused_as_asked(const AdapterFailure& failure) {
  return failure.kind() == AdapterFailure::Kind::stated && failure.diagnostics().front().found.english.starts_with("BAD_REQUEST:");
}

// What an adapter says that it takes is the same each time, and what it does not take it refuses: a notice that it took
// and dropped would be lost, and nobody would know.
template <typename Kind>
Text keeps_to_its_declaration(const CheckRequest& request) {
  const auto session = opened(request);
  const bool declared = taken(*session, Kind::taken);
  if (taken(*session, Kind::taken) != declared || taken(*opened(request), Kind::taken) != declared) {
    throw RuleBroken{{"两次询问得到不同的声明", "declares one thing and then another"}};
  }
  if (declared) return {"接收", "takes them"};
  require_writing(request);
  try {
    const auto answered = Kind::tell(*session, {Kind::item(request, 7)}, call_allowed);
    if (answered.size() != 1 || answered.front().result != TALENT_LOAN_BAD_REQUEST) {
      throw RuleBroken{{"声明不接收，发来时却没有以 BAD_REQUEST 拒绝", "declares that it takes none, and does not refuse one with BAD_REQUEST"}};
    }
  } catch (const AdapterFailure& failure) {
    if (!refused_as_asked(failure)) throw;
  }
  return {"不接收，并以 BAD_REQUEST 拒绝", "takes none, and refuses one with BAD_REQUEST"};
}

template <typename Kind>
void add(std::vector<Check>& checks) {
  const auto id = [](const char* rule) { return fmt::format("tell.{}.{}", Kind::name, rule); };
  checks.push_back({id("answers"), {"每个键恰有一个答复，否则主机只能当作超时", "exactly one answer to every key, or the host must take it for a timeout"}, answers_every_key<Kind>});
  checks.push_back({id("same-key"), {"同一键同一内容得同一答复，银行只做一次", "the same key and content gives the same answer, and the bank acts once"}, same_key_same_answer<Kind>});
  checks.push_back({id("conflict"), {"同一键另一内容是 CONFLICT 并指出字段，免得悄悄改写", "the same key with other content is a CONFLICT that names the field, never a silent change"}, other_content_conflicts<Kind>});
  checks.push_back({id("deadline"), {"期限一过立即返回", "comes back at once when the deadline has passed"}, heeds_the_deadline<Kind>});
  checks.push_back({id("declared"), {"声明不接收的通知要拒绝，收下再丢掉就无人知晓", "a notice that is declared not to be taken is refused: one taken and dropped would be lost unnoticed"}, keeps_to_its_declaration<Kind>});
}

}  // namespace

std::vector<Check> tell_checks() {
  std::vector<Check> checks;
  add<Decisions>(checks);
  add<Issues>(checks);
  add<Settlements>(checks);
  add<Scores>(checks);
  return checks;
}

}  // namespace talent_loan::host
