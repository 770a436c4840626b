#include "plugins/host/banks/banks_file.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/files/yaml.hpp"
#include "plugins/host/library/adapter_library.hpp"

namespace talent_loan::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t config_bytes_at_most = 1 << 20;
const std::vector<std::string> root_keys{"banks", "unchecked_libraries"};

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// What is wrong with a file that only this bank needs keeps this bank out of the round, and no other.
void keep_out(BankBinding& binding, Diagnostic why) {
  if (binding.kept_out) return;
  why.found = {"银行 " + binding.id.text() + " 未访问：" + why.found.chinese, "bank " + binding.id.text() + " was not asked: " + why.found.english};
  binding.kept_out = std::move(why);
}

// The adapter's configuration: a file beside banks.yaml, or text within it; at most one of the two.
void read_config(const YamlMap& bank, const std::string& directory, BankBinding& binding) {
  const YamlValue file = bank.optional("config");
  const YamlValue inline_text = bank.optional("config_text");
  binding.base_directory = fs::absolute(directory).lexically_normal().string();
  if (file.present() && inline_text.present()) {
    inline_text.complain({"config 与 config_text 同时出现", "both config and config_text"}, {"两者之一", "one of the two"});
  }
  if (const auto text = inline_text.text()) {
    binding.config = *text;
    binding.config_path = inline_text.place().file;
  } else if (const auto path = file.text()) {
    binding.config_path = (fs::path(directory) / *path).string();
    binding.base_directory = fs::absolute(binding.config_path).lexically_normal().parent_path().string();
    try {
      // Opening a pipe that nobody writes to would wait for ever.
      if (fs::exists(binding.config_path) && !fs::is_regular_file(binding.config_path)) {
        return keep_out(binding, {file.place(), {"不是普通文件：" + binding.config_path, "is no regular file: " + binding.config_path}, {"适配器的配置文件", "the adapter's configuration file"}, {}});
      }
      binding.config = read_whole_file(binding.config_path, config_bytes_at_most);
    } catch (const Failure& failure) {
      return keep_out(binding, failure.diagnostics().front());
    }
    if (binding.config.starts_with("\xEF\xBB\xBF")) binding.config.erase(0, 3);
    if (invalid_utf8_at(binding.config) != std::string_view::npos) {
      keep_out(binding, {file.place(), {"配置文件不是 UTF-8：" + binding.config_path, "the configuration is not UTF-8: " + binding.config_path}, {"UTF-8 文件", "a UTF-8 file"}, {}});
    }
  }
}

void read_limits(const YamlValue& value, RunnerLimits& limits) {
  if (!value.present()) return;
  const YamlMap map = value.map({"memory_mb", "cpu_seconds", "open_files", "file_mb"});
  if (const auto megabytes = map.optional("memory_mb").integer(64, 65536)) limits.memory_bytes = static_cast<std::uint64_t>(*megabytes) << 20;
  if (const auto seconds = map.optional("cpu_seconds").integer(1, 86400)) limits.cpu_seconds = static_cast<std::uint64_t>(*seconds);
  if (const auto files = map.optional("open_files").integer(16, 65536)) limits.open_files = static_cast<std::uint64_t>(*files);
  if (const auto megabytes = map.optional("file_mb").integer(1, 65536)) limits.file_bytes = static_cast<std::uint64_t>(*megabytes) << 20;
}

