// Rows of the database into a Registry.
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

// All that is known: no day is later.
const Day end_of_time = *parse_day("9999-12-31");

Level level_of(const std::string& stored) {
  const std::optional<Level> level = parse_level(stored);
  if (!level) throw Failure({fmt::format("数据库中的层次 {} 未知", quoted(stored)), fmt::format("the database holds an unknown level {}", quoted(stored))}, {});
  return *level;
}

Registry load(Transaction& transaction, const std::optional<Day>& known_on, const std::string& only_talents, const std::vector<Value>& of) {
  RegistryBuilder builder;
  std::vector<Value> values{known_on.value_or(end_of_time)};
  values.insert(values.end(), of.begin(), of.end());
  const std::string rows = only_talents.empty() ? row_columns : fmt::format("{} AND l.talent_id IN ({})", row_columns, only_talents);
  const std::string revocations = only_talents.empty() ? revocation_columns : fmt::format("{} AND r.talent_id IN ({})", revocation_columns, only_talents);
  transaction.each(rows, values, [&](const Row& row) {
    RegistryRow read{.talent_id = row.text(0), .programme = row.text(1), .level = level_of(row.text(2)),
                     .valid = {row.day(3), row.optional_day(4)}, .lookup = parse_hash(row.text(5)), .employer_code = {}, .employed = {},
                     .as_of = row.day(9), .version = row.integer(10)};
    if (!row.null(6)) {
      read.employer_code = row.text(6);
      read.employed = {row.day(7), row.optional_day(8)};
    }
    builder.add(read);
  });
  transaction.each(revocations, values, [&](const Row& row) { builder.revoke(row.text(0), row.day(1), row.day(2), row.integer(3)); });
  return std::move(builder).build();
}

}  // namespace

Registry load_registry(Transaction& transaction, const std::optional<Day>& known_on) { return load(transaction, known_on, "", {}); }

Registry load_person(Transaction& transaction, KeyedHash lookup, const std::optional<Day>& known_on) {
  return load(transaction, known_on, "SELECT talent_id FROM talent_listings WHERE lookup = :lookup", {format_hash(lookup)});
}

Registry load_employer(Transaction& transaction, const std::string& social_credit_code, const std::optional<Day>& known_on) {
  // By person, not by talent: a colleague may stand on another list under another key.
  return load(transaction, known_on,
              "SELECT talent_id FROM talent_listings WHERE lookup IN (SELECT lookup FROM talent_listings WHERE employer_code = :code)",
              {social_credit_code});
}

}  // namespace talent_loan
