#include "bank-adapters/rest-json/config.hpp"

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

#include "bank-adapters/rest-json/exact_json.hpp"

namespace talent_loan::adapters::rest_json {
namespace {

void check_pointer(const YamlMap& map, const std::string& key, const std::string& text) {
  if (!is_pointer(text)) map.wrong(key, {"不是 JSON 指针：" + shown(text), "no JSON pointer: " + shown(text)}, {"如 /customer/idNo", "such as /customer/idNo"});
}

std::string read_pointer(const YamlMap& map, const std::string& key) {
  if (!map.has(key)) return {};
  const std::string text = map.required_text(key);
  if (!text.empty()) check_pointer(map, key, text);
  return text;
}

// A path below the server's: unreserved characters of RFC 3986 and slashes.
std::string read_path(const YamlMap& map, const std::string& key) {
  const std::string path = map.required_text(key);
  const bool plain = path.starts_with('/') && std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '.' || c == '_' || c == '~';
  });
  if (!path.empty() && !plain) map.wrong(key, {shown(path), shown(path)}, {"如 /v1/events", "such as /v1/events"});
  return path;
}

std::string read_file_name(const YamlMap& map, const std::string& key, const std::string& base) {
  const std::string name = map.required_text(key);
  if (name.empty()) return {};
  const std::string path = path_below(base, name);
  if (!std::ifstream(path)) map.wrong(key, {"不能读取 " + path, path + " cannot be read"}, {"PEM 文件", "a PEM file"});
  return path;
}

void read_url(const YamlMap& map, Server& server) {
  std::string url = map.required_text("url");
  if (url.empty()) return;
  const std::string whole = url;
  const auto wrong = [&] { map.wrong("url", {shown(whole), shown(whole)}, {"https://主机[:端口][/路径]", "https://HOST[:PORT][/PATH]"}); };
  constexpr std::string_view scheme = "https://";
  if (!url.starts_with(scheme) || url.find_first_of("@?# ") != std::string::npos) return wrong();
  url.erase(0, scheme.size());
  const std::size_t slash = std::min(url.find('/'), url.size());
  server.base = url.substr(slash);
  while (server.base.ends_with('/')) server.base.pop_back();
  server.host = url.substr(0, slash);
  const std::size_t colon = server.host.find(':');
  if (colon != std::string::npos) {
    const auto port = parse_count(server.host.substr(colon + 1), 65535);
    if (!port || *port == 0) return wrong();
    server.port = static_cast<int>(*port);
    server.host.resize(colon);
  }
  if (server.host.empty()) wrong();
}

