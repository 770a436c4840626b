#include "bank-adapters/database/config.hpp"

#include <algorithm>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/pages.hpp"

namespace talent_loan::adapters::database {
namespace {

constexpr std::size_t name_bytes_at_most = 63;

bool is_plain(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; };
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || c == '$'; };
  return !text.empty() && text.size() <= name_bytes_at_most && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); }) &&
         invalid_at(Encoding::utf8, text) == std::string_view::npos;
}

// A table or view may stand in a schema: `core.loans`. A column may not.
Name read_name(const YamlMap& map, const std::string& key, bool schema_allowed) {
  const std::string text = map.required_text(key);
  if (text.empty()) return {};
  Name name{text, ""};
  const std::size_t point = schema_allowed ? text.find('.') : std::string::npos;
  const std::vector<std::string> parts = point == std::string::npos ? std::vector<std::string>{text}
                                                                    : std::vector<std::string>{text.substr(0, point), text.substr(point + 1)};
  for (const std::string& part : parts) {
    if (!is_plain(part)) {
      map.wrong(key, {shown(text), shown(text)}, {"字母、数字、_、$，不以数字开头，至多 63 字节", "letters, digits, _ and $, not beginning with a digit, at most 63 bytes"});
      return {};
    }
    name.quoted += (name.quoted.empty() ? "\"" : ".\"") + part + "\"";
  }
  return name;
}

std::size_t column_position(const YamlMap& map, const std::string& key, InputStream& stream) {
  const Name name = read_name(map, key, false);
  const auto found = std::find_if(stream.columns.begin(), stream.columns.end(), [&](const Name& column) { return column.plain == name.plain; });
  if (found == stream.columns.end()) stream.columns.push_back(name);
  return static_cast<std::size_t>(std::find_if(stream.columns.begin(), stream.columns.end(), [&](const Name& column) { return column.plain == name.plain; }) -
                                  stream.columns.begin());
}

std::optional<InputStream> read_input(const YamlMap& root, const std::string& key, const std::vector<FieldSpec>& specs,
                                      const ValueStyles& defaults, const std::vector<std::string>& required) {
  const bool by_cursor = key != "issue_results";
  std::vector<std::string> keys{"view", "fields"};
  if (by_cursor) keys.emplace_back("cursor");
  for (const std::string& style : style_keys()) keys.push_back(style);
  const auto map = root.map(key, keys);
  if (!map) return std::nullopt;
  InputStream stream;
  stream.key = key;
  stream.view = read_name(*map, "view", true);
  if (by_cursor) stream.cursor = read_name(*map, "cursor", false);
  stream.fields = FieldMap(*map, specs, read_styles(*map, defaults), {"column"},
                           [&](const YamlMap& entry) { return entry.has("column") ? std::optional(column_position(entry, "column", stream)) : std::nullopt; },
                           [&](const YamlMap& fields, const std::string& field) {
                             const std::size_t position = column_position(fields, field, stream);
                             if (field == "application_id") stream.application = position;
                             return std::optional(position);
                           });
  for (const std::string& field : required) {
    if (!stream.fields.maps(field)) map->wrong("fields", {"没有说明 " + field + " 来自哪里", "nothing says where " + field + " comes from"});
  }
  if (!by_cursor && !stream.application) {
    map->wrong("fields", {"application_id 须直接是一列", "application_id must be a column as it stands"}, {"application_id: 列名", "application_id: COLUMN"});
  }
  return stream;
}

std::optional<OutputStream> read_output(const YamlMap& returns, const std::string& key, const std::vector<std::string>& names,
                                        const ValueStyles& defaults, const Name& key_column) {
  const auto map = returns.map(key, {"columns"});
  if (!map) return std::nullopt;
  OutputStream stream;
  stream.key = map->path();
  stream.columns = OutgoingMap(*map, "columns", names, defaults, false, [&](const YamlMap& columns, const std::string& target) {
    if (!is_plain(target)) {
      columns.wrong(target, {shown(target), shown(target)}, {"列名", "a column's name"});
    } else if (target == key_column.plain) {
      columns.wrong(target, {"幂等键的列由适配器填写", "the key's column is filled by the adapter"}, {"其余各列", "the other columns"});
    }
  });
  return stream;
}

