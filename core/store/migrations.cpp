#include "core/store/migrations.hpp"

#include <charconv>

#include <fmt/format.h>

#include "core/store/audit.hpp"
#include "core/store/connection.hpp"
#include "core/store/digest.hpp"

namespace talent_loan {
namespace {

std::int64_t number_of(const EmbeddedMigration& migration) {
  std::int64_t number = 0;
  std::from_chars(migration.name.data(), migration.name.data() + 4, number);
  return number;
}

// A statement ends with a semicolon at the end of a line; lines that begin with -- are comments, but what follows
// `--[sqlite]` or `--[postgresql]` is said to that database only.
std::vector<std::string> statements_of(std::string_view sql, bool postgresql) {
  const std::string_view only_here = postgresql ? "--[postgresql]" : "--[sqlite]";
  std::vector<std::string> statements;
  std::string statement;
  while (!sql.empty()) {
    const std::size_t end = std::min(sql.find('\n'), sql.size());
    std::string_view line = sql.substr(0, end);
    sql.remove_prefix(std::min(end + 1, sql.size()));
    if (line.starts_with(only_here)) line.remove_prefix(only_here.size());
    if (line.empty() || line.starts_with("--")) continue;
    statement += line;
    statement += '\n';
    if (line.back() != ';') continue;
    statement.resize(statement.size() - 2);
    statements.push_back(std::move(statement));
    statement.clear();
  }
  return statements;
}

bool has_migration_table(Transaction& transaction) {
  const char* sql = transaction.postgresql()
                        ? "SELECT 1 FROM pg_class WHERE oid = to_regclass('schema_migrations')"
                        : "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'";
  return transaction.query_one(sql).has_value();
}

struct Applied {
  std::string checksum;
  std::string at;
};

std::map<std::int64_t, Applied> applied_migrations(Transaction& transaction) {
  std::map<std::int64_t, Applied> applied;
  if (!has_migration_table(transaction)) return applied;
  transaction.each("SELECT number, checksum, applied_at FROM schema_migrations", {},
                   [&](const Row& row) { applied[row.integer(0)] = {row.text(1), row.text(2)}; });
  return applied;
}

// A database from another program version: newer ones and ones with other statements behind a number are
// left alone, because what their tables mean is not known here.
void require_known(const std::map<std::int64_t, Applied>& applied, const std::string& shown_url) {
  for (const auto& [number, migration] : applied) {
    const EmbeddedMigration* known = nullptr;
    for (const EmbeddedMigration& candidate : embedded_migrations()) {
      if (number_of(candidate) == number) known = &candidate;
    }
    if (known == nullptr) {
      throw Failure({fmt::format("数据库 {} 的结构版本 {} 比本程序新", shown_url, number),
                     fmt::format("the schema of database {} (version {}) is newer than this program", shown_url, number)},
                    {"请使用更新的 talent-loan", "use a newer talent-loan"});
    }
    if (sm3_hex(known->sql) != migration.checksum) {
      throw Failure({fmt::format("数据库 {} 的结构版本 {} 与本程序的不同", shown_url, known->name),
                     fmt::format("schema version {} of database {} differs from this program's", known->name, shown_url)},
                    {"该数据库由另一个版本的程序建立", "the database was made by another build of the program"});
    }
  }
}

void apply(Transaction& transaction, const EmbeddedMigration& migration) {
  for (const std::string& statement : statements_of(migration.sql, transaction.postgresql())) transaction.execute(statement);
  transaction.execute("INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (:number, :name, :checksum, :at)",
                      {number_of(migration), migration.name, sm3_hex(migration.sql), format_utc(transaction.now())});
}

}  // namespace

void migrate(Database& database) {
  {
    Transaction look = database.read();
    const auto applied = applied_migrations(look);
    require_known(applied, database.shown_url());
    if (applied.size() == embedded_migrations().size()) return;
  }
  Transaction transaction = database.write();
  const auto applied = applied_migrations(transaction);  // another process may have been first
  if (applied.empty()) {
    transaction.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, "
        "applied_at TEXT NOT NULL)");
  }
  for (const EmbeddedMigration& migration : embedded_migrations()) {
    if (!applied.contains(number_of(migration))) apply(transaction, migration);
  }
  // The rows that were there may look another way now; whoever doubts them verifies the trail before migrating.
  if (const auto seals = applied.empty() ? std::vector<Seal>() : seal_everything(transaction); !seals.empty()) {
    record(transaction, {operating_user(), "db migrate", std::string(embedded_migrations().back().name), fmt::format("{} seals", seals.size()), ""}, seals);
  }
  transaction.commit();
}

MigrationStatus migration_status(Database& database) {
  Transaction look = database.read();
  const auto applied = applied_migrations(look);
  require_known(applied, database.shown_url());
  MigrationStatus status;
  for (const EmbeddedMigration& migration : embedded_migrations()) {
    const auto found = applied.find(number_of(migration));
    status.migrations.push_back({number_of(migration), std::string(migration.name), found == applied.end() ? "" : found->second.at});
  }
  return status;
}

}  // namespace talent_loan
