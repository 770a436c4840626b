#include <filesystem>

#include <fmt/format.h>

#include "plugins/host/options.hpp"
#include "plugins/host/registry_source.hpp"
#include "plugins/host/talents.hpp"

namespace talent_loan::host {
namespace {

std::string required_path(const Globals& globals) {
  const std::string path = snapshot_path(globals);
  if (path.empty()) throw Failure({"TALENT_LOAN_REGISTRY 为 off，不使用快照", "TALENT_LOAN_REGISTRY is off: no snapshot is used"}, {});
  return path;
}

Vault required_vault(const Globals& globals, Transaction& look) {
  std::optional<Vault> vault = vault_for_reading(look, key_source(globals));
  if (!vault) throw Failure({"数据库还没有人才名单", "the database holds no talent lists yet"}, {"请先导入：talents import", "import one first: talents import"});
  return *std::move(vault);
}

Exit build(const Globals& globals) {
  const std::string path = required_path(globals);
  Database database = open_database(globals);
  // Its turn first: what another process commits meanwhile is then still read.
  std::optional<ReplacedFile> file = ReplacedFile::begin(path, ReplacedFile::Turn::wait);
  Transaction look = database.read();
  const Vault vault = required_vault(globals, look);
  const RegistryTables tables = make_snapshot(globals, look, vault, *file);
  globals.tell({fmt::format("名册快照 {}：截至名单版本 {}，{} 行，{} 字节", path, lists_state(look).version, tables.rows(), std::filesystem::file_size(path)),
                fmt::format("snapshot of the registry {}: up to list version {}, {} rows, {} bytes", path, lists_state(look).version, tables.rows(),
                            std::filesystem::file_size(path))});
  return Exit::done;
}

Exit status(const Globals& globals) {
  const std::string path = required_path(globals);
  Database database = open_database(globals);
  Transaction look = database.read();
  const Vault vault = required_vault(globals, look);
  try {
    const Snapshot snapshot = open_snapshot(look, vault, path);
    fmt::print("{}", globals.say({fmt::format("{}：截至名单版本 {}，{} 行；此后 {} 行{}\n", path, snapshot.version, snapshot.tables.rows(), snapshot.later_rows,
                                              snapshot.behind() ? "，下次核验时重新制作" : ""),
                                  fmt::format("{}: up to list version {}, {} rows; {} rows after it{}\n", path, snapshot.version, snapshot.tables.rows(),
                                              snapshot.later_rows, snapshot.behind() ? ", made anew at the next verification" : "")}));
  } catch (const Failure& why) {
    fmt::print("{}{}", globals.say({"没有可用的名册快照：", "no snapshot of the registry that can be used: "}), why.sentences(globals.language));
  }
  return Exit::done;
}

Exit verify(const Globals& globals) {
  const std::string path = required_path(globals);
  Database database = open_database(globals);
  Transaction look = database.read();
  const Vault vault = required_vault(globals, look);
  Snapshot snapshot = open_snapshot(look, vault, path);
  const std::int64_t version = snapshot.version;
  const Registry registry = registry_of(look, std::move(snapshot));
  if (const auto differs = difference(registry, load_registry(look))) {
    throw Failure(Diagnostic{.place = {.file = path}, .found = *differs, .remedy = {"请用 talents snapshot build 重新制作", "make it again with talents snapshot build"}});
  }
  globals.tell({fmt::format("名册快照 {} 与数据库一致（截至名单版本 {}）", path, version),
                fmt::format("the snapshot of the registry {} says what the database says (up to list version {})", path, version)});
  return Exit::done;
}

}  // namespace

void add_talents_snapshot(CLI::App& talents, const Globals& globals, Invocation& invocation) {
  CLI::App* snapshot = talents.add_subcommand("snapshot", globals.say({"名册快照，使大批核验立即开始", "the snapshot of the registry, with which verification by the million begins at once"}));
  snapshot->require_subcommand(1);
  add_leaf(*snapshot, globals, invocation, "build", {"制作快照", "make the snapshot"}, "talent-loan talents snapshot build", [&globals] { return build(globals); });
  add_leaf(*snapshot, globals, invocation, "status", {"快照是否可用、截至哪个名单版本", "whether it can be used and up to which list version it goes"},
           "talent-loan talents snapshot status", [&globals] { return status(globals); });
  add_leaf(*snapshot, globals, invocation, "verify", {"与数据库逐条核对", "compare all of it with the database"}, "talent-loan talents snapshot verify",
           [&globals] { return verify(globals); });
}

}  // namespace talent_loan::host
