#include <fmt/format.h>

#include "core/store/database.hpp"
#include "plugins/host/commands/audit.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

Exit status(const Globals& globals) {
  DatabaseOptions as_it_is;
  as_it_is.migrate = false;
  Database database = Database::open(globals.database_url, as_it_is);
  fmt::print("{}\n", database.shown_url());
  for (const auto& migration : migration_status(database).migrations) {
    fmt::print("{} {}\n", migration.name, migration.applied_at.empty() ? globals.say({"未执行", "not applied"}) : migration.applied_at);
  }
  return Exit::done;
}

Exit migrate_database(const Globals& globals) {
  Database database = open_database(globals);
  globals.tell({fmt::format("数据库 {} 的结构是最新的", database.shown_url()), fmt::format("the schema of database {} is up to date", database.shown_url())});
  return Exit::done;
}

}  // namespace

void add_database_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* database = program.add_subcommand("db", globals.say({"数据库结构", "the database's schema"}));
  database->require_subcommand(1);
  add_leaf(*database, globals, invocation, "status", {"已执行和未执行的结构版本", "which schema versions are applied"}, "talent-loan db status",
           [&globals] { return status(globals); });
  add_leaf(*database, globals, invocation, "migrate", {"升级到本程序的结构", "bring the schema to this program's"}, "talent-loan db migrate",
           [&globals] { return migrate_database(globals); });
  add_audit_commands(program, globals, invocation);
}

}  // namespace talent_loan::host
