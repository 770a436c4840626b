#include "core/talent/rotation.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/store/audit.hpp"
#include "core/talent/sealed_listing.hpp"

namespace talent_loan {
namespace {

constexpr std::int64_t rows_at_once = 5'000;

struct Renewed {
  std::int64_t version;
  std::int64_t row;
  RenamedTalent talent;
  std::string lookup;
  std::string sealed;
  std::string fingerprint;
};

Renewed renew(const Row& row, const Vault& old_vault, const Vault& new_vault) {
  Listing listing;
  listing.talent = row.id<TalentId>(2);
  listing.programme = row.id<ProgrammeId>(3);
  listing.level = parse_level(row.text(4)).value_or(Level::district);
  listing.valid = {row.day(5), row.optional_day(6)};
  listing.id_type = parse_identity_type(row.text(7)).value_or(IdentityType::resident);
  if (!row.null(8)) listing.employment = Employment{row.text(8), "", {row.day(9), row.optional_day(10)}};
  unseal(old_vault, row.text(11), listing);
  const std::string before = listing.talent.text();
  if (!listing.listed_as.empty()) listing.talent = TalentId(std::exchange(listing.listed_as, {}));
  hide_personal_key(new_vault, listing);
  return {row.integer(0), row.integer(1), {before, listing.talent.text()}, format_hash(new_vault.lookup(listing.id_number)), seal(new_vault, listing),
          format_hash(fingerprint(new_vault, listing))};
}

}  // namespace

std::uint64_t rotate_key(Transaction& transaction, const Vault& old_vault, const Vault& new_vault, const std::string& actor,
                         const std::function<std::uint64_t(const std::vector<RenamedTalent>&)>& others) {
  std::map<std::string, std::string> renamed;
  std::uint64_t records = 0;
  std::int64_t after_version = 0;
  std::int64_t after_row = 0;
  for (;;) {
    // Read first, then written: rows that are being walked must not change under the walk.
    std::vector<Renewed> renewed;
    transaction.each(
        "SELECT version, row_in_version, talent_id, programme, level, valid_from, valid_to, id_type, employer_code, employed_from, "
        "employed_to, sealed FROM talent_listings WHERE version > :version OR (version = :same_version AND row_in_version > :row_number) "
        "ORDER BY version, row_in_version LIMIT :most",
        {after_version, after_version, after_row, rows_at_once}, [&](const Row& row) { renewed.push_back(renew(row, old_vault, new_vault)); });
    for (const Renewed& one : renewed) {
      transaction.execute(
          "UPDATE talent_listings SET talent_id = :talent, lookup = :lookup, sealed = :sealed, fingerprint = :fingerprint "
          "WHERE version = :version AND row_in_version = :row_number",
          {one.talent.after, one.lookup, one.sealed, one.fingerprint, one.version, one.row});
      if (one.talent.before != one.talent.after) renamed[one.talent.before] = one.talent.after;
    }
    records += renewed.size();
    if (renewed.size() < static_cast<std::size_t>(rows_at_once)) break;
    after_version = renewed.back().version;
    after_row = renewed.back().row;
  }
  std::vector<RenamedTalent> talents;
  for (const auto& [before, after] : renamed) {
    transaction.execute("UPDATE talent_revocations SET talent_id = :after WHERE talent_id = :before", {after, before});
    talents.push_back({before, after});
  }
  records += others(talents);
  transaction.execute("UPDATE vault_key SET key_id = :key_id, since = :since", {new_vault.key_id(), format_utc(transaction.now())});
  record(transaction, {actor, "keys rotate", fmt::format("key {}", new_vault.key_id()), fmt::format("from key {}; {} records", old_vault.key_id(), records), ""});
  return records;
}

}  // namespace talent_loan
