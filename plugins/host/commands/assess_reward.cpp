#include <memory>

#include <fmt/format.h>

#include "core/assessment/rewards.hpp"
#include "core/policy/site.hpp"
#include "core/store/audit.hpp"
#include "plugins/host/commands/assess_year.hpp"

namespace talent_loan::host {
namespace {

using namespace assessment;

struct RewardOptions {
  int year = 0;
  std::string sum;
  std::string by = "score";
  std::vector<std::string> parts;
  std::string fund;
  std::string payer;
  std::string on;
  std::string rewards = "-";
  std::string as;
  bool dry_run = false;
};

[[noreturn]] void wrong_option(const std::string& option, const std::string& found, const Text& allowed) {
  throw Failure(Diagnostic{.place = {},
                           .found = verbatim(option + " " + talent_loan::quoted(found)),
                           .allowed = allowed,
                           .remedy = {}});
}

Parts parts_of(const std::vector<std::string>& written) {
  Parts parts;
  for (const std::string& one : written) {
    const std::size_t sign = one.rfind('=');
    const auto part =
        sign == std::string::npos ? std::nullopt : Exact::parse(std::string_view(one).substr(sign + 1));
    if (!part || part->negative() || !parts.emplace(one.substr(0, sign), *part).second) {
      wrong_option(
          "--part", one,
          {"等级或名次=份额，每个一次，例如 优秀=3", "GRADE or RANK=PARTS, each once, such as 优秀=3"});
    }
  }
  return parts;
}

RewardRequest request_of(const RewardOptions& options, const Site& site, const Transaction& transaction) {
  RewardRequest request;
  request.year = options.year;
  const auto sum = parse_yuan(options.sum);
  if (!sum || *sum == Fen())
    wrong_option("--sum", options.sum,
                 {"大于 0 的金额，例如 1000000.00", "an amount above 0, such as 1000000.00"});
  request.sum = *sum;
  request.by = options.by == "grade"  ? DivideBy::grade
               : options.by == "rank" ? DivideBy::rank
                                      : DivideBy::score;
  request.parts = parts_of(options.parts);
  request.fund = options.fund;
  request.payer = PayerId(options.payer);
  request.posted_on = day_in_china(transaction.now());
  if (!options.on.empty()) {
    const auto day = parse_day(options.on);
    if (!day) wrong_option("--on", options.on, {"YYYY-MM-DD", "YYYY-MM-DD"});
    request.posted_on = *day;
  }
  request.closed_to = site.closing_date;
  request.user = site.acting_user(options.as, operating_user(), Role::maker).text();
  return request;
}

Exit run_reward(const Globals& globals, const RewardOptions& options) {
  if (options.fund.empty() == options.payer.empty()) {
    globals.tell({"请给出 --fund 和 --payer 之一", "give one of --fund and --payer"});
    return Exit::wrong_usage;
  }
  const Site site = load_site(globals.config_path("site.yaml"));
  Database database = Database::open(globals.database_url);
  Transaction transaction = database.write();
  const auto rewards = grant(transaction, request_of(options, site, transaction));
  OutputFile file(options.rewards);
  write_rewards(file, rewards);
  file.prepare();
  if (!options.dry_run) transaction.commit();
  file.commit();
  globals.tell({fmt::format("{} 家银行共 {} 元{}", rewards.size(), options.sum,
                            options.dry_run ? "；试算，未入账" : ""),
                fmt::format("{} banks, {} in all{}", rewards.size(), options.sum,
                            options.dry_run ? "; dry run, nothing booked" : "")});
  return Exit::done;
}

}  // namespace

void add_assess_reward(CLI::App& assess, const Globals& globals, Invocation& invocation) {
  auto options = std::make_shared<RewardOptions>();
  CLI::App* leaf = add_leaf(
      assess, globals, invocation, "reward",
      {"按考核结果分配年度奖励并入账", "divide a yearly sum among the banks by their result, and book it"},
      "talent-loan assess reward --year 2020 --sum 1000000.00 --by grade --part 优秀=3 --part 良好=1 --fund "
      "city-reward",
      [&globals, options] { return run_reward(globals, *options); });
  const auto say = [&](const char* chinese, const char* english) { return globals.say({chinese, english}); };
  leaf->add_option("--year", options->year, say("考核年度", "the year"))->required()->type_name("YYYY");
  leaf->add_option("--sum", options->sum, say("奖励总额（元）", "the sum in yuan"))
      ->required()
      ->type_name("YUAN");
  leaf->add_option("--by", options->by, say("分配依据", "what divides it"))
      ->check(CLI::IsMember({"score", "grade", "rank"}));
  leaf->add_option("--part", options->parts,
                   say("某等级或名次的份额，可重复", "the parts of a grade or rank, repeatable"))
      ->type_name("NAME=PARTS");
  leaf->add_option("--fund", options->fund, say("从该基金支付", "the fund that pays"))->type_name("NAME");
  leaf->add_option("--payer", options->payer, say("从该出资方的预算支付", "the payer whose budget pays"))
      ->type_name("PAYER");
  leaf->add_option("--on", options->on, say("记账日，默认今天", "the day of booking, default today"))
      ->type_name("DATE");
  leaf->add_option("--rewards", options->rewards,
                   say("分配结果（CSV），默认标准输出", "the rewards (CSV), default standard output"))
      ->type_name("FILE");
  leaf->add_option("--as", options->as, say("操作人", "who acts"))->type_name("USER");
  leaf->add_flag("--dry-run", options->dry_run, say("只计算，不入账", "compute, book nothing"));
}

}  // namespace talent_loan::host
