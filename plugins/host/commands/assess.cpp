#include <memory>

#include <fmt/format.h>

#include "core/assessment/explain.hpp"
#include "core/assessment/scoring.hpp"
#include "plugins/host/program.hpp"

namespace talent_loan::host {
namespace {

using namespace assessment;

struct ScoreOptions {
  std::string scheme;
  std::string indicators;
  std::string scores;
  std::string rejects;
  std::string explain;
  std::string encoding = "utf8";
  std::vector<std::string> weights;
  bool strict = false;
};

// "ID=POINTS" of --weight, applied in order.
Table with_weights(Table table, const std::vector<std::string>& weights) {
  for (const std::string& weight : weights) {
    const std::size_t sign = weight.rfind('=');
    const auto points =
        sign == std::string::npos ? std::nullopt : Exact::parse(std::string_view(weight).substr(sign + 1));
    if (!points || points->negative()) {
      throw Failure(
          {"--weight " + talent_loan::quoted(weight), "--weight " + talent_loan::quoted(weight)},
          {"写作 指标=分值，例如 talent_balance=20", "write INDICATOR=POINTS, such as talent_balance=20"});
    }
    table = reweighted(std::move(table), weight.substr(0, sign), *points);
  }
  return table;
}

void tell_about_table(const Globals& globals, const Table& table) {
  for (const Diagnostic& warning : table.warnings) {
    globals.tell(
        {"警告：" + warning.sentence(Language::chinese), "warning: " + warning.sentence(Language::english)});
  }
}

void tell_about_scoring(const Globals& globals, const Table& table, const Values& values,
                        const Scoring& scoring) {
  for (const Text& warning : scoring.warnings) globals.tell(warning);
  for (const LeftOut& one : scoring.left_out) globals.tell(left_out_sentence(table, values, one));
}

void tell_unread(const Globals& globals, const Values& values) {
  if (values.unread().empty()) return;
  std::string ids;
  for (const std::string& id : values.unread()) ids += (ids.empty() ? "" : ", ") + talent_loan::quoted(id);
  globals.tell(
      {"考核表未用到文件中的指标：" + ids, "indicators of the file that the table does not use: " + ids});
}

void print_moves(const Globals& globals, const Table& table, const Values& values, const Scoring& before,
                 const Scoring& after) {
  std::size_t moved = 0;
  for (const Move& move : moves(before, after)) {
    if (move.rank_before == move.rank_after) continue;
    ++moved;
    const char* arrow = move.rank_after < move.rank_before ? "↑" : "↓";
    fmt::print("{}\n",
               globals.say(
                   {fmt::format("{} {}  第 {} 名 → 第 {} 名  {} → {} 分", arrow,
                                values.banks()[move.bank].text(), move.rank_before, move.rank_after,
                                move.score_before.fixed(table.round), move.score_after.fixed(table.round)),
                    fmt::format("{} {}  rank {} → {}  score {} → {}", arrow, values.banks()[move.bank].text(),
                                move.rank_before, move.rank_after, move.score_before.fixed(table.round),
                                move.score_after.fixed(table.round))}));
  }
  fmt::print("{}\n", globals.say({fmt::format("{} 家银行名次有变", moved),
                                  fmt::format("{} banks change rank", moved)}));
}

Exit run_score(const Globals& globals, const ScoreOptions& options) {
  if (options.scores.empty() && options.explain.empty() && options.weights.empty()) {
    globals.tell(
        {"请给出 --scores、--explain 或 --weight 之一", "give one of --scores, --explain and --weight"});
    return Exit::wrong_usage;
  }
  const Table written = load_table(options.scheme);
  const Table table = with_weights(written, options.weights);
  tell_about_table(globals, table);
  Values values(table);
  RejectsFile rejects(options.rejects, globals.language);
  CsvReader file(InputFile::open(options.indicators),
                 options.encoding == "gb18030" ? Encoding::gb18030 : Encoding::utf8);
  const ReadSummary read = read_indicators(file, values, rejects);
  tell_unread(globals, values);
  const Scoring scoring = score(table, values, read.rejected);
  tell_about_scoring(globals, table, values, scoring);
  std::vector<OutputFile*> outputs{rejects.output()};
  std::optional<OutputFile> scores;
  if (!options.scores.empty()) {
    scores.emplace(options.scores);
    write_scores(*scores, table, values, scoring);
    outputs.push_back(&*scores);
  }
  std::string explanation;
  if (!options.explain.empty())
    explanation = globals.say(explain(table, values, scoring, BankId(options.explain)));
  commit_all(std::move(outputs));
  fmt::print("{}", explanation);
  if (!options.weights.empty()) print_moves(globals, table, values, score(written, values), scoring);
  globals.tell({fmt::format("读入 {} 行，采用 {} 行，拒收 {} 行；{} 家银行排名，{} 家未列入", read.rows,
                            read.rows - rejects.count(), rejects.count(), scoring.ranked.size(),
                            scoring.left_out.size()),
                fmt::format("{} rows in, {} accepted, {} rejected; {} banks ranked, {} left out", read.rows,
                            read.rows - rejects.count(), rejects.count(), scoring.ranked.size(),
                            scoring.left_out.size())});
  return options.strict && rejects.count() > 0 ? Exit::rows_rejected : Exit::done;
}

void add_score(CLI::App& assess, const Globals& globals, Invocation& invocation) {
  auto options = std::make_shared<ScoreOptions>();
  CLI::App* leaf = add_leaf(assess, globals, invocation, "score",
                            {"按考核表和指标文件计算得分，不用数据库",
                             "score banks by a table and a file of indicators, without a database"},
                            "talent-loan assess score --scheme config/assessments/zibo-2020.yaml "
                            "--indicators indicators.csv --scores scores.csv",
                            [&globals, options] { return run_score(globals, *options); });
  const auto say = [&](const char* chinese, const char* english) { return globals.say({chinese, english}); };
  leaf->add_option("--scheme", options->scheme, say("考核表（YAML）", "the assessment table (YAML)"))
      ->required()
      ->type_name("FILE");
  leaf->add_option("--indicators", options->indicators,
                   say("指标文件 bank_id,indicator,value[,peer_group]",
                       "indicators: bank_id,indicator,value[,peer_group]"))
      ->required()
      ->type_name("FILE");
  leaf->add_option("--scores", options->scores, say("得分输出", "where the scores go"))->type_name("FILE");
  leaf->add_option("--rejects", options->rejects, say("拒收行输出", "where rejected rows go"))
      ->type_name("FILE");
  leaf->add_option("--explain", options->explain, say("逐项说明某银行的得分", "explain one bank's score"))
      ->type_name("BANK");
  leaf->add_option("--weight", options->weights,
                   say("试算：改变某指标满分，可重复，并列出名次变化",
                       "what if: other full marks of an indicator, repeatable; shows who moves"))
      ->type_name("ID=POINTS");
  leaf->add_option("--encoding", options->encoding, say("指标文件编码", "encoding of the indicators"))
      ->check(CLI::IsMember({"utf8", "gb18030"}));
  leaf->add_flag("--strict", options->strict,
                 say("有拒收行时退出码为 3", "exit with 3 where rows were rejected"));
}

}  // namespace

void add_assess_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* assess =
      program.add_subcommand("assess", globals.say({"银行年度考核", "the yearly assessment of banks"}));
  assess->require_subcommand(1);
  add_score(*assess, globals, invocation);
}

}  // namespace talent_loan::host
