#include "bank-adapters/xml-message/config.hpp"

#include <pugixml.hpp>

#include "bank-adapters/xml-message/document.hpp"

namespace talent_loan::adapters::xml_message {
namespace {

void check_path(const YamlMap& map, const std::string& key, const std::string& path) {
  try {
    const pugi::xpath_query query(path.c_str());
  } catch (const pugi::xpath_exception& failure) {
    map.wrong(key, {"不是 XPath：" + shown(path), "no XPath: " + shown(path) + ", " + failure.what()}, {"如 Body/LoanNo", "such as Body/LoanNo"});
  }
}

void check_target(const YamlMap& map, const std::string& target) {
  if (!is_element_path(target)) {
    map.wrong(target, {shown(target), shown(target)}, {"元素路径，如 Body/LoanNo 或 Body/Loan/@no", "a path of elements, such as Body/LoanNo or Body/Loan/@no"});
  }
}

std::string read_path(const YamlMap& map, const std::string& key) {
  if (!map.has(key)) return {};
  const std::string path = map.required_text(key);
  if (!path.empty()) check_path(map, key, path);
  return path;
}

Frame read_frame(const YamlMap& connection) {
  Frame frame;
  const auto map = connection.map("length", {"digits", "bytes", "order", "counts"});
  if (!map) {
    if (!connection.has("length")) connection.wrong("length", {"缺少此键", "this key is missing"}, {"{digits: 8} 或 {bytes: 4}", "{digits: 8} or {bytes: 4}"});
    return frame;
  }
  if (map->has("digits") == map->has("bytes")) map->wrong("", {"长度的写法不明", "how the length is written is not clear"}, {"digits 或 bytes 之一", "one of digits, bytes"});
  frame.digits = !map->has("bytes");
  frame.bytes = static_cast<std::size_t>(frame.digits ? map->integer("digits", 1, 20, 8) : 1 << (map->word("bytes", {"2", "4", "8"}, 1) + 1));
  frame.little_endian = map->word("order", {"big", "little"}, 0) == 1;
  frame.counts_itself = map->word("counts", {"message", "message-and-length"}, 0) == 1;
  return frame;
}

Connection read_connection(const YamlMap& root) {
  Connection connection;
  const auto map = root.map("connection", {"host", "port", "connect_timeout_ms", "timeout_ms", "attempts", "length", "message_bytes_at_most", "encoding"});
  if (!map) {
    if (!root.has("connection")) root.wrong("connection", {"缺少此键", "this key is missing"});
    return connection;
  }
  connection.host = map->required_text("host");
  connection.port = map->required_integer("port", 1, 65535);
  connection.connect_timeout_milliseconds = map->integer("connect_timeout_ms", 10, 600'000, connection.connect_timeout_milliseconds);
  connection.timeout_milliseconds = map->integer("timeout_ms", 10, 600'000, connection.timeout_milliseconds);
  connection.attempts = static_cast<int>(map->integer("attempts", 1, 10, connection.attempts));
  connection.frame = read_frame(*map);
  connection.message_bytes_at_most = static_cast<std::size_t>(map->integer("message_bytes_at_most", 64, 256 << 20, 4 << 20));
  connection.encoding = static_cast<Encoding>(map->word("encoding", {"utf8", "gb18030"}, 0));
  return connection;
}

Verdicts read_verdicts(const YamlMap& root) {
  Verdicts verdicts;
  const auto map = root.map("response", {"code", "text", "field", "echo", "codes", "otherwise"});
  if (!map) {
    if (!root.has("response")) root.wrong("response", {"缺少此键", "this key is missing"});
    return verdicts;
  }
  map->required_text("code");
  verdicts.code = read_path(*map, "code");
  verdicts.text = read_path(*map, "text");
  verdicts.field = read_path(*map, "field");
  verdicts.echo = read_path(*map, "echo");
  verdicts.table = read_verdict_table(*map);
  return verdicts;
}

struct Reader {
  const YamlMap& root;
  ValueStyles styles;

  OutgoingMap elements(const YamlMap& map, const std::vector<std::string>& names) const {
    return OutgoingMap(map, "elements", names, styles, false, check_target);
  }

  std::optional<Inquiry> inquiry(const std::string& key, const std::vector<FieldSpec>& specs, const std::vector<std::string>& names, bool paged) const {
    std::vector<std::string> keys = records_keys(paged);
    keys.emplace_back("elements");
    const auto map = root.map(key, keys);
    if (!map) return std::nullopt;
    return Inquiry{elements(*map, names), read_records(*map, key, specs, styles, paged, "path", check_path)};
  }

  std::optional<Notice> notice(const std::string& key, const std::vector<std::string>& names) const {
    const auto map = root.map(key, {"elements", "receipt"});
    if (!map) return std::nullopt;
    Notice read{elements(*map, names), read_path(*map, "receipt")};
    if (!read.elements.has_field("key")) {
      map->wrong("elements", {"没有元素带上幂等键", "no element carries the idempotency key"}, {"如 Head/SerialNo: key", "such as Head/SerialNo: key"});
    }
    return read;
  }
};

Envelope read_envelope(const YamlMap& root, const Reader& reader) {
  Envelope envelope;
  const auto map = root.map("request", {"root", "elements"});
  if (!map) {
    if (!root.has("request")) root.wrong("request", {"缺少此键", "this key is missing"});
    return envelope;
  }
  envelope.root = map->required_text("root");
  if (!envelope.root.empty() && (!is_element_path(envelope.root) || envelope.root.find_first_of("/@") != std::string::npos)) {
    map->wrong("root", {shown(envelope.root), shown(envelope.root)}, {"一个元素名", "the name of an element"});
  }
  if (map->has("elements")) envelope.elements = reader.elements(*map, {"message_id", "sent_on", "bank_id"});
  return envelope;
}

}  // namespace

Config read_config(std::string_view text, const std::string& name) {
  YamlFile file(text, name);
  const YamlMap root = file.root(schema, {"connection", "defaults", "request", "response", "health", "applications", "events", "claims",
                                          "decisions", "issue", "settled", "scores"});
  Reader reader{root, {}};
  reader.styles.dates.push_back(*DateStyle::compile("YYYY-MM-DD"));
  if (const auto map = root.map("defaults", style_keys())) reader.styles = read_styles(*map, std::move(reader.styles));
  Config config;
  config.connection = read_connection(root);
  config.envelope = read_envelope(root, reader);
  config.verdicts = read_verdicts(root);
  if (const auto map = root.map("health", {"elements"})) config.health = reader.elements(*map, {});
  config.applications = reader.inquiry("applications", application_fields(), page_request_names(), true);
  config.events = reader.inquiry("events", event_fields(), page_request_names(), true);
  config.claims = reader.inquiry("claims", claim_fields(), page_request_names(), true);
  config.issue = reader.inquiry("issue", issue_answer_fields(), issue_names(), false);
  if (config.issue && !config.issue->elements.has_field("key")) {
    root.wrong("issue", {"没有元素带上幂等键", "no element carries the idempotency key"}, {"如 Head/SerialNo: key", "such as Head/SerialNo: key"});
  }
  config.decisions = reader.notice("decisions", decision_names());
  config.settled = reader.notice("settled", settled_names());
  config.scores = reader.notice("scores", scored_names());
  file.finish();
  return config;
}

}  // namespace talent_loan::adapters::xml_message
