// An import long enough that the indexes are set aside on the way.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "core/store/database.hpp"
#include "core/talent/talent_lists.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

// Rows of passports, numbered on: as many as asked for, without keeping them.
class NumberedRows final : public ListRows {
 public:
  NumberedRows(int first, int end, std::string valid_to = "", int broken_at = -1) : next_(first), end_(end), valid_to_(std::move(valid_to)), broken_at_(broken_at) {}
  bool next(ListRow& row) override {
    if (next_ == broken_at_) throw Failure({"读不下去", "cannot be read on"}, {});
    if (next_ == end_) return false;
    talent_ = fmt::format("T{}", next_);
    number_ = fmt::format("E{:08}", next_);
    row = {.line = static_cast<std::uint64_t>(next_) + 2};
    row.cells = {talent_, "张三", "passport", number_, "zibo-yingcai", "", "2018-01-01", valid_to_, "91350100M000100Y43", "某公司", "2015-01-01", ""};
    ++next_;
    return true;
  }

 private:
  int next_;
  int end_;
  std::string valid_to_;
  int broken_at_;
  std::string talent_;
  std::string number_;
};

std::vector<std::string> indexes(Transaction& transaction) {
  std::vector<std::string> names;
  for (const Row& row : transaction.query("SELECT name FROM sqlite_master WHERE tbl_name = 'talent_listings' AND sql IS NOT NULL AND type = 'index' ORDER BY name")) names.push_back(row.text(0));
  return names;
}

constexpr int many = 101'000;

}  // namespace

TEST_CASE("a long import keeps every row and every index, and one that fails keeps nothing of itself and every index") {
  const TemporaryFolder folder;
  MasterKey key;
  key.fill(7);
  const Vault vault(key);
  const Programmes programmes = load_programmes(std::string(TALENT_LOAN_SOURCE_DIR) + "/config/programmes.yaml");
  Database database = Database::open("sqlite://" + (folder / "test.db"));
  const auto import_rows = [&](NumberedRows rows) {
    Transaction transaction = database.write();
    const ImportSummary summary = import_list(transaction, rows, programmes, vault, {.as_of = *parse_day("2020-06-01"), .source = "list.csv", .actor = "someone"});
    transaction.commit();
    return summary;
  };
  const auto count = [&](const std::string& sql) { return database.read().query_one(sql)->integer(0); };
  const std::vector<std::string> all = [&] {
    Transaction look = database.read();
    return indexes(look);
  }();
  REQUIRE(all.size() >= 3);
  const auto same_indexes = [&] {
    Transaction look = database.read();
    return indexes(look) == all;
  };

  CHECK_THROWS_AS(import_rows({0, 130'000, "", 125'000}), Failure);
  CHECK(same_indexes());
  CHECK(count("SELECT COUNT(*) FROM talent_listings") == 0);

  CHECK(import_rows({0, many}).taken == many);
  CHECK(same_indexes());
  CHECK(count("SELECT COUNT(*) FROM talent_listings") == many);

  const ImportSummary again = import_rows({1'000, many + 1'000});
  CHECK(again.known == many - 1'000);
  CHECK(again.taken == 1'000);
  CHECK(import_rows({0, many, "2021-12-31"}).taken == many);
  CHECK(same_indexes());
  CHECK(count("SELECT COUNT(*) FROM talent_listings") == 2 * many + 1'000);
  CHECK(count("SELECT COUNT(DISTINCT talent_id) FROM talent_listings WHERE talent_id = 'T77'") == 1);
  CHECK(database.read().query_one("PRAGMA integrity_check")->text(0) == "ok");
}