void read_breaker(const YamlValue& value, BreakerRule& rule) {
  if (!value.present()) return;
  const YamlMap map = value.map({"failures", "pause_minutes", "pause_minutes_at_most"});
  if (const auto failures = map.optional("failures").integer(0, 1000)) rule.failures = static_cast<int>(*failures);
  if (const auto minutes = map.optional("pause_minutes").integer(1, 10'080)) rule.pause = std::chrono::minutes(*minutes);
  const YamlValue at_most = map.optional("pause_minutes_at_most");
  if (const auto minutes = at_most.integer(1, 10'080)) rule.pause_at_most = std::chrono::minutes(*minutes);
  if (rule.pause_at_most < rule.pause) {
    (at_most.present() ? at_most : value).complain({"小于 pause_minutes", "is less than pause_minutes"}, {"不小于 pause_minutes", "pause_minutes or more"});
  }
}

// `library_signed_by: NAME` or a list of names, each of a key adapter-keys/NAME.pem.
void read_signers(const YamlMap& bank, const std::string& directory, BankBinding& binding) {
  const YamlValue signers = bank.optional("library_signed_by");
  const YamlValue file = bank.optional("library_signature");
  if (!signers.present()) {
    if (file.present()) file.complain({"没有 library_signed_by", "library_signed_by is missing"}, {"与 library_signed_by 一起使用", "the two together"});
    return;
  }
  const std::string folder = (fs::path(directory) / "adapter-keys").string();
  std::vector<std::string> known;
  for (const std::string& key : key_files_of(folder)) known.push_back(fs::path(key).stem().string());
  SignatureRule rule;
  for (const YamlValue& signer : signers.is_list() ? signers.filled_list() : std::vector<YamlValue>{signers}) {
    const auto name = signer.word();
    if (!name) continue;
    rule.key_files.push_back((fs::path(folder) / (*name + ".pem")).string());
    if (std::find(known.begin(), known.end(), *name) != known.end()) continue;
    std::string allowed;
    for (const std::string& key : known) allowed += (allowed.empty() ? "" : ", ") + key;
    const std::string missing = (fs::path(folder) / *name).string();
    keep_out(binding, {signer.place(), {fmt::format("没有密钥 {}.pem", missing), fmt::format("there is no key {}.pem", missing)}, verbatim(allowed),
                       {"把签名者的公钥（talent-loan keys new 写出的 .pub）放在这里", "put the signer's public key (the .pub of talent-loan keys new) there"}});
  }
  if (const auto path = file.text()) rule.signature_file = (fs::path(directory) / *path).string();
  binding.signature = std::move(rule);
}

BankBinding read_bank(const YamlValue& value, const std::string& directory) {
  const YamlMap bank = value.map({"id", "name", "name_en", "adapter", "library_sha256", "library_signed_by", "library_signature", "isolation", "config", "config_text", "serves",
                                  "timeout_seconds", "attempts", "breaker", "limits"});
  BankBinding binding;
  binding.place = value.place();
  binding.id = BankId(bank.required("id").word().value_or(""));
  binding.name.chinese = bank.optional("name").text().value_or(binding.id.text());
  binding.name.english = bank.optional("name_en").text().value_or(binding.name.chinese);
  binding.adapter = bank.required("adapter").text().value_or("");
  binding.pin = bank.optional("library_sha256").text();
  if (binding.pin && !is_sha256(*binding.pin)) {
    bank.optional("library_sha256").complain(verbatim(talent_loan::quoted(*binding.pin)), {"64 位小写十六进制", "64 lower-case hexadecimal digits"},
                                             {"用 talent-loan adapter pin 写入", "let talent-loan adapter pin write it"});
  }
  read_signers(bank, directory, binding);
  const auto isolation = bank.optional("isolation").one_of({"process", "in-process"});
  binding.isolation = isolation == "in-process" ? Isolation::in_process : Isolation::process;
  binding.serves_several = bank.optional("serves").one_of({"one", "several"}) == "several";
  if (const auto seconds = bank.optional("timeout_seconds").integer(1, 3600)) binding.timeout = std::chrono::seconds(*seconds);
  if (const auto attempts = bank.optional("attempts").integer(1, 10)) binding.attempts = static_cast<int>(*attempts);
  read_limits(bank.optional("limits"), binding.limits);
  read_breaker(bank.optional("breaker"), binding.breaker);
  read_config(bank, directory, binding);
  return binding;
}

// `line` with the pin instead of the one it holds, or a new line for the pin in the layout of the `id:` line, line end included.
void write_pin(std::vector<std::string>& lines, const BankBinding& binding, const YamlValue& id, const YamlValue& pin, const std::string& sha256) {
  if (binding.pin) {
    std::string& line = lines[pin.place().line - 1];
    const std::size_t at = line.find(*binding.pin);
    line.replace(at, binding.pin->size(), sha256);
    return;
  }
  const Place place = id.place();
  std::string& line = lines[place.line - 1];
  const std::size_t key = line.rfind("id", place.column - 1);
  if (line.find('{') < key) {  // flow style: {id: x, …}
    line.insert(key, "library_sha256: " + sha256 + ", ");
  } else {
    const std::string added = std::string(key, ' ') + "library_sha256: " + sha256;
    const bool last = !line.ends_with('\n');  // of a file that ends without a line end, and goes on doing so
    const std::string end = (last ? lines.front() : line).ends_with("\r\n") ? "\r\n" : "\n";
    if (last) line += end;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(place.line), last ? added : added + end);
  }
}

// Each with its line end, so that together they are the text again.
std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end == std::string::npos ? end : end + 1 - begin));
    begin += lines.back().size();
  }
  return lines;
}

}  // namespace

