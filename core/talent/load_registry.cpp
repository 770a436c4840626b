// Rows of the database into a registry.
#include <fmt/format.h>

#include "core/talent/registry.hpp"

namespace talent_loan {
namespace {

// The columns of a RegistryRow; the order of the rows is the builder's business.
constexpr const char* row_columns =
    "SELECT l.talent_id, l.programme, l.level, l.valid_from, l.valid_to, l.lookup, l.employer_code, l.employed_from, l.employed_to, "
    "v.as_of, l.version FROM talent_listings l JOIN list_versions v ON v.version = l.version WHERE v.as_of <= :known_on";
constexpr const char* revocation_columns =
    "SELECT r.talent_id, r.revoked_from, v.as_of, r.version FROM talent_revocations r JOIN list_versions v ON v.version = r.version "
    "WHERE v.as_of <= :known_on";

// Talents that a version after :version speaks of. Two names for the same number: a placeholder stands once.
constexpr const char* changed_talents =
    "SELECT talent_id FROM talent_listings WHERE version > :version UNION SELECT talent_id FROM talent_revocations WHERE version > :same_version";

// All that is known: no day is later.
const Day end_of_time = *parse_day("9999-12-31");
constexpr std::uint64_t rows_between_reports = 10'000;

Level level_of(const std::string& stored) {
  const std::optional<Level> level = parse_level(stored);
  if (!level) throw Failure({fmt::format("数据库中的层次 {} 未知", quoted(stored)), fmt::format("the database holds an unknown level {}", quoted(stored))}, {});
  return *level;
}

// `only_talents`: a query for the talents whose rows are wanted, with its values; empty: every row.
struct Wanted {
  std::optional<Day> known_on{};
  std::string only_talents{};
  std::vector<Value> values{};
};

void load(Transaction& transaction, const Wanted& wanted, const RowsRead& progress, RegistryBuilder& builder) {
  std::vector<Value> values{wanted.known_on.value_or(end_of_time)};
  values.insert(values.end(), wanted.values.begin(), wanted.values.end());
  const bool all = wanted.only_talents.empty();
  const std::string rows = all ? row_columns : fmt::format("{} AND l.talent_id IN ({})", row_columns, wanted.only_talents);
  const std::string revocations = all ? revocation_columns : fmt::format("{} AND r.talent_id IN ({})", revocation_columns, wanted.only_talents);
  if (all) {
    builder.reserve(static_cast<std::uint64_t>(transaction.query_one("SELECT CAST(COALESCE(SUM(rows_new), 0) AS BIGINT) FROM list_versions WHERE as_of <= :known_on", values)->integer(0)));
  }
  std::uint64_t count = 0;
  transaction.each(rows, values, [&](const Row& row) {
    RegistryRow read{.talent_id = row.text(0), .programme = row.text(1), .level = level_of(row.text(2)),
                     .valid = {row.day(3), row.optional_day(4)}, .lookup = parse_hash(row.text(5)), .employer_code = {}, .employed = {},
                     .as_of = row.day(9), .version = row.integer(10)};
    if (!row.null(6)) {
      read.employer_code = row.text(6);
      read.employed = {row.day(7), row.optional_day(8)};
    }
    builder.add(read);
    if (++count % rows_between_reports == 0 && progress) progress(count);
  });
  transaction.each(revocations, values, [&](const Row& row) { builder.revoke(row.text(0), row.day(1), row.day(2), row.integer(3)); });
}

RegistryTables build(Transaction& transaction, const Wanted& wanted, const RowsRead& progress = {}) {
  RegistryBuilder builder;
  load(transaction, wanted, progress, builder);
  return std::move(builder).build();
}

}  // namespace

RegistryTables load_registry(Transaction& transaction, const std::optional<Day>& known_on, const RowsRead& progress) {
  return build(transaction, {.known_on = known_on}, progress);
}

RegistryDelta load_delta(Transaction& transaction, std::int64_t version, const RegistryTables& base) {
  // Everyone whom such a talent was ever taken for, and every talent who was ever taken for one of those: what an
  // identity number that was mended, or stands on two lists, drags along.
  const std::string persons = fmt::format("SELECT lookup FROM talent_listings WHERE talent_id IN ({})", changed_talents);
  RegistryDelta delta;
  transaction.each(fmt::format("{} GROUP BY lookup", persons), {version, version},
                   [&](const Row& row) { delta.persons.push_back(parse_hash(row.text(0))); });
  RegistryBuilder builder(base.programmes(), Registry::delta_mark);
  load(transaction, {.only_talents = fmt::format("SELECT talent_id FROM talent_listings WHERE lookup IN ({})", persons), .values = {version, version}}, {},
       builder);
  delta.tables = std::move(builder).build();
  return delta;
}

Registry load_person(Transaction& transaction, KeyedHash lookup, const std::optional<Day>& known_on) {
  return Registry(build(transaction, {.known_on = known_on, .only_talents = "SELECT talent_id FROM talent_listings WHERE lookup = :lookup",
                                      .values = {format_hash(lookup)}}));
}

Registry load_employer(Transaction& transaction, const std::string& social_credit_code, const std::optional<Day>& known_on) {
  // By person, not by talent: a colleague may stand on another list under another key.
  return Registry(build(transaction, {.known_on = known_on,
                                      .only_talents = "SELECT talent_id FROM talent_listings WHERE lookup IN (SELECT lookup FROM talent_listings "
                                                      "WHERE employer_code = :code)",
                                      .values = {social_credit_code}}));
}

}  // namespace talent_loan
