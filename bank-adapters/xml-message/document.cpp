#include "bank-adapters/xml-message/document.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace talent_loan::adapters::xml_message {
namespace {

constexpr int depth_at_most = 64;

[[noreturn]] void refuse(Text found, Text allowed = {}) {
  throw Refused(Refusal::data, {.found = std::move(found), .allowed = std::move(allowed)});
}

bool is_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
  }) && invalid_at(Encoding::utf8, name) == std::string_view::npos;
}

// Control characters have no place in XML 1.0, not even as references.
bool is_xml_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r'; });
}

void put(pugi::xml_node root, const OutgoingMap::Cell& cell) {
  pugi::xml_node at = root;
  for (const std::string& name : split(cell.target, "/")) {
    if (name.front() == '@') {
      at.append_attribute(name.c_str() + 1).set_value(cell.text.c_str());
      return;
    }
    const pugi::xml_node child = at.child(name.c_str());
    at = child ? child : at.append_child(name.c_str());
  }
  at.text().set(cell.text.c_str());
}

// What XML 1.0 takes for a character. A zero would end the text for whoever reads it, a half of a surrogate pair is no
// text at all.
bool is_xml_character(std::uint32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xD800) || (c >= 0xE000 && c < 0xFFFE) || (c >= 0x10000 && c < 0x110000);
}

struct Writer : pugi::xml_writer {
  std::string text;
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

// Passes over what may hold any character: comments, CDATA and processing instructions.
std::size_t end_of_opaque(std::string_view text, std::size_t at) {
  constexpr std::pair<std::string_view, std::string_view> kinds[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  for (const auto& [begin, end] : kinds) {
    if (text.compare(at, begin.size(), begin) != 0) continue;
    const std::size_t found = text.find(end, at + begin.size());
    return found == std::string_view::npos ? text.size() : found + end.size();
  }
  return at;
}

std::string lower(std::string_view mixed) {
  std::string text(mixed);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool is_plain_reference(std::string_view reference) {
  for (const std::string_view name : {"lt", "gt", "amp", "apos", "quot"}) {
    if (reference == name) return true;
  }
  if (!reference.starts_with('#') || reference.size() > 9) return false;
  const bool hexadecimal = reference.starts_with("#x");
  reference.remove_prefix(hexadecimal ? 2 : 1);
  std::uint32_t character = 0;
  const auto [end, error] = std::from_chars(reference.data(), reference.data() + reference.size(), character, hexadecimal ? 16 : 10);
  return error == std::errc() && end == reference.data() + reference.size() && is_xml_character(character);
}

// Where the XML declaration that begins here ends, or `at` where none does. The parser reads its attributes as any
// other's, references in them too, and lets a value run on behind its end: neither belongs in one.
std::size_t end_of_declaration(std::string_view text, std::size_t at) {
  const std::string target = lower(text.substr(at, 6));
  if (!target.starts_with("<?xml") || (target.size() == 6 && is_name("x" + target.substr(5)))) return at;
  char quote = 0;
  for (std::size_t i = at + 5; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && text.compare(i, 2, "?>") == 0) return i + 2;
    const bool in_place = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view(" \t\r\n=._-:\"'").find(c) != std::string_view::npos;
    if (!in_place) break;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
  }
  const std::string start = shown(text.substr(at, std::min(text.find('\n', at) - at, std::size_t{60})));
  refuse({"报文的 XML 声明不成立：" + start, "the message's XML declaration is none: " + start}, {"<?xml version=\"1.0\" encoding=\"…\"?>", "<?xml version=\"1.0\" encoding=\"…\"?>"});
}

// The parser itself knows no entities and fetches nothing; but what it would leave standing as text must not
// pass for data.
void no_entities(std::string_view text) {
  for (std::size_t at = text.find_first_of("<&"); at != std::string_view::npos; at = text.find_first_of("<&", at)) {
    if (text[at] == '<') {
      if (text.compare(at, 9, "<!DOCTYPE") == 0 || text.compare(at, 8, "<!ENTITY") == 0) {
        refuse({"报文含有 DTD", "the message holds a DTD"}, {"没有 DTD 的 XML", "XML without one"});
      }
      const std::size_t declared = end_of_declaration(text, at);
      const std::size_t end = declared == at ? end_of_opaque(text, at) : declared;
      at = end == at ? at + 1 : end;
      continue;
    }
    const std::size_t end = text.find(';', at);
    if (end == std::string_view::npos || !is_plain_reference(text.substr(at + 1, end - at - 1))) {
      refuse({"报文含有实体 " + shown(text.substr(at, std::min<std::size_t>(20, text.size() - at))), "the message holds the entity " + shown(text.substr(at, std::min<std::size_t>(20, text.size() - at)))},
             {"&lt; &gt; &amp; &apos; &quot; 与字符引用", "&lt; &gt; &amp; &apos; &quot; and character references"});
    }
    at = end;
  }
}

void check_declaration(const pugi::xml_document& document, Encoding encoding) {
  for (const pugi::xml_node node : document.children()) {
    if (node.type() != pugi::node_declaration) continue;
    const std::string stated = lower(node.attribute("encoding").value());
    if (stated.empty()) return;
    const bool fits = encoding == Encoding::utf8 ? stated == "utf-8" || stated == "utf8" : stated == "gb18030" || stated == "gbk" || stated == "gb2312";
    if (!fits) {
      const char* allowed = encoding == Encoding::utf8 ? "UTF-8" : "GB18030, GBK, GB2312";
      refuse({"报文声明的编码为 " + shown(stated), "the message declares the encoding " + shown(stated)}, {allowed, allowed});
    }
  }
}

// What the parser lets pass: more than one root, text beside it, and the same attribute twice in an element.
void check_root(const pugi::xml_document& document) {
  const auto children = document.children();
  const auto elements = std::count_if(children.begin(), children.end(), [](const pugi::xml_node& node) { return node.type() == pugi::node_element; });
  const bool text = std::any_of(children.begin(), children.end(), [](const pugi::xml_node& node) { return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata; });
  if (elements != 1 || text) refuse({"报文不是有效的 XML：根元素须恰有一个，其外没有文字", "the message is no XML: it has one root, and no text beside it"});
}

void check_attributes(const pugi::xml_node& node) {
  for (pugi::xml_attribute one = node.first_attribute(); one; one = one.next_attribute()) {
    if (node.attribute(one.name()) == one) continue;
    const std::string place = shown(std::string(node.name()) + "/@" + one.name());
    refuse({"报文不是有效的 XML：属性出现两次：" + place, "the message is no XML: an attribute stands twice: " + place});
  }
}

void check_nodes(const pugi::xml_document& document) {
  struct Walker : pugi::xml_tree_walker {
    bool for_each(pugi::xml_node& node) override {
      check_attributes(node);
      return depth() < depth_at_most;
    }
  } walker;
  if (!const_cast<pugi::xml_document&>(document).traverse(walker)) refuse({"报文嵌套过深", "the message nests too deeply"}, {"至多 64 层", "at most 64 levels"});
}

}  // namespace

bool is_element_path(std::string_view path) {
  const std::vector<std::string> names = split(path, "/");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool attribute = i + 1 == names.size() && names[i].starts_with('@');
    if (!is_name(attribute ? std::string_view(names[i]).substr(1) : std::string_view(names[i]))) return false;
  }
  return true;
}