std::vector<BankBinding> load_banks(const std::string& config_directory) {
  YamlProblems problems;
  const YamlMap root = read_yaml(config_directory + "/banks.yaml", "banks", root_keys, problems);
  const bool refused = root.optional("unchecked_libraries").one_of({"warn", "refuse"}) == "refuse";
  std::vector<BankBinding> bindings;
  std::set<BankId> seen;
  for (const YamlValue& value : root.required("banks").filled_list()) {
    BankBinding binding = read_bank(value, config_directory);
    binding.unchecked_refused = refused;
    if (!binding.id.empty() && !seen.insert(binding.id).second) {
      value.complain({"银行 " + binding.id.text() + " 出现两次", "the bank " + binding.id.text() + " stands here twice"}, {"每个 id 一次", "each id once"});
    }
    bindings.push_back(std::move(binding));
  }
  problems.throw_if_any();
  return bindings;
}

std::map<BankId, Text> load_bank_names(const std::string& config_directory) {
  std::map<BankId, Text> names;
  if (!std::filesystem::exists(config_directory + "/banks.yaml")) return names;
  YamlProblems problems;
  for (const YamlValue& bank : read_yaml(config_directory + "/banks.yaml", "banks", root_keys, problems).required("banks").filled_list()) {
    std::map<std::string, std::string> said;
    for (const auto& [key, value] : bank.entries()) {
      if (key == "id" || key == "name" || key == "name_en") said[key] = value.text().value_or("");
    }
    if (said["name"].empty()) continue;
    names[BankId(said["id"])] = {said["name"], said["name_en"].empty() ? said["name"] : said["name_en"]};
  }
  problems.throw_if_any();
  return names;
}

std::optional<Text> unchecked_library(const BankBinding& binding, const std::string& config_directory) {
  if (binding.pin || binding.signature) return std::nullopt;
  try {
    const std::string path = find_library(binding.adapter, config_directory);
    if (comes_with_program(path)) return std::nullopt;
    return Text{fmt::format("银行 {} 的库 {} 既没有登记 SHA-256，也没有要求签名", binding.id.text(), path), fmt::format("the library {} of bank {} is neither pinned nor signed", path, binding.id.text())};
  } catch (const AdapterFailure&) {
    return std::nullopt;  // told by the round, with what was searched
  }
}

std::vector<Text> pin_libraries(const std::string& config_directory, const std::vector<std::string>& banks) {
  const std::vector<BankBinding> bindings = load_banks(config_directory);
  for (const std::string& bank : banks) {
    const bool known = std::any_of(bindings.begin(), bindings.end(), [&](const BankBinding& binding) { return binding.id.text() == bank; });
    if (!known) throw Failure({"banks.yaml 中没有银行 " + talent_loan::quoted(bank), "banks.yaml has no bank " + talent_loan::quoted(bank)}, {"检查编号", "check its id"});
  }
  const std::string path = config_directory + "/banks.yaml";
  std::vector<Text> said;
  for (const BankBinding& wanted : bindings) {
    const bool named = std::find(banks.begin(), banks.end(), wanted.id.text()) != banks.end();
    if (!named && (!banks.empty() || wanted.signature)) continue;
    const LibraryFile library = store_library(find_library(wanted.adapter, config_directory), std::nullopt);
    // Places shift with every line that is inserted: read again for each bank.
    std::vector<std::string> lines = split_lines(read_whole_file(path));
    YamlProblems problems;
    for (const YamlValue& value : read_yaml(path, "banks", root_keys, problems).required("banks").filled_list()) {
      for (const auto& [key, id] : value.entries()) {
        if (key != "id" || id.text() != wanted.id.text()) continue;
        YamlValue pin;
        for (const auto& [other, entry] : value.entries()) {
          if (other == "library_sha256") pin = entry;
        }
        write_pin(lines, wanted, id, pin, library.sha256);
      }
    }
    problems.throw_if_any();
    std::string text;
    for (const std::string& line : lines) text += line;
    OutputFile out(path);
    out.write(text);
    out.commit();
    said.push_back(verbatim(fmt::format("{}  {}  {}", wanted.id.text(), library.sha256, library.path)));
  }
  return said;
}

}  // namespace talent_loan::host
