#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "core/files/yaml.hpp"
#include "core/policy/load_parts.hpp"
#include "core/policy/load_versions.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {
namespace {

const std::vector<std::string> version_keys = {"scheme",    "version",      "title",       "document",
                                               "effective", "supersedes",   "governed_by", "eligibility",
                                               "limits",    "compensation", "recovery"};

void warn_default(PolicyWarnings& warnings, const YamlMap& map, const std::string& key, const char* chinese,
                  const char* english) {
  if (map.has(key)) return;
  warn(warnings, map.self(),
       {fmt::format("没有写 {}：{}", key, chinese), fmt::format("{} is not written: {}", key, english)},
       {fmt::format("请加上 {}", key), fmt::format("add {}", key)});
}

// False where the period is not known well enough to be compared with others.
bool read_period(const YamlValue& value, Period& period) {
  const YamlMap map = value.map({"from", "to"});
  const auto from = map.required("from").day();
  const YamlValue to = map.optional("to");
  period.to = to.day();
  if (!from || (to.present() && !period.to)) return false;
  period.from = *from;
  if (!period.to || period.from <= *period.to) return true;
  to.complain(
      {fmt::format("结束日 {} 早于开始日 {}", format_day(*period.to), format_day(*from)),
       fmt::format("it ends on {} before it begins on {}", format_day(*period.to), format_day(*from))},
      {"不早于开始日的日期", "a day not before the first"});
  return false;
}

GoverningDate read_governing_date(const YamlValue& value) {
  const auto found = value.one_of({"disbursed_on", "defaulted_on", "claimed_on"});
  if (found == "defaulted_on") return GoverningDate::defaulted_on;
  return found == "claimed_on" ? GoverningDate::claimed_on : GoverningDate::disbursed_on;
}

LoadedVersion read_version(const YamlMap& map, PolicyWarnings& warnings) {
  LoadedVersion loaded;
  PolicyVersion& version = loaded.version;
  version.source = map.self().place();
  const auto scheme = map.required("scheme").word();
  loaded.id = map.required("version");
  const auto id = loaded.id.word();
  version.scheme = SchemeId(scheme.value_or(""));
  version.version = VersionId(id.value_or(""));
  version.title = map.optional("title").text().value_or("");
  version.document = map.optional("document").text().value_or("");
  warn_default(warnings, map, "title", "输出中没有名称", "output has no title");
  warn_default(warnings, map, "document", "输出中没有文号", "output has no document number");
  loaded.effective = map.required("effective");
  const bool dated = read_period(loaded.effective, version.effective);
  loaded.supersedes = map.optional("supersedes");
  if (const auto older = loaded.supersedes.word()) version.supersedes = VersionId(*older);
  version.governed_by = read_governing_date(map.optional("governed_by"));
  warn_default(warnings, map, "governed_by", "按放款日 disbursed_on 适用", "the day of disbursement governs");
  version.eligibility = read_eligibility(map.optional("eligibility"), warnings);
  warn_default(warnings, map, "eligibility", "无人符合条件，只能用于拆分",
               "nobody is eligible, it only splits losses");
  version.limits = read_limits(map.optional("limits"), version.eligibility, warnings);
  version.compensation = read_compensation(map.required("compensation"), warnings);
  const YamlMap recovery = map.optional("recovery").map({"costs", "cite"});
  if (recovery.present() &&
      recovery.required("costs").one_of({"deducted-first", "borne-by-bank"}) == "borne-by-bank") {
    version.recovery_costs = RecoveryCosts::borne_by_bank;
  }
  version.recovery_cite = read_cite(recovery, false, warnings);
  warn_default(warnings, map, "recovery", "追偿费用先扣除", "collection costs are deducted first");
  loaded.comparable = scheme && id && dated;
  return loaded;
}

// Files named directly and files of directories, each once however often it is named. Cases are left out: a
// shell's config/policies/*.yaml names them too.
std::vector<std::string> policy_files(const std::vector<std::string>& paths, YamlProblems& problems) {
  namespace fs = std::filesystem;
  std::vector<std::string> out;
  std::set<fs::path> seen;
  std::error_code error;
  const auto add = [&](const std::string& path) {
    fs::path real = fs::canonical(path, error);
    if (seen.insert(error ? fs::path(path) : real).second) out.push_back(path);
  };
  for (const std::string& path : paths) {
    if (path.ends_with(".cases.yaml")) continue;
    if (!fs::is_directory(path, error)) {
      add(path);
      continue;
    }
    std::vector<std::string> inside;
    for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.ends_with(".yaml") && !name.ends_with(".cases.yaml") && !name.starts_with("."))
        inside.push_back(entry->path().string());
    }
    std::sort(inside.begin(), inside.end());
    for (const std::string& file : inside) add(file);
    if (error || inside.empty()) {
      problems.add({.place = {.file = path},
                    .found = {"目录中没有政策文件", "a folder without policy files"},
                    .allowed = {"*.yaml，*.cases.yaml 除外", "*.yaml, other than *.cases.yaml"},
                    .remedy = {"请检查路径", "check the path"}});
    }
  }
  if (out.empty() && problems.empty()) {
    problems.add({.place = {.file = paths.empty() ? std::string() : paths.front()},
                  .found = {"没有政策文件", "no policy file"},
                  .allowed = {"政策文件或其目录", "policy files or folders of them"},
                  .remedy = {"*.cases.yaml 是用例，不是政策", "*.cases.yaml holds cases, not a policy"}});
  }
  return out;
}

PolicySet checked_set(std::vector<LoadedVersion> loaded, YamlProblems& problems, PolicyWarnings& found,
                      std::vector<Diagnostic>* warnings) {
  check_versions_together(loaded, found);
  problems.throw_if_any();
  if (warnings != nullptr) warnings->insert(warnings->end(), found.begin(), found.end());
  std::vector<PolicyVersion> versions;
  versions.reserve(loaded.size());
  for (LoadedVersion& version : loaded) versions.push_back(std::move(version.version));
  return PolicySet(std::move(versions));
}

}  // namespace

PolicySet load_policies(const std::vector<std::string>& paths, std::vector<Diagnostic>* warnings) {
  YamlProblems problems;
  PolicyWarnings found;
  std::vector<LoadedVersion> loaded;
  for (const std::string& file : policy_files(paths, problems)) {
    const YamlMap map = read_yaml(file, "policy", version_keys, problems);
    if (map.present()) loaded.push_back(read_version(map, found));
  }
  return checked_set(std::move(loaded), problems, found, warnings);
}

PolicySet parse_policy(std::string_view text, const std::string& name, std::vector<Diagnostic>* warnings) {
  YamlProblems problems;
  PolicyWarnings found;
  std::vector<LoadedVersion> loaded;
  const YamlMap map = parse_yaml(text, name, "policy", version_keys, problems);
  if (map.present()) loaded.push_back(read_version(map, found));
  return checked_set(std::move(loaded), problems, found, warnings);
}

}  // namespace talent_loan
