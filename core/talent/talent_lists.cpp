#include "core/talent/talent_lists.hpp"

#include <algorithm>
#include <future>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/files/key_set.hpp"
#include "core/identity/masking.hpp"
#include "core/store/audit.hpp"
#include "core/talent/history.hpp"
#include "core/talent/list_indexes.hpp"
#include "core/talent/sealed_listing.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t chunk_rows = 20'000;
// The indexes are set aside when an import grows the registry by half, and by this many rows at least.
constexpr std::uint64_t rows_worth_new_indexes = 100'000;

struct NewRow {
  Listing listing;
  std::string key;  // of talent and programme
  KeyedHash fingerprint{};
  KeyedHash lookup{};
  std::string sealed{};
};

std::string key_of(std::string_view talent, std::string_view programme) { return std::string(talent) + '\0' + std::string(programme); }

// What earlier versions say of one talent and programme.
struct Known {
  std::vector<Statement> statements;
  std::vector<KeyedHash> fingerprints;  // by Statement::row
};

using KnownFacts = std::unordered_map<std::string, Known>;  // by key_of()

class Importer {
 public:
  Importer(Transaction& transaction, const Programmes& programmes, const Vault& vault, const ImportOptions& options)
      : transaction_(transaction), programmes_(programmes), vault_(vault), options_(options), indexes_(transaction) {}

  ImportSummary run(ListRows& rows);

 private:
  void take(const ListRow& row);
  void reject(const ListRow& row, const RowProblem& problem);
  void hand_over();
  void store_last();
  void store(const std::vector<NewRow>& rows);
  void hide(NewRow& row) const;
  KnownFacts known_facts(const std::vector<NewRow>& rows);
  bool already_known(const KnownFacts& known, const NewRow& row) const;
  void insert(const std::vector<const NewRow*>& rows);

  Transaction& transaction_;
  const Programmes& programmes_;
  const Vault& vault_;
  const ImportOptions& options_;
  ImportSummary summary_;
  std::uint64_t rows_before_ = 0;
  ListIndexes indexes_;
  KeyHasher hasher_;
  KeySet keys_of_file_{hasher_};
  std::vector<NewRow> chunk_;   // being read
  std::vector<NewRow> hidden_;  // being hidden by another thread, while the chunk before is stored and the next one read
  std::future<void> hiding_;    // after what it works on: waits for the thread where this is given up
};

ImportSummary Importer::run(ListRows& rows) {
  rows_before_ = static_cast<std::uint64_t>(transaction_.query_one("SELECT CAST(COALESCE(SUM(rows_new), 0) AS BIGINT) FROM list_versions")->integer(0));
  const std::int64_t version = next_list_version(transaction_);
  transaction_.execute("INSERT INTO list_versions (version, as_of, recorded_at, kind, source, rows_new) VALUES (:version, :as_of, :at, 'import', :source, 0)",
                       {version, options_.as_of, format_utc(transaction_.now()), without_numbers_of_persons(options_.source)});
  summary_.version = version;
  ListRow row;
  while (rows.next(row)) take(row);
  hand_over();
  store_last();
  if (indexes_.are_set_aside()) indexes_.restore();
  if (summary_.taken == 0) {
    transaction_.execute("DELETE FROM list_versions WHERE version = :version", {version});
    summary_.version = 0;
    return summary_;
  }
  transaction_.execute("UPDATE list_versions SET rows_new = :rows WHERE version = :version", {summary_.taken, version});
  record(transaction_, {options_.actor, "talents import", fmt::format("list version {}", version),
                        fmt::format("{}; as of {}; rows {}, new {}, known {}, rejected {}", without_numbers_of_persons(options_.source), format_day(options_.as_of),
                                    summary_.rows, summary_.taken, summary_.known, summary_.rejected),
                        ""});
  return summary_;
}

void Importer::take(const ListRow& row) {
  ++summary_.rows;
  auto read = read_listing(row, programmes_);
  if (const auto* problem = std::get_if<RowProblem>(&read)) return reject(row, *problem);
  Listing& listing = std::get<Listing>(read);
  hide_personal_key(vault_, listing);
  std::string key = key_of(listing.talent.text(), listing.programme.text());
  const std::uint64_t hash = hasher_(key);
  if (keys_of_file_.contains(hash, key)) {
    return reject(row, {RowCode::duplicate_key,
                        {"前面已有同一人才、同一人才工程的行被接受；每个文件只能有一行",
                         "an earlier row of this talent and programme was accepted; allowed: one row of each in a file"}});
  }
  if (const auto problem = dates_out_of_order(listing)) return reject(row, *problem);
  keys_of_file_.insert(hash, key);
  chunk_.push_back({std::move(listing), std::move(key)});
  if (options_.verdict) options_.verdict(row, nullptr);
  if (chunk_.size() == chunk_rows) hand_over();
}

void Importer::reject(const ListRow& row, const RowProblem& problem) {
  ++summary_.rejected;
  if (options_.verdict) options_.verdict(row, &problem);
}

