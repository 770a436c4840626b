#include "bank-adapters/common/fields.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bank-adapters/common/encoding.hpp"

namespace talent_loan::adapters {
namespace {

constexpr std::size_t identifier_bytes_at_most = 64;
constexpr std::size_t text_bytes_at_most = 4096;

Text same(const std::string& text) { return {text, text}; }

std::vector<std::string> names_of(const std::vector<FieldSpec>& specs) {
  std::vector<std::string> names;
  for (const FieldSpec& spec : specs) names.emplace_back(spec.name);
  return names;
}

std::vector<DateStyle> read_dates(const YamlMap& map, std::vector<DateStyle> fallback) {
  const std::vector<std::string> patterns = map.texts("dates");
  if (patterns.empty()) return fallback;
  std::vector<DateStyle> styles;
  for (const std::string& pattern : patterns) {
    if (auto style = DateStyle::compile(pattern)) {
      styles.push_back(std::move(*style));
    } else {
      map.wrong("dates", same(shown(pattern)), {"年、月、日各一次：YYYY 或 YY，MM、M 或 Mon，DD 或 D", "year, month and day once each: YYYY or YY, MM, M or Mon, DD or D"});
    }
  }
  return styles;
}

AmountStyle read_amounts(const YamlMap& map, AmountStyle style) {
  if (!map.has("amounts")) return style;
  const auto amounts = map.map("amounts", {"unit", "thousands", "sign"});
  if (!amounts) return style;
  style.unit = static_cast<AmountStyle::Unit>(amounts->word("unit", {"yuan", "fen"}, static_cast<std::size_t>(style.unit)));
  style.sign = static_cast<AmountStyle::Sign>(amounts->word("sign", {"none", "leading", "trailing"}, static_cast<std::size_t>(style.sign)));
  if (amounts->has("thousands")) {
    constexpr const char* marks[] = {"none", ",", "'", " "};
    const std::size_t mark = amounts->word("thousands", {marks[0], marks[1], marks[2], marks[3]}, 0);
    style.thousands = mark == 0 ? '\0' : *marks[mark];
  }
  return style;
}

// "4.35" with `decimals` of at most eight, as whole units of 10^-decimals.
std::optional<std::int64_t> parse_decimal(std::string_view text, std::size_t decimals) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string digits(point == std::string_view::npos ? std::string_view{} : text.substr(point + 1));
  if (whole.empty() || (point != std::string_view::npos && digits.empty()) || digits.size() > decimals) return std::nullopt;
  digits.append(decimals - digits.size(), '0');
  return parse_count(std::string(whole) + digits, 1'000'000'000);
}

std::optional<std::int64_t> parse_rate(std::string_view text, RateStyle style) {
  if (style == RateStyle::fraction) return parse_decimal(text, 8);
  if (text.ends_with('%')) text.remove_suffix(1);
  return parse_decimal(text, 6);
}

std::string patterns_of(const std::vector<DateStyle>& styles) {
  std::vector<std::string> patterns;
  for (const DateStyle& style : styles) patterns.push_back(style.pattern());
  return joined(patterns, ", ");
}

Text amount_forms(const AmountStyle& style) {
  if (style.unit == AmountStyle::Unit::fen) return {"以分为单位的整数，不为负", "whole fen, not negative"};
  return style.thousands == '\0' ? Text{"不为负的元，至多两位小数，小数点前至多 15 位", "yuan, not negative, at most two decimals and 15 digits before the point"}
                                 : Text{"不为负的元，至多两位小数，可有千位分隔符", "yuan, not negative, at most two decimals, thousands separated"};
}

Reject reject(RejectCode code, const FieldSpec& spec, std::string_view found, const Text& allowed) {
  const std::string what = spec.personal ? "***" : shown(found);
  const std::string field(spec.name);
  return {code, field,
          {fmt::format("{} 为 {}；应为：{}", field, what, allowed.chinese), fmt::format("{} is {}; allowed: {}", field, what, allowed.english)}};
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Reject missing(const FieldSpec& spec) {
  const std::string field(spec.name);
  return {RejectCode::missing_value, field, {fmt::format("缺少 {}", field), fmt::format("{} has no value", field)}};
}

}  // namespace

std::string_view trimmed(std::string_view text, std::string_view padding) {
  for (bool again = true; again;) {
    again = false;
    for (std::string_view rest = padding; !rest.empty();) {
      const std::size_t length = std::max<std::size_t>(1, utf8_character_length(rest));
      const std::string_view pad = rest.substr(0, length);
      rest.remove_prefix(length);
      for (; text.starts_with(pad); again = true) text.remove_prefix(length);
      for (; text.ends_with(pad); again = true) text.remove_suffix(length);
    }
  }
  return text;
}

std::vector<std::string> style_keys() { return {"dates", "pivot", "amounts", "rates", "padding", "absent", "separator"}; }

ValueStyles read_styles(const YamlMap& map, ValueStyles styles) {
  styles.dates = read_dates(map, std::move(styles.dates));
  styles.pivot = static_cast<int>(map.integer("pivot", 0, 100, styles.pivot));
  styles.amounts = read_amounts(map, styles.amounts);
  styles.rates = static_cast<RateStyle>(map.word("rates", {"percent", "fraction"}, static_cast<std::size_t>(styles.rates)));
  styles.padding = map.text("padding", styles.padding);
  if (map.has("absent")) styles.absent = map.texts("absent");
  if (map.has("separator")) styles.separator = map.required_text("separator");
  return styles;
}

FieldMap::FieldMap(const YamlMap& stream, const std::vector<FieldSpec>& specs, const ValueStyles& styles,
                   const std::vector<std::string>& source_keys, const FindColumn& find,
                   const FindShort& find_short)
    : rules_(specs.size()), specs_(&specs), styles_(styles) {
  const auto fields = stream.map("fields", names_of(specs));
  if (!fields) {
    if (!stream.has("fields")) stream.wrong("fields", {"缺少此键", "this key is missing"});
    return;
  }
  std::vector<std::string> keys{"constant", "values", "otherwise", "required", "unreadable"};
  keys.insert(keys.end(), source_keys.begin(), source_keys.end());
  const std::vector<std::string> style = style_keys();
  keys.insert(keys.end(), style.begin(), style.end());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const std::string name(specs[i].name);
    if (fields->is_map(name)) {
      if (const auto entry = fields->map(name, keys)) rules_[i] = read_rule(*entry, specs[i], source_keys, find);
    } else if (fields->has(name)) {
      Rule rule;
      rule.spec = &specs[i];
      rule.required = specs[i].required;
      rule.styles = styles_;
      rule.cell = find_short(*fields, name);
      rules_[i] = std::move(rule);
    } else if (specs[i].required) {
      fields->wrong("", {fmt::format("没有说明 {} 来自哪里", name), fmt::format("nothing says where {} comes from", name)});
    }
    if (rules_[i] && rules_[i]->cell) cells_needed_ = std::max(cells_needed_, *rules_[i]->cell + 1);
  }
}

FieldMap::Rule FieldMap::read_rule(const YamlMap& entry, const FieldSpec& spec,
                                   const std::vector<std::string>& source_keys, const FindColumn& find) const {
  Rule rule;
  rule.spec = &spec;
  rule.styles = read_styles(entry, styles_);
  rule.values = entry.entries("values");
  if (entry.has("otherwise")) rule.otherwise = entry.text("otherwise", "");
  rule.required = spec.required || entry.flag("required", false);
  rule.unreadable_is_absent = entry.word("unreadable", {"reject", "absent"}, 0) == 1;
  if (rule.unreadable_is_absent && rule.required) {
    entry.wrong("unreadable", {"必填字段不能视为缺失", "a required field cannot count as absent"}, same("reject"));
  }
  rule.cell = find(entry);
  const bool constant = entry.has("constant");
  if (constant == rule.cell.has_value()) {
    entry.wrong("", {"来源不明", "its source is not clear"}, {fmt::format("{} 或 constant 之一", joined(source_keys, ", ")), fmt::format("one of {}, or constant", joined(source_keys, ", "))});
  }
  if (spec.kind == FieldKind::word) {
    for (const auto& [theirs, ours] : rule.values) {
      if (std::find(spec.words.begin(), spec.words.end(), ours) == spec.words.end()) {
        const std::string near = nearest_word(ours, spec.words);
        const std::string words = joined(spec.words, ", ");
        entry.wrong("values", same(shown(ours)), {near.empty() ? words : fmt::format("{}（是否为 {}？）", words, near), near.empty() ? words : fmt::format("{} (is it {}?)", words, near)});
      }
    }
  }
  if (constant) {
    rule.constant = entry.text("constant", "");
    Value value;
    if (const auto fault = convert(rule, rule.constant, value)) entry.wrong("constant", fault->text);
  }
  return rule;
}

bool FieldMap::maps(std::string_view field) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if ((*specs_)[i].name == field) return rules_[i].has_value();
  }
  return false;
}

