#include "core/files/yaml.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/files/yaml_tree.hpp"

namespace talent_loan {
namespace {

using Entries = std::vector<std::pair<std::string, YamlValue>>;

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

Text word_list(const std::vector<std::string>& words) {
  return {joined(words, "、"), joined(words, ", ")};
}

Text did_you_mean(std::string_view found, const std::vector<std::string>& allowed) {
  const std::string near = nearest_word(found, allowed);
  if (near.empty()) return {};
  return {fmt::format("是否应为 {}", near), fmt::format("did you mean {}?", near)};
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

const Text text_wanted{"一个文字值", "a text"};

}  // namespace

void YamlProblems::add(Diagnostic diagnostic) {
  if (full()) {
    ++beyond_;
  } else {
    found_.push_back(std::move(diagnostic));
  }
}

std::vector<Diagnostic> YamlProblems::sorted() const {
  std::map<std::string, std::size_t> files;
  for (const Diagnostic& diagnostic : found_) files.emplace(diagnostic.place.file, files.size());
  const auto key = [&](const Diagnostic& d) {
    return std::tuple(files.at(d.place.file), d.place.line, d.place.column);
  };
  std::vector<Diagnostic> out = found_;
  std::stable_sort(out.begin(), out.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  if (beyond_ != 0) {
    out.push_back(
        {.place = {.file = out.back().place.file},
         .found = {fmt::format("另有 {} 处错误", beyond_), fmt::format("{} more problems", beyond_)},
         .allowed = {},
         .remedy = {"请先改正以上各处", "correct those above first"}});
  }
  return out;
}

void YamlProblems::throw_if_any() const {
  if (!found_.empty()) throw Failure(sorted());
}

bool YamlValue::is_scalar() const {
  return node_ != nullptr && node_->kind == YamlNode::Kind::scalar;
}
bool YamlValue::is_list() const {
  return node_ != nullptr && node_->kind == YamlNode::Kind::list;
}
bool YamlValue::is_map() const {
  return node_ != nullptr && node_->kind == YamlNode::Kind::map;
}

Place YamlValue::place() const {
  if (node_ == nullptr) return {};
  return {.file = document_->file, .line = node_->line, .column = node_->column, .field = path_};
}

void YamlValue::complain(Text found, Text allowed, Text remedy) const {
  if (node_ == nullptr) return;
  document_->problems->add({.place = place(),
                            .found = std::move(found),
                            .allowed = std::move(allowed),
                            .remedy = std::move(remedy)});
}

void YamlValue::wrong(const Text& wanted, const Text& remedy) const {
  switch (node_->kind) {
    case YamlNode::Kind::empty:
      return complain({"没有值", "no value"}, wanted, remedy);
    case YamlNode::Kind::list:
      return complain({"一个列表", "a list"}, wanted, remedy);
    case YamlNode::Kind::map:
      return complain({"一组键值", "a map"}, wanted, remedy);
    case YamlNode::Kind::scalar:
      return complain(verbatim(quoted(node_->scalar)), wanted, remedy);
  }
}

const std::string* YamlValue::scalar(const Text& wanted) const {
  if (node_ == nullptr) return nullptr;
  if (node_->kind != YamlNode::Kind::scalar) {
    wrong(wanted);
    return nullptr;
  }
  return &node_->scalar;
}

std::optional<std::string> YamlValue::text() const {
  const std::string* found = scalar(text_wanted);
  if (found == nullptr) return std::nullopt;
  if (found->empty()) {
    wrong(text_wanted);
    return std::nullopt;
  }
  return *found;
}

std::optional<std::string> YamlValue::word() const {
  const Text wanted{"一个名称：字母、数字和 - _ .，不含空格，至多 64 个字符",
                    "a name of letters, digits and - _ . without blanks, at most 64 characters"};
  const std::string* found = scalar(wanted);
  if (found == nullptr) return std::nullopt;
  std::size_t characters = 0;
  bool good = true;
  for (const char c : *found) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter =
        byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    good = good && (letter || c == '-' || c == '_' || c == '.');
    if ((byte & 0xC0) != 0x80) ++characters;
  }
  if (!good || characters == 0 || characters > 64) {
    wrong(wanted);
    return std::nullopt;
  }
  return *found;
}

std::optional<std::string> YamlValue::one_of(const std::vector<std::string>& words) const {
  const std::string* found = scalar(word_list(words));
  if (found == nullptr) return std::nullopt;
  if (std::find(words.begin(), words.end(), *found) == words.end()) {
    wrong(word_list(words), did_you_mean(*found, words));
    return std::nullopt;
  }
  return *found;
}

std::optional<std::int64_t> YamlValue::integer(std::int64_t at_least, std::int64_t at_most) const {
  const Text wanted{fmt::format("{} 到 {} 的整数", at_least, at_most),
                    fmt::format("a whole number from {} to {}", at_least, at_most)};
  const std::string* found = scalar(wanted);
  if (found == nullptr) return std::nullopt;
  std::string_view digits = *found;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  if (all_digits(digits) && digits.size() <= 18) {
    std::int64_t value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    if (negative) value = -value;
    if (value >= at_least && value <= at_most) return value;
  }
  wrong(wanted);
  return std::nullopt;
}

std::optional<std::string> YamlValue::decimal() const {
  const Text wanted{"十进制数，例如 12 或 -0.5", "a decimal number such as 12 or -0.5"};
  const std::string* found = scalar(wanted);
  if (found == nullptr) return std::nullopt;
  std::string_view digits = *found;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const std::size_t point = digits.find('.');
  const std::string_view whole = digits.substr(0, point);
  const std::string_view decimals = point == std::string_view::npos ? "0" : digits.substr(point + 1);
  if (all_digits(whole) && whole.size() <= 15 && all_digits(decimals) && decimals.size() <= 9) return *found;
  wrong(wanted);
  return std::nullopt;
}

std::optional<bool> YamlValue::yes_or_no() const {
  const auto found = one_of({"true", "false", "yes", "no"});
  if (!found) return std::nullopt;
  return *found == "true" || *found == "yes";
}

std::optional<Day> YamlValue::day() const {
  const Text wanted{"存在的日期 YYYY-MM-DD", "a real day YYYY-MM-DD"};
  const std::string* found = scalar(wanted);
  if (found == nullptr) return std::nullopt;
  const auto value = parse_day(*found);
  if (!value) wrong(wanted);
  return value;
}

std::optional<Fen> YamlValue::yuan() const {
  const Text wanted{"以元为单位的金额，如 10000000.00", "an amount in yuan such as 10000000.00"};
  const std::string* found = scalar(wanted);
  if (found == nullptr) return std::nullopt;
  const auto value = parse_yuan(*found);
  if (!value) {
    wrong(wanted, {"只写数字和至多两位小数，不写正负号、千位分隔符、指数或单位",
                   "write digits and at most two decimals; no sign, separator, exponent or unit"});
  }
  return value;
}

std::optional<Ratio> YamlValue::percent(Ratio at_most) const {
  const Text wanted{fmt::format("0% 到 {} 的百分数", format_percent(at_most)),
                    fmt::format("a percentage from 0% to {}", format_percent(at_most))};
  const std::string* found = scalar(wanted);
  if (found == nullptr) return std::nullopt;
  const auto value = parse_percent(*found);
  if (value && *value <= at_most) return value;
  if (value) {
    wrong(wanted);
  } else {
    wrong(wanted, {"按百分数书写并带 %，如 80%（不是 0.8），至多六位小数",
                   "write a percentage with its sign, as in 80% (not 0.8), with at most six decimals"});
  }
  return std::nullopt;
}

std::vector<YamlValue> YamlValue::list() const {
  std::vector<YamlValue> out;
  if (node_ == nullptr) return out;
  if (node_->kind != YamlNode::Kind::list) {
    wrong({"一个列表", "a list"});
    return out;
  }
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    out.push_back(YamlValue(document_, &node_->items[i], fmt::format("{}[{}]", path_, i)));
  }
  return out;
}

std::vector<YamlValue> YamlValue::filled_list(std::size_t at_most) const {
  std::vector<YamlValue> out = list();
  if (out.empty() && is_list()) complain({"空列表", "an empty list"}, {"至少一项", "at least one item"});
  if (out.size() <= at_most) return out;
  complain({fmt::format("{} 项的列表", out.size()), fmt::format("a list of {} items", out.size())},
           {fmt::format("至多 {} 项", at_most), fmt::format("at most {} items", at_most)});
  return {};
}

std::vector<std::pair<std::string, YamlValue>> YamlValue::distinct_entries() const {
  Entries out;
  std::set<std::string_view> seen;
  for (const YamlEntry& entry : node_->entries) {
    const std::string& key = entry.key.scalar;
    const std::string path = path_.empty() ? key : path_ + "." + key;
    if (!seen.insert(key).second) {
      YamlValue(document_, &entry.key, path)
          .complain(
              {fmt::format("键 {} 重复", quoted(key)), fmt::format("the key {} a second time", quoted(key))},
              {}, {"只保留一个", "keep one of them"});
      continue;
    }
    // An empty value has no place of its own: its key's is shown.
    YamlValue value(document_, &entry.value, path);
    if (entry.value.kind == YamlNode::Kind::empty) {
      YamlValue(document_, &entry.key, path)
          .complain({"没有值", "no value"}, {},
                    {"请写上值，或删除这个键", "give it a value, or remove the key"});
      value = {};
    }
    out.emplace_back(key, std::move(value));
  }
  return out;
}

std::vector<std::pair<std::string, YamlValue>> YamlValue::entries() const {
  if (node_ == nullptr) return {};
  if (node_->kind != YamlNode::Kind::map) {
    wrong({"一组 键: 值", "a map of key: value"});
    return {};
  }
  return distinct_entries();
}

YamlValue YamlValue::peek(std::string_view key) const {
  if (!is_map()) return {};
  for (const YamlEntry& entry : node_->entries) {
    const bool wanted = entry.key.scalar == key && entry.value.kind != YamlNode::Kind::empty;
    if (wanted)
      return YamlValue(document_, &entry.value,
                       path_.empty() ? entry.key.scalar : path_ + "." + entry.key.scalar);
  }
  return {};
}

YamlMap YamlValue::map(std::vector<std::string> allowed_keys) const {
  YamlMap out;
  if (node_ == nullptr) return out;
  if (node_->kind != YamlNode::Kind::map) {
    wrong({fmt::format("一组键值，键为 {}", joined(allowed_keys, "、")),
           fmt::format("a map with the keys {}", joined(allowed_keys, ", "))});
    return out;
  }
  for (const YamlEntry& entry : node_->entries) {
    const std::string& key = entry.key.scalar;
    if (std::find(allowed_keys.begin(), allowed_keys.end(), key) != allowed_keys.end()) continue;
    YamlValue(document_, &entry.key, path_.empty() ? key : path_ + "." + key)
        .complain({fmt::format("未知的键 {}", quoted(key)), fmt::format("the unknown key {}", quoted(key))},
                  word_list(allowed_keys),
                  document_->problems->full() ? Text{} : did_you_mean(key, allowed_keys));
  }
  out.self_ = *this;
  out.entries_ = distinct_entries();
  return out;
}

YamlValue YamlMap::optional(std::string_view key) const {
  for (const auto& [name, value] : entries_) {
    if (name == key) return value;
  }
  return {};
}

YamlValue YamlMap::required(std::string_view key) const {
  for (const auto& [name, value] : entries_) {
    if (name == key) return value;  // an empty value has been complained about already
  }
  self_.complain({fmt::format("缺少键 {}", key), fmt::format("the key {} is missing", key)}, {},
                 {fmt::format("请加上 {}: …", key), fmt::format("add {}: …", key)});
  return {};
}

YamlMap read_yaml(const std::string& path, std::string_view kind, std::vector<std::string> allowed_keys,
                  YamlProblems& problems) {
  try {
    return parse_yaml(read_whole_file(path), path, kind, std::move(allowed_keys), problems);
  } catch (const Failure& failure) {  // no such file, a directory: one problem among the others
    for (const Diagnostic& diagnostic : failure.diagnostics()) problems.add(diagnostic);
    return {};
  }
}

YamlMap parse_yaml(std::string_view text, const std::string& name, std::string_view kind,
                   std::vector<std::string> allowed_keys, YamlProblems& problems) {
  const auto document = parse_yaml_tree(text, name, problems);
  if (!document) return {};
  const YamlValue root(document, &document->root, "");
  const std::string schema = fmt::format("talent-loan/{}/1", kind);
  if (root.is_map()) {
    // A file of another kind would only give a list of keys that are unknown here.
    for (const YamlEntry& entry : document->root.entries) {
      if (entry.key.scalar != "schema" || entry.value.scalar == schema) continue;
      const bool slip = !nearest_word(entry.value.scalar, {schema}).empty();
      YamlValue(document, &entry.value, "schema").one_of({schema});
      if (!slip) return {};
    }
  }
  if (std::find(allowed_keys.begin(), allowed_keys.end(), "schema") == allowed_keys.end()) {
    allowed_keys.insert(allowed_keys.begin(), "schema");
  }
  YamlMap map = root.map(std::move(allowed_keys));
  map.required("schema");
  return map;
}

}  // namespace talent_loan
