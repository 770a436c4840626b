#include <filesystem>

#include <fmt/format.h>

#include "core/store/clock.hpp"
#include "plugins/conformance/kit.hpp"
#include "plugins/host/adapters.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

struct CheckArguments {
  std::string library;
  std::string config;
  std::string bank = "check";
  std::optional<Day> as_of;
  std::vector<std::string> only;
  std::uint64_t seed = 1;
  bool write = false;
  bool json = false;
  bool list = false;
};

Opening opening_of(const CheckArguments& arguments, Language language) {
  return {language == Language::chinese ? TALENT_LOAN_CHINESE : TALENT_LOAN_ENGLISH, arguments.bank, read_whole_file(arguments.config, 1 << 20), arguments.config,
          std::filesystem::absolute(arguments.config).lexically_normal().parent_path().string()};
}

Exit list_checks(const Globals& globals) {
  for (const Check& check : all_checks()) fmt::print("{:<34} {}\n", check.id, globals.say(check.reason));
  return Exit::done;
}

Exit check_adapter(const Globals& globals, const CheckArguments& arguments) {
  if (arguments.list) return list_checks(globals);
  if (arguments.library.empty()) {
    globals.tell({"缺少 LIBRARY", "LIBRARY is missing"});
    return Exit::wrong_usage;
  }
  CheckRequest request;
  request.file = store_library(library_path(arguments.library, globals), std::nullopt);
  if (!arguments.config.empty()) request.opening = opening_of(arguments, globals.language);
  request.as_of = arguments.as_of.value_or(day_in_china(system_clock().now()));
  request.may_write = arguments.write;
  request.seed = arguments.seed;
  request.only = arguments.only;
  const std::vector<CheckResult> results = run_checks(request);
  fmt::print("{}", arguments.json ? json_report(request, results, globals.language) : text_report(results, globals.language));
  const bool failed = std::any_of(results.begin(), results.end(), [](const CheckResult& result) { return result.verdict == Verdict::failed; });
  return failed ? Exit::failed : Exit::done;
}

}  // namespace

void add_adapter_check(CLI::App& group, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* leaf = add_leaf(group, globals, invocation, "check", {"逐条检查适配器是否合乎接口", "check an adapter against every rule of the interface"},
                            "talent-loan adapter check ./my-bank.so --config test-bank.yaml --write", [&globals, arguments] { return check_adapter(globals, *arguments); });
  const auto say = [&](const char* chinese, const char* english) { return globals.say({chinese, english}); };
  leaf->add_option("LIBRARY", arguments->library, say("库文件或适配器名", "library file or name of an adapter"));
  leaf->add_option("--config", arguments->config, say("适配器的配置，请用测试环境的", "the adapter's configuration, of a test system"))->type_name("FILE");
  leaf->add_option("--bank", arguments->bank, say("以哪家银行的名义打开（默认 check）", "id of the bank it is opened for (check)"))->type_name("ID");
  leaf->add_option("--only", arguments->only, say("只做这些检查项", "only these checks"))->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->type_name("ID");
  add_day(*leaf, globals, "--as-of", arguments->as_of, {"读取截至哪一天（默认今天）", "day of the polls (today)"});
  leaf->add_option("--seed", arguments->seed, say("随机检查的种子", "seed of random checks"));
  leaf->add_flag("--write", arguments->write, say("也做会写入银行系统的检查", "run the checks that change the bank's side too"));
  leaf->add_flag("--json", arguments->json, say("JSON 报告", "report as JSON"));
  leaf->add_flag("--list", arguments->list, say("列出全部检查项", "list all checks"));
}

}  // namespace talent_loan::host
