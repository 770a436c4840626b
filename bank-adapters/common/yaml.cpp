#include "bank-adapters/common/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/values.hpp"

namespace talent_loan::adapters {
namespace {

constexpr std::size_t bytes_at_most = 1 << 20;
constexpr int depth_at_most = 32;

// Looks at the events only, before any tree is built.
class Guard : public YAML::EventHandler {
 public:
  explicit Guard(const std::string& file) : file_(file) {}

  // Line, from 1, on which the document begins.
  std::uint64_t begin() const { return begin_; }

  void OnDocumentStart(const YAML::Mark& mark) override { begin_ = static_cast<std::uint64_t>(mark.line + 1); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { no_anchor(mark, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { no_anchor(mark, 1); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string&) override { no_anchor(mark, anchor); }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override { enter(mark, anchor); }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override { enter(mark, anchor); }
  void OnMapEnd() override { --depth_; }

 private:
  [[noreturn]] void refuse(const YAML::Mark& mark, Text found, Text allowed) const {
    throw Refused(Refusal::configuration, {.place = {.file = file_, .line = static_cast<std::uint64_t>(mark.line + 1),
                                                     .column = static_cast<std::uint64_t>(mark.column + 1)},
                                           .found = std::move(found), .allowed = std::move(allowed)});
  }
  void no_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) refuse(mark, {"锚点或别名", "an anchor or alias"}, {"把值写全", "the value written out"});
  }
  void enter(const YAML::Mark& mark, YAML::anchor_t anchor) {
    no_anchor(mark, anchor);
    if (++depth_ > depth_at_most) refuse(mark, {"嵌套过深", "nested too deeply"}, {fmt::format("至多 {} 层", depth_at_most), fmt::format("at most {} levels", depth_at_most)});
  }

  const std::string& file_;
  int depth_ = 0;
  std::uint64_t begin_ = 0;
};

[[noreturn]] void refuse(Place place, Text found, Text allowed = {}) {
  throw Refused(Refusal::configuration, {.place = std::move(place), .found = std::move(found), .allowed = std::move(allowed)});
}

Place place_of(std::string_view text, std::size_t at, const std::string& name) {
  const std::string_view before = text.substr(0, at);
  const std::size_t line_begin = before.rfind('\n') + 1;  // 0 where there is none
  return {.file = name, .line = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n') + 1), .column = at - line_begin + 1};
}

// yaml-cpp guesses UTF-16 from zero bytes and takes some control characters for the end of the file.
void require_clean_bytes(std::string_view text, const std::string& name) {
  if (text.size() > bytes_at_most) refuse({.file = name}, {"文件超过 1 MiB", "the file is over 1 MiB"});
  if (const std::size_t at = invalid_at(Encoding::utf8, text); at != std::string_view::npos) {
    refuse(place_of(text, at, name), {"不是 UTF-8 的字节", "a byte that is not UTF-8"}, {"UTF-8 编码的文件", "a file saved as UTF-8"});
  }
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
  });
  if (control != text.end()) refuse(place_of(text, static_cast<std::size_t>(control - text.begin()), name), {"控制字符", "a control character"});
}

YAML::Node parse(std::string_view text, const std::string& name) {
  require_clean_bytes(text, name);
  // yaml-cpp takes a quote that never closes for closed where the file ends in a line feed; a comment at the very
  // end makes it see the end of the file inside the quote.
  const std::string closed = std::string(text) + (text.ends_with('\n') ? "#" : "\n#");
  try {
    std::istringstream events(closed);
    YAML::Parser parser(events);
    Guard guard(name);
    parser.HandleNextDocument(guard);
    // Asked for one more only: where yaml-cpp meets a token that begins no node, such as a lone comma, it hands out
    // one empty document after another without end.
    Guard rest(name);
    const bool more = parser.HandleNextDocument(rest);
    YAML::Node document = YAML::Load(closed);
    if (document.IsMap() && !more) return document;
    if (document.IsMap()) refuse({.file = name, .line = rest.begin()}, {"多个 YAML 文档", "more than one YAML document"}, {"每个文件一个", "one per file"});
  } catch (const YAML::Exception& error) {
    refuse({.file = name, .line = static_cast<std::uint64_t>(error.mark.line + 1), .column = static_cast<std::uint64_t>(error.mark.column + 1)},
           {"不是有效的 YAML：" + error.msg, "not valid YAML: " + error.msg});
  }
  refuse({.file = name, .line = 1}, {"不是一个映射", "not a mapping"}, {"一个文档，顶层为“键: 值”", "one document with `key: value` at the top"});
}

}  // namespace

YamlFile::YamlFile(std::string_view text, std::string name)
    : name_(std::move(name)), top_(std::make_unique<YAML::Node>(parse(text, name_))) {}

YamlFile::~YamlFile() = default;

YamlMap YamlFile::root(std::string_view schema, std::vector<std::string> allowed) {
  allowed.insert(allowed.begin(), "schema");
  YamlMap map(*this, *top_, "", std::move(allowed));
  if (map.required_text("schema") != schema && map.has("schema")) {
    map.wrong("schema", {"不是本适配器的配置", "not a configuration of this adapter"}, {std::string(schema), std::string(schema)});
  }
  return map;
}

void YamlFile::finish() const {
  if (!problems_.empty()) throw Refused(Refusal::configuration, problems_);
}

void YamlFile::add(const YAML::Node& node, const std::string& field, Text found, Text allowed) {
  const YAML::Mark mark = node.Mark();
  problems_.push_back({.place = {.file = name_, .line = static_cast<std::uint64_t>(mark.line + 1),
                                 .column = static_cast<std::uint64_t>(mark.column + 1), .field = field},
                       .found = std::move(found), .allowed = std::move(allowed)});
}

YamlMap::YamlMap(YamlFile& file, const YAML::Node& node, std::string path, std::vector<std::string> allowed)
    : file_(&file), node_(std::make_shared<const YAML::Node>(node)), path_(std::move(path)) {
  std::vector<std::string> seen;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) {
      file_->add(entry.first, path_, {"键不是文字", "a key that is not a text"}, {});
      continue;
    }
    const std::string key = entry.first.Scalar();
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      file_->add(entry.first, below(key), {"此键出现两次", "this key stands twice"}, {"一次", "once"});
    }
    seen.push_back(key);
    if (allowed.empty() || std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
    const std::string near = nearest_word(key, allowed);
    const std::string words = joined(allowed, ", ");
    file_->add(entry.first, below(key), {"未知的键", "unknown key"},
               {near.empty() ? words : fmt::format("{}（是否为 {}？）", words, near), near.empty() ? words : fmt::format("{} (is it {}?)", words, near)});
  }
}

