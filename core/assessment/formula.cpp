#include "core/assessment/formula.hpp"

#include <algorithm>
#include <numeric>

namespace talent_loan::assessment {
namespace {

Exact whole(std::size_t number) {
  return Exact(static_cast<std::int64_t>(number));
}

struct Points {
  const Indicator& indicator;
  const Standing& standing;
  const PeerFacts& peers;

  const Exact& value() const { return standing.value; }
  const Exact& full() const { return *indicator.points; }
  // `value` parts of `of`; nothing for values of 0 or less.
  Exact share(const Exact& of) const {
    return value().positive() && of.positive() ? full() * value() / of : Exact();
  }

  Exact operator()(const ShareOfBest&) const { return share(peers.best); }
  Exact operator()(const ShareOfTotal&) const { return share(peers.positive_sum); }
  Exact operator()(const RelativeToAverage&) const {
    const Exact mean = peers.mean();
    if (!mean.positive()) return {};
    return value() >= mean ? full() : share(mean);
  }
  Exact operator()(const RankLadder& ladder) const {
    return std::max(full() - whole(standing.rank - 1) * ladder.step, ladder.floor);
  }
  Exact operator()(const RankGroups& groups) const {
    for (const RankGroups::Group& group : groups.groups) {
      if (!group.to || whole(standing.rank) <= *group.to) return group.points;
    }
    return {};
  }
  Exact operator()(const Target& target) const {
    if (value() >= target.target) {
      if (!target.over) return full();
      const Exact steps = ((value() - target.target) / target.over->per).truncated();
      return full() + std::min(steps * target.over->points, target.over_at_most);
    }
    if (!target.under) return share(target.target);
    const Exact steps = ((target.target - value()) / target.under->per).truncated();
    return std::max(full() - steps * target.under->points, target.under_floor);
  }
  Exact operator()(const Bands& bands) const {
    for (const Bands::Band& band : bands.bands) {
      if (!band.below || value() < *band.below) return band.points;
    }
    return {};
  }
  Exact operator()(const BasePlus& plus) const {
    const Exact reference = plus.reference ? *plus.reference : peers.mean();
    Exact out = plus.base + (value() - reference) / plus.per * plus.each;
    if (plus.at_least) out = std::max(out, *plus.at_least);
    if (plus.at_most) out = std::min(out, *plus.at_most);
    return out;
  }
  Exact operator()(const PerUnit& unit) const {
    const Exact units = value() / unit.per;
    const Exact out = (unit.whole ? units.truncated() : units) * unit.points;
    if (!unit.at_most) return out;
    return std::clamp(out, Exact() - *unit.at_most, *unit.at_most);
  }
  Exact operator()(const Linear& line) const {
    const bool rising = line.from.value < line.to.value;
    const Linear::Corner& low = rising ? line.from : line.to;
    const Linear::Corner& high = rising ? line.to : line.from;
    if (value() <= low.value) return low.points;
    if (value() >= high.value) return high.points;
    return low.points + (value() - low.value) * (high.points - low.points) / (high.value - low.value);
  }
};

bool may_pass_full_marks(const Formula& formula) {
  const auto* target = std::get_if<Target>(&formula);
  return std::holds_alternative<PerUnit>(formula) || (target != nullptr && target->over);
}

bool may_fall_below_zero(const Formula& formula) {
  const auto* plus = std::get_if<BasePlus>(&formula);
  const auto* target = std::get_if<Target>(&formula);
  return std::holds_alternative<PerUnit>(formula) ||
         (plus != nullptr && plus->at_least && plus->at_least->negative()) ||
         (target != nullptr && target->over);
}

}  // namespace

void PeerFacts::add(const Exact& value) {
  if (count == 0 || value > best) best = value;
  sum += value;
  if (value.positive()) positive_sum += value;
  ++count;
}

Exact PeerFacts::mean() const {
  return sum / whole(count);
}

bool needs_rank(const Formula& formula) {
  return std::holds_alternative<RankLadder>(formula) || std::holds_alternative<RankGroups>(formula);
}

bool nothing_to_compare_with(const Formula& formula, const PeerFacts& peers) {
  if (std::holds_alternative<ShareOfBest>(formula)) return !peers.best.positive();
  if (std::holds_alternative<ShareOfTotal>(formula)) return !peers.positive_sum.positive();
  if (std::holds_alternative<RelativeToAverage>(formula)) return !peers.sum.positive();
  const BasePlus* plus = std::get_if<BasePlus>(&formula);
  return plus != nullptr && !plus->reference && !peers.sum.positive();
}

Exact points(const Indicator& indicator, const Standing& standing, const PeerFacts& peers) {
  if (nothing_to_compare_with(indicator.formula, peers)) return {};
  Exact out = std::visit(Points{indicator, standing, peers}, indicator.formula);
  if (indicator.points && !may_pass_full_marks(indicator.formula)) out = std::min(out, *indicator.points);
  if (!may_fall_below_zero(indicator.formula)) out = std::max(out, Exact());
  return out;
}

std::vector<std::size_t> ranks(const std::vector<const Exact*>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return *values[a] > *values[b]; });
  std::vector<std::size_t> out(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool tied = i > 0 && *values[order[i]] == *values[order[i - 1]];
    out[order[i]] = tied ? out[order[i - 1]] : i + 1;
  }
  return out;
}

}  // namespace talent_loan::assessment