Server read_server(const YamlMap& root, const std::string& base) {
  Server server;
  const auto map = root.map("server", {"url", "ca", "client_certificate", "connect_timeout_ms", "timeout_ms", "attempts", "answer_bytes_at_most", "key_header"});
  if (!map) {
    if (!root.has("server")) root.wrong("server", {"缺少此键", "this key is missing"});
    return server;
  }
  read_url(*map, server);
  if (map->has("ca")) server.ca = read_file_name(*map, "ca", base);
  if (const auto certificate = map->map("client_certificate", {"certificate", "key"})) {
    server.certificate = read_file_name(*certificate, "certificate", base);
    server.key = read_file_name(*certificate, "key", base);
  }
  server.connect_timeout_milliseconds = map->integer("connect_timeout_ms", 10, 600'000, server.connect_timeout_milliseconds);
  server.timeout_milliseconds = map->integer("timeout_ms", 10, 600'000, server.timeout_milliseconds);
  server.attempts = static_cast<int>(map->integer("attempts", 1, 10, server.attempts));
  server.answer_bytes_at_most = static_cast<std::size_t>(map->integer("answer_bytes_at_most", 64, 256 << 20, 4 << 20));
  server.key_header = map->text("key_header", server.key_header);
  const bool token = !server.key_header.empty() && std::all_of(server.key_header.begin(), server.key_header.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!token) map->wrong("key_header", {shown(server.key_header), shown(server.key_header)}, {"HTTP 头名", "the name of an HTTP header"});
  return server;
}

SignIn read_sign_in(const YamlMap& root, const std::string& base) {
  SignIn sign_in;
  const auto map = root.map("sign_in", {"bearer", "token"});
  if (!map) return sign_in;
  if (map->has("bearer") == map->has("token")) map->wrong("", {"登录方式不明", "how to sign in is not clear"}, {"bearer 或 token 之一", "one of bearer, token"});
  sign_in.bearer = Secret::read(*map, "bearer", base);
  if (const auto token = map->map("token", {"path", "client_id", "client_secret", "scope"})) {
    sign_in.token_path = read_path(*token, "path");
    sign_in.client_id = token->required_text("client_id");
    sign_in.scope = token->text("scope", "");
    sign_in.client_secret = Secret::read(*token, "client_secret", base);
    if (!token->has("client_secret")) token->wrong("client_secret", {"缺少此键", "this key is missing"});
  }
  return sign_in;
}

Verdicts read_verdicts(const YamlMap& root) {
  Verdicts verdicts;
  const auto map = root.map("response", {"code", "text", "field", "codes", "otherwise"});
  if (!map) return verdicts;
  verdicts.code = read_pointer(*map, "code");
  verdicts.text = read_pointer(*map, "text");
  verdicts.field = read_pointer(*map, "field");
  if (!verdicts.code.empty()) verdicts.table = read_verdict_table(*map);
  else if (map->has("codes")) map->wrong("codes", {"有 codes 而无 code", "there are codes, but no `code` says where one stands"});
  return verdicts;
}

struct Reader {
  const YamlMap& root;
  ValueStyles styles;

  std::optional<Inquiry> inquiry(const std::string& key, const std::vector<FieldSpec>& specs) const {
    std::vector<std::string> keys = records_keys(true);
    keys.insert(keys.end(), {"path", "query"});
    const auto map = root.map(key, keys);
    if (!map) return std::nullopt;
    const auto any_name = [](const YamlMap&, const std::string&) {};
    return Inquiry{read_path(*map, "path"), OutgoingMap(*map, "query", page_request_names(), styles, false, any_name),
                   read_records(*map, key, specs, styles, true, "pointer", check_pointer)};
  }

  std::optional<Notice> notice(const std::string& key, const std::vector<std::string>& names, bool answers) const {
    std::vector<std::string> keys = answers ? records_keys(false) : std::vector<std::string>{"receipt"};
    keys.insert(keys.end(), {"path", "method", "body"});
    const auto map = root.map(key, keys);
    if (!map) return std::nullopt;
    Notice notice;
    notice.path = read_path(*map, "path");
    notice.put = map->word("method", {"POST", "PUT"}, 0) == 1;
    nlohmann::json shape;
    notice.body = OutgoingMap(*map, "body", names, styles, true, [&](const YamlMap& body, const std::string& target) {
      check_pointer(body, target, target);
      if (is_pointer(target) && !put(shape, target, "x")) {
        body.wrong(target, {"与另一成员相冲突", "it collides with another member"}, {"各自的位置", "a place of its own"});
      }
    });
    if (answers) notice.answer = read_records(*map, key, issue_answer_fields(), styles, false, "pointer", check_pointer);
    else notice.receipt = read_pointer(*map, "receipt");
    return notice;
  }
};

}  // namespace

Config read_config(std::string_view text, const std::string& name, const std::string& base) {
  YamlFile file(text, name);
  const YamlMap root = file.root(schema, {"server", "sign_in", "defaults", "response", "health", "applications", "events", "claims", "decisions", "issue", "settled", "scores"});
  Reader reader{root, {}};
  reader.styles.dates.push_back(*DateStyle::compile("YYYY-MM-DD"));
  if (const auto map = root.map("defaults", style_keys())) reader.styles = read_styles(*map, std::move(reader.styles));
  Config config;
  config.server = read_server(root, base);
  config.sign_in = read_sign_in(root, base);
  config.verdicts = read_verdicts(root);
  if (const auto map = root.map("health", {"path"})) config.health_path = read_path(*map, "path");
  config.applications = reader.inquiry("applications", application_fields());
  config.events = reader.inquiry("events", event_fields());
  config.claims = reader.inquiry("claims", claim_fields());
  config.decisions = reader.notice("decisions", decision_names(), false);
  config.issue = reader.notice("issue", issue_names(), true);
  config.settled = reader.notice("settled", settled_names(), false);
  config.scores = reader.notice("scores", scored_names(), false);
  file.finish();
  return config;
}

}  // namespace talent_loan::adapters::rest_json