std::string written(const std::string& root, const std::vector<OutgoingMap::Cell>& cells, Encoding encoding) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = encoding == Encoding::utf8 ? "UTF-8" : "GB18030";
  const pugi::xml_node top = document.append_child(root.c_str());
  for (const OutgoingMap::Cell& cell : cells) {
    if (!is_xml_text(cell.text)) {
      throw Refused(Refusal::data, {.place = {.field = cell.target}, .found = {"值含有控制字符", "the value holds a control character"}});
    }
    put(top, cell);
  }
  Writer writer;
  document.save(writer, "", pugi::format_raw, pugi::encoding_utf8);
  auto bytes = encoded(encoding, writer.text);
  if (!bytes) refuse({"报文不是有效文字", "the message is no valid text"});
  return std::move(*bytes);
}

void read(std::string_view bytes, Encoding encoding, pugi::xml_document& document) {
  std::string text;
  Decoder decoder(encoding);
  if (!decoder.append(bytes, text)) {
    const char* name = encoding == Encoding::utf8 ? "UTF-8" : "GB18030";
    refuse({fmt::format("报文不是 {} 文字", name), fmt::format("the message is no {} text", name)}, {"connection.encoding 所说的编码", "the encoding that connection.encoding states"});
  }
  if (text.find('\0') != std::string::npos) refuse({"报文不是有效的 XML：含有零字节", "the message is no XML: it holds a zero byte"});
  no_entities(text);
  const pugi::xml_parse_result result = document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_declaration | pugi::parse_fragment, pugi::encoding_utf8);
  if (!result) {
    refuse({fmt::format("报文不是有效的 XML：第 {} 字节附近", result.offset), fmt::format("the message is no XML: {}, near byte {}", result.description(), result.offset)});
  }
  check_declaration(document, encoding);
  check_root(document);
  check_nodes(document);
}

}  // namespace talent_loan::adapters::xml_message
