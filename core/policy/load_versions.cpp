#include "core/policy/load_versions.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace talent_loan {
namespace {

using Versions = std::vector<LoadedVersion>;

const LoadedVersion* find(const Versions& versions, const VersionId& id) {
  for (const LoadedVersion& candidate : versions) {
    if (candidate.comparable && candidate.version.version == id) return &candidate;
  }
  return nullptr;
}

// Whether `newer` supersedes `older`, itself or through loaded versions between them.
bool supersedes(const Versions& versions, const LoadedVersion& newer, const VersionId& older) {
  std::set<VersionId> passed;
  std::optional<VersionId> next = newer.version.supersedes;
  while (next && passed.insert(*next).second) {
    if (*next == older) return true;
    const LoadedVersion* at = find(versions, *next);
    if (at == nullptr) return false;
    next = at->version.supersedes;
  }
  return false;
}

std::string period_text(const Period& period, const char* open) {
  return fmt::format("{}–{}", format_day(period.from), period.to ? format_day(*period.to) : open);
}

std::string where(const LoadedVersion& loaded) {
  return fmt::format("{}:{}", loaded.version.source.file, loaded.version.source.line);
}

void check_identity(const Versions& versions, const LoadedVersion& loaded, PolicyWarnings& warnings) {
  const PolicyVersion& version = loaded.version;
  const LoadedVersion* first = find(versions, version.version);
  if (first != &loaded) {
    loaded.id.complain(
        {fmt::format("版本 {} 在 {} 已经出现", version.version.text(), where(*first)),
         fmt::format("the version {} again; it is in {} already", version.version.text(), where(*first))},
        {"每个版本号只用一次", "each version id once"});
    return;
  }
  if (!version.supersedes) return;
  const LoadedVersion* older = find(versions, *version.supersedes);
  const std::string& name = version.supersedes->text();
  if (older == nullptr) {
    warn(warnings, loaded.supersedes,
         {fmt::format("被取代的版本 {} 不在所读文件中", name),
          fmt::format("the superseded version {} is not among the files", name)},
         {"如需一并检查，请同时给出该文件", "name its file too to check them together"});
  } else if (older->version.scheme != version.scheme) {
    loaded.supersedes.complain(
        {fmt::format("{} 属于方案 {}", name, older->version.scheme.text()),
         fmt::format("{} is a version of the scheme {}", name, older->version.scheme.text())},
        {fmt::format("方案 {} 的版本", version.scheme.text()),
         fmt::format("a version of {}", version.scheme.text())});
  } else if (supersedes(versions, loaded, version.version)) {
    loaded.supersedes.complain(
        {fmt::format("{} 取代 {}，最终又取代自己", version.version.text(), name),
         fmt::format("{} supersedes {}, which comes back to itself", version.version.text(), name)},
        {"更早的版本", "an earlier version"});
  }
}

void check_pair(const Versions& versions, const LoadedVersion& a, const LoadedVersion& b,
                PolicyWarnings& warnings) {
  if (a.version.scheme != b.version.scheme || a.version.version == b.version.version) return;
  if (supersedes(versions, a, b.version.version) || supersedes(versions, b, a.version.version)) return;
  const LoadedVersion& later = a.version.effective.from < b.version.effective.from ? b : a;
  const LoadedVersion& earlier = &later == &a ? b : a;
  const std::string& other = earlier.version.version.text();
  const Text remedy{fmt::format("请写 supersedes: {}，或调整有效期", other),
                    fmt::format("write supersedes: {}, or change a period", other)};
  if (a.version.effective.overlaps(b.version.effective)) {
    later.effective.complain(
        {fmt::format("有效期 {} 与版本 {} 的 {} 重叠，两者都没有取代对方",
                     period_text(later.version.effective, "今"), other,
                     period_text(earlier.version.effective, "今")),
         fmt::format("its period {} overlaps {} of version {}, and neither supersedes the other",
                     period_text(later.version.effective, "open"),
                     period_text(earlier.version.effective, "open"), other)},
        {"不重叠的有效期", "periods that do not overlap"}, remedy);
  } else if (a.version.governed_by != b.version.governed_by) {
    warn(warnings, later.effective,
         {fmt::format("与版本 {} 依据不同的日期适用，一笔贷款可能同时落入两者；以后开始的为准", other),
          fmt::format("another date governs version {}, so a loan may fall under both; the one that starts "
                      "later is used",
                      other)},
         remedy);
  }
}

// Days between two versions of a scheme on which none is in force.
void warn_of_gaps(const Versions& versions, PolicyWarnings& warnings) {
  std::vector<const LoadedVersion*> order;
  for (const LoadedVersion& loaded : versions) {
    if (loaded.comparable) order.push_back(&loaded);
  }
  std::sort(order.begin(), order.end(), [](const LoadedVersion* a, const LoadedVersion* b) {
    return std::tie(a->version.scheme, a->version.effective.from) <
           std::tie(b->version.scheme, b->version.effective.from);
  });
  std::optional<Day> covered_to;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Period& period = order[i]->version.effective;
    const bool new_scheme = i == 0 || order[i - 1]->version.scheme != order[i]->version.scheme;
    if (!new_scheme && covered_to && covered_to->plus_days(1) < period.from) {
      const std::string from = format_day(covered_to->plus_days(1));
      const std::string to = format_day(period.from.plus_days(-1));
      warn(warnings, order[i]->effective,
           {fmt::format("{} 至 {} 没有有效版本", from, to),
            fmt::format("no version is in force from {} to {}", from, to)},
           {"这些日期的行将以 NO_POLICY_IN_FORCE 拒绝",
            "rows of those days are rejected with NO_POLICY_IN_FORCE"});
    }
    const bool open = !new_scheme && !covered_to;  // an earlier version never ends
    if (!open && (new_scheme || !period.to || *period.to > *covered_to)) covered_to = period.to;
  }
}

}  // namespace

void check_versions_together(const std::vector<LoadedVersion>& versions, PolicyWarnings& warnings) {
  for (std::size_t i = 0; i < versions.size(); ++i) {
    if (!versions[i].comparable) continue;
    check_identity(versions, versions[i], warnings);
    for (std::size_t j = 0; j < i; ++j) {
      if (versions[j].comparable) check_pair(versions, versions[i], versions[j], warnings);
    }
  }
  warn_of_gaps(versions, warnings);
}

}  // namespace talent_loan