std::optional<Returns> read_returns(const YamlMap& root, const ValueStyles& defaults) {
  const auto map = root.map("returns", {"table", "view", "key", "receipt", "decisions", "issue_requests", "settled", "scores"});
  if (!map) return std::nullopt;
  Returns returns;
  returns.table = read_name(*map, "table", true);
  returns.view = read_name(*map, "view", true);
  returns.key = read_name(*map, "key", false);
  if (map->has("receipt")) returns.receipt = read_name(*map, "receipt", false);
  returns.decisions = read_output(*map, "decisions", decision_names(), defaults, returns.key);
  returns.issue_requests = read_output(*map, "issue_requests", issue_names(), defaults, returns.key);
  returns.settled = read_output(*map, "settled", settled_names(), defaults, returns.key);
  returns.scores = read_output(*map, "scores", scored_names(), defaults, returns.key);
  return returns;
}

Connection read_connection(const YamlMap& root, const std::string& base) {
  Connection connection;
  const auto map = root.map("connection", {"postgresql", "sqlite", "timeout_ms"});
  if (!map) {
    if (!root.has("connection")) root.wrong("connection", {"缺少此键", "this key is missing"});
    return connection;
  }
  connection.timeout_milliseconds = map->integer("timeout_ms", 100, 600'000, connection.timeout_milliseconds);
  if (map->has("postgresql") == map->has("sqlite")) {
    map->wrong("", {"数据库不明", "the database is not clear"}, {"postgresql 或 sqlite 之一", "one of postgresql, sqlite"});
    return connection;
  }
  if (const auto sqlite = map->map("sqlite", {"file"})) {
    const std::string file = sqlite->required_text("file");
    if (!file.empty()) connection.file = path_below(base, file);
    return connection;
  }
  const auto server = map->map("postgresql", {"host", "port", "database", "user", "password", "tls", "ca"});
  if (!server) return connection;
  connection.postgresql = true;
  connection.host = server->required_text("host");
  connection.port = server->integer("port", 1, 65535, connection.port);
  connection.database = server->required_text("database");
  connection.user = server->required_text("user");
  connection.password = Secret::read(*server, "password", base);
  const std::vector<std::string> ways{"verify-full", "verify-ca", "require", "disable"};
  // A socket of this machine needs no TLS; over a network the server's certificate is checked unless told otherwise.
  const bool local = connection.host.starts_with('/');
  connection.tls = ways[server->word("tls", ways, local ? 3 : 0)];
  if (server->has("ca")) connection.ca = path_below(base, server->required_text("ca"));
  return connection;
}

}  // namespace

Config read_config(std::string_view text, const std::string& name, const std::string& base) {
  YamlFile file(text, name);
  const YamlMap root = file.root(schema, {"connection", "defaults", "applications", "events", "claims", "issue_results", "returns"});
  Config config;
  config.connection = read_connection(root, base);
  ValueStyles defaults;
  defaults.dates.push_back(*DateStyle::compile("YYYY-MM-DD"));
  if (const auto map = root.map("defaults", style_keys())) defaults = read_styles(*map, std::move(defaults));
  config.applications = read_input(root, "applications", application_fields(), defaults, {});
  config.events = read_input(root, "events", event_fields(), defaults, {"event_id"});
  config.claims = read_input(root, "claims", claim_fields(), defaults, {});
  config.issue_results = read_input(root, "issue_results", issue_answer_fields(), defaults, {});
  config.returns = read_returns(root, defaults);
  if (config.returns && config.returns->issue_requests && !config.issue_results) {
    root.wrong("returns", {"有 returns.issue_requests 而无 issue_results", "there is returns.issue_requests but no issue_results"},
               {"银行答复放款请求的视图", "the view in which the bank answers"});
  }
  file.finish();
  return config;
}

}  // namespace talent_loan::adapters::database
