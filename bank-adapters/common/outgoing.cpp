#include "bank-adapters/common/outgoing.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan::adapters {
namespace {

std::string yes_no(bool yes) { return yes ? "yes" : "no"; }

OutgoingDay day(sdk::Day from) { return {from.time_since_epoch().count()}; }
OutgoingFen fen(sdk::Fen from) { return {from.count}; }

bool known(const std::string& field, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name.ends_with('.') ? field.size() > name.size() && field.starts_with(name) : field == name;
  });
}

}  // namespace

Outgoing outgoing(const sdk::Decision& decision) {
  return {{"key", decision.key},
          {"application_id", decision.application_id},
          {"decision_id", decision.decision_id},
          {"eligible", yes_no(decision.eligible)},
          {"reasons", decision.reasons},
          {"policy_version", decision.policy_version},
          {"programme", decision.programme},
          {"cites", decision.cites},
          {"decided_on", day(decision.decided_on)}};
}

Outgoing outgoing(const sdk::IssueRequest& request) {
  return {{"key", request.key},
          {"application_id", request.application_id},
          {"decision_id", request.decision_id},
          {"as_of", day(request.as_of)}};
}

Outgoing outgoing(const sdk::Settled& settled) {
  Outgoing item{{"key", settled.key},
                {"batch_id", settled.batch_id},
                {"claim_id", settled.claim_id},
                {"loan_id", settled.loan_id},
                {"accepted", yes_no(settled.accepted)},
                {"code", settled.code},
                {"policy_version", settled.policy_version},
                {"principal_loss", fen(settled.principal_loss)},
                {"paid", fen(settled.paid)},
                {"bank_bears", fen(settled.bank_bears)}};
  for (const sdk::PayerAmount& payer : settled.payers) {
    item.emplace_back("pays." + payer.payer, fen(payer.pays));
    item.emplace_back("bears." + payer.payer, fen(payer.bears));
  }
  return item;
}

Outgoing outgoing(const sdk::Scored& scored) {
  Outgoing item{{"key", scored.key},
                {"year", std::int64_t{scored.year}},
                {"score", scored.score},
                {"rank", std::int64_t{scored.rank}},
                {"banks", std::int64_t{scored.banks}},
                {"grade", scored.grade}};
  for (const sdk::IndicatorPoints& points : scored.breakdown) item.emplace_back("points." + points.indicator, points.points);
  return item;
}

const std::vector<std::string>& decision_names() {
  static const std::vector<std::string> names{"key", "application_id", "decision_id", "eligible", "reasons",
                                              "policy_version", "programme", "cites", "decided_on"};
  return names;
}

const std::vector<std::string>& issue_names() {
  static const std::vector<std::string> names{"key", "application_id", "decision_id", "as_of"};
  return names;
}

const std::vector<std::string>& settled_names() {
  static const std::vector<std::string> names{"key", "batch_id", "claim_id", "loan_id", "accepted", "code", "policy_version",
                                              "principal_loss", "paid", "bank_bears", "pays.", "bears."};
  return names;
}

const std::vector<std::string>& scored_names() {
  static const std::vector<std::string> names{"key", "year", "score", "rank", "banks", "grade", "points."};
  return names;
}

std::string OutgoingNotation::text_of(const OutgoingValue& value, const std::string& field) const {
  const auto translated = [&](const std::string& word) {
    if (values.empty()) return word;
    const auto found = std::find_if(values.begin(), values.end(), [&](const auto& pair) { return pair.first == word; });
    if (found != values.end()) return found->second;
    throw Refused(Refusal::data, {.place = {.field = field}, .found = {"值不在 values 中：" + shown(word), shown(word) + " is not among `values`"}});
  };
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty() ? *text : translated(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* date = std::get_if<OutgoingDay>(&value)) return styles.dates.front().format(date->days);
  if (const auto* amount = std::get_if<OutgoingFen>(&value)) return format_amount(amount->count, styles.amounts);
  std::vector<std::string> words;
  for (const std::string& word : std::get<std::vector<std::string>>(value)) words.push_back(translated(word));
  return joined(words, join);
}

std::string OutgoingNotation::text_of(const Outgoing& item, const std::string& field) const {
  if (const OutgoingValue* value = find_field(item, field)) return text_of(*value, field);
  return field.starts_with("pays.") || field.starts_with("bears.") ? format_amount(0, styles.amounts) : std::string();
}

OutgoingNotation read_notation(const YamlMap& map, ValueStyles styles) {
  OutgoingNotation notation;
  notation.values = map.entries("values");
  notation.join = map.text("join", notation.join);
  notation.styles = read_styles(map, std::move(styles));
  return notation;
}

const OutgoingValue* find_field(const Outgoing& item, std::string_view field) {
  const auto found = std::find_if(item.begin(), item.end(), [&](const auto& pair) { return pair.first == field; });
  return found == item.end() ? nullptr : &found->second;
}

void check_field(const YamlMap& map, const std::string& key, const std::string& field, const std::vector<std::string>& names) {
  if (known(field, names)) return;
  const std::string near = nearest_word(field, names);
  const std::string words = joined(names, ", ");
  map.wrong(key, {shown(field), shown(field)},
            {near.empty() ? words : fmt::format("{}（是否为 {}？）", words, near), near.empty() ? words : fmt::format("{} (is it {}?)", words, near)});
}

void OutgoingMap::read_entry(const YamlMap& entry, bool forms, Rule& rule) {
  if (entry.has("field") == entry.has("constant")) {
    entry.wrong("", {"来源不明", "its source is not clear"}, {"field 或 constant 之一", "one of field, constant"});
  }
  if (entry.has("field")) rule.field = entry.required_text("field");
  rule.constant = entry.text("constant", "");
  rule.notation = read_notation(entry, std::move(rule.notation.styles));
  if (forms) rule.form = static_cast<Form>(entry.word("as", {"text", "number", "boolean"}, 0));
}

OutgoingMap::OutgoingMap(const YamlMap& stream, const std::string& key, const std::vector<std::string>& names,
                         const ValueStyles& styles, bool forms, const CheckTarget& check) {
  const auto map = stream.map(key, {});
  if (!map) {
    if (!stream.has(key)) stream.wrong(key, {"缺少此键", "this key is missing"});
    return;
  }
  std::vector<std::string> keys{"field", "constant", "values", "join"};
  if (forms) keys.emplace_back("as");
  for (const std::string& style : style_keys()) keys.push_back(style);
  for (const std::string& target : map->keys()) {
    Rule rule;
    rule.target = target;
    rule.notation.styles = styles;
    check(*map, target);
    if (map->is_map(target)) {
      if (const auto entry = map->map(target, keys)) read_entry(*entry, forms, rule);
    } else {
      rule.field = map->required_text(target);
    }
    if (!rule.field.empty()) check_field(*map, target, rule.field, names);
    rules_.push_back(std::move(rule));
  }
}

std::vector<OutgoingMap::Cell> OutgoingMap::render(const Outgoing& item) const {
  std::vector<Cell> cells;
  cells.reserve(rules_.size());
  for (const Rule& rule : rules_) {
    Cell cell{rule.target, rule.constant, rule.form, rule.field};
    if (!rule.field.empty()) cell.text = rule.notation.text_of(item, rule.field);
    cells.push_back(std::move(cell));
  }
  return cells;
}

bool OutgoingMap::has_field(std::string_view field) const {
  return std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) { return rule.field == field; });
}

}  // namespace talent_loan::adapters
