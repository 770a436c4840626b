#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "core/store/audit.hpp"
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

// "17:9f86d0…" as `audit verify` prints it.
std::optional<AuditHead> parse_head(const std::string& text) {
  AuditHead head;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.sequence);
  if (error != std::errc() || head.sequence < 1 || *end != ':') return std::nullopt;
  head.hash = end + 1;
  if (head.hash.size() != 64 || head.hash.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  return head;
}

Exit verify_trail(const Globals& globals, const std::string& noted) {
  Database database = open_database(globals);
  Transaction look = database.read();
  const AuditReport report = verify_audit(look, noted.empty() ? std::nullopt : parse_head(noted));
  if (report.broken) {
    throw Failure({"审计记录不完整：" + report.broken->chinese, "the audit trail is not whole: " + report.broken->english},
                  {"请与备份比对", "compare with a backup"});
  }
  fmt::print("{}\n", globals.say({fmt::format("审计记录完整：{} 条", report.head.sequence), fmt::format("the audit trail is whole: {} entries", report.head.sequence)}));
  if (report.head.sequence > 0) fmt::print("{}:{}\n", report.head.sequence, report.head.hash);
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

  CLI::App* audit = program.add_subcommand("audit", globals.say({"审计记录", "the audit trail"}));
  audit->require_subcommand(1);
  auto noted = std::make_shared<std::string>();
  CLI::App* verify = add_leaf(*audit, globals, invocation, "verify", {"检查审计记录完整、未被改动", "check that the audit trail is complete and untouched"},
                              "talent-loan audit verify", [&globals, noted] { return verify_trail(globals, *noted); });
  verify->add_option("--head", *noted, globals.say({"早先记下的链尾（序号:SM3）", "a head noted earlier (number:SM3)"}))
      ->check(CLI::Validator([](const std::string& text) { return parse_head(text) ? std::string() : "NUMBER:SM3"; }, "", ""))
      ->type_name("HEAD");
}

}  // namespace talent_loan::host