std::string YamlMap::below(const std::string& key) const {
  return key.empty() ? path_ : path_.empty() ? key : path_ + "." + key;
}

YAML::Node YamlMap::find(const std::string& key) const {
  for (const auto& entry : *node_) {
    if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

bool YamlMap::has(const std::string& key) const { return find(key).IsDefined(); }
bool YamlMap::is_map(const std::string& key) const { return find(key).IsMap(); }
bool YamlMap::is_list(const std::string& key) const { return find(key).IsSequence(); }

std::vector<std::string> YamlMap::keys() const {
  std::vector<std::string> names;
  for (const auto& entry : *node_) {
    if (entry.first.IsScalar()) names.push_back(entry.first.Scalar());
  }
  return names;
}

void YamlMap::wrong(const std::string& key, Text found, Text allowed) const {
  const YAML::Node value = key.empty() ? *node_ : find(key);
  file_->add(value.IsDefined() ? value : *node_, below(key), std::move(found), std::move(allowed));
}

void YamlMap::must_be(const std::string& key, const char* chinese, const char* english) const {
  const YAML::Node value = find(key);
  const std::string found = value.IsScalar() ? shown(value.Scalar()) : value.IsMap() ? "{…}" : value.IsSequence() ? "[…]" : "null";
  wrong(key, {found, found}, {chinese, english});
}

std::optional<std::string> YamlMap::scalar(const std::string& key) const {
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return std::nullopt;
  if (value.IsScalar()) return value.Scalar();
  must_be(key, "一个值", "one value");
  return std::nullopt;
}

std::string YamlMap::text(const std::string& key, std::string fallback) const {
  return scalar(key).value_or(std::move(fallback));
}

std::string YamlMap::required_text(const std::string& key) const {
  if (!has(key)) {
    wrong(key, {"缺少此键", "this key is missing"});
    return {};
  }
  const auto value = scalar(key);
  if (value && value->empty()) must_be(key, "非空文字", "a text that is not empty");
  return value.value_or("");
}

std::size_t YamlMap::word(const std::string& key, const std::vector<std::string>& words, std::size_t fallback) const {
  const auto value = scalar(key);
  if (!value) return fallback;
  const auto found = std::find(words.begin(), words.end(), *value);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string allowed = joined(words, ", ");
  const std::string near = nearest_word(*value, words);
  must_be(key, near.empty() ? allowed.c_str() : fmt::format("{}（是否为 {}？）", allowed, near).c_str(),
          near.empty() ? allowed.c_str() : fmt::format("{} (is it {}?)", allowed, near).c_str());
  return fallback;
}

bool YamlMap::flag(const std::string& key, bool fallback) const {
  return word(key, {"false", "true"}, fallback ? 1 : 0) == 1;
}

std::int64_t YamlMap::integer(const std::string& key, std::int64_t at_least, std::int64_t at_most, std::int64_t fallback) const {
  const auto value = scalar(key);
  if (!value) return fallback;
  const auto number = parse_count(*value, at_most);
  if (number && *number >= at_least) return *number;
  must_be(key, fmt::format("{} 至 {} 的整数", at_least, at_most).c_str(), fmt::format("a whole number from {} to {}", at_least, at_most).c_str());
  return fallback;
}

std::int64_t YamlMap::required_integer(const std::string& key, std::int64_t at_least, std::int64_t at_most) const {
  if (!has(key)) wrong(key, {"缺少此键", "this key is missing"});
  return integer(key, at_least, at_most, at_least);
}

std::vector<std::string> YamlMap::texts(const std::string& key) const {
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return {};
  if (value.IsScalar()) return {value.Scalar()};
  std::vector<std::string> all;
  const bool scalars = value.IsSequence() && std::all_of(value.begin(), value.end(), [](const auto& item) { return item.IsScalar(); });
  if (!scalars) {
    must_be(key, "一个值或值的列表", "one value or a list of values");
    return {};
  }
  for (const auto& item : value) all.push_back(item.Scalar());
  return all;
}

std::vector<std::pair<std::string, std::string>> YamlMap::entries(const std::string& key) const {
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return {};
  if (!value.IsMap()) {
    must_be(key, "映射", "a mapping");
    return {};
  }
  const YamlMap inner(*file_, value, below(key), {});
  std::vector<std::pair<std::string, std::string>> all;
  for (const std::string& name : inner.keys()) {
    if (const auto text = inner.scalar(name)) all.emplace_back(name, *text);
  }
  return all;
}

std::optional<YamlMap> YamlMap::map(const std::string& key, std::vector<std::string> allowed) const {
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return std::nullopt;
  if (value.IsMap()) return YamlMap(*file_, value, below(key), std::move(allowed));
  must_be(key, "映射", "a mapping");
  return std::nullopt;
}

std::vector<YamlMap> YamlMap::maps(const std::string& key, std::vector<std::string> allowed) const {
  const YAML::Node value = find(key);
  std::vector<YamlMap> all;
  if (!value.IsDefined()) return all;
  if (!value.IsSequence()) {
    must_be(key, "列表", "a list");
    return all;
  }
  std::size_t position = 0;
  for (const auto& item : value) {
    const std::string path = fmt::format("{}[{}]", below(key), position++);
    if (item.IsMap()) {
      all.emplace_back(*file_, item, path, allowed);
    } else {
      file_->add(item, path, {"不是映射", "not a mapping"}, {"映射", "a mapping"});
    }
  }
  return all;
}

}  // namespace talent_loan::adapters
