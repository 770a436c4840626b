#include "core/assessment/rewards.hpp"

#include <fmt/format.h>

#include "core/ledger/fund.hpp"
#include "core/store/audit.hpp"

namespace talent_loan::assessment {
namespace {

Exact part_of(const StoredScore& one, std::size_t banks, DivideBy by, const Parts& parts) {
  if (by == DivideBy::score) {
    const Exact score = *Exact::parse(one.score);
    return score.positive() ? score : Exact();
  }
  if (by == DivideBy::rank && parts.empty()) return Exact(static_cast<std::int64_t>(banks) - one.rank + 1);
  const auto found = parts.find(by == DivideBy::grade ? one.grade : std::to_string(one.rank));
  return found == parts.end() ? Exact() : found->second;
}

std::string parts_text(const Parts& parts) {
  std::string text;
  for (const auto& [name, part] : parts) text += (text.empty() ? "" : "|") + name + "=" + part.shown();
  return text;
}

std::string paid_from(const RewardRequest& request) {
  return request.fund.empty() ? account::budget(request.payer) : account::fund(request.fund);
}

void check_fund(Transaction& transaction, const RewardRequest& request) {
  if (request.fund.empty()) return;
  const FundStatus status = fund_status(transaction, request.fund);
  if (status.open && status.available() >= request.sum) return;
  throw Failure(
      {fmt::format("基金 {} 可用 {}，奖励共 {}", talent_loan::quoted(request.fund),
                   format_yuan(status.available()), format_yuan(request.sum)),
       fmt::format("the fund {} has {} available, the rewards are {}", talent_loan::quoted(request.fund),
                   format_yuan(status.available()), format_yuan(request.sum))},
      {"先用 fund deposit 存入，或用 --payer 从预算支付",
       "deposit into it first (fund deposit), or pay from a budget with --payer"});
}

// True where this very round is stored; another round of the same year is refused.
bool repeated(Transaction& transaction, const RewardRequest& request, std::int64_t run) {
  const auto row = transaction.query_one(
      "SELECT run, sum_fen, divided_by, parts, paid_from FROM assessment_reward_rounds WHERE year = :year",
      {request.year});
  if (!row) return false;
  const bool same = row->integer(0) == run && row->fen(1) == request.sum &&
                    row->text(2) == word(request.by) && row->text(3) == parts_text(request.parts) &&
                    row->text(4) == paid_from(request);
  if (same) return true;
  throw Failure({fmt::format("{} 年的奖励已入账：{} 元，按 {} 分配", request.year, format_yuan(row->fen(1)),
                             row->text(2)),
                 fmt::format("the rewards of {} are booked: {} by {}", request.year, format_yuan(row->fen(1)),
                             row->text(2))},
                {"每年一次；更正请用新分录", "one round a year; correct it by an entry of its own"});
}

}  // namespace

std::string_view word(DivideBy by) {
  switch (by) {
    case DivideBy::score:
      return "score";
    case DivideBy::grade:
      return "grade";
    case DivideBy::rank:
      break;
  }
  return "rank";
}

std::vector<Reward> divide(const std::vector<StoredScore>& scores, Fen sum, DivideBy by, const Parts& parts) {
  std::vector<Reward> rewards;
  Exact all;
  for (const StoredScore& one : scores) {
    rewards.push_back(
        {one.bank, one.rank, one.score, one.grade, part_of(one, scores.size(), by, parts), Fen()});
    all += rewards.back().part;
  }
  if (!all.positive()) {
    throw Failure({"没有银行分得份额", "no bank has a part of the sum"},
                  {"按等级分配时用 --part 等级=份额；按得分分配时至少一家得分大于 0",
                   "by grade, say --part GRADE=PARTS; by score, at least one score must be above 0"});
  }
  Fen given;
  for (Reward& one : rewards) {
    one.amount = Fen((Exact(sum.count()) * one.part / all).truncated_integer().value());
    given += one.amount;
  }
  for (Reward& one : rewards) {
    if (given == sum) break;
    if (!one.part.positive()) continue;
    one.amount += Fen(1);
    given += Fen(1);
  }
  if (given != sum) {
    throw Failure({fmt::format("分配合计 {}，应为 {}", format_yuan(given), format_yuan(sum)),
                   fmt::format("divided {} of {}", format_yuan(given), format_yuan(sum))},
                  {"未入账；请报告此错误", "nothing was booked; please report this"});
  }
  return rewards;
}

std::vector<Reward> grant(Transaction& transaction, const RewardRequest& request) {
  const auto run = run_of_year(transaction, request.year);
  if (!run) {
    throw Failure(
        {fmt::format("{} 年尚未考核", request.year), fmt::format("{} has not been assessed", request.year)},
        {fmt::format("先运行 assess run --year {}", request.year),
         fmt::format("run assess run --year {} first", request.year)});
  }
  std::vector<Reward> rewards =
      divide(scores_of_run(transaction, *run), request.sum, request.by, request.parts);
  if (repeated(transaction, request, run->number)) return rewards;
  check_fund(transaction, request);
  JournalEntry entry;
  entry.posted_on = request.posted_on;
  entry.kind = "reward";
  entry.reference = fmt::format("assessment-{}", request.year);
  entry.description = fmt::format("rewards of the assessment of {}, by {}", request.year, word(request.by));
  entry.cite = "§2";
  for (const Reward& one : rewards) add(entry.postings, account::reward(one.bank), one.amount);
  add(entry.postings, paid_from(request), Fen() - request.sum);
  const std::int64_t before = last_entry(transaction);
  const std::int64_t number = post(transaction, std::move(entry), request.closed_to);
  transaction.execute(
      "INSERT INTO assessment_reward_rounds (year, run, sum_fen, divided_by, parts, paid_from, posted_on, "
      "entry)"
      " VALUES (:year, :run, :sum, :by, :parts, :paid_from, :posted_on, :entry)",
      {request.year, run->number, request.sum, word(request.by), parts_text(request.parts),
       paid_from(request), request.posted_on, number});
  BulkInsert rows(transaction, "assessment_rewards", {"year", "bank_id", "amount_fen"});
  for (const Reward& one : rewards)
    rows.integer(request.year).text(one.bank.text()).fen(one.amount).end_row();
  rows.finish();
  std::vector<Seal> seals = seals_after(transaction, before);
  for (const char* table : {"assessment_reward_rounds", "assessment_rewards"}) seals.push_back(seal_rows(transaction, table, request.year));
  record(transaction, {.actor = request.user,
                       .action = "assess reward",
                       .subject = std::to_string(request.year),
                       .details = fmt::format("{} by {} of run {}, entry {}", format_yuan(request.sum),
                                              word(request.by), run->number, number),
                       .cite = "§2"},
         seals);
  return rewards;
}

void write_rewards(OutputFile& file, const std::vector<Reward>& rewards) {
  std::string text = "bank_id,rank,score,grade,part,amount\n";
  Fen sum;
  for (const Reward& one : rewards) {
    RowText(text)
        .text(one.bank.text())
        .plain(std::to_string(one.rank))
        .plain(one.score)
        .text(one.grade)
        .plain(one.part.shown())
        .plain(format_yuan(one.amount))
        .end();
    sum += one.amount;
  }
  RowText(text).plain("TOTAL").plain("").plain("").plain("").plain("").plain(format_yuan(sum)).end();
  file.write(text);
}

}  // namespace talent_loan::assessment
