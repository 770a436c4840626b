#include "core/assessment/formula_loader.hpp"

#include <array>

#include <fmt/format.h>

namespace talent_loan::assessment {
namespace {

// What reading one formula needs at hand.
struct Source {
  YamlMap keys;
  YamlMap indicator;
  std::optional<Exact> points;

  // Full marks, where a kind cannot do without them.
  Exact full_marks() const {
    indicator.required("points");
    return points.value_or(Exact());
  }
};

Formula read_share_of_best(const Source& source) {
  source.full_marks();
  return ShareOfBest{};
}

Formula read_share_of_total(const Source& source) {
  source.full_marks();
  return ShareOfTotal{};
}

Formula read_relative_to_average(const Source& source) {
  source.full_marks();
  return RelativeToAverage{};
}

// A number of percent, with or without its sign.
Exact percent_number(const YamlValue& value) {
  const auto text = value.text();
  if (text && text->ends_with('%')) {
    const auto percent = Exact::parse(std::string_view(*text).substr(0, text->size() - 1));
    if (percent && !percent->negative()) return *percent;
    value.complain(verbatim(talent_loan::quoted(*text)), {"百分数，例如 10%", "a percentage such as 10%"});
    return {};
  }
  return number_not_negative(value);
}

Formula read_rank_ladder(const Source& source) {
  const Exact points = source.full_marks();
  const YamlValue step = source.keys.optional("step");
  const YamlValue percent = source.keys.optional("step_percent");
  if (step.present() == percent.present()) {
    const bool both = step.present();
    (both ? percent : source.keys.self())
        .complain(both ? Text{"step 和 step_percent 同时出现", "both step and step_percent"}
                       : Text{"缺少 step 或 step_percent", "neither step nor step_percent"},
                  {"两者之一", "one of the two"});
  }
  RankLadder ladder;
  if (step.present()) {
    ladder.step = number_not_negative(step);
  } else if (percent.present()) {
    ladder.step = points * percent_number(percent) / Exact(100);
  }
  ladder.floor = optional_number(source.keys.optional("floor")).value_or(Exact());
  return ladder;
}

// The checks that groups of ranks and bands of values share: bounds rise, and only the last entry has none.
class RisingBounds {
 public:
  explicit RisingBounds(std::string_view key) : key_(key) {}

  std::optional<Exact> next(const YamlValue& entry, const YamlMap& map, bool last) {
    const YamlValue bound = map.optional(key_);
    if (!bound.present()) {
      if (!last)
        entry.complain({fmt::format("没有 {}，其后的各项永远用不上", key_),
                        fmt::format("no {}: what follows is never reached", key_)},
                       {fmt::format("只有最后一项没有 {}", key_),
                        fmt::format("only the last entry is without {}", key_)});
      return std::nullopt;
    }
    const Exact found = number(bound);
    if (earlier_ && found <= *earlier_) {
      bound.complain(
          {fmt::format("{}，与前一项重叠或次序颠倒", found.shown()),
           fmt::format("{}, which overlaps what stands before it", found.shown())},
          {fmt::format("大于 {}", earlier_->shown()), fmt::format("more than {}", earlier_->shown())});
    }
    earlier_ = found;
    if (last) {
      entry.complain({fmt::format("最后一项也有 {}：其后留有空档", key_),
                      fmt::format("the last entry has {} too: what lies beyond has no points", key_)},
                     {fmt::format("最后一项不写 {}", key_), fmt::format("a last entry without {}", key_)});
    }
    return found;
  }

 private:
  std::string key_;
  std::optional<Exact> earlier_;
};

Formula read_rank_groups(const Source& source) {
  RankGroups out;
  RisingBounds bounds("to");
  const auto groups = source.keys.required("groups").filled_list();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const YamlMap group = groups[i].map({"to", "points"});
    const auto to = bounds.next(groups[i], group, i + 1 == groups.size());
    if (to && (to->truncated() != *to || *to < Exact(1))) {
      group.optional("to").complain(verbatim(to->shown()),
                                    {"名次：1 或更大的整数", "a rank: a whole number from 1 on"});
    }
    out.groups.push_back({to, number(group.required("points"))});
  }
  return out;
}

Formula read_bands(const Source& source) {
  Bands out;
  RisingBounds bounds("below");
  const auto bands = source.keys.required("bands").filled_list();
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const YamlMap band = bands[i].map({"below", "points"});
    const auto below = bounds.next(bands[i], band, i + 1 == bands.size());
    out.bands.push_back({below, number(band.required("points"))});
  }
  return out;
}

Formula read_target(const Source& source) {
  source.full_marks();
  Target out;
  const YamlValue under = source.keys.required("under");
  const YamlValue target = source.keys.required("target");
  if (under.is_map()) {
    const YamlMap steps = under.map({"per", "points", "floor"});
    out.target = number(target);
    out.under =
        Steps{number_above_zero(steps.required("per")), number_not_negative(steps.required("points"))};
    out.under_floor = optional_number(steps.optional("floor")).value_or(Exact());
  } else {
    under.one_of({"prorate"});
    out.target = number_above_zero(target);
  }
  const YamlValue over = source.keys.optional("over");
  if (over.present()) {
    const YamlMap steps = over.map({"per", "points", "at_most"});
    out.over = Steps{number_above_zero(steps.required("per")), number_not_negative(steps.required("points"))};
    out.over_at_most = number_not_negative(steps.required("at_most"));
  }
  return out;
}

