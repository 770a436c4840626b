#include "plugins/host/registry_source.hpp"

#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

#include "plugins/host/progress.hpp"

namespace talent_loan::host {
namespace {

RegistryTables load_all(const Globals& globals, Transaction& look, const std::optional<Day>& known_on) {
  Progress progress(globals, {"读取人才名单", "reading the talent lists"}, lists_state(look).rows);
  return load_registry(look, known_on, [&](std::uint64_t rows) { progress.show(rows); });
}

void tell_not_used(const Globals& globals, const Failure& why) {
  const std::string reason = why.sentences(globals.language);
  globals.tell({"不使用名册快照，重新制作：" + reason.substr(0, reason.find('\n')), "the snapshot of the registry is not used and made anew: " + reason.substr(0, reason.find('\n'))});
}

// Nullopt where there is none worth using.
std::optional<Snapshot> usable_snapshot(const Globals& globals, Transaction& look, const Vault& vault, const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) return std::nullopt;
  try {
    Snapshot snapshot = open_snapshot(look, vault, path);
    if (snapshot.behind()) return std::nullopt;
    return snapshot;
  } catch (const Failure& why) {
    tell_not_used(globals, why);
    return std::nullopt;
  }
}

void tell_not_kept(const Globals& globals, const Failure& why) {
  const std::string reason = why.sentences(globals.language);
  globals.tell({"没有保存名册快照：" + reason.substr(0, reason.find('\n')), "the snapshot of the registry was not kept: " + reason.substr(0, reason.find('\n'))});
}

bool up_to_date(Transaction& look, const Vault& vault, const std::string& path) {
  try {
    return !open_snapshot(look, vault, path).behind();
  } catch (const Failure&) {
    return false;
  }
}

// A verification does not fail because the snapshot for the next one cannot be kept.
void keep_for_next_time(const Globals& globals, Transaction& look, const Vault& vault, const std::string& path, const RegistryTables& tables) {
  try {
    auto file = ReplacedFile::begin(path, ReplacedFile::Turn::or_leave);
    if (file) write_snapshot(look, vault, tables, *file);
  } catch (const Failure& why) {
    tell_not_kept(globals, why);
  }
}

}  // namespace

std::string snapshot_path(const Globals& globals) {
  constexpr std::string_view sqlite = "sqlite://";
  if (const char* given = std::getenv("TALENT_LOAN_REGISTRY")) return std::string_view(given) == "off" ? "" : given;
  if (globals.database_url.starts_with(sqlite)) return globals.database_url.substr(sqlite.size()) + ".registry";
  return "talent-loan.registry";
}

Registry registry_for_many(const Globals& globals, Transaction& look, const std::optional<Vault>& vault, const std::optional<Day>& known_on) {
  const ListsState lists = lists_state(look);
  const bool everything = !known_on || !lists.newest_as_of || *lists.newest_as_of <= *known_on;
  const std::string path = snapshot_path(globals);
  if (!vault || !everything || path.empty() || lists.rows < rows_worth_a_snapshot) return Registry(load_all(globals, look, known_on));
  if (auto snapshot = usable_snapshot(globals, look, *vault, path)) return registry_of(look, std::move(*snapshot));
  RegistryTables tables = load_all(globals, look, std::nullopt);
  keep_for_next_time(globals, look, *vault, path, tables);
  return Registry(std::move(tables));
}

RegistryTables make_snapshot(const Globals& globals, Transaction& look, const Vault& vault, ReplacedFile& file) {
  RegistryTables tables = load_all(globals, look, std::nullopt);
  write_snapshot(look, vault, tables, file);
  return tables;
}

void see_to_snapshot(const Globals& globals, Database& database, const Vault& vault, bool make) {
  const std::string path = snapshot_path(globals);
  if (path.empty()) return;
  if (!make) {
    Transaction look = database.read();
    if (lists_state(look).rows < rows_worth_a_snapshot || up_to_date(look, vault, path)) return;
    return globals.tell({"下次核验整个文件前会先重新制作名册快照（每百万行数秒）；想事先备好，请运行 talents snapshot build",
                         "the next verification of a file first makes the snapshot of the registry anew, some seconds for a million rows; to have it ready before: talents snapshot build"});
  }
  try {
    auto file = ReplacedFile::begin(path, ReplacedFile::Turn::wait);
    Transaction look = database.read();
    make_snapshot(globals, look, vault, *file);
    globals.tell({fmt::format("名册快照 {} 已重新制作", path), fmt::format("the snapshot of the registry {} was made anew", path)});
  } catch (const Failure& why) {
    tell_not_kept(globals, why);
  }
}

}  // namespace talent_loan::host
