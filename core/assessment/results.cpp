#include "core/assessment/results.hpp"

#include <fmt/format.h>

#include "core/store/digest.hpp"

namespace talent_loan::assessment {
namespace {

constexpr const char* run_columns = "number, year, table_id, title, banks";

StoredRun run_from(const Row& row) {
  return {row.integer(0), static_cast<int>(row.integer(1)), row.text(2), row.text(3), row.integer(4)};
}

std::vector<StoredScore> stored_scores(const Table& table, const Values& values, const Scoring& scoring) {
  std::vector<StoredScore> out;
  for (const BankScore& one : scoring.ranked) {
    StoredScore stored;
    stored.bank = values.banks()[one.bank];
    stored.rank = static_cast<std::int64_t>(one.rank);
    stored.score = one.score.fixed(table.round);
    stored.grade = one.grade;
    for (std::size_t i = 0; i < table.indicators.size(); ++i) {
      const Indicator& indicator = table.indicators[i];
      const Exact& value = *counted_value(table, values, values.indicator_index(indicator.id), one.bank);
      stored.breakdown.push_back({indicator.id, indicator.name(), value.shown(),
                                  one.points[i].fixed(table.round),
                                  indicator.points ? indicator.points->shown() : ""});
    }
    out.push_back(std::move(stored));
  }
  return out;
}

// A hash over everything a bank is told. Lengths keep neighbouring texts apart.
std::string content_hash(const Table& table, const std::vector<StoredScore>& scores) {
  std::string text;
  const auto add = [&](const std::string& piece) { text += fmt::format("{}:{}", piece.size(), piece); };
  add(table.id);
  add(table.title);
  for (const StoredScore& one : scores) {
    for (const std::string& piece : {one.bank.text(), std::to_string(one.rank), one.score, one.grade})
      add(piece);
    for (const StoredPoints& part : one.breakdown) {
      for (const std::string& piece : {part.indicator, part.title, part.value, part.points, part.full_points})
        add(piece);
    }
  }
  return sm3_hex(text);
}

void insert_scores(Transaction& transaction, std::int64_t run, const std::vector<StoredScore>& scores) {
  BulkInsert rows(transaction, "assessment_scores", {"run", "position", "bank_id", "rank", "score", "grade"});
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const StoredScore& one = scores[i];
    rows.integer(run)
        .integer(static_cast<std::int64_t>(i + 1))
        .text(one.bank.text())
        .integer(one.rank)
        .text(one.score)
        .text(one.grade)
        .end_row();
  }
  rows.finish();
}

void insert_points(Transaction& transaction, std::int64_t run, const std::vector<StoredScore>& scores) {
  BulkInsert rows(
      transaction, "assessment_points",
      {"run", "position", "indicator_position", "indicator", "title", "value", "points", "full_points"});
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = 0; j < scores[i].breakdown.size(); ++j) {
      const StoredPoints& part = scores[i].breakdown[j];
      rows.integer(run)
          .integer(static_cast<std::int64_t>(i + 1))
          .integer(static_cast<std::int64_t>(j + 1))
          .text(part.indicator)
          .text(part.title);
      rows.text(part.value).text(part.points).text(part.full_points).end_row();
    }
  }
  rows.finish();
}

// Fills in the breakdowns from one query over the same run.
void read_points(Transaction& transaction, std::int64_t run, std::optional<std::int64_t> position,
                 std::vector<StoredScore>& scores) {
  const std::string which = position ? " AND position = :position" : "";
  std::vector<Value> values{run};
  if (position) values.emplace_back(*position);
  transaction.each(
      "SELECT position, indicator, title, value, points, full_points FROM assessment_points WHERE run = "
      ":run" +
          which + " ORDER BY position, indicator_position",
      values, [&](const Row& row) {
        const std::int64_t index = position ? 0 : row.integer(0) - 1;
        scores.at(static_cast<std::size_t>(index))
            .breakdown.push_back({row.text(1), row.text(2), row.text(3), row.text(4), row.text(5)});
      });
}

}  // namespace

StoredRun store(Transaction& transaction, int year, const Table& table, const Values& values,
                const Scoring& scoring, const std::string& user) {
  const std::vector<StoredScore> scores = stored_scores(table, values, scoring);
  const std::string hash = content_hash(table, scores);
  if (const auto last = run_of_year(transaction, year)) {
    const auto row = transaction.query_one("SELECT content_hash FROM assessment_runs WHERE number = :number",
                                           {last->number});
    if (row->text(0) == hash) return *last;
  }
  const auto next = transaction.query_one("SELECT COALESCE(MAX(number), 0) + 1 FROM assessment_runs");
  const StoredRun run{next->integer(0), year, table.id, table.title,
                      static_cast<std::int64_t>(scores.size())};
  transaction.execute(
      "INSERT INTO assessment_runs (number, year, table_id, title, content_hash, banks, run_by, run_at)"
      " VALUES (:number, :year, :table_id, :title, :hash, :banks, :run_by, :run_at)",
      {run.number, year, run.table_id, run.title, hash, run.banks, user, format_utc(transaction.now())});
  insert_scores(transaction, run.number, scores);
  insert_points(transaction, run.number, scores);
  return run;
}

std::optional<StoredRun> run_of_year(Transaction& transaction, int year) {
  const auto row = transaction.query_one(
      fmt::format("SELECT {} FROM assessment_runs WHERE year = :year ORDER BY number DESC LIMIT 1",
                  run_columns),
      {year});
  return row ? std::optional(run_from(*row)) : std::nullopt;
}

std::vector<StoredScore> scores_of_run(Transaction& transaction, const StoredRun& run) {
  std::vector<StoredScore> scores;
  transaction.each(
      "SELECT bank_id, rank, score, grade FROM assessment_scores WHERE run = :run ORDER BY position",
      {run.number}, [&](const Row& row) {
        scores.push_back({run.year,
                          run.number,
                          row.id<BankId>(0),
                          row.integer(1),
                          run.banks,
                          row.text(2),
                          row.text(3),
                          {}});
      });
  read_points(transaction, run.number, std::nullopt, scores);
  return scores;
}

std::vector<StoredScore> scores_of_bank(Transaction& transaction, const BankId& bank) {
  const auto runs =
      transaction.query(fmt::format("SELECT {} FROM assessment_runs WHERE number IN (SELECT MAX(number) FROM "
                                    "assessment_runs GROUP BY year) ORDER BY year",
                                    run_columns));
  std::vector<StoredScore> out;
  for (const Row& found : runs) {
    const StoredRun run = run_from(found);
    const auto row = transaction.query_one(
        "SELECT position, rank, score, grade FROM assessment_scores WHERE run = :run AND bank_id = :bank",
        {run.number, bank});
    if (!row) continue;
    std::vector<StoredScore> one{
        {run.year, run.number, bank, row->integer(1), run.banks, row->text(2), row->text(3), {}}};
    read_points(transaction, run.number, row->integer(0), one);
    out.push_back(std::move(one.front()));
  }
  return out;
}

}  // namespace talent_loan::assessment
