#include <memory>

#include "plugins/host/commands/assess_job.hpp"
#include "plugins/host/commands/assess_year.hpp"

namespace talent_loan::host {
namespace {

Exit run_score(const Globals& globals, const AssessOptions& options) {
  const bool asked = !options.scores.empty() || !options.xlsx.empty() || !options.bulletin.empty() ||
                     !options.explain.empty() || options.what_if();
  if (!asked) {
    globals.tell({"请给出 --scores、--xlsx、--bulletin、--explain 或 --weight",
                  "give one of --scores, --xlsx, --bulletin, --explain, --weight"});
    return Exit::wrong_usage;
  }
  AssessJob job(globals, options, options.scheme);
  job.read_file();
  job.score();
  return job.finish();
}

void add_score(CLI::App& assess, const Globals& globals, Invocation& invocation) {
  auto options = std::make_shared<AssessOptions>();
  CLI::App* leaf = add_leaf(assess, globals, invocation, "score",
                            {"按考核表和指标文件计算得分，不用数据库",
                             "score banks by a table and a file of indicators, without a database"},
                            "talent-loan assess score --scheme config/assessments/zibo-2020.yaml "
                            "--indicators indicators.csv --scores scores.csv",
                            [&globals, options] { return run_score(globals, *options); });
  leaf->add_option("--scheme", options->scheme,
                   globals.say({"考核表（YAML）", "the assessment table (YAML)"}))
      ->required()
      ->type_name("FILE");
  leaf->add_option("--indicators", options->indicators,
                   globals.say({"指标文件 bank_id,indicator,value[,peer_group]",
                                "indicators: bank_id,indicator,value[,peer_group]"}))
      ->required()
      ->type_name("FILE");
  add_assess_options(*leaf, globals, *options);
}

}  // namespace

void add_assess_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* assess =
      program.add_subcommand("assess", globals.say({"银行年度考核", "the yearly assessment of banks"}));
  assess->require_subcommand(1);
  add_score(*assess, globals, invocation);
  add_assess_run(*assess, globals, invocation);
  add_assess_reward(*assess, globals, invocation);
}

}  // namespace talent_loan::host
