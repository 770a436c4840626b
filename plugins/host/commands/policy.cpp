// `talent-loan policy check|explain|test`.
#include <filesystem>

#include <fmt/format.h>

#include "core/loss/policy_cases.hpp"
#include "core/policy/policy.hpp"
#include "core/report/policy_explanation.hpp"
#include "core/report/policy_words.hpp"
#include "core/report/text_table.hpp"
#include "plugins/host/program.hpp"

namespace talent_loan::host {
namespace {

struct PolicyOptions {
  std::vector<std::string> paths;
  std::string on;
  std::string loss = "1000000.00";
  std::string scheme;
};

Exit check(const Globals& globals, const PolicyOptions& options) {
  std::vector<Diagnostic> warnings;
  const PolicySet set = load_policies(options.paths, &warnings);
  TextTable table({{""}, {""}, {""}, {""}, {""}});
  for (const PolicyVersion& version : set.versions()) {
    table.add({version.scheme.text(), version.version.text(), globals.say(period_name(version.effective)),
               version.document, version.source.file});
  }
  fmt::print("{}", table.rows());
  for (const Diagnostic& warning : warnings) {
    globals.tell(
        {"警告：" + warning.sentence(Language::chinese), "warning: " + warning.sentence(Language::english)});
  }
  return Exit::done;
}

// Every period of a scheme, for whoever asked about a day outside them.
Diagnostic nothing_in_force(const PolicySet& set, const std::string& scheme, const std::string& on) {
  Text periods;
  for (const PolicyVersion& version : set.versions()) {
    if (!scheme.empty() && version.scheme.text() != scheme) continue;
    const Text period = period_name(version.effective);
    periods.chinese += (periods.chinese.empty() ? "" : "；") + version.version.text() + " " + period.chinese;
    periods.english += (periods.english.empty() ? "" : "; ") + version.version.text() + " " + period.english;
  }
  return {.place = {},
          .found = {on + " 没有有效的政策版本（NO_POLICY_IN_FORCE）",
                    "no policy version is in force on " + on + " (NO_POLICY_IN_FORCE)"},
          .allowed = std::move(periods),
          .remedy = {}};
}

Exit explain(const Globals& globals, const PolicyOptions& options) {
  const PolicySet set = load_policies(options.paths);
  const Day day = *parse_day(options.on);
  const Fen loss = *parse_yuan(options.loss);
  const auto schemes =
      options.scheme.empty() ? set.schemes() : std::vector<SchemeId>{set.choose_scheme(options.scheme)};
  std::string out;
  for (const SchemeId& scheme : schemes) {
    const PolicyVersion* version = set.in_force(scheme, day);
    if (version != nullptr)
      out += (out.empty() ? "" : "\n\n") + explain_policy(*version, loss, globals.language);
  }
  if (out.empty()) throw Failure(nothing_in_force(set, options.scheme, options.on));
  fmt::print("{}", out);
  return Exit::done;
}

Exit test(const Globals& globals, const PolicyOptions& options) {
  const PolicySet set = load_policies(options.paths);
  const auto right = TextTable::Align::right;
  TextTable table({{globals.say({"版本", "version"})},
                   {globals.say({"用例", "cases"}), right},
                   {globals.say({"不符", "different"}), right},
                   {globals.say({"没有用例的规则", "rules without a case"}), right}});
  bool good = true;
  for (const PolicyVersion& version : set.versions()) {
    const std::string file = cases_file_of(version);
    if (!std::filesystem::exists(file)) {
      good = false;
      table.add({version.version.text(), "0", "0", "-"});
      fmt::print(stderr, "{}\n",
                 globals.say({file + ": 没有用例文件", file + ": there is no file of cases"}));
      continue;
    }
    const PolicyCasesReport report = run_policy_cases(set, file);
    good = good && report.good();
    table.add({version.version.text(), std::to_string(report.cases),
               std::to_string(report.differences.size()), std::to_string(report.uncovered.size())});
    for (const auto& list : {report.differences, report.uncovered}) {
      for (const Diagnostic& diagnostic : list)
        fmt::print(stderr, "{}\n", diagnostic.sentence(globals.language));
    }
  }
  fmt::print("{}", table.text());
  return good ? Exit::done : Exit::failed;
}

CLI::Validator day_argument(const Globals& globals) {
  return CLI::Validator(
      [&globals](std::string& text) {
        return parse_day(text) ? std::string()
                               : globals.say({"不是存在的日期 YYYY-MM-DD", "not a real day YYYY-MM-DD"});
      },
      "DATE");
}

CLI::Validator yuan_argument(const Globals& globals) {
  return CLI::Validator(
      [&globals](std::string& text) {
        return parse_yuan(text) ? std::string()
                                : globals.say({"不是以元为单位的金额，如 1000000.00",
                                               "not an amount in yuan such as 1000000.00"});
      },
      "YUAN");
}

}  // namespace

void add_policy_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* policy = program.add_subcommand("policy", globals.say({"政策版本", "policy versions"}));
  policy->require_subcommand(1);
  const auto options = std::make_shared<PolicyOptions>();
  const auto paths = [&](CLI::App* leaf) {
    leaf->add_option("PATH", options->paths,
                     globals.say({"政策文件，或放有政策文件的目录", "policy files, or folders of them"}))
        ->required();
  };
  paths(add_leaf(*policy, globals, invocation, "check",
                 {"检查政策文件：列出全部错误，或每个版本一行",
                  "check policy files: every error, or one line per version"},
                 "talent-loan policy check config/policies",
                 [&globals, options] { return check(globals, *options); }));
  CLI::App* leaf = add_leaf(
      *policy, globals, invocation, "explain",
      {"用文字说明某日有效的政策，并附算例", "say in words what is in force on a day, with a worked loss"},
      "talent-loan policy explain config/policies --on 2020-06-01 --scheme zibo-talent-loan --loss "
      "1000000.00",
      [&globals, options] { return explain(globals, *options); });
  paths(leaf);
  leaf->add_option("--on", options->on, globals.say({"哪一天", "the day asked about"}))
      ->required()
      ->check(day_argument(globals));
  leaf->add_option(
          "--loss", options->loss,
          globals.say({"算例的本金损失（默认 1000000.00）", "principal loss of the example (1000000.00)"}))
      ->check(yuan_argument(globals));
  leaf->add_option("--scheme", options->scheme, globals.say({"只说明这个方案", "only this scheme"}))
      ->type_name("NAME");
  paths(add_leaf(
      *policy, globals, invocation, "test",
      {"运行政策旁的用例，指出没有用例的规则", "run the cases beside each policy and name rules without one"},
      "talent-loan policy test config/policies", [&globals, options] { return test(globals, *options); }));
}

}  // namespace talent_loan::host
