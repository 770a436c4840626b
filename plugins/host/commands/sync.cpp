#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <talent_loan_adapter.h>

#include "core/identity/masking.hpp"
#include "core/policy/site.hpp"
#include "core/store/audit.hpp"
#include "plugins/host/options.hpp"
#include "plugins/host/sync/registry_decisions.hpp"
#include "plugins/host/sync/sync.hpp"

namespace talent_loan::host {
namespace {

struct SyncArguments {
  std::vector<std::string> banks;
  std::optional<Day> as_of;
  std::string rejects;
  std::string scheme;
  bool strict = false;
};

std::vector<BankBinding> chosen(std::vector<BankBinding> bindings, const std::vector<std::string>& banks) {
  if (banks.empty()) return bindings;
  std::vector<BankBinding> out;
  for (const std::string& bank : banks) {
    const auto found = std::find_if(bindings.begin(), bindings.end(), [&](const BankBinding& binding) { return binding.id.text() == bank; });
    if (found == bindings.end()) {
      std::vector<std::string> known;
      for (const BankBinding& binding : bindings) known.push_back(binding.id.text());
      const std::string near = nearest_word(bank, known);
      throw Failure({"banks.yaml 中没有银行 " + talent_loan::quoted(bank), "banks.yaml has no bank " + talent_loan::quoted(bank)},
                    near.empty() ? Text{"检查编号", "check its id"} : Text{"是否为 " + near, "did you mean " + near});
    }
    out.push_back(*found);
  }
  return out;
}

// Lines of adapters go to the host's log, under their bank's name.
AdapterLog log_lines() {
  return [](std::int32_t level, const std::string& line) {
    const auto spd = level == TALENT_LOAN_LOG_WARNING ? spdlog::level::warn : level == TALENT_LOAN_LOG_INFO ? spdlog::level::info : spdlog::level::debug;
    spdlog::log(spd, "{}", talent_loan::quoted(without_identity_numbers(line)));
  };
}

// What the bank was not sent, because its adapter takes none under its configuration.
void print_not_sent(const Globals& globals, const BankReport& report) {
  const auto note = [&](std::uint64_t count, const char* chinese, const char* english) {
    if (count == 0) return;
    globals.tell({fmt::format("注意：{}：{} {} 件未发送：适配器的配置不接收此类通知", report.bank.text(), chinese, count),
                  fmt::format("note: {}: {} {} not sent: the adapter's configuration takes none", report.bank.text(), count, english)});
  };
  note(report.not_sent.decisions, "认定结果", "decisions");
  note(report.not_sent.issues, "放款请求", "requests for loans");
  note(report.not_sent.settled, "结算通知", "settlement notices");
  note(report.not_sent.scored, "评分通知", "scores");
}

void print_report(const Globals& globals, const BankReport& report) {
  const BankCounts& n = report.counts;
  const Text end = report.left_alone ? Text{"，未访问", ", NOT ASKED"} : report.failures.empty() ? Text{} : Text{"，失败", ", FAILED"};
  fmt::print("{}\n", globals.say({fmt::format("{}（{}）：申请 {}，符合 {}，不符合 {}，告知 {}，放款 {}，拒贷 {}，待定 {}，事件 {}，补偿申请 {}，结算通知 {}，评分通知 {}，拒收 {}{}", report.name.chinese,
                                              report.bank.text(), n.applications, n.eligible, n.not_eligible, n.told, n.disbursed, n.declined, n.pending, n.events,
                                              n.claims, n.settled, n.scored, n.rejected, end.chinese),
                                  fmt::format("{} ({}): {} applications, {} eligible, {} not eligible, {} told, {} disbursed, {} declined, {} pending, {} events, {} claims, "
                                              "{} settlement notices, {} scores, {} rejected{}",
                                              report.name.english, report.bank.text(), n.applications, n.eligible, n.not_eligible, n.told, n.disbursed, n.declined,
                                              n.pending, n.events, n.claims, n.settled, n.scored, n.rejected, end.english)}));
  print_not_sent(globals, report);
  for (const Diagnostic& failure : report.failures) fmt::print(stderr, "{}\n", without_identity_numbers(failure.sentence(globals.language)));
}

void write_rejects(RejectsFile& file, const BankReport& report) {
  for (const SyncReject& reject : report.rejects) {
    const std::string from = reject.bank.text() + (reject.row.source.empty() ? "" : " " + reject.row.source) + ": ";
    const Text& message = reject.row.message;  // an adapter's own may repeat what stands in its bank's data
    file.add(reject.row.line, without_identity_numbers(reject.row.key), word(reject.row.code),
             {without_identity_numbers(from + message.chinese), without_identity_numbers(from + message.english)});
  }
}

Exit sync(const Globals& globals, const SyncArguments& arguments) {
  const PolicySet policies = load_policies({globals.config_path("policies")});
  const Site site = load_site(globals.config_path("site.yaml"));
  const SchemeId scheme = policies.choose_scheme(arguments.scheme.empty() ? site.scheme : arguments.scheme);
  RejectsFile rejects(arguments.rejects, globals.language);
  SyncRequest request;
  request.bindings = chosen(load_banks(globals.config_directory), arguments.banks);
  request.maker = session_maker(globals.config_directory, log_lines());
  for (const BankBinding& binding : request.bindings) {
    if (const auto unchecked = unchecked_library(binding, globals.config_directory); unchecked && !binding.unchecked_refused) {
      globals.tell({"注意：" + unchecked->chinese + "；用 talent-loan adapter pin 登记", "note: " + unchecked->english + "; pin it with talent-loan adapter pin"});
    }
  }
  request.actor = operating_user();
  request.language = globals.language;
  request.key = key_source(globals);
  Database database = open_database(globals);
  request.as_of = arguments.as_of.value_or(day_in_china(database.clock().now()));
  request.try_open_breakers = !arguments.banks.empty();
  request.open_to_all = [&](const StatedClaim& stated) {
    const PolicyVersion* version = policies.governing(scheme, {stated.disbursed_on, stated.claim.defaulted_on, stated.claim.claimed_on});
    return version != nullptr && !version->eligibility.require_registry;
  };

  RegistryDecisions decisions(policies, scheme, key_source(globals));
  const std::vector<BankReport> reports = sync_banks(database, decisions, request);
  std::uint64_t rejected = 0;
  std::size_t failed = 0;
  for (const BankReport& report : reports) {
    print_report(globals, report);
    write_rejects(rejects, report);
    rejected += report.counts.rejected;
    failed += report.failures.empty() ? 0 : 1;
  }
  if (rejects.output() != nullptr) rejects.output()->commit();
  globals.tell({fmt::format("{} 家银行完成，{} 家失败，拒收 {} 行", reports.size() - failed, failed, rejected),
                fmt::format("{} banks done, {} failed, {} rows rejected", reports.size() - failed, failed, rejected)});
  if (failed > 0) return Exit::failed;
  return arguments.strict && rejected > 0 ? Exit::rows_rejected : Exit::done;
}

}  // namespace

void add_sync_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<SyncArguments>();
  CLI::App* leaf = add_leaf(program, globals, invocation, "sync", {"与各银行交换：申请、资格、放款、事件、补偿申请", "exchange with every bank: applications, decisions, issues, events, claims"},
                            "talent-loan sync --bank zibo-rural --as-of 2020-12-31", [&globals, arguments] { return sync(globals, *arguments); });
  leaf->add_option("--bank", arguments->banks, globals.say({"只与这些银行（默认全部）；连续失败而暂停的也立即再试", "only these banks (all), at once even where one is left alone after failures"}))
      ->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->type_name("ID");
  add_day(*leaf, globals, "--as-of", arguments->as_of, {"截至哪一天（默认今天）", "as of which day (today)"});
  leaf->add_option("--rejects", arguments->rejects, globals.say({"被拒收的记录及原因", "rejected records and why"}))->type_name("FILE");
  leaf->add_option("--scheme", arguments->scheme, globals.say({"方案", "scheme"}))->type_name("NAME");
  add_strict(*leaf, globals, arguments->strict);
}

}  // namespace talent_loan::host
