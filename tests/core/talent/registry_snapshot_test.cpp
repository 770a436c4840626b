// Snapshot and later versions together decide as the database alone does.
#include <filesystem>
#include <random>

#include <catch2/catch.hpp>

#include "core/talent/registry_snapshot.hpp"
#include "core/talent/rotation.hpp"
#include "core/talent/talent_lists.hpp"
#include "core/talent/verification.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

using Random = std::mt19937;

Day day(const char* text) { return *parse_day(text); }

// 17 digits with the check character of GB 11643-1999.
std::string identity_number(const std::string& first_17) {
  constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += (first_17[static_cast<std::size_t>(i)] - '0') * weights[i];
  return first_17 + "10X98765432"[sum % 11];
}

// A few of each, so that histories meet each other: people on several lists, mended numbers, shared employers.
struct World {
  std::vector<std::string> numbers;
  std::vector<std::string> talents;
  std::vector<std::string> employers{"91350100M000100Y43", "91370303MA3C000006", "91110000600037341L"};
  std::vector<std::string> programmes{"zibo-yingcai", "taishan-scholar", "taishan-industry", "changjiang-scholar"};
  World() {
    for (int i = 0; i < 9; ++i) numbers.push_back(identity_number("3703021980010100" + std::to_string(i)));
    for (int i = 0; i < 8; ++i) talents.push_back("T" + std::to_string(i));
  }
};

template <typename T>
const T& any_of(Random& random, const std::vector<T>& from) {
  return from[random() % from.size()];
}

Day random_day(Random& random) { return day("2018-01-01").plus_days(static_cast<std::int32_t>(random() % 1500)); }

class MadeUpRows final : public ListRows {
 public:
  void add(std::array<std::string, list_columns> cells) { rows_.push_back(std::move(cells)); }
  bool next(ListRow& row) override {
    if (next_ == rows_.size()) return false;
    row = {.line = next_ + 2};
    for (std::size_t i = 0; i < list_columns; ++i) row.cells[i] = rows_[next_][i];
    ++next_;
    return true;
  }

 private:
  std::vector<std::array<std::string, list_columns>> rows_;
  std::size_t next_ = 0;
};

std::array<std::string, list_columns> random_row(Random& random, const World& world) {
  const std::size_t talent = random() % world.talents.size();
  // Mostly a talent's own number; now and then another's, as lists have it before they are mended.
  const std::string& number = random() % 5 == 0 ? any_of(random, world.numbers) : world.numbers[talent % 6];
  const Day from = random_day(random);
  std::array<std::string, list_columns> row{world.talents[talent], "张三", "resident", number, any_of(random, world.programmes), "", format_day(from),
                                            random() % 3 == 0 ? "" : format_day(from.plus_days(static_cast<std::int32_t>(random() % 900)))};
  if (random() % 3 != 0) {
    const Day employed = random_day(random);
    row[8] = any_of(random, world.employers);
    row[9] = "某公司";
    row[10] = format_day(employed);
    row[11] = random() % 2 == 0 ? "" : format_day(employed.plus_days(static_cast<std::int32_t>(random() % 700)));
  }
  return row;
}

// One more import or revocation.
void random_change(Random& random, const World& world, Database& database, const Programmes& programmes, const Vault& vault) {
  Transaction transaction = database.write();
  const Day as_of = day("2020-01-01").plus_days(static_cast<std::int32_t>(random() % 300));
  if (random() % 4 == 0) {
    const std::string& talent = any_of(random, world.talents);
    if (transaction.query_one("SELECT talent_id FROM talent_listings WHERE talent_id = :talent LIMIT 1", {talent})) {
      revoke_talent(transaction, nullptr, {TalentId(talent), random_day(random), as_of, "left", "someone"});
    }
  } else {
    MadeUpRows rows;
    for (std::size_t i = 1 + random() % 5; i > 0; --i) rows.add(random_row(random, world));
    import_list(transaction, rows, programmes, vault, {.as_of = as_of, .source = "list.csv", .actor = "someone"});
  }
  transaction.commit();
}

Vault vault_of(unsigned char byte) {
  MasterKey key;
  key.fill(byte);
  return Vault(key);
}

