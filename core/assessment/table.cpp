#include "core/assessment/table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan::assessment {
namespace {

void add_once(std::vector<std::string>& ids, const std::string& id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

void scale(std::optional<Exact>& points, const Exact& factor) {
  if (points) points = *points * factor;
}

// Multiplies every number of a formula that is in points.
struct ScalePoints {
  const Exact& factor;

  void operator()(ShareOfBest&) const {}
  void operator()(ShareOfTotal&) const {}
  void operator()(RelativeToAverage&) const {}
  void operator()(RankLadder& ladder) const {
    ladder.step = ladder.step * factor;
    ladder.floor = ladder.floor * factor;
  }
  void operator()(RankGroups& groups) const {
    for (RankGroups::Group& group : groups.groups) group.points = group.points * factor;
  }
  void operator()(Target& target) const {
    if (target.under) target.under->points = target.under->points * factor;
    if (target.over) target.over->points = target.over->points * factor;
    target.under_floor = target.under_floor * factor;
    target.over_at_most = target.over_at_most * factor;
  }
  void operator()(Bands& bands) const {
    for (Bands::Band& band : bands.bands) band.points = band.points * factor;
  }
  void operator()(BasePlus& plus) const {
    plus.base = plus.base * factor;
    plus.each = plus.each * factor;
    scale(plus.at_most, factor);
    scale(plus.at_least, factor);
  }
  void operator()(PerUnit& unit) const {
    unit.points = unit.points * factor;
    scale(unit.at_most, factor);
  }
  void operator()(Linear& line) const {
    line.from.points = line.from.points * factor;
    line.to.points = line.to.points * factor;
  }
};

}  // namespace

bool Test::holds(const Exact& value) const {
  return (!over || value > *over) && (!at_least || value >= *at_least) && (!at_most || value <= *at_most) &&
         (!below || value < *below);
}

const Indicator* Table::indicator(const std::string& indicator_id) const {
  const auto found = std::find_if(indicators.begin(), indicators.end(),
                                  [&](const Indicator& one) { return one.id == indicator_id; });
  return found == indicators.end() ? nullptr : &*found;
}

std::vector<std::string> Table::needed() const {
  std::vector<std::string> ids;
  for (const Indicator& one : indicators) add_once(ids, one.id);
  for (const Indicator& one : indicators) {
    if (one.zero_unless) add_once(ids, one.zero_unless->indicator);
  }
  return ids;
}

std::vector<std::string> Table::read() const {
  std::vector<std::string> ids = needed();
  for (const Veto& veto : vetoes) add_once(ids, veto.test.indicator);
  return ids;
}

const std::string& Table::grade_of(const Exact& score) const {
  static const std::string ungraded;
  for (const Grade& grade : grades) {
    if (!grade.at_least || score >= *grade.at_least) return grade.name;
  }
  return ungraded;
}

Table reweighted(Table table, const std::string& id, const Exact& points) {
  const auto found = std::find_if(table.indicators.begin(), table.indicators.end(),
                                  [&](const Indicator& one) { return one.id == id; });
  if (found == table.indicators.end()) {
    const std::string near = nearest_word(id, table.needed());
    throw Failure({fmt::format("考核表没有指标 {}", talent_loan::quoted(id)),
                   fmt::format("the table has no indicator {}", talent_loan::quoted(id))},
                  near.empty() ? Text{"请用考核表中的指标编号", "use the id of an indicator of the table"}
                               : Text{fmt::format("是否为 {}？", talent_loan::quoted(near)),
                                      fmt::format("did you mean {}?", talent_loan::quoted(near))});
  }
  if (!found->points || !found->points->positive()) {
    throw Failure({fmt::format("指标 {} 没有大于 0 的满分，无权重可改", talent_loan::quoted(id)),
                   fmt::format("the indicator {} has no full marks above 0, so no weight to change",
                               talent_loan::quoted(id))},
                  {"请选择写有 points 的指标", "choose an indicator that states `points`"});
  }
  const Exact factor = points / *found->points;
  found->points = points;
  std::visit(ScalePoints{factor}, found->formula);
  return table;
}

}  // namespace talent_loan::assessment
