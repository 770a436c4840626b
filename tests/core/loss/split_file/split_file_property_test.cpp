// Random policies and random claims files, good and spoilt, against the reference: the same lines and totals to
// the byte, the same rows rejected for the same reasons, for any number of threads and any size of block.
#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "core/loss/split_file.hpp"
#include "tests/core/loss/split_file/policies.hpp"
#include "tests/core/loss/split_file/split_reference.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(std::size_t percent) { return below(100) < percent; }
  template <typename T>
  T pick(std::vector<T> from) { return from[below(from.size())]; }

  Ratio ratio() {
    return chance(50) ? Ratio::percent(static_cast<std::int64_t>(below(101))) : Ratio(static_cast<std::int64_t>(below(100'000'001)));
  }
  Fen amount() { return Fen(static_cast<std::int64_t>(random_() % 99'999'999'999'999'999 >> below(50))); }

  Condition condition() {
    Condition made{};
    if (chance(25)) made.loan_amount_over = amount();
    if (chance(25)) made.loan_amount_at_most = amount();
    if (chance(25)) made.level_at_least = static_cast<Level>(1 + below(4));
    if (chance(25)) made.level_at_most = static_cast<Level>(1 + below(4));
    if (chance(20)) made.programmes = {ProgrammeId("p1"), ProgrammeId("p" + std::to_string(below(3)))};
    if (chance(25)) made.tag = pick<std::string>({"a", "b", "c"});
    if (chance(25)) made.without_tag = pick<std::string>({"a", "b", "c"});
    return made;
  }

  Share share(const std::vector<std::string>& earlier) {
    Share made{};
    const std::vector<std::string> names{"city", "province", "district", "county"};
    if (!earlier.empty() && chance(40)) {
      made.reimburses = PayerId(pick(earlier));
      made.members = {{PayerId(pick(names)), 1}};
    } else {
      for (std::size_t n = 1 + (chance(30) ? below(3) : 0); n > 0; --n) {
        made.members.push_back({PayerId(names[(n + below(2)) % 4]), 1 + static_cast<std::int64_t>(below(9))});
      }
    }
    for (std::size_t n = conditions_ ? below(3) : 0; n > 0; --n) made.tiers.push_back({condition(), ratio()});
    if (made.tiers.empty() || chance(50)) made.tiers.push_back({Condition{}, ratio()});
    for (std::size_t n = conditions_ ? below(3) : 0; n > 0; --n) made.bonuses.push_back({condition(), ratio()});
    if (chance(30)) made.ratio_at_most = ratio();
    if (chance(30)) made.per_claim_at_most = amount();
    if (conditions_ && chance(30)) made.when = condition();
    return made;
  }

  std::vector<PolicyVersion> policies() {
    conditions_ = chance(60);
    const bool mixed_dates = chance(20);
    const auto governed_by = static_cast<GoverningDate>(1 + below(3));
    std::vector<PolicyVersion> versions;
    const std::vector<std::pair<const char*, const char*>> periods{
        {"2010-01-01", "2014-12-31"}, {"2015-03-01", "2018-02-28"}, {"2018-03-01", "2021-06-30"}, {"2020-01-01", ""}};
    for (std::size_t i = 0; i < periods.size(); ++i) {
      if (chance(25)) continue;
      std::vector<Share> shares;
      std::vector<std::string> earlier;
      for (std::size_t n = 1 + below(3); n > 0; --n) {
        shares.push_back(share(earlier));
        if (!shares.back().reimburses) {
          for (const ShareMember& member : shares.back().members) earlier.push_back(member.payer.text());
        }
      }
      PolicyVersion made = version(("v" + std::to_string(i)).c_str(), periods[i].first, periods[i].second, shares);
      if (chance(40)) made.compensation.ceiling = ratio();
      made.governed_by = governed_by;
      if (i == 3 && !versions.empty() && versions.back().version.text() == "v2") made.supersedes = VersionId("v2");
      versions.push_back(made);
    }
    if (versions.empty()) versions.push_back(version("v9", "2012-01-01", "", {talent_loan::testing::share("city", Ratio::percent(50))}));
    // Versions governed by different dates, with none superseding another, are kept to one period at a time.
    if (mixed_dates && versions.size() > 1) versions = {versions.front()};
    return versions;
  }

  std::string claims(std::size_t rows) {
    std::vector<std::string> columns{"claim_id", "bank_id", "loan_id", "borrower_id", "disbursed_on", "defaulted_on", "outstanding_principal",
                                     "recovered_principal", "claimed_on", "loan_amount", "level", "programme", "tags", "note"};
    std::shuffle(columns.begin(), columns.end(), random_);
    const std::string end = chance(30) ? "\r\n" : "\n";
    spoilt_ = pick<std::size_t>({0, 1, 10, 60});
    std::string out = chance(10) ? "\xEF\xBB\xBF" : "";
    for (std::size_t i = 0; i < columns.size(); ++i) out += (i == 0 ? "" : ",") + columns[i];
    out += end;
    for (std::size_t n = 0; n < rows; ++n) {
      for (std::size_t i = 0; i < columns.size(); ++i) out += (i == 0 ? "" : ",") + spoil(value(columns[i], rows));
      if (below(1000) < spoilt_ * 3) out += pick<std::string>({",", "\"", ",\"open", end, std::string(1, '\0'), "\r"});
      if (n + 1 < rows || chance(80)) out += end;
    }
    return out;
  }

 private:
  std::string value(const std::string& column, std::size_t rows) {
    if (column == "claim_id") return "C" + std::to_string(below(rows * (chance(90) ? 1000 : 1)));
    if (column == "bank_id") return pick<std::string>({"icbc", "abc", "bank of \xE6\xB7\x84\xE5\x8D\x9A", "b" + std::to_string(below(400))});
    if (column == "disbursed_on") return format_day(Day(static_cast<std::int32_t>(14'500 + below(4'200))));
    if (column == "defaulted_on" || column == "claimed_on") return format_day(Day(static_cast<std::int32_t>(16'500 + below(4'200))));
    if (column == "outstanding_principal" || (column == "loan_amount" && chance(80))) return format_yuan(amount());
    if (column == "recovered_principal") return chance(70) ? "0" : format_yuan(Fen(amount().count() >> below(30)));
    if (column == "loan_amount") return "";
    if (column == "level") return pick<std::string>({"", "district", "municipal", "provincial", "national"});
    if (column == "programme") return pick<std::string>({"", "p0", "p1", "p2"});
    if (column == "tags") return pick<std::string>({"", "a", "b|c", "c|a", "||", "a|", "abc"});
    return pick<std::string>({"L1", "x", "=1+1", "a-b"});
  }

  std::string spoil(std::string cell) {
    if (below(1000) >= spoilt_) return cell;
    switch (below(8)) {
      case 0: return "";
      case 1: return cell + " ";
      case 2: return "\"" + cell + "\"";
      case 3: return "\"" + cell + "\n\"\"x,\"";
      case 4: return cell + "\"";
      case 5: return pick<std::string>({"2020-02-30", "1e5", "0.001", "-1.00", "9999999999999999", "nonsense"});
      case 6: return cell + "\r";
      default: return "\"" + cell;
    }
  }

  std::mt19937_64 random_;
  bool conditions_ = false;
  std::size_t spoilt_ = 0;
};

