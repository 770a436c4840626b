#include "core/talent/registry_snapshot.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/store/digest.hpp"

namespace talent_loan {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void not_of_this_database() {
  throw Failure({"不是这个数据库（或它现在的历史）的快照", "it is the snapshot of another database, or of a history this one does not have"}, {});
}

std::uint64_t rows_after(Transaction& transaction, std::int64_t version) {
  const auto row = transaction.query_one("SELECT CAST(COALESCE(SUM(rows_new), 0) AS BIGINT) FROM list_versions WHERE version > :version", {version});
  return static_cast<std::uint64_t>(row->integer(0));
}

// What ties a snapshot to the history it was made of.
std::string origin(Transaction& transaction) {
  const auto entry = transaction.query_one("SELECT sequence, hash FROM audit_entries ORDER BY sequence DESC LIMIT 1");
  const auto listing = transaction.query_one("SELECT version, row_in_version, sealed FROM talent_listings ORDER BY version DESC, row_in_version DESC LIMIT 1");
  if (!entry || !listing) throw Failure({"数据库还没有人才名单", "the database holds no talent lists yet"}, {});
  const Json about{{"list_version", lists_state(transaction).version},
                   {"audit", {{"sequence", entry->integer(0)}, {"hash", entry->text(1)}}},
                   {"row", {{"version", listing->integer(0)}, {"number", listing->integer(1)}, {"sm3", sm3_hex(listing->text(2))}}}};
  return about.dump();
}

// The version that a snapshot goes up to, where the database still has the history it was made of.
std::int64_t covered_version(Transaction& transaction, const std::string& about) {
  const Json origin = Json::parse(about, nullptr, false);
  if (!origin.is_object()) not_of_this_database();
  try {
    const Json& audit = origin.at("audit");
    const Json& row = origin.at("row");
    const auto entry = transaction.query_one("SELECT hash FROM audit_entries WHERE sequence = :sequence", {audit.at("sequence").get<std::int64_t>()});
    const auto listing = transaction.query_one("SELECT sealed FROM talent_listings WHERE version = :version AND row_in_version = :number",
                                               {row.at("version").get<std::int64_t>(), row.at("number").get<std::int64_t>()});
    const bool same = entry && listing && entry->text(0) == audit.at("hash").get<std::string>() &&
                      sm3_hex(listing->text(0)) == row.at("sm3").get<std::string>();
    if (!same) not_of_this_database();
    return origin.at("list_version").get<std::int64_t>();
  } catch (const Json::exception&) {
    not_of_this_database();
  }
}

// By meaning: numbers of talents and programmes may differ.
bool same_selections(const Registry& a, std::span<const RegisteredSelection> of_a, const RegistryTables& b, std::span<const RegisteredSelection> of_b) {
  return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(), [&](const RegisteredSelection& x, const RegisteredSelection& y) {
    return x.valid.from == y.valid.from && x.valid.to == y.valid.to && x.version == y.version && x.level() == y.level() && x.revoked == y.revoked &&
           a.programme(x.programme) == b.programmes().at(y.programme) && a.talent_id(x.talent) == b.talent_id(y.talent);
  });
}

bool same_employments(const Registry& a, std::span<const RegisteredEmployment> of_a, const RegistryTables& b, std::span<const RegisteredEmployment> of_b) {
  return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(), [&](const RegisteredEmployment& x, const RegisteredEmployment& y) {
    return x.period.from == y.period.from && x.period.to == y.period.to && a.selections(x.person).front().lookup == b.lookup(y.person);
  });
}

}  // namespace

ListsState lists_state(Transaction& transaction) {
  const auto row = transaction.query_one("SELECT COALESCE(MAX(version), 0), CAST(COALESCE(SUM(rows_new), 0) AS BIGINT), MAX(as_of) FROM list_versions");
  return {row->integer(0), static_cast<std::uint64_t>(row->integer(1)), row->optional_day(2)};
}

Snapshot open_snapshot(Transaction& transaction, const Vault& vault, const std::string& path) {
  Snapshot snapshot{.tables = RegistryTables(SealedFile::open(path, vault))};
  snapshot.version = covered_version(transaction, snapshot.tables.about());
  snapshot.later_rows = rows_after(transaction, snapshot.version);
  return snapshot;
}

Registry registry_of(Transaction& transaction, Snapshot snapshot) {
  if (snapshot.later_rows == 0) return Registry(std::move(snapshot.tables));
  RegistryDelta delta = load_delta(transaction, snapshot.version, snapshot.tables);
  return Registry(std::move(snapshot.tables), std::move(delta));
}

void write_snapshot(Transaction& transaction, const Vault& vault, const RegistryTables& tables, ReplacedFile& file) {
  tables.save(file, vault, origin(transaction));
  file.commit();
}

std::optional<Text> difference(const Registry& registry, const RegistryTables& expected) {
  const auto person_differs = [](KeyedHash lookup) {
    const std::string shown = format_hash(lookup).substr(0, 8);
    return Text{fmt::format("检索码以 {} 开头的人，与数据库不一致", shown), fmt::format("the person whose lookup hash begins with {} differs from the database", shown)};
  };
  for (std::size_t place = 0; place < expected.selection_count();) {
    const auto person = static_cast<RegistryTables::Person>(place);
    const auto selections = expected.selections(person);
    const auto found = registry.find_person(selections.front().lookup);
    if (!found || !same_selections(registry, registry.selections(*found), expected, selections)) return person_differs(selections.front().lookup);
    place += selections.size();
  }
  const RegistryTables& base = registry.base();
  for (std::size_t place = 0; place < base.selection_count(); ++place) {
    const KeyedHash lookup = base.lookup(static_cast<RegistryTables::Person>(place));
    if (registry.find_person(lookup) && !expected.find_person(lookup)) return person_differs(lookup);
  }
  for (std::uint32_t employer = 0; employer < expected.employers(); ++employer) {
    const std::string_view code = expected.employer_code(employer);
    const auto found = registry.find_employer(code);
    if (!found || !same_employments(registry, registry.employments(*found), expected, expected.employments(employer))) {
      return Text{fmt::format("企业 {} 与数据库不一致", code), fmt::format("the enterprise {} differs from the database", code)};
    }
  }
  return std::nullopt;
}

}  // namespace talent_loan
