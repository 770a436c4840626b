#include "core/policy/load_parts.hpp"

namespace talent_loan {

void warn(PolicyWarnings& warnings, const YamlValue& at, Text found, Text remedy) {
  warnings.push_back(
      {.place = at.place(), .found = std::move(found), .allowed = {}, .remedy = std::move(remedy)});
}

std::vector<std::string> condition_keys(std::vector<std::string> beside) {
  beside.insert(beside.end(), {"loan_amount_over", "loan_amount_at_most", "level_at_least", "level_at_most",
                               "programmes", "tag", "without_tag"});
  return beside;
}

std::optional<Level> read_level(const YamlValue& value) {
  const auto found = value.one_of({"district", "municipal", "provincial", "national"});
  return found ? parse_level(*found) : std::nullopt;
}

std::vector<ProgrammeId> read_programmes(const YamlValue& value) {
  std::vector<ProgrammeId> out;
  for (const YamlValue& item : value.filled_list()) {
    if (const auto programme = item.word()) out.emplace_back(*programme);
  }
  return out;
}

std::string read_cite(const YamlMap& rule, bool wanted, PolicyWarnings& warnings) {
  const YamlValue cite = rule.optional("cite");
  if (!cite.present() && wanted && rule.present()) {
    warn(warnings, rule.self(), {"没有写明条款", "no clause is cited"}, {"请加上 cite", "add cite"});
  }
  return cite.text().value_or("");
}

Condition read_condition(const YamlMap& map, PolicyWarnings& warnings) {
  Condition condition;
  condition.loan_amount_over = map.optional("loan_amount_over").yuan();
  condition.loan_amount_at_most = map.optional("loan_amount_at_most").yuan();
  condition.level_at_least = read_level(map.optional("level_at_least"));
  condition.level_at_most = read_level(map.optional("level_at_most"));
  condition.programmes = read_programmes(map.optional("programmes"));
  condition.tag = map.optional("tag").word();
  condition.without_tag = map.optional("without_tag").word();
  const bool no_amount = condition.loan_amount_over && condition.loan_amount_at_most &&
                         *condition.loan_amount_over >= *condition.loan_amount_at_most;
  const bool no_level = condition.level_at_least && condition.level_at_most &&
                        *condition.level_at_least > *condition.level_at_most;
  const bool no_tag = condition.tag && condition.tag == condition.without_tag;
  if (no_amount || no_level || no_tag) {
    warn(warnings, map.self(),
         {"条件互相矛盾，永远不成立", "the conditions contradict each other and never hold"},
         {"请核对文件原文", "check them against the document"});
  }
  return condition;
}

}  // namespace talent_loan