// The first place where two results differ, or empty.
std::string difference(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at == a.end() && other == b.end()) return "";
  return (at == a.end() ? "(end)" : *at) + " instead of " + (other == b.end() ? "(end)" : *other);
}

std::string difference(const std::string& a, const std::string& b) {
  const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at == a.end() && other == b.end()) return "";
  const std::size_t from = static_cast<std::size_t>(at - a.begin()) < 100 ? 0 : static_cast<std::size_t>(at - a.begin()) - 100;
  return a.substr(from, 200) + "\ninstead of\n" + b.substr(from, 200);
}

std::vector<std::string> first_three(const std::string& rejects_path) {
  std::vector<std::string> out;
  CsvReader reader(InputFile::open(rejects_path));
  CsvRow row;
  while (reader.next(row)) {
    std::string text;
    RowText(text).text(row.cells[0]).text(row.cells[1]).plain(row.cells[2]);
    out.push_back(text);
  }
  return out;
}

}  // namespace

TEST_CASE("split_file and the reference agree on random policies and files") {
  constexpr std::uint64_t rounds = 300;
  constexpr std::size_t rows = 300;
  std::uint64_t accepted = 0;
  for (std::uint64_t seed = 1; seed <= rounds; ++seed) {
    INFO("seed " << seed);
    Maker maker(seed);
    const std::vector<PolicyVersion> versions = maker.policies();
    const TemporaryFolder folder;
    const std::string claims = folder.write("claims.csv", maker.claims(rows));
    const ReferenceResult expected = SplitReference(versions, "scheme").split(claims);
    const PolicySet policies(versions);
    const SplitPaths paths{claims, folder / "lines.csv", folder / "rejects.csv", folder / "totals.csv"};
    std::string rejects;
    for (const unsigned threads : {1U, 2U, 8U}) {
      const std::size_t block = maker.pick<std::size_t>({1, 64, 777, 10'000, RowBlocks::usual_block_bytes});
      INFO(threads << " threads, blocks of " << block);
      const SplitSummary summary = split_file(policies, SchemeId("scheme"), paths, {.threads = threads, .block_bytes = block});
      REQUIRE(difference(read_file(paths.lines), expected.lines) == "");
      REQUIRE(difference(read_file(paths.totals), expected.totals) == "");
      REQUIRE(difference(first_three(paths.rejects), expected.rejects) == "");
      REQUIRE(summary.rows == summary.lines + summary.rejects);
      if (threads == 1) rejects = read_file(paths.rejects);
      REQUIRE(difference(read_file(paths.rejects), rejects) == "");
      accepted += summary.lines;
    }
  }
  CHECK(accepted > rounds * rows);
}
