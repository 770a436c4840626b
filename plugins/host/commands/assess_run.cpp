#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "core/assessment/loan_book.hpp"
#include "core/assessment/results.hpp"
#include "core/policy/site.hpp"
#include "core/store/audit.hpp"
#include "core/talent/bank_filings.hpp"
#include "plugins/host/commands/assess_job.hpp"
#include "plugins/host/commands/assess_year.hpp"

namespace talent_loan::host {
namespace {

using namespace assessment;

struct RunOptions : AssessOptions {
  int year = 0;
  std::string trace;
  std::string as;
};

std::vector<std::string> tables_in(const std::string& folder) {
  std::vector<std::string> paths;
  if (!std::filesystem::is_directory(folder)) return paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (path.ends_with(".yaml") && !path.ends_with(".cases.yaml")) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// A path as it is given, the id of a table in assessments/, or, where nothing is given, the only table of the
// year.
std::string table_path(const Globals& globals, const std::string& scheme, int year) {
  const std::string folder = globals.config_path("assessments");
  if (!scheme.empty()) {
    const std::string in_config = folder + "/" + scheme + ".yaml";
    return !std::filesystem::exists(scheme) && std::filesystem::exists(in_config) ? in_config : scheme;
  }
  std::vector<std::string> of_year;
  std::string known;
  for (const std::string& path : tables_in(folder)) {
    const Table table = load_table(path);
    if (table.year == year) of_year.push_back(path);
    known += (known.empty() ? "" : ", ") + table.id;
  }
  if (of_year.size() == 1) return of_year.front();
  throw Failure({fmt::format("{} 中有 {} 张 {} 年的考核表", folder, of_year.size(), year),
                 fmt::format("{} holds {} tables of the year {}", folder, of_year.size(), year)},
                {"用 --scheme 指定：" + known, "say which with --scheme: " + known});
}

void tell_other_year(const Globals& globals, const Table& table, int year) {
  if (!table.year || *table.year == year) return;
  globals.tell({fmt::format("警告：考核表 {} 是 {} 年的", table.id, *table.year),
                fmt::format("warning: the table {} is of the year {}", table.id, *table.year)});
}

const Indicator& traced_indicator(const Table& table, const std::string& id) {
  const Indicator* indicator = table.indicator(id);
  if (indicator != nullptr && !indicator->source.empty()) return *indicator;
  std::string known;
  for (const Indicator& one : table.indicators) {
    if (!one.source.empty()) known += (known.empty() ? "" : ", ") + one.id;
  }
  throw Failure({fmt::format("指标 {} 不是由贷款台账计算的", talent_loan::quoted(id)),
                 fmt::format("the indicator {} is not computed from the loan book", talent_loan::quoted(id))},
                {"可追溯的指标：" + known, "indicators that can be traced: " + known});
}

// `bank_id,loan_id,reference,figure,value`: every loan behind the figures of an indicator; yuan, or 1 for a
// count.
std::string trace(Transaction& transaction, int year, const Indicator& indicator, const std::string& bank) {
  std::string text = "bank_id,loan_id,reference,figure,value\n";
  each_contribution(transaction, year, [&](const Contribution& one) {
    if (!contributes(one.figure, indicator.source) || (!bank.empty() && one.bank.text() != bank)) return;
    const bool counted = one.figure == Figure::loans || one.figure == Figure::first_time_borrowers;
    RowText(text)
        .text(one.bank.text())
        .text(one.loan.text())
        .text(one.reference)
        .plain(word(one.figure))
        .plain(counted ? std::to_string(one.amount.count()) : format_yuan(one.amount))
        .end();
  });
  return text;
}

std::string cites(const Table& table) {
  std::vector<std::string> seen;
  for (const Indicator& one : table.indicators) {
    if (!one.cite.empty() && std::find(seen.begin(), seen.end(), one.cite) == seen.end())
      seen.push_back(one.cite);
  }
  std::string out;
  for (const std::string& cite : seen) out += (out.empty() ? "" : "|") + cite;
  return out;
}

// As the banks are filed; a later filing's name stands.
std::map<std::string, std::string> names_of_banks(Transaction& transaction) {
  std::map<std::string, std::string> names;
  for (const BankFiling& filing : bank_filings(transaction)) {
    if (!filing.name.empty()) names[filing.bank.text()] = filing.name;
  }
  return names;
}

Exit run_year(const Globals& globals, const RunOptions& options) {
  AssessJob job(globals, options, table_path(globals, options.scheme, options.year));
  const Table& table = job.table();
  tell_other_year(globals, table, options.year);
  if (!options.trace.empty()) traced_indicator(table, options.trace);
  if (!options.indicators.empty()) job.read_file();
  Database database = Database::open(globals.database_url);
  Transaction transaction = options.what_if() ? database.read() : database.write();
  const std::size_t replaced = add_loan_book(transaction, options.year, table, job.values());
  if (replaced > 0) {
    globals.tell({fmt::format("指标文件中有 {} 个值由贷款台账的数字代替", replaced),
                  fmt::format("{} values of the file are replaced by the loan book's", replaced)});
  }
  job.score(options.year, names_of_banks(transaction));
  const std::string traced =
      options.trace.empty()
          ? ""
          : trace(transaction, options.year, traced_indicator(table, options.trace), options.explain);
  job.prepare();
  if (!options.what_if()) {
    const std::string user = load_site(globals.config_path("site.yaml")).acting_user(options.as, operating_user(), Role::maker).text();
    const StoredRun run = store(transaction, options.year, table, job.values(), job.scoring(), user);
    record(transaction,
           {.actor = user,
            .action = "assess run",
            .subject = std::to_string(options.year),
            .details = fmt::format("table {}, run {}, {} banks ranked, {} left out", table.id, run.number,
                                   job.scoring().ranked.size(), job.scoring().left_out.size()),
            .cite = cites(table)});
    transaction.commit();
  }
  const Exit exit = job.finish();
  fmt::print("{}", traced);
  return exit;
}

}  // namespace

void add_assess_run(CLI::App& assess, const Globals& globals, Invocation& invocation) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* leaf = add_leaf(
      assess, globals, invocation, "run",
      {"年度考核：人才贷指标取自贷款台账，其余取自文件；结果存入数据库",
       "assess a year: talent-lending indicators from the loan book, the others from a file; keeps the "
       "result"},
      "talent-loan assess run --year 2020 --indicators indicators.csv --scores scores.csv --explain icbc",
      [&globals, options] { return run_year(globals, *options); });
  const auto say = [&](const char* chinese, const char* english) { return globals.say({chinese, english}); };
  leaf->add_option("--year", options->year, say("考核年度", "the year"))
      ->required()
      ->check(CLI::Range(1900, 9999))
      ->type_name("YYYY");
  leaf->add_option("--scheme", options->scheme,
                   say("考核表文件或编号；默认为该年度唯一的一张",
                       "a table's file or id; default: the only one of the year"))
      ->type_name("FILE");
  leaf->add_option("--indicators", options->indicators,
                   say("其余指标 bank_id,indicator,value[,peer_group]",
                       "the other indicators: bank_id,indicator,value[,peer_group]"))
      ->type_name("FILE");
  add_assess_options(*leaf, globals, *options);
  leaf->add_option("--trace", options->trace,
                   say("列出某台账指标背后的每笔贷款（CSV）",
                       "list the loans behind an indicator of the loan book (CSV)"))
      ->type_name("INDICATOR");
  leaf->add_option("--as", options->as, say("操作人", "who acts"))->type_name("USER");
}

}  // namespace talent_loan::host
