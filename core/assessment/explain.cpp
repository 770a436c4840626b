#include "core/assessment/explain.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan::assessment {
namespace {

// In brackets where it is negative, so that two signs never meet.
std::string in_term(const Exact& number) {
  return number.negative() ? "(" + number.shown() + ")" : number.shown();
}

Text operator+(Text a, const Text& b) {
  a.chinese += b.chinese;
  a.english += b.english;
  return a;
}

struct FilledIn {
  const Indicator& indicator;
  const Standing& standing;
  const PeerFacts& peers;

  std::string value() const { return in_term(standing.value); }
  std::string full() const { return indicator.points->shown(); }

  Text share(const Exact& of, const Text& what) const {
    if (!of.positive()) {
      return {fmt::format("{}为 {}，不大于 0，所有银行记 0 分", what.chinese, of.shown()),
              fmt::format("the {} is {}, 0 or less: every bank has 0 points", what.english, of.shown())};
    }
    if (!standing.value.positive()) return {"值不大于 0，记 0 分", "a value of 0 or less has 0 points"};
    return {fmt::format("{} × {} ÷ {}（{}）", full(), value(), of.shown(), what.chinese),
            fmt::format("{} × {} ÷ {} ({})", full(), value(), of.shown(), what.english)};
  }

  Text operator()(const ShareOfBest&) const { return share(peers.best, {"最高值", "best value"}); }
  Text operator()(const ShareOfTotal&) const {
    return share(peers.positive_sum, {"正值合计", "sum of the positive values"});
  }
  Text operator()(const RelativeToAverage&) const {
    const Exact mean = peers.mean();
    if (!mean.positive() || standing.value < mean) return share(mean, {"平均值", "mean"});
    return {fmt::format("{} ≥ {}（平均值）：满分 {}", value(), mean.shown(), full()),
            fmt::format("{} ≥ {} (mean): full marks {}", value(), mean.shown(), full())};
  }
  Text operator()(const RankLadder& ladder) const {
    return {fmt::format("第 {} 名：{} − ({} − 1) × {}，不低于 {}", standing.rank, full(), standing.rank,
                        ladder.step.shown(), ladder.floor.shown()),
            fmt::format("rank {}: {} − ({} − 1) × {}, not under {}", standing.rank, full(), standing.rank,
                        ladder.step.shown(), ladder.floor.shown())};
  }
  Text operator()(const RankGroups& groups) const {
    std::string earlier = "0";
    for (const RankGroups::Group& group : groups.groups) {
      if (!group.to) break;
      if (Exact(static_cast<std::int64_t>(standing.rank)) <= *group.to) {
        return {fmt::format("第 {} 名，在第 {} 名以内", standing.rank, group.to->shown()),
                fmt::format("rank {}, within the first {}", standing.rank, group.to->shown())};
      }
      earlier = group.to->shown();
    }
    return {fmt::format("第 {} 名，在第 {} 名之后", standing.rank, earlier),
            fmt::format("rank {}, after the first {}", standing.rank, earlier)};
  }
  Text operator()(const Target& target) const {
    const std::string aim = in_term(target.target);
    if (standing.value >= target.target) {
      if (!target.over)
        return {fmt::format("{} ≥ {}（目标）：满分 {}", value(), aim, full()),
                fmt::format("{} ≥ {} (target): full marks {}", value(), aim, full())};
      return {
          fmt::format("{} + ⌊({} − {}) ÷ {}⌋ × {}，加分至多 {}", full(), value(), aim,
                      target.over->per.shown(), target.over->points.shown(), target.over_at_most.shown()),
          fmt::format("{} + ⌊({} − {}) ÷ {}⌋ × {}, at most {} on top", full(), value(), aim,
                      target.over->per.shown(), target.over->points.shown(), target.over_at_most.shown())};
    }
    if (!target.under) return share(target.target, {"目标", "target"});
    return {fmt::format("{} − ⌊({} − {}) ÷ {}⌋ × {}，不低于 {}", full(), aim, value(),
                        target.under->per.shown(), target.under->points.shown(), target.under_floor.shown()),
            fmt::format("{} − ⌊({} − {}) ÷ {}⌋ × {}, not under {}", full(), aim, value(),
                        target.under->per.shown(), target.under->points.shown(), target.under_floor.shown())};
  }
  Text operator()(const Bands& bands) const {
    const Bands::Band* earlier = nullptr;
    for (const Bands::Band& band : bands.bands) {
      if (band.below && standing.value < *band.below)
        return verbatim(fmt::format("{} < {}", value(), in_term(*band.below)));
      if (band.below) earlier = &band;
    }
    return verbatim(earlier == nullptr ? value() : fmt::format("{} ≥ {}", value(), in_term(*earlier->below)));
  }
  Text operator()(const BasePlus& plus) const {
    if (nothing_to_compare_with(indicator.formula, peers)) return share(peers.mean(), {"平均值", "mean"});
    const std::string term = fmt::format("{} + ({} − {}", plus.base.shown(), value(),
                                         in_term(plus.reference ? *plus.reference : peers.mean()));
    const std::string rest = fmt::format(") ÷ {} × {}", plus.per.shown(), in_term(plus.each));
    Text out{term + (plus.reference ? "" : "（平均值）") + rest,
             term + (plus.reference ? "" : " (mean)") + rest};
    if (plus.at_least)
      out = out + Text{fmt::format("，至少 {}", plus.at_least->shown()),
                       fmt::format(", at least {}", plus.at_least->shown())};
    if (plus.at_most)
      out = out + Text{fmt::format("，至多 {}", plus.at_most->shown()),
                       fmt::format(", at most {}", plus.at_most->shown())};
    return out;
  }
  Text operator()(const PerUnit& unit) const {
    const std::string quotient = fmt::format("{} ÷ {}", value(), unit.per.shown());
    const std::string points = in_term(unit.points);
    Text out = unit.whole ? Text{fmt::format("整数部分（{}）× {}", quotient, points),
                                 fmt::format("whole part of ({}) × {}", quotient, points)}
                          : verbatim(quotient + " × " + points);
    if (unit.at_most)
      out = out + Text{fmt::format("，绝对值至多 {}", unit.at_most->shown()),
                       fmt::format(", at most {} either way", unit.at_most->shown())};
    return out;
  }
  Text operator()(const Linear& line) const {
    const bool rising = line.from.value < line.to.value;
    const Linear::Corner& low = rising ? line.from : line.to;
    const Linear::Corner& high = rising ? line.to : line.from;
    if (standing.value <= low.value) return verbatim(fmt::format("{} ≤ {}", value(), in_term(low.value)));
    if (standing.value >= high.value) return verbatim(fmt::format("{} ≥ {}", value(), in_term(high.value)));
    return verbatim(fmt::format("{} + ({} − {}) × ({} − {}) ÷ ({} − {})", low.points.shown(), value(),
                                in_term(low.value), high.points.shown(), in_term(low.points),
                                high.value.shown(), in_term(low.value)));
  }
};

std::string bounds(const Test& test) {
  std::string out;
  const auto add = [&](const char* sign, const std::optional<Exact>& bound) {
    if (bound) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", sign, bound->shown());
  };
  add(">", test.over);
  add("≥", test.at_least);
  add("≤", test.at_most);
  add("<", test.below);
  return out;
}

Text veto_sentence(const Values& values, const Veto& veto, std::size_t bank) {
  const auto& value = values.at(values.indicator_index(veto.test.indicator), bank);
  const std::string reason =
      fmt::format("{} = {} ({})", veto.test.indicator, value ? value->shown() : "0", bounds(veto.test));
  switch (veto.then) {
    case Veto::Then::excluded:
      return {fmt::format("一票否决：{}，不参加考核", reason), fmt::format("veto: {}, excluded", reason)};
    case Veto::Then::zero:
      return {fmt::format("一票否决：{}，总分记 0", reason), fmt::format("veto: {}, the total is 0", reason)};
    case Veto::Then::grade:
      break;
  }
  return {fmt::format("一票否决：{}，等级定为 {}", reason, veto.grade),
          fmt::format("veto: {}, the grade is {}", reason, veto.grade)};
}

std::string clause(const std::string& cite) {
  return cite.empty() ? "" : "  [" + cite + "]";
}

// The lines of one indicator: name and value, then formula, points and clause.
Text indicator_lines(const Table& table, const Values& values, const Scoring& scoring, const BankScore& one,
                     std::size_t index) {
  const Indicator& indicator = table.indicators[index];
  const IndicatorFacts& facts = scoring.facts[index];
  const PeerFacts& peers = facts.groups[peer_group(table, values, one.bank)];
  const std::size_t column = values.indicator_index(indicator.id);
  const Standing standing{*counted_value(table, values, column, one.bank),
                          facts.rank_of_bank.empty() ? 1 : facts.rank_of_bank[one.bank]};
  const std::string rounded = one.points[index].fixed(table.round);
  const std::string of = indicator.points ? "/" + indicator.points->shown() : "";
  const bool absent = !values.at(column, one.bank);
  Text out{fmt::format("{}（{}）：{}{}\n", indicator.name(), indicator.id, standing.value.shown(),
                       absent ? "（缺值，按 0 计）" : ""),
           fmt::format("{} ({}): {}{}\n", indicator.name(), indicator.id, standing.value.shown(),
                       absent ? " (missing, counted as 0)" : "")};
  if (indicator.zero_unless) {
    const Test& gate = *indicator.zero_unless;
    const Exact& found = *counted_value(table, values, values.indicator_index(gate.indicator), one.bank);
    if (!gate.holds(found)) {
      return out + Text{fmt::format("    {} = {}，未达到 {}，记 0 分 → {}{}{}\n", gate.indicator,
                                    found.shown(), bounds(gate), rounded, of, clause(indicator.cite)),
                        fmt::format("    {} = {}, not {}: 0 points → {}{}{}\n", gate.indicator, found.shown(),
                                    bounds(gate), rounded, of, clause(indicator.cite))};
    }
  }
  const Exact exact = points(indicator, standing, peers);
  const Text formula = filled_in(indicator, standing, peers);
  const std::string result =
      fmt::format(" = {} → {}{}{}\n", exact.shown(), rounded, of, clause(indicator.cite));
  return out + Text{"    " + formula.chinese + result, "    " + formula.english + result};
}

}  // namespace

