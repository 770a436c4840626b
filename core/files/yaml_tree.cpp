#include "core/files/yaml_tree.hpp"

#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "core/files/files.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t depth_at_most = 32;

// What the tree does not take, thrown through yaml-cpp and caught where the parse began.
struct Refused {
  YAML::Mark mark;
  Text found;
  Text remedy;
};

std::uint64_t from_one(int zero_based) {
  return static_cast<std::uint64_t>(zero_based) + 1;
}

// Builds the tree from the parser's events. Containers being filled live on a stack; a map's keys alternate
// with its values.
class TreeBuilder final : public YAML::EventHandler {
 public:
  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    place(node_at(mark, YamlNode::Kind::empty));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    refuse_tag(mark, tag);
    YamlNode node = node_at(mark, YamlNode::Kind::scalar);
    node.scalar = value;
    place(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    bool key_waits = false;  // a map that has a key without its value
  };

  static YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
    YamlNode node;
    node.kind = kind;
    node.line = from_one(mark.line);
    node.column = from_one(mark.column);
    return node;
  }

  // One line of aliases can expand to gigabytes, and nothing here needs them.
  [[noreturn]] static void refuse_anchor(const YAML::Mark& mark) {
    throw Refused{mark,
                  {"锚点（&）或别名（*）", "an anchor (&) or alias (*)"},
                  {"请把内容写出来", "write the value out"}};
  }

  // "?" is yaml-cpp's word for "no tag", "!" for "no tag, quoted".
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    const std::string shown = quoted(tag);
    throw Refused{mark,
                  {fmt::format("标签 {}", shown), fmt::format("the tag {}", shown)},
                  {"请删除标签", "remove the tag"}};
  }

  void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind) {
    refuse_tag(mark, tag);
    if (open_.size() >= depth_at_most) {
      throw Refused{mark,
                    {fmt::format("嵌套超过 {} 层", depth_at_most),
                     fmt::format("nesting over {} levels", depth_at_most)},
                    {"请减少层次", "nest less"}};
    }
    open_.push_back({.node = node_at(mark, kind)});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(node));
  }

  void place(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key_waits) {
      parent.node.entries.back().value = std::move(node);
      parent.key_waits = false;
    } else {
      if (node.kind != YamlNode::Kind::scalar) {
        YAML::Mark mark;
        mark.line = static_cast<int>(node.line) - 1;
        mark.column = static_cast<int>(node.column) - 1;
        throw Refused{
            mark, {"键不是文字", "a key that is no plain text"}, {"请写成 键: 值", "write it as key: value"}};
      }
      parent.node.entries.push_back({.key = std::move(node), .value = {}});
      parent.key_waits = true;
    }
  }

  std::vector<Open> open_;
  YamlNode root_;
};

Place place_of_byte(std::string_view text, std::size_t at, const std::string& file) {
  Place place{.file = file, .line = 1, .column = 1, .field = {}};
  for (std::size_t i = 0; i < at; ++i) {
    if (text[i] == '\n') {
      ++place.line;
      place.column = 0;
    }
    ++place.column;
  }
  return place;
}

// yaml-cpp takes some control characters for the end of the file and guesses UTF-16 from zero bytes.
std::size_t control_character_at(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F) return i;
  }
  return std::string_view::npos;
}

bool clean_bytes(std::string_view text, const std::string& file, YamlProblems& problems) {
  constexpr std::size_t size_at_most = 1 << 20;
  const auto refuse = [&](Place place, Text found, Text remedy) {
    problems.add(
        {.place = std::move(place), .found = std::move(found), .allowed = {}, .remedy = std::move(remedy)});
    return false;
  };
  if (text.size() > size_at_most) {
    return refuse({.file = file}, {"文件超过 1 MiB", "the file is larger than 1 MiB"},
                  {"请确认这是正确的文件", "make sure this is the right file"});
  }
  if (const std::size_t at = invalid_utf8_at(text); at != std::string_view::npos) {
    return refuse(place_of_byte(text, at, file), {"不是 UTF-8 的字节", "a byte that is not UTF-8"},
                  {"请将文件另存为 UTF-8", "save the file as UTF-8"});
  }
  if (const std::size_t at = control_character_at(text); at != std::string_view::npos) {
    return refuse(place_of_byte(text, at, file), {"控制字符", "a control character"},
                  {"请删除它", "remove it"});
  }
  return true;
}

}  // namespace

std::shared_ptr<const YamlDocument> parse_yaml_tree(std::string_view text, const std::string& file,
                                                    YamlProblems& problems) {
  if (!clean_bytes(text, file, problems)) return nullptr;
  const auto refuse = [&](const YAML::Mark& mark, Text found, Text remedy) {
    const bool known = mark.line >= 0 && mark.column >= 0 && !mark.is_null();
    Place place{.file = file,
                .line = known ? from_one(mark.line) : 0,
                .column = known ? from_one(mark.column) : 0,
                .field = {}};
    problems.add(
        {.place = std::move(place), .found = std::move(found), .allowed = {}, .remedy = std::move(remedy)});
    return nullptr;
  };
  try {
    // yaml-cpp takes a quote that never closes for closed where the file ends in a line feed; a comment at
    // the very end makes it see the end of the file inside the quote.
    std::istringstream stream(std::string(text) + (text.ends_with('\n') ? "#" : "\n#"));
    YAML::Parser parser(stream);
    TreeBuilder builder;
    if (!parser.HandleNextDocument(builder)) {
      return refuse(YAML::Mark::null_mark(), {"空文件", "an empty file"},
                    {"请写入内容", "write something into it"});
    }
    auto document = std::make_shared<YamlDocument>(YamlDocument{file, &problems, builder.take_root()});
    TreeBuilder rest;
    if (parser.HandleNextDocument(rest)) {
      return refuse(YAML::Mark::null_mark(), {"多个 YAML 文档", "more than one YAML document"},
                    {"每个文件只写一个", "write one per file"});
    }
    return document;
  } catch (const Refused& refused) {
    return refuse(refused.mark, refused.found, refused.remedy);
  } catch (const YAML::Exception& error) {
    return refuse(
        error.mark,
        {fmt::format("YAML 语法错误（{}）", error.msg), fmt::format("YAML syntax error ({})", error.msg)},
        {"请检查缩进、冒号和引号", "check indentation, colons and quotes"});
  }
}

}  // namespace talent_loan