std::string told(const VerificationDecision& decision) {
  std::string out = decision.reasons.words() + "/" + decision.programme.text() + "/" + decision.talent.text() + "/" + std::to_string(decision.list_version) + "/" +
                    std::to_string(decision.talents_counted) + "/" + (decision.level ? std::string(word(*decision.level)) : "");
  for (const std::string& cite : decision.cites) out += "/" + cite;
  return out;
}

// Every borrower on many days.
std::string decisions(const World& world, const PolicySet& policies, const Registry& registry, const Vault& vault) {
  const FiledBanks banks({});
  const Verifier verifier(policies, SchemeId("zibo-talent-loan"), registry, banks, &vault, nullptr);
  std::string out;
  for (Day on = day("2020-05-26"); on <= day("2020-12-31"); on = on.plus_days(11)) {
    for (const std::string& number : world.numbers) out += told(verifier.decide({.kind = BorrowerRule::Kind::talent, .borrower_id = number, .on = on})) + "\n";
    for (const std::string& code : world.employers) out += told(verifier.decide({.kind = BorrowerRule::Kind::employer, .borrower_id = code, .on = on})) + "\n";
  }
  return out;
}

void keep_snapshot(Transaction& transaction, const Vault& vault, const std::string& path) {
  auto file = ReplacedFile::begin(path, ReplacedFile::Turn::wait);
  write_snapshot(transaction, vault, load_registry(transaction), *file);
}

const PolicySet& policies() {
  static const PolicySet loaded = load_policies({std::string(TALENT_LOAN_SOURCE_DIR) + "/config/policies"});
  return loaded;
}

const Programmes& programmes() {
  static const Programmes loaded = load_programmes(std::string(TALENT_LOAN_SOURCE_DIR) + "/config/programmes.yaml");
  return loaded;
}

// A history of `changes`, with the snapshot made after some of them.
void check_history(unsigned seed, const std::string& url, const std::string& snapshot_path) {
  INFO("seed " << seed << " " << url);
  Random random(seed);
  const World world;
  const Vault vault = vault_of(7);
  Database database = Database::open(url);
  const std::uint64_t changes = 2 + random() % 8;
  const std::uint64_t covered = 1 + random() % changes;
  bool kept = false;
  for (std::uint64_t change = 1; change <= changes; ++change) {
    random_change(random, world, database, programmes(), vault);
    if (change < covered || kept) continue;
    Transaction look = database.read();
    if (lists_state(look).rows == 0 || !look.query_one("SELECT version FROM talent_listings LIMIT 1")) continue;
    keep_snapshot(look, vault, snapshot_path);
    kept = true;
  }
  if (!kept) return;
  Transaction look = database.read();
  const Registry plain(load_registry(look));
  const Registry snapped = registry_of(look, open_snapshot(look, vault, snapshot_path));
  const auto differs = difference(snapped, plain.base());
  INFO((differs ? differs->english : std::string()));
  CHECK_FALSE(differs);
  CHECK(decisions(world, policies(), snapped, vault) == decisions(world, policies(), plain, vault));
}

}  // namespace

TEST_CASE("decisions by snapshot and later versions equal those by the database, for every borrower and day of random histories") {
  for (unsigned seed = 1; seed <= 120; ++seed) {
    const TemporaryFolder folder;
    check_history(seed, "sqlite://" + (folder / "test.db"), folder / "registry");
  }
  for (unsigned seed = 1000; seed < 1008; ++seed) {
    const TemporaryFolder folder;
    check_history(seed, postgres().fresh_database(), folder / "registry");
  }
}

TEST_CASE("the decision on one borrower loaded alone is the one by the whole registry") {
  for (unsigned seed = 2000; seed < 2030; ++seed) {
    INFO("seed " << seed);
    const TemporaryFolder folder;
    Random random(seed);
    const World world;
    const Vault vault = vault_of(7);
    Database database = Database::open("sqlite://" + (folder / "test.db"));
    for (int change = 0; change < 6; ++change) random_change(random, world, database, programmes(), vault);
    Transaction look = database.read();
    const Registry all(load_registry(look));
    const FiledBanks banks({});
    const auto decide = [&](const Registry& registry, const VerificationRequest& request) {
      return told(Verifier(policies(), SchemeId("zibo-talent-loan"), registry, banks, &vault, nullptr).decide(request));
    };
    for (const std::string& number : world.numbers) {
      const VerificationRequest request{.kind = BorrowerRule::Kind::talent, .borrower_id = number, .on = day("2020-07-01")};
      CHECK(decide(load_person(look, vault.lookup(number)), request) == decide(all, request));
    }
    for (const std::string& code : world.employers) {
      const VerificationRequest request{.kind = BorrowerRule::Kind::employer, .borrower_id = code, .on = day("2020-07-01")};
      CHECK(decide(load_employer(look, code), request) == decide(all, request));
    }
  }
}