std::string FieldMap::key(const std::vector<std::string>& cells) const {
  if (rules_.empty() || !rules_.front() || !rules_.front()->cell || *rules_.front()->cell >= cells.size()) return {};
  const std::string_view cell = trimmed(cells[*rules_.front()->cell], rules_.front()->styles.padding);
  const bool usable = cell.size() <= text_bytes_at_most && !has_control(cell) && invalid_at(Encoding::utf8, cell) == std::string_view::npos;
  return usable ? std::string(cell) : std::string();
}

std::optional<Reject> FieldMap::read(const std::vector<std::string>& cells, std::vector<Value>& values) const {
  values.resize(rules_.size());
  std::optional<Reject> worst;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    Value& value = values[i];
    value.present = false;
    value.number = 0;
    value.text.clear();
    if (!rules_[i]) continue;
    const Rule& rule = *rules_[i];
    const std::string_view text = rule.cell ? trimmed(cells[*rule.cell], rule.styles.padding) : std::string_view(rule.constant);
    auto fault = convert(rule, text, value);
    if (fault && rule.unreadable_is_absent) {
      value.present = false;
      continue;
    }
    if (!fault && rule.required && !value.present) fault = missing(*rule.spec);
    if (fault && (!worst || fault->code < worst->code)) worst = std::move(fault);
  }
  return worst;
}