Formula read_base_plus(const Source& source) {
  BasePlus out;
  out.base = number(source.keys.required("base"));
  const YamlValue reference = source.keys.required("reference");
  if (reference.is_scalar() && reference.text() != "average") out.reference = number(reference);
  if (!reference.is_scalar()) reference.text();  // records that it is neither
  out.per = number_above_zero(source.keys.required("per"));
  out.each = number(source.keys.required("each"));
  out.at_most = optional_number(source.keys.optional("at_most"));
  out.at_least = optional_number(source.keys.optional("at_least"));
  if (out.at_most && out.at_least && *out.at_least > *out.at_most) {
    source.keys.optional("at_least")
        .complain(verbatim(out.at_least->shown()),
                  {fmt::format("不大于 at_most（{}）", out.at_most->shown()),
                   fmt::format("not more than at_most ({})", out.at_most->shown())});
  }
  return out;
}

Formula read_per_unit(const Source& source) {
  PerUnit out;
  out.per = number_above_zero(source.keys.required("per"));
  out.points = number(source.keys.required("points"));
  const YamlValue at_most = source.keys.optional("at_most");
  if (at_most.present()) out.at_most = number_not_negative(at_most);
  out.whole = source.keys.optional("whole").yes_or_no().value_or(true);
  return out;
}

Linear::Corner read_corner(const YamlValue& value) {
  const auto pair = value.list();
  if (value.is_list() && pair.size() != 2) {
    value.complain({fmt::format("{} 个数", pair.size()), fmt::format("{} numbers", pair.size())},
                   {"[值, 得分]", "[value, points]"});
  }
  if (pair.size() != 2) return {};
  return {number(pair[0]), number(pair[1])};
}

Formula read_linear(const Source& source) {
  const Linear out{read_corner(source.keys.required("from")), read_corner(source.keys.required("to"))};
  if (source.keys.has("from") && source.keys.has("to") && out.from.value == out.to.value) {
    source.keys.optional("to").complain({"两端的值相同", "the same value at both ends"},
                                        {"两个不同的值", "two different values"});
  }
  return out;
}

struct Kind {
  std::string_view name;
  std::vector<std::string> keys;
  Formula (*read)(const Source&);
};

const std::array<Kind, 10>& kinds() {
  static const std::array<Kind, 10> all{{
      {"share-of-best", {"kind"}, read_share_of_best},
      {"share-of-total", {"kind"}, read_share_of_total},
      {"rank-ladder", {"kind", "step", "step_percent", "floor"}, read_rank_ladder},
      {"rank-groups", {"kind", "groups"}, read_rank_groups},
      {"target", {"kind", "target", "under", "over"}, read_target},
      {"relative-to-average", {"kind"}, read_relative_to_average},
      {"bands", {"kind", "bands"}, read_bands},
      {"base-plus", {"kind", "base", "reference", "per", "each", "at_most", "at_least"}, read_base_plus},
      {"per-unit", {"kind", "per", "points", "at_most", "whole"}, read_per_unit},
      {"linear", {"kind", "from", "to"}, read_linear},
  }};
  return all;
}

Exact checked_number(const YamlValue& value, bool accepted(const Exact&), const Text& wanted) {
  const auto text = value.decimal();
  if (!text) return {};
  const Exact found = *Exact::parse(*text);
  if (accepted(found)) return found;
  value.complain(verbatim(*text), wanted);
  return {};
}

}  // namespace

Exact number(const YamlValue& value) {
  return optional_number(value).value_or(Exact());
}

Exact number_above_zero(const YamlValue& value) {
  const Exact found = checked_number(value, [](const Exact& one) { return one.positive(); },
                                     {"大于 0 的数", "a number above 0"});
  return found.zero() ? Exact(1) : found;  // after a problem: a divisor that does no harm
}

Exact number_not_negative(const YamlValue& value) {
  return checked_number(value, [](const Exact& one) { return !one.negative(); },
                        {"不小于 0 的数", "a number of 0 or more"});
}

std::optional<Exact> optional_number(const YamlValue& value) {
  const auto text = value.decimal();
  return text ? Exact::parse(*text) : std::nullopt;
}

std::optional<Formula> read_formula(const YamlValue& value, const YamlMap& indicator,
                                    const std::optional<Exact>& points) {
  if (!value.present()) return std::nullopt;
  std::vector<std::string> names;
  for (const Kind& kind : kinds()) names.emplace_back(kind.name);
  const YamlValue written = value.peek("kind");
  if (!written.present()) {
    value.map({"kind"}).required("kind");
    return std::nullopt;
  }
  const auto name = written.one_of(names);
  if (!name) return std::nullopt;
  for (const Kind& kind : kinds()) {
    if (kind.name == *name) return kind.read({value.map(kind.keys), indicator, points});
  }
  return std::nullopt;
}

}  // namespace talent_loan::assessment