TEST_CASE("a snapshot is used only with the database and history it was made of") {
  const TemporaryFolder folder;
  const std::string path = folder / "registry";
  const World world;
  const Vault vault = vault_of(7);
  Random random(5);
  const auto grow = [&](Database& database, int changes) {
    while (changes-- > 0) random_change(random, world, database, programmes(), vault);
  };
  const std::string url = "sqlite://" + (folder / "test.db");
  {
    Database begun = Database::open(url);
    grow(begun, 3);
  }  // closed, so that its file holds everything
  std::filesystem::copy_file(folder / "test.db", folder / "backup.db");
  Database database = Database::open(url);
  grow(database, 3);
  {
    Transaction look = database.read();
    CHECK_THROWS_AS(open_snapshot(look, vault, path), Failure);  // there is none yet
    keep_snapshot(look, vault, path);
    CHECK(open_snapshot(look, vault, path).later_rows == 0);
    CHECK_THROWS_AS(open_snapshot(look, vault_of(8), path), Failure);
  }
  Database restored = Database::open("sqlite://" + (folder / "backup.db"));
  {
    Transaction look = restored.read();
    CHECK_THROWS_AS(open_snapshot(look, vault, path), Failure);  // an earlier state
  }
  grow(restored, 6);
  {
    Transaction look = restored.read();
    CHECK_THROWS_AS(open_snapshot(look, vault, path), Failure);  // a state with as many versions that went another way
  }
  {
    const Vault next = vault_of(9);
    Transaction transaction = database.write();
    rotate_key(transaction, vault, next, "someone", [](const std::vector<RenamedTalent>&) { return std::uint64_t{0}; });
    transaction.commit();
    Transaction look = database.read();
    CHECK_THROWS_AS(open_snapshot(look, next, path), Failure);
    CHECK_THROWS_AS(open_snapshot(look, vault, path), Failure);
    keep_snapshot(look, next, path);
    CHECK_FALSE(difference(registry_of(look, open_snapshot(look, next, path)), load_registry(look)));
  }
}

TEST_CASE("a damaged snapshot gives an error or the right answer, never a wrong one") {
  const TemporaryFolder folder;
  const World world;
  const Vault vault = vault_of(7);
  Random random(6);
  Database database = Database::open("sqlite://" + (folder / "test.db"));
  for (int change = 0; change < 6; ++change) random_change(random, world, database, programmes(), vault);
  Transaction look = database.read();
  keep_snapshot(look, vault, folder / "registry");
  const std::string good = read_file(folder / "registry");
  const std::string expected = decisions(world, policies(), Registry(load_registry(look)), vault);
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    std::string bytes = good;
    for (std::size_t i = 0; i <= random() % 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (round % 4 == 0) bytes.resize(random() % bytes.size());
    try {
      const Registry registry = registry_of(look, open_snapshot(look, vault, folder.write("damaged", bytes)));
      const std::string decided = decisions(world, policies(), registry, vault);
      CHECK(decided == expected);
    } catch (const Failure&) {
      ++refused;
    }
  }
  CHECK(refused > 50);
}

TEST_CASE("a snapshot tells where it differs from the database") {
  const TemporaryFolder folder;
  const World world;
  const Vault vault = vault_of(7);
  Random random(8);
  Database database = Database::open("sqlite://" + (folder / "test.db"));
  for (int change = 0; change < 6; ++change) random_change(random, world, database, programmes(), vault);
  {
    Transaction look = database.read();
    keep_snapshot(look, vault, folder / "registry");
  }
  Transaction transaction = database.write();
  transaction.execute("UPDATE talent_listings SET valid_from = '1999-01-01' WHERE version = 1");
  CHECK(difference(registry_of(transaction, open_snapshot(transaction, vault, folder / "registry")), load_registry(transaction)));
}