std::optional<Reject> FieldMap::convert(const Rule& rule, std::string_view text, Value& value) const {
  const FieldSpec& spec = *rule.spec;
  if (text.empty() || std::find(rule.styles.absent.begin(), rule.styles.absent.end(), text) != rule.styles.absent.end()) return std::nullopt;
  if (!rule.values.empty()) {
    const auto found = std::find_if(rule.values.begin(), rule.values.end(), [&](const auto& pair) { return pair.first == text; });
    if (found != rule.values.end()) {
      text = found->second;
    } else if (rule.otherwise) {
      text = *rule.otherwise;
      if (text.empty()) return std::nullopt;
    } else {
      std::vector<std::string> theirs;
      for (const auto& pair : rule.values) theirs.push_back(pair.first);
      return reject(RejectCode::bad_value, spec, text, same(joined(theirs, ", ")));
    }
  }
  std::optional<std::int64_t> number;
  switch (spec.kind) {
    case FieldKind::date:
      number = parse_date(text, rule.styles.dates, rule.styles.pivot);
      if (!number) return reject(RejectCode::bad_date, spec, text, {"真实日期，" + patterns_of(rule.styles.dates), "a real day, " + patterns_of(rule.styles.dates)});
      break;
    case FieldKind::amount:
      number = parse_amount(text, rule.styles.amounts);
      if (!number) return reject(RejectCode::bad_amount, spec, text, amount_forms(rule.styles.amounts));
      break;
    case FieldKind::count:
      number = parse_count(text, spec.at_most);
      if (!number) return reject(RejectCode::bad_value, spec, text, {fmt::format("0 至 {} 的整数", spec.at_most), fmt::format("a whole number from 0 to {}", spec.at_most)});
      break;
    case FieldKind::rate:
      number = parse_rate(text, rule.styles.rates);
      if (!number) return reject(RejectCode::bad_value, spec, text, {"年利率，如 4.35", "a rate a year, such as 4.35"});
      break;
    case FieldKind::word: {
      const auto found = std::find(spec.words.begin(), spec.words.end(), text);
      if (found == spec.words.end()) return reject(RejectCode::bad_value, spec, text, same(joined(spec.words, ", ")));
      number = found - spec.words.begin() + 1;
      break;
    }
    case FieldKind::identifier:
      if (text.size() > identifier_bytes_at_most || has_control(text)) {
        return reject(RejectCode::bad_identifier, spec, text, {"至多 64 字节，不含控制字符", "at most 64 bytes, no control characters"});
      }
      break;
    case FieldKind::text:
    case FieldKind::list:
      if (text.size() > text_bytes_at_most || has_control(text)) {
        return reject(RejectCode::bad_value, spec, text, {"至多 4096 字节，不含控制字符", "at most 4096 bytes, no control characters"});
      }
      break;
  }
  value.present = true;
  value.number = number.value_or(0);
  value.text = spec.kind == FieldKind::list && rule.styles.separator != "|" ? joined(split(text, rule.styles.separator), "|") : std::string(text);
  return std::nullopt;
}

}  // namespace talent_loan::adapters
