#include "bank-adapters/flat-file/config.hpp"

#include <algorithm>
#include <filesystem>

namespace talent_loan::adapters::flat_file {
namespace {

std::vector<std::string> with_layout(std::vector<std::string> keys) {
  for (const std::string& key : layout_keys()) keys.push_back(key);
  return keys;
}

std::vector<std::string> input_keys() { return with_layout({"files", "when", "fields", "trailer", "total_of"}); }
std::vector<std::string> output_keys() { return with_layout({"file", "columns", "trailer", "total_of", "line_ends"}); }

// A folder of the exchange; relative ones are below `base`, and ".." may not lead out of it.
std::string read_folder(const YamlMap& folders, const std::string& key, const std::string& fallback, const std::string& base) {
  const std::string text = folders.text(key, fallback);
  const std::filesystem::path path = std::filesystem::path(text).lexically_normal();
  if (text.empty() || (path.is_relative() && *path.begin() == "..")) {
    folders.wrong(key, {shown(text), shown(text)}, {"配置目录之下的目录，或绝对路径", "a folder below the configuration's, or an absolute path"});
  }
  std::string whole = (std::filesystem::path(base) / path).lexically_normal().string();
  if (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

// What the bank is sent would be read back as what it delivers.
void keep_apart(const YamlMap& root, const YamlMap& map, const Folders& folders) {
  bool writes = map.has("out");
  for (const char* stream : {"decisions", "issue_requests", "settled", "scores"}) writes = writes || root.has(stream);
  if (!writes || folders.in != folders.out) return;
  map.wrong("out", {shown(map.text("out", "out")) + "，与 in 是同一目录", shown(map.text("out", "out")) + " is the same folder as in"}, {"另一目录", "another folder"});
}

Folders read_folders(const YamlMap& root, const std::string& base) {
  Folders folders;
  const auto map = root.map("folders", {"in", "out", "archive", "state"});
  if (!map) {
    if (!root.has("folders")) root.wrong("", {"缺少 folders", "folders is missing"}, {"in，及可选的 out、archive、state", "in, and where needed out, archive, state"});
    return folders;
  }
  map->required_text("in");
  folders.in = read_folder(*map, "in", "in", base);
  folders.out = read_folder(*map, "out", "out", base);
  keep_apart(root, *map, folders);
  folders.archive = map->has("archive") ? read_folder(*map, "archive", "archive", base) : "";
  folders.state = read_folder(*map, "state", "state", base);
  return folders;
}

OkFile read_ok(const YamlMap& map) {
  OkFile ok;
  const auto entry = map.map("ok", {"suffix", "delimiter", "count", "amount", "sha256"});
  if (!entry) return ok;
  ok.suffix = entry->text("suffix", ok.suffix);
  if (ok.suffix.empty() || ok.suffix.find('/') != std::string::npos) {
    entry->wrong("suffix", {shown(ok.suffix), shown(ok.suffix)}, {"如 .ok", "such as .ok"});
  }
  ok.delimiter = entry->text("delimiter", ok.delimiter);
  if (ok.delimiter.empty()) entry->wrong("delimiter", {"空", "empty"}, {"如 |", "such as |"});
  const auto position = [&](const char* key) -> std::optional<std::size_t> {
    if (!entry->has(key)) return std::nullopt;
    return static_cast<std::size_t>(entry->integer(key, 1, 100, 1) - 1);
  };
  ok.count = position("count");
  ok.amount = position("amount");
  ok.sha256 = position("sha256");
  return ok;
}

void read_delimiter(const YamlMap& map, Format& format) {
  if (!map.has("delimiter")) return;
  const std::string text = map.required_text("delimiter");
  const auto bytes = encoded(format.encoding, text);
  const bool usable = bytes && !bytes->empty() && bytes->size() <= 4 && text.find_first_of("\"\r\n") == std::string::npos && text.find('\0') == std::string::npos;
  if (usable) format.delimiter = *bytes;
  else map.wrong("delimiter", {shown(text), shown(text)}, {"1 至 4 个字节，不含引号与换行", "1 to 4 bytes, no quote or line break"});
}

}  // namespace

std::vector<std::string> layout_keys() {
  std::vector<std::string> keys{"format", "encoding", "bad_encoding", "skip_lines", "comment", "delimiter", "quoting",
                                "header", "number_of_columns", "record_bytes", "short_lines", "ok"};
  for (const std::string& key : style_keys()) keys.push_back(key);
  return keys;
}

Defaults read_layout(const YamlMap& map, Defaults defaults) {
  Format& format = defaults.format;
  format.fixed_width = map.word("format", {"delimited", "fixed-width"}, format.fixed_width ? 1 : 0) == 1;
  format.encoding = static_cast<Encoding>(map.word("encoding", {"utf8", "gb18030"}, static_cast<std::size_t>(format.encoding)));
  format.refuse_bad_encoding = map.word("bad_encoding", {"refuse-file", "reject-record"}, format.refuse_bad_encoding ? 0 : 1) == 0;
  format.skip_lines = static_cast<std::size_t>(map.integer("skip_lines", 0, 1000, static_cast<std::int64_t>(format.skip_lines)));
  if (map.has("comment")) format.comment = map.required_text("comment");
  read_delimiter(map, format);
  format.quoting = map.flag("quoting", format.quoting);
  format.header = map.flag("header", format.header);
  format.columns = static_cast<std::size_t>(map.integer("number_of_columns", 0, 10'000, static_cast<std::int64_t>(format.columns)));
  format.record_bytes = static_cast<std::size_t>(map.integer("record_bytes", 0, 1'000'000, static_cast<std::int64_t>(format.record_bytes)));
  format.pad_short_lines = map.word("short_lines", {"reject", "pad"}, format.pad_short_lines ? 1 : 0) == 1;
  if (format.fixed_width && defaults.styles.padding.empty()) defaults.styles.padding = " ";
  defaults.styles = read_styles(map, std::move(defaults.styles));
  if (map.has("ok")) {
    // `ok: none` takes back what the defaults say.
    if (map.is_map("ok")) defaults.ok = read_ok(map);
    else if (map.word("ok", {"none", "flag"}, 0) == 0) defaults.ok.reset();
    else defaults.ok = OkFile{};
  }
  return defaults;
}

Config read_config(std::string_view text, const std::string& name, const std::string& base) {
  YamlFile file(text, name);
  const YamlMap root = file.root(schema, {"folders", "defaults", "applications", "issue_results", "events", "claims",
                                          "decisions", "issue_requests", "settled", "scores"});
  Config config;
  config.folders = read_folders(root, base);
  Defaults defaults;
  defaults.styles.dates.push_back(*DateStyle::compile("YYYY-MM-DD"));
  if (const auto map = root.map("defaults", layout_keys())) defaults = read_layout(*map, std::move(defaults));

  const auto input = [&](const char* key, const std::vector<FieldSpec>& specs, std::optional<InputStream>& stream) {
    if (const auto map = root.map(key, input_keys())) stream = read_input(*map, key, specs, defaults);
  };
  input("applications", application_fields(), config.applications);
  input("issue_results", issue_result_fields(), config.issue_results);
  input("events", event_fields(), config.events);
  input("claims", claim_fields(), config.claims);

  const auto output = [&](const char* key, std::optional<OutputStream>& stream) {
    if (const auto map = root.map(key, output_keys())) stream = read_output(*map, key, defaults);
  };
  output("decisions", config.decisions);
  output("issue_requests", config.issue_requests);
  output("settled", config.settled);
  output("scores", config.scores);
  file.finish();
  return config;
}

}  // namespace talent_loan::adapters::flat_file