Text filled_in(const Indicator& indicator, const Standing& standing, const PeerFacts& peers) {
  return std::visit(FilledIn{indicator, standing, peers}, indicator.formula);
}

Text left_out_sentence(const Table& table, const Values& values, const LeftOut& one) {
  const std::string& bank = values.banks()[one.bank].text();
  if (one.veto) {
    const Veto& veto = table.vetoes[*one.veto];
    return Text{"银行 " + bank + " 不在名次之内；", "the bank " + bank + " is not ranked; "} +
           veto_sentence(values, veto, one.bank) + verbatim(clause(veto.cite));
  }
  std::string ids;
  for (const std::size_t indicator : one.missing)
    ids += (ids.empty() ? "" : ", ") + values.indicators()[indicator];
  return {fmt::format("银行 {} 不在名次之内：缺少 {}", bank, ids),
          fmt::format("the bank {} is not ranked: no value of {}", bank, ids)};
}

Text explain(const Table& table, const Values& values, const Scoring& scoring, const BankId& bank) {
  const auto index = values.bank_index(bank.text());
  if (!index) {
    std::vector<std::string> known;
    for (const BankId& one : values.banks()) known.push_back(one.text());
    const std::string near = nearest_word(bank.text(), known);
    throw Failure({fmt::format("没有银行 {}", talent_loan::quoted(bank.text())),
                   fmt::format("there is no bank {}", talent_loan::quoted(bank.text()))},
                  near.empty() ? Text{"请用指标文件中的银行编号", "use a bank_id of the indicators file"}
                               : Text{fmt::format("是否为 {}？", talent_loan::quoted(near)),
                                      fmt::format("did you mean {}?", talent_loan::quoted(near))});
  }
  const BankScore* one = scoring.of_bank(*index);
  if (one == nullptr) {
    const auto out = std::find_if(scoring.left_out.begin(), scoring.left_out.end(),
                                  [&](const LeftOut& left) { return left.bank == *index; });
    return left_out_sentence(table, values, *out) + verbatim("\n");
  }
  const std::string score = one->score.fixed(table.round);
  Text out{fmt::format("{}  第 {} 名，{} 分", bank.text(), one->rank, score),
           fmt::format("{}  rank {}, score {}", bank.text(), one->rank, score)};
  if (!one->grade.empty()) out = out + Text{"，" + one->grade, ", " + one->grade};
  const std::string& group = values.group_names()[values.group(*index)];
  if (table.separate_peer_groups && !group.empty())
    out = out + Text{"（" + group + " 组）", " (peer group " + group + ")"};
  out = out + verbatim("\n");
  if (!table.base.zero())
    out = out + Text{fmt::format("基础分：{}\n", table.base.shown()),
                     fmt::format("base: {}\n", table.base.shown())};
  for (std::size_t i = 0; i < table.indicators.size(); ++i)
    out = out + indicator_lines(table, values, scoring, *one, i);
  for (const std::size_t veto : one->vetoes)
    out = out + veto_sentence(values, table.vetoes[veto], *index) +
          verbatim(clause(table.vetoes[veto].cite) + "\n");
  return out;
}

}  // namespace talent_loan::assessment