// What is stored instead of personal data.
void Importer::hide(NewRow& row) const {
  const Listing& listing = row.listing;
  row.fingerprint = fingerprint(vault_, listing);
  row.lookup = vault_.lookup(listing.id_number);
  row.sealed = seal(vault_, listing);
}

// Stores the chunk before, which is hidden by now, while another thread hides the one that was just read.
void Importer::hand_over() {
  if (hiding_.valid()) hiding_.get();
  std::vector<NewRow> hidden = std::exchange(hidden_, std::exchange(chunk_, {}));
  hiding_ = std::async(std::launch::async, [this] {
    for (NewRow& row : hidden_) hide(row);
  });
  store(hidden);
}

void Importer::store_last() {
  hiding_.get();
  store(hidden_);
}

void Importer::store(const std::vector<NewRow>& rows) {
  const std::uint64_t new_rows = summary_.taken + rows.size();
  if (!indexes_.are_set_aside() && new_rows >= rows_worth_new_indexes && new_rows > rows_before_ / 2) indexes_.set_aside(rows_before_ == 0);
  const KnownFacts known = known_facts(rows);
  std::vector<const NewRow*> fresh;
  for (const NewRow& row : rows) {
    if (already_known(known, row)) ++summary_.known;
    else fresh.push_back(&row);
  }
  insert(fresh);
}

// What is known on the list's own day about the talents of this chunk.
KnownFacts Importer::known_facts(const std::vector<NewRow>& rows) {
  KnownFacts known;
  if (rows_before_ == 0 || rows.empty()) return known;
  transaction_.execute("CREATE TEMPORARY TABLE IF NOT EXISTS chunk_talents (talent_id TEXT)");
  transaction_.execute("DELETE FROM chunk_talents");
  {
    std::unordered_set<std::string_view> talents;
    BulkInsert bulk(transaction_, "chunk_talents", {"talent_id"});
    for (const NewRow& row : rows) {
      if (talents.insert(row.listing.talent.text()).second) bulk.text(row.listing.talent.text()).end_row();
    }
    bulk.finish();
  }
  // CROSS JOIN keeps SQLite to this order: from the chunk, by the index on talents, never over the whole registry.
  transaction_.each(
      "SELECT l.talent_id, l.programme, v.as_of, l.version, l.valid_from, l.valid_to, l.fingerprint FROM chunk_talents c "
      "CROSS JOIN talent_listings l CROSS JOIN list_versions v "
      "WHERE l.talent_id = c.talent_id AND v.version = l.version AND v.as_of <= :as_of ORDER BY v.as_of COLLATE \"C\", l.version",
      {options_.as_of}, [&](const Row& row) {
        Known& facts = known[key_of(row.text(0), row.text(1))];
        facts.statements.push_back({.said = {row.day(2), row.integer(3)}, .valid = {row.day(4), row.optional_day(5)},
                                    .row = facts.fingerprints.size()});
        facts.fingerprints.push_back(parse_hash(row.text(6)));
      });
  return known;
}

bool Importer::already_known(const KnownFacts& known, const NewRow& row) const {
  const auto found = known.find(row.key);
  if (found == known.end()) return false;
  const Selections standing = resolve(found->second.statements, {});
  return std::any_of(standing.selections.begin(), standing.selections.end(), [&](const Selections::Selection& selection) {
    return found->second.fingerprints[selection.row] == row.fingerprint;
  });
}

void Importer::insert(const std::vector<const NewRow*>& rows) {
  if (rows.empty()) return;
  BulkInsert bulk(transaction_, "talent_listings",
                  {"version", "row_in_version", "talent_id", "programme", "level", "valid_from", "valid_to", "id_type", "lookup",
                   "employer_code", "employed_from", "employed_to", "sealed", "fingerprint"});
  for (const NewRow* row : rows) {
    const Listing& listing = row->listing;
    bulk.integer(summary_.version).integer(static_cast<std::int64_t>(++summary_.taken)).text(listing.talent.text());
    bulk.text(listing.programme.text()).text(word(listing.level)).day(listing.valid.from).day(listing.valid.to);
    bulk.text(word(listing.id_type)).text(format_hash(row->lookup));
    if (listing.employment) {
      bulk.text(listing.employment->code).day(listing.employment->period.from).day(listing.employment->period.to);
    } else {
      bulk.null().null().null();
    }
    bulk.text(row->sealed).text(format_hash(row->fingerprint)).end_row();
  }
  bulk.finish();
}

}  // namespace

std::int64_t next_list_version(Transaction& transaction) {
  return transaction.query_one("SELECT COALESCE(MAX(version), 0) + 1 FROM list_versions")->integer(0);
}

ImportSummary import_list(Transaction& transaction, ListRows& rows, const Programmes& programmes, const Vault& vault,
                          const ImportOptions& options) {
  return Importer(transaction, programmes, vault, options).run(rows);
}

}  // namespace talent_loan
