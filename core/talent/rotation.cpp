#include "core/talent/rotation.hpp"

#include <string>
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
  return {row.integer(0), row.integer(1), format_hash(new_vault.lookup(listing.id_number)), seal(new_vault, listing),
          format_hash(fingerprint(new_vault, listing))};
}

}  // namespace

std::uint64_t rotate_key(Transaction& transaction, const Vault& old_vault, const Vault& new_vault, const std::string& actor) {
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
          "UPDATE talent_listings SET lookup = :lookup, sealed = :sealed, fingerprint = :fingerprint WHERE version = :version AND row_in_version = :row_number",
          {one.lookup, one.sealed, one.fingerprint, one.version, one.row});
    }
    records += renewed.size();
    if (renewed.size() < static_cast<std::size_t>(rows_at_once)) break;
    after_version = renewed.back().version;
    after_row = renewed.back().row;
  }
  transaction.execute("UPDATE vault_key SET key_id = :key_id, since = :since", {new_vault.key_id(), format_utc(transaction.now())});
  record(transaction, {actor, "keys rotate", fmt::format("key {}", new_vault.key_id()), fmt::format("from key {}; {} records", old_vault.key_id(), records), ""});
  return records;
}

}  // namespace talent_loan
