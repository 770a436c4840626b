#include "plugins/host/commands/assess_job.hpp"

#include <fmt/format.h>

#include "core/assessment/explain.hpp"
#include "core/report/assessment_workbook.hpp"
#include "core/report/bulletin.hpp"

namespace talent_loan::host {
namespace {

using namespace assessment;

// The weights of the command line, applied in order.
Table with_weights(Table table, const std::vector<std::string>& weights) {
  for (const std::string& weight : weights) {
    const std::size_t sign = weight.rfind('=');
    const auto points =
        sign == std::string::npos ? std::nullopt : Exact::parse(std::string_view(weight).substr(sign + 1));
    if (!points || points->negative()) {
      throw Failure(
          verbatim("--weight " + talent_loan::quoted(weight)),
          {"写作 指标=分值，例如 talent_balance=20", "write INDICATOR=POINTS, such as talent_balance=20"});
    }
    table = reweighted(std::move(table), weight.substr(0, sign), *points);
  }
  return table;
}

void print_moves(const Globals& globals, const Table& table, const Values& values, const Scoring& before,
                 const Scoring& after) {
  std::size_t moved = 0;
  for (const Move& move : moves(before, after)) {
    if (move.rank_before == move.rank_after) continue;
    ++moved;
    const char* arrow = move.rank_after < move.rank_before ? "↑" : "↓";
    const std::string& bank = values.banks()[move.bank].text();
    const std::string scores =
        fmt::format("{} → {}", move.score_before.fixed(table.round), move.score_after.fixed(table.round));
    fmt::print("{}\n", globals.say({fmt::format("{} {}  第 {} 名 → 第 {} 名  {} 分", arrow, bank,
                                                move.rank_before, move.rank_after, scores),
                                    fmt::format("{} {}  rank {} → {}  score {}", arrow, bank,
                                                move.rank_before, move.rank_after, scores)}));
  }
  fmt::print("{}\n", globals.say({fmt::format("{} 家银行名次有变", moved),
                                  fmt::format("{} banks change rank", moved)}));
}

}  // namespace

void add_assess_options(CLI::App& leaf, const Globals& globals, AssessOptions& options) {
  const auto say = [&](const char* chinese, const char* english) { return globals.say({chinese, english}); };
  leaf.add_option("--scores", options.scores, say("得分输出（CSV）", "where the scores go (CSV)"))
      ->type_name("FILE");
  leaf.add_option("--rejects", options.rejects, say("拒收行输出", "where rejected rows go"))
      ->type_name("FILE");
  leaf.add_option("--xlsx", options.xlsx, say("电子表格输出，含图表", "a spreadsheet with a chart"))
      ->type_name("FILE");
  leaf.add_option("--bulletin", options.bulletin,
                  say("通报输出（一页 HTML）", "the bulletin, one page of HTML in Chinese"))
      ->type_name("FILE");
  leaf.add_option("--explain", options.explain, say("逐项说明某银行的得分", "explain one bank's score"))
      ->type_name("BANK");
  leaf.add_option("--weight", options.weights,
                  say("试算：改变某指标满分，可重复，并列出名次变化",
                      "what if: other full marks of an indicator, repeatable; shows who moves"))
      ->type_name("ID=POINTS");
  leaf.add_option("--encoding", options.encoding, say("指标文件编码", "encoding of the indicators"))
      ->check(CLI::IsMember({"utf8", "gb18030"}));
  leaf.add_flag("--strict", options.strict,
                say("有拒收行时退出码为 3", "exit with 3 where rows were rejected"));
}

AssessJob::AssessJob(const Globals& globals, const AssessOptions& options, const std::string& table_path)
    : globals_(globals),
      options_(options),
      written_(load_table(table_path)),
      table_(with_weights(written_, options.weights)),
      values_(table_),
      rejects_(options.rejects, globals.language) {
  for (const Diagnostic& warning : table_.warnings) {
    globals.tell(
        {"警告：" + warning.sentence(Language::chinese), "warning: " + warning.sentence(Language::english)});
  }
}

void AssessJob::read_file() {
  CsvReader file(InputFile::open(options_.indicators),
                 options_.encoding == "gb18030" ? Encoding::gb18030 : Encoding::utf8);
  read_ = read_indicators(file, values_, rejects_);
  if (values_.unread().empty()) return;
  std::string ids;
  for (const std::string& id : values_.unread()) ids += (ids.empty() ? "" : ", ") + talent_loan::quoted(id);
  globals_.tell(
      {"考核表未用到文件中的指标：" + ids, "indicators of the file that the table does not use: " + ids});
}

void AssessJob::score(std::optional<int> year, std::map<std::string, std::string> bank_names) {
  scoring_ = assessment::score(table_, values_, read_.rejected);
  for (const Text& warning : scoring_.warnings) globals_.tell(warning);
  for (const LeftOut& one : scoring_.left_out) globals_.tell(left_out_sentence(table_, values_, one));
  if (!options_.scores.empty()) write_scores(output(options_.scores), table_, values_, scoring_);
  const AssessmentView view{table_, values_, scoring_, year, std::move(bank_names)};
  if (!options_.xlsx.empty()) output(options_.xlsx).write(assessment_workbook(view, globals_.language));
  if (!options_.bulletin.empty()) output(options_.bulletin).write(bulletin(view));
  if (!options_.explain.empty())
    explanation_ = globals_.say(explain(table_, values_, scoring_, BankId(options_.explain)));
}

OutputFile& AssessJob::output(const std::string& path) {
  return *outputs_.emplace_back(std::make_unique<OutputFile>(path));
}

void AssessJob::prepare() {
  for (const auto& file : outputs_) file->prepare();
  if (OutputFile* rejects = rejects_.output()) rejects->prepare();
}

Exit AssessJob::finish() {
  std::vector<OutputFile*> all{rejects_.output()};
  for (const auto& file : outputs_) all.push_back(file.get());
  commit_all(std::move(all));
  fmt::print("{}", explanation_);
  if (options_.what_if())
    print_moves(globals_, table_, values_, assessment::score(written_, values_), scoring_);
  globals_.tell({fmt::format("读入 {} 行，采用 {} 行，拒收 {} 行；{} 家银行排名，{} 家未列入", read_.rows,
                             read_.rows - rejects_.count(), rejects_.count(), scoring_.ranked.size(),
                             scoring_.left_out.size()),
                 fmt::format("{} rows in, {} accepted, {} rejected; {} banks ranked, {} left out", read_.rows,
                             read_.rows - rejects_.count(), rejects_.count(), scoring_.ranked.size(),
                             scoring_.left_out.size())});
  return options_.strict && rejects_.count() > 0 ? Exit::rows_rejected : Exit::done;
}

}  // namespace talent_loan::host
