#include "core/assessment/scoring.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace talent_loan::assessment {
namespace {

const Exact nothing;

class Scorer {
 public:
  Scorer(const Table& table, const Values& values) : table_(table), values_(values) {
    for (std::size_t bank = 0; bank < values.banks().size(); ++bank) order_.push_back(bank);
    std::sort(order_.begin(), order_.end(),
              [&](std::size_t a, std::size_t b) { return values.banks()[a] < values.banks()[b]; });
    for (const Veto& veto : table.vetoes)
      veto_indicators_.push_back(values.indicator_index(veto.test.indicator));
    needed_ = table.needed().size();
  }

  Scoring score(const std::vector<RejectedValue>& rejected) {
    choose_peers(rejected);
    for (std::size_t i = 0; i < table_.indicators.size(); ++i) score_indicator(i);
    for (BankScore& one : out_.ranked) finish(one);
    rank();
    return std::move(out_);
  }

 private:
  bool holds(std::size_t veto, std::size_t bank) const {
    const Exact* value = counted_value(table_, values_, veto_indicators_[veto], bank);
    return value != nullptr && table_.vetoes[veto].test.holds(*value);
  }

  // Settles who is left out, and makes a row for everyone else.
  void choose_peers(const std::vector<RejectedValue>& rejected) {
    for (const std::size_t bank : order_) {
      BankScore one;
      one.bank = bank;
      one.points.resize(table_.indicators.size());
      LeftOut out;
      out.bank = bank;
      for (std::size_t veto = 0; veto < table_.vetoes.size(); ++veto) {
        if (!holds(veto, bank)) continue;
        one.vetoes.push_back(veto);
        if (table_.vetoes[veto].then == Veto::Then::excluded && !out.veto) out.veto = veto;
      }
      // Values::indicators() begins with those that a bank must have.
      for (std::size_t i = 0; i < needed_; ++i) {
        if (counted_value(table_, values_, i, bank) == nullptr) out.missing.push_back(i);
      }
      if (out.veto || !out.missing.empty()) {
        out_.left_out.push_back(std::move(out));
      } else {
        out_.ranked.push_back(std::move(one));
      }
    }
    if (table_.missing == Missing::error) refuse_missing(rejected);
  }

  void refuse_missing(const std::vector<RejectedValue>& rejected) const {
    std::map<std::pair<std::string, std::string>, const RejectedValue*> unused;
    for (const RejectedValue& row : rejected) unused.emplace(std::pair{row.bank, row.indicator}, &row);
    std::vector<Diagnostic> problems;
    for (const LeftOut& one : out_.left_out) {
      if (one.veto) continue;
      const std::string& bank = values_.banks()[one.bank].text();
      for (const std::size_t indicator : one.missing) {
        const std::string& id = values_.indicators()[indicator];
        const auto row = unused.find({bank, id});
        Text why;
        if (row != unused.end()) {
          why = {fmt::format("（第 {} 行被拒收：{}）", row->second->line, word(row->second->code)),
                 fmt::format(" (line {} was rejected: {})", row->second->line, word(row->second->code))};
        }
        problems.push_back(
            {.place = {},
             .found = {fmt::format("银行 {} 缺少指标 {} 的值{}", talent_loan::quoted(bank),
                                   talent_loan::quoted(id), why.chinese),
                       fmt::format("the bank {} has no value of the indicator {}{}",
                                   talent_loan::quoted(bank), talent_loan::quoted(id), why.english)},
             .allowed = {},
             .remedy = {}});
      }
    }
    if (problems.empty()) return;
    problems.push_back(
        {.place = {},
         .found = {"考核表规定缺值即停止（missing: error）",
                   "the table says that a missing value is an error (missing: error)"},
         .allowed = {},
         .remedy = {"请补全上述值，或在考核表中改为 missing: zero 或 exclude",
                    "complete the values above, or let the table say missing: zero or exclude"}});
    throw Failure(std::move(problems));
  }

  void score_indicator(std::size_t index) {
    const Indicator& indicator = table_.indicators[index];
    const std::size_t column = values_.indicator_index(indicator.id);
    IndicatorFacts facts;
    facts.groups.resize(table_.separate_peer_groups ? values_.group_names().size() : 1);
    for (const BankScore& one : out_.ranked)
      facts.groups[group(one.bank)].add(*counted_value(table_, values_, column, one.bank));
    if (needs_rank(indicator.formula)) rank_peers(column, facts);
    for (std::size_t i = 0; i < facts.groups.size(); ++i) warn(indicator, i, facts.groups[i]);
    const std::size_t gate =
        indicator.zero_unless ? values_.indicator_index(indicator.zero_unless->indicator) : 0;
    for (BankScore& one : out_.ranked) {
      if (indicator.zero_unless &&
          !indicator.zero_unless->holds(*counted_value(table_, values_, gate, one.bank))) {
        one.points[index] = Exact().rounded(table_.round);
        continue;
      }
      const Standing standing{*counted_value(table_, values_, column, one.bank),
                              facts.rank_of_bank.empty() ? 1 : facts.rank_of_bank[one.bank]};
      one.points[index] = points(indicator, standing, facts.groups[group(one.bank)]).rounded(table_.round);
    }
    out_.facts.push_back(std::move(facts));
  }

