#include "bank-adapters/rest-json/exact_json.hpp"

#include <vector>

#include <fmt/format.h>

#include "bank-adapters/common/problem.hpp"
#include "bank-adapters/common/values.hpp"

namespace talent_loan::adapters::rest_json {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(Text found, Text allowed = {}) {
  throw Refused(Refusal::data, {.found = std::move(found), .allowed = std::move(allowed)});
}

// Builds the document from the parser's events.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Json document;

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& digits) override { return add(digits); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (open_.back()->contains(name)) refuse({"对象中同名成员出现两次：" + shown(name), "a member stands twice in one object: " + shown(name)});
    name_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    refuse({fmt::format("不是有效的 JSON（UTF-8）：第 {} 字节附近", position), fmt::format("no JSON in UTF-8: near byte {}", position)});
  }

 private:
  static constexpr std::size_t depth_at_most = 64;

  Json* place(Json value) {
    if (open_.empty()) return &(document = std::move(value));
    if (open_.back()->is_array()) return &open_.back()->emplace_back(std::move(value));
    return &((*open_.back())[name_] = std::move(value));
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() == depth_at_most) refuse({"JSON 嵌套过深", "the JSON nests too deeply"}, {"至多 64 层", "at most 64 levels"});
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<Json*> open_;
  std::string name_;
};

std::string text_of(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  return value.dump();
}

// The names that a pointer is made of, with ~1 and ~0 undone.
std::vector<std::string> names_of(const std::string& pointer) {
  std::vector<std::string> names;
  if (pointer.empty()) return names;
  for (const std::string& name : split(std::string_view(pointer).substr(1), "/")) names.push_back(Json::json_pointer("/" + name).back());
  return names;
}

}  // namespace

Json read_exact(std::string_view text) {
  // The parser takes a zero for the end and looks at nothing behind it.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    refuse({fmt::format("不是有效的 JSON（UTF-8）：第 {} 字节附近", zero + 1), fmt::format("no JSON in UTF-8: near byte {}", zero + 1)});
  }
  Builder builder;
  Json::sax_parse(text.begin(), text.end(), &builder);
  return std::move(builder.document);
}

bool is_pointer(const std::string& text) {
  if (!text.starts_with('/')) return false;
  for (std::size_t at = text.find('~'); at != std::string::npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

const Json* value_at(const Json& document, const std::string& pointer) {
  const Json* at = &document;
  for (const std::string& name : names_of(pointer)) {
    if (at == nullptr) return nullptr;
    if (at->is_object()) {
      const auto found = at->find(name);
      at = found == at->end() ? nullptr : &*found;
    } else if (at->is_array()) {
      const auto index = name.size() > 1 && name.front() == '0' ? std::nullopt : parse_count(name, INT32_MAX);
      at = index && static_cast<std::size_t>(*index) < at->size() ? &(*at)[static_cast<std::size_t>(*index)] : nullptr;
    } else {
      at = nullptr;
    }
  }
  return at;
}

std::string text_at(const Json& document, const std::string& pointer) {
  const Json* const value = value_at(document, pointer);
  if (value == nullptr) return {};
  const auto plain = [&](const Json& item) {
    if (!item.is_structured()) return text_of(item);
    const char* const found = item.is_object() ? "{…}" : "[…]";
    throw Refused(Refusal::data, {.place = {.field = pointer}, .found = {found, found}, .allowed = {"文字、数字，或它们的列表", "a text, a number, or a list of them"}});
  };
  if (!value->is_array()) return plain(*value);
  std::vector<std::string> words;
  for (const Json& item : *value) words.push_back(plain(item));
  return joined(words, "|");
}

bool put(Json& document, const std::string& pointer, Json value) {
  Json* at = &document;
  const std::vector<std::string> names = names_of(pointer);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (at->is_null()) *at = Json::object();
    if (!at->is_object()) return false;
    if (i + 1 == names.size() && at->contains(names[i])) return false;
    at = &(*at)[names[i]];
    if (i + 1 < names.size() && !at->is_null() && !at->is_object()) return false;
  }
  *at = std::move(value);
  return true;
}

}  // namespace talent_loan::adapters::rest_json
