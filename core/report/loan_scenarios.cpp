#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "core/loss/loss.hpp"
#include "core/report/policy_explanation.hpp"
#include "core/report/policy_words.hpp"

namespace talent_loan {
namespace {

// What the conditions of a version mention.
struct Mentioned {
  std::set<Fen> amounts;
  bool levels = false;
  std::set<std::string> programmes;
  std::set<std::string> tags;

  void add(const Condition& condition) {
    if (condition.loan_amount_over) amounts.insert(*condition.loan_amount_over);
    if (condition.loan_amount_at_most) amounts.insert(*condition.loan_amount_at_most);
    levels = levels || condition.level_at_least || condition.level_at_most;
    for (const ProgrammeId& programme : condition.programmes) programmes.insert(programme.text());
    if (condition.tag) tags.insert(*condition.tag);
    if (condition.without_tag) tags.insert(*condition.without_tag);
  }
};

Mentioned mentioned(const PolicyVersion& version) {
  Mentioned out;
  for (const Share& share : version.compensation.shares) {
    out.add(share.when);
    for (const ConditionalRatio& tier : share.tiers) out.add(tier.when);
    for (const ConditionalRatio& bonus : share.bonuses) out.add(bonus.when);
  }
  return out;
}

Text joined(const Text& a, const Text& b) {
  if (a.empty()) return b;
  return {a.chinese + "，" + b.chinese, a.english + ", " + b.english};
}

using Scenarios = std::vector<LoanScenario>;

// Every scenario so far, once for each of `kinds` (a name and a change of the facts).
template <typename Kinds>
Scenarios times(const Scenarios& scenarios, const Kinds& kinds) {
  Scenarios out;
  for (const LoanScenario& scenario : scenarios) {
    for (const auto& [name, change] : kinds) {
      LoanScenario next = scenario;
      next.name = joined(scenario.name, name);
      change(next.facts);
      out.push_back(std::move(next));
    }
  }
  return out;
}

using Change = std::function<void(LoanFacts&)>;
using Kinds = std::vector<std::pair<Text, Change>>;

// Conditions only ask "over" and "at most", so each interval between two amounts is one kind; its upper end
// stands for it.
Kinds amount_kinds(const std::set<Fen>& amounts) {
  Kinds out;
  std::optional<Fen> below;
  for (const Fen amount : amounts) {
    const std::string to = format_yuan(amount);
    const Text name = below ? Text{fmt::format("{} 至 {} 元", format_yuan(*below), to),
                                   fmt::format("over {} to {} yuan", format_yuan(*below), to)}
                            : Text{fmt::format("至多 {} 元", to), fmt::format("at most {} yuan", to)};
    out.emplace_back(name, [amount](LoanFacts& facts) { facts.loan_amount = amount; });
    below = amount;
  }
  const std::string from = format_yuan(*below);
  out.emplace_back(Text{fmt::format("超过 {} 元", from), fmt::format("over {} yuan", from)},
                   [last = *below](LoanFacts& facts) { facts.loan_amount = last + Fen(1); });
  return out;
}

Kinds level_kinds() {
  Kinds out;
  for (const Level level : {Level::district, Level::municipal, Level::provincial, Level::national}) {
    out.emplace_back(level_name(level), [level](LoanFacts& facts) { facts.level = level; });
  }
  return out;
}

Kinds programme_kinds(const std::set<std::string>& programmes) {
  Kinds out;
  for (const std::string& programme : programmes) {
    out.emplace_back(verbatim(programme), [programme](LoanFacts& facts) { facts.programme = programme; });
  }
  out.emplace_back(Text{"其他人才工程", "other programmes"}, [](LoanFacts&) {});
  return out;
}

Kinds tag_kinds(const std::set<std::string>& tags) {
  const std::vector<std::string> all(tags.begin(), tags.end());
  Kinds out;
  out.emplace_back(Text{"没有标记", "no tag"}, [](LoanFacts&) {});
  for (std::size_t subset = 1; subset < (std::size_t{1} << std::min<std::size_t>(all.size(), 16)); ++subset) {
    std::vector<std::string> chosen;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if ((subset >> i & 1) != 0) chosen.push_back(all[i]);
    }
    if (all.size() > 3 && chosen.size() > 1) continue;
    out.emplace_back(verbatim(fmt::format("{}", fmt::join(chosen, "+"))),
                     [chosen](LoanFacts& facts) { facts.tags = chosen; });
  }
  return out;
}

}  // namespace

std::vector<LoanScenario> loan_scenarios(const PolicyVersion& version, std::size_t at_most) {
  const Mentioned all = mentioned(version);
  Scenarios out = {{}};
  if (!all.amounts.empty()) out = times(out, amount_kinds(all.amounts));
  if (all.levels) out = times(out, level_kinds());
  if (!all.programmes.empty()) out = times(out, programme_kinds(all.programmes));
  if (!all.tags.empty()) out = times(out, tag_kinds(all.tags));
  if (out.size() > at_most) out.resize(at_most);
  return out;
}

}  // namespace talent_loan
