#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "core/loss/split_file.hpp"
#include "core/policy/policy.hpp"
#include "plugins/host/progress.hpp"
#include "plugins/host/program.hpp"

namespace talent_loan::host {
namespace {

struct SplitArguments {
  std::vector<std::string> policies;
  std::string scheme;
  std::string encoding = "utf8";
  SplitPaths paths;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool strict = false;
};

Exit split(const Globals& globals, const SplitArguments& arguments) {
  const SplitPaths& paths = arguments.paths;
  std::vector<std::string> inputs = arguments.policies;
  inputs.push_back(paths.claims);
  std::vector<std::string> outputs{paths.lines, paths.rejects};
  if (!paths.totals.empty()) outputs.push_back(paths.totals);
  if (const auto twice = file_named_twice(inputs, outputs)) {
    fmt::print(stderr, "{}\n", twice->sentence(globals.language));
    return Exit::wrong_usage;
  }
  const PolicySet policies = load_policies(arguments.policies);
  SplitSummary summary;
  {
    Progress progress(globals, {"拆分", "splitting"});
    summary = split_file(policies, policies.choose_scheme(arguments.scheme), paths,
                         {.encoding = arguments.encoding == "gb18030" ? Encoding::gb18030 : Encoding::utf8,
                          .language = globals.language,
                          .threads = arguments.threads,
                          .progress = [&](std::uint64_t done, std::uint64_t all) { progress.show(done, all); }});
  }
  globals.tell({fmt::format("读入 {} 行，接受 {} 行，拒绝 {} 行", summary.rows, summary.lines, summary.rejects),
                fmt::format("{} rows in, {} accepted, {} rejected", summary.rows, summary.lines, summary.rejects)});
  return arguments.strict && summary.rejects > 0 ? Exit::rows_rejected : Exit::done;
}

}  // namespace

void add_split_command(CLI::App& program, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<SplitArguments>();
  CLI::App* leaf = add_leaf(program, globals, invocation, "split",
                            {"把补偿申请文件中的本金损失按政策拆分给各出资方", "split the principal losses of a claims file among the payers"},
                            "talent-loan split --policy config/policies --scheme zibo-talent-loan --claims claims.csv "
                            "--lines lines.csv --rejects rejects.csv --totals totals.csv",
                            [&globals, arguments] { return split(globals, *arguments); });
  const auto say = [&](const char* chinese, const char* english) { return globals.say({chinese, english}); };
  leaf->add_option("--policy", arguments->policies, say("政策文件或目录，可重复", "policy file or folder; may be repeated"))
      ->required()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("PATH");
  leaf->add_option("--claims", arguments->paths.claims, say("补偿申请文件，- 为标准输入", "claims file, - for standard input"))->required()->type_name("FILE");
  leaf->add_option("--lines", arguments->paths.lines, say("结果明细，- 为标准输出", "lines, - for standard output"))->required()->type_name("FILE");
  leaf->add_option("--rejects", arguments->paths.rejects, say("被拒绝的行及原因", "rejected rows and why"))->required()->type_name("FILE");
  leaf->add_option("--totals", arguments->paths.totals, say("各银行合计", "totals per bank"))->type_name("FILE");
  leaf->add_option("--threads", arguments->threads, say("线程数；结果与线程数无关", "threads; the results are the same for any number"))
      ->check(CLI::Range(1U, 256U));
  leaf->add_option("--scheme", arguments->scheme, say("方案；政策分属多个方案时必填", "scheme; needed where the policies belong to several"))->type_name("NAME");
  leaf->add_option("--encoding", arguments->encoding, say("补偿申请文件的编码", "encoding of the claims file"))->check(CLI::IsMember({"utf8", "gb18030"}));
  leaf->add_flag("--strict", arguments->strict, say("有被拒绝的行时退出码为 3", "exit 3 where rows were rejected"));
}

}  // namespace talent_loan::host