  void rank_peers(std::size_t column, IndicatorFacts& facts) const {
    facts.rank_of_bank.resize(values_.banks().size());
    for (std::size_t peers = 0; peers < facts.groups.size(); ++peers) {
      std::vector<std::size_t> banks;
      std::vector<const Exact*> found;
      for (const BankScore& one : out_.ranked) {
        if (group(one.bank) != peers) continue;
        banks.push_back(one.bank);
        found.push_back(counted_value(table_, values_, column, one.bank));
      }
      const auto ranked = ranks(found);
      for (std::size_t i = 0; i < banks.size(); ++i) facts.rank_of_bank[banks[i]] = ranked[i];
    }
  }

  void warn(const Indicator& indicator, std::size_t peers, const PeerFacts& facts) {
    if (facts.count == 0 || !nothing_to_compare_with(indicator.formula, facts)) return;
    const bool best = std::holds_alternative<ShareOfBest>(indicator.formula);
    const bool total = std::holds_alternative<ShareOfTotal>(indicator.formula);
    const std::string& name = values_.group_names()[peers];
    const Text where = !table_.separate_peer_groups || name.empty()
                           ? Text{}
                           : Text{fmt::format("（{} 组）", name), fmt::format(" (peer group {})", name)};
    out_.warnings.push_back(
        {fmt::format("警告：指标 {}{}的{}不大于 0，所有银行此项记 0 分", indicator.id, where.chinese,
                     best    ? "最高值"
                     : total ? "合计"
                             : "平均值"),
         fmt::format("warning: the {} of the indicator {}{} is 0 or less: every bank has 0 points for it",
                     best    ? "best value"
                     : total ? "sum"
                             : "mean",
                     indicator.id, where.english)});
  }

  void finish(BankScore& one) const {
    Exact sum = table_.base;
    for (const Exact& points : one.points) sum += points;
    const auto with = [&](Veto::Then then) {
      return std::find_if(one.vetoes.begin(), one.vetoes.end(),
                          [&](std::size_t veto) { return table_.vetoes[veto].then == then; });
    };
    one.score = (with(Veto::Then::zero) == one.vetoes.end() ? sum : nothing).rounded(table_.round);
    const auto fixed = with(Veto::Then::grade);
    one.grade = fixed == one.vetoes.end() ? table_.grade_of(one.score) : table_.vetoes[*fixed].grade;
  }

  void rank() {
    // The rows stand in byte order of bank, which a stable sort keeps among equals.
    std::stable_sort(out_.ranked.begin(), out_.ranked.end(),
                     [](const BankScore& a, const BankScore& b) { return a.score > b.score; });
    for (std::size_t i = 0; i < out_.ranked.size(); ++i) {
      const bool tied = i > 0 && out_.ranked[i].score == out_.ranked[i - 1].score;
      out_.ranked[i].rank = tied ? out_.ranked[i - 1].rank : i + 1;
    }
  }

  std::size_t group(std::size_t bank) const { return peer_group(table_, values_, bank); }

  const Table& table_;
  const Values& values_;
  std::vector<std::size_t> order_;  // banks in byte order
  std::vector<std::size_t> veto_indicators_;
  std::size_t needed_ = 0;
  Scoring out_;
};

}  // namespace

const BankScore* Scoring::of_bank(std::size_t bank) const {
  const auto found =
      std::find_if(ranked.begin(), ranked.end(), [&](const BankScore& one) { return one.bank == bank; });
  return found == ranked.end() ? nullptr : &*found;
}

const Exact* counted_value(const Table& table, const Values& values, std::size_t indicator,
                           std::size_t bank) {
  const auto& value = values.at(indicator, bank);
  if (value) return &*value;
  // What only a veto reads is not missing where it is absent: there is nothing to hold against the bank.
  return table.missing == Missing::zero && values.needed(indicator) ? &nothing : nullptr;
}

std::size_t peer_group(const Table& table, const Values& values, std::size_t bank) {
  return table.separate_peer_groups ? values.group(bank) : 0;
}

Scoring score(const Table& table, const Values& values, const std::vector<RejectedValue>& rejected) {
  return Scorer(table, values).score(rejected);
}

std::vector<Move> moves(const Scoring& before, const Scoring& after) {
  std::map<std::size_t, const BankScore*> earlier;
  for (const BankScore& one : before.ranked) earlier.emplace(one.bank, &one);
  std::vector<Move> out;
  for (const BankScore& one : after.ranked) {
    const auto found = earlier.find(one.bank);
    if (found == earlier.end()) continue;
    out.push_back({one.bank, found->second->rank, one.rank, found->second->score, one.score});
  }
  return out;
}

void write_scores(OutputFile& file, const Table& table, const Values& values, const Scoring& scoring) {
  std::string text;
  RowText header(text);
  header.plain("rank").plain("bank_id").plain("score").plain("grade");
  for (const Indicator& indicator : table.indicators) header.text(indicator.id);
  header.end();
  for (const BankScore& one : scoring.ranked) {
    RowText row(text);
    row.plain(std::to_string(one.rank))
        .text(values.banks()[one.bank].text())
        .plain(one.score.fixed(table.round))
        .text(one.grade);
    for (const Exact& points : one.points) row.plain(points.fixed(table.round));
    row.end();
  }
  file.write(text);
}

}  // namespace talent_loan::assessment
