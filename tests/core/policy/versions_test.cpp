// Which version governs, and what is checked of all versions together.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "core/policy/policy.hpp"

using namespace talent_loan;

namespace {

// A folder of one-line versions, removed at the end.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() / fmt::format("talent-loan-versions-{}", ::getpid())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directory(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }

  Folder& version(const std::string& name, const std::string& effective, const std::string& more = "",
                  const std::string& scheme = "s") {
    std::ofstream(path_ / (name + ".yaml"))
        << "schema: talent-loan/policy/1\nscheme: " << scheme << "\nversion: " << name
        << "\ntitle: t\ndocument: d\neffective: {" << effective << "}\n"
        << (more.find("governed_by") == std::string::npos ? "governed_by: disbursed_on\n" : "") << more
        << "eligibility: {require_registry: false}\nrecovery: {costs: deducted-first}\ncompensation: "
           "{shares: [{payer: city, ratio: 80%, cite: c}]}\n";
    return *this;
  }
  void file(const std::string& name, const std::string& text) { std::ofstream(path_ / name) << text; }

  PolicySet load(std::vector<Diagnostic>* warnings = nullptr) const {
    return load_policies({path_.string()}, warnings);
  }
  std::string error() const {
    try {
      load();
    } catch (const Failure& failure) {
      return failure.sentences(Language::english);
    }
    return "";
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Day day(const char* text) {
  return *parse_day(text);
}

std::string governing(const PolicySet& set, const char* disbursed, const char* defaulted,
                      const char* claimed = nullptr) {
  GoverningDates dates{.disbursed_on = day(disbursed), .defaulted_on = day(defaulted), .claimed_on = {}};
  if (claimed != nullptr) dates.claimed_on = day(claimed);
  const PolicyVersion* version = set.governing(SchemeId("s"), dates);
  return version == nullptr ? "none" : version->version.text();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("of overlapping versions the superseding one governs, also through a third") {
  Folder folder;
  folder.version("a", "from: 2018-01-01").version("b", "from: 2019-01-01, to: 2019-12-31", "supersedes: a\n");
  folder.version("c", "from: 2019-06-01, to: 2021-12-31", "supersedes: b\n");
  const PolicySet set = folder.load();
  CHECK(governing(set, "2017-12-31", "2022-01-01") == "none");
  CHECK(governing(set, "2018-01-01", "2022-01-01") == "a");
  CHECK(governing(set, "2018-12-31", "2022-01-01") == "a");
  CHECK(governing(set, "2019-01-01", "2022-01-01") == "b");
  CHECK(governing(set, "2019-05-31", "2022-01-01") == "b");
  CHECK(governing(set, "2019-06-01", "2022-01-01") == "c");
  CHECK(governing(set, "2021-12-31", "2022-01-01") == "c");
  CHECK(governing(set, "2022-01-01", "2022-01-01") == "a");
  CHECK(set.find(VersionId("b"))->supersedes == VersionId("a"));
  CHECK(set.find(VersionId("d")) == nullptr);
}

TEST_CASE("a version may supersede one that starts later") {
  Folder folder;
  folder.version("newer", "from: 2018-01-01", "supersedes: older\n").version("older", "from: 2019-01-01");
  CHECK(governing(folder.load(), "2020-01-01", "2020-01-01") == "newer");
}

TEST_CASE("each version is tested with its own governing date") {
  Folder folder;
  folder.version("a", "from: 2018-01-01, to: 2019-12-31")
      .version("b", "from: 2020-01-01", "governed_by: defaulted_on\nsupersedes: a\n");
  folder.version("c", "from: 2021-01-01", "governed_by: claimed_on\nsupersedes: b\n");
  const PolicySet set = folder.load();
  CHECK(governing(set, "2019-01-01", "2019-06-01") == "a");
  CHECK(governing(set, "2019-01-01", "2020-06-01") == "b");
  CHECK(governing(set, "2020-01-01", "2019-12-31") == "none");
  CHECK(governing(set, "2019-01-01", "2020-06-01", "2020-12-31") == "b");
  CHECK(governing(set, "2019-01-01", "2020-06-01", "2021-01-01") == "c");
  CHECK(set.facts_read(SchemeId("s")).claimed_on);
  CHECK(set.in_force(SchemeId("s"), day("2019-06-01"))->version == VersionId("a"));
}

TEST_CASE("of versions that meet only through different dates the one that starts later governs, however many others supersede") {
  Folder folder;
  folder.version("a", "from: 2018-01-01, to: 2018-12-31").version("b", "from: 2019-01-01, to: 2019-12-31", "supersedes: a\n");
  folder.version("c", "from: 2020-01-01", "governed_by: claimed_on\n");
  const PolicySet set = folder.load();
  CHECK(governing(set, "2019-06-01", "2019-07-01", "2020-01-01") == "c");
  CHECK(governing(set, "2019-06-01", "2019-07-01", "2019-12-31") == "b");
}

TEST_CASE("overlapping versions of which neither supersedes the other are an error at the later one") {
  Folder folder;
  folder.version("a", "from: 2018-01-01")
      .version("b", "from: 2019-01-01")
      .version("x", "from: 2018-01-01", "", "other");
  CHECK(contains(folder.error(),
                 "b.yaml:6:12: effective: its period 2019-01-01–open overlaps 2018-01-01–open of version a, "
                 "and neither"));
  CHECK(contains(folder.error(), "write supersedes: a"));
}

TEST_CASE("one day in common is an overlap, the next day is not") {
  Folder folder;
  folder.version("a", "from: 2018-01-01, to: 2019-01-01").version("b", "from: 2019-01-01");
  CHECK(contains(folder.error(), "overlaps"));
  folder.version("b", "from: 2019-01-02");
  CHECK(folder.error().empty());
}

TEST_CASE("a version id belongs to one file") {
  Folder folder;
  folder.version("a", "from: 2018-01-01, to: 2018-12-31");
  std::filesystem::copy_file(folder.path() + "/a.yaml", folder.path() + "/b.yaml");
  CHECK(contains(folder.error(), "b.yaml:3:10: version: the version a again; it is in "));
}

TEST_CASE("supersedes neither runs in a circle nor into another scheme") {
  Folder folder;
  folder.version("a", "from: 2018-01-01", "supersedes: b\n")
      .version("b", "from: 2019-01-01", "supersedes: a\n");
  CHECK(contains(folder.error(), "comes back to itself"));
  Folder schemes;
  schemes.version("a", "from: 2018-01-01", "supersedes: b\n").version("b", "from: 2018-01-01", "", "other");
  CHECK(contains(schemes.error(), "b is a version of the scheme other; allowed: a version of s"));
}

TEST_CASE("a gap between versions is a warning, and no version governs inside it") {
  Folder folder;
  folder.version("a", "from: 2018-01-01, to: 2018-12-31").version("b", "from: 2019-02-01");
  folder.version("x", "from: 2030-01-01", "", "other");
  std::vector<Diagnostic> warnings;
  const PolicySet set = folder.load(&warnings);
  REQUIRE(warnings.size() == 1);
  CHECK(contains(warnings[0].sentence(Language::english),
                 "no version is in force from 2019-01-01 to 2019-01-31"));
  CHECK(governing(set, "2018-12-31", "2020-01-01") == "a");
  CHECK(governing(set, "2019-01-01", "2020-01-01") == "none");
  CHECK(governing(set, "2019-02-01", "2020-01-01") == "b");
}

TEST_CASE("a folder is read without its cases and without other files") {
  Folder folder;
  folder.version("a", "from: 2018-01-01");
  folder.file("a.cases.yaml", "nonsense");
  folder.file("notes.txt", "nonsense");
  folder.file(".b.yaml", "nonsense");
  CHECK(folder.load().versions().size() == 1);
  CHECK(load_policies({folder.path() + "/a.yaml", folder.path() + "/a.cases.yaml"}).versions().size() == 1);
  CHECK_THROWS_WITH(load_policies({folder.path() + "/a.cases.yaml"}), Catch::Contains("no policy file"));
  std::filesystem::remove(folder.path() + "/a.yaml");
  CHECK(contains(folder.error(), "a folder without policy files"));
}

TEST_CASE("errors of several files and paths come together") {
  Folder folder;
  folder.version("a", "from: 2018-02-30").version("b", "from: 2019-01-01", "supersede: a\n");
  try {
    load_policies({folder.path(), "/nonexistent.yaml"});
    FAIL("loaded");
  } catch (const Failure& failure) {
    CHECK(failure.diagnostics().size() == 3);
    CHECK(contains(failure.sentences(Language::english), "did you mean supersedes?"));
    CHECK(contains(failure.sentences(Language::english), "/nonexistent.yaml"));
  }
}

TEST_CASE("the scheme is the only one, or the one that is named") {
  Folder folder;
  folder.version("a", "from: 2018-01-01").version("b", "from: 2018-01-01", "", "other");
  const PolicySet set = folder.load();
  CHECK(set.choose_scheme("other") == SchemeId("other"));
  CHECK_THROWS_AS(set.choose_scheme(""), Failure);
  CHECK_THROWS_AS(set.choose_scheme("third"), Failure);
  std::filesystem::remove(folder.path() + "/b.yaml");
  CHECK(folder.load().choose_scheme("") == SchemeId("s"));
}

TEST_CASE("payers stand in the order in which the versions name them") {
  Folder folder;
  folder.version("z", "from: 2018-01-01, to: 2018-12-31").version("a", "from: 2019-01-01");
  const PolicySet set = folder.load();
  CHECK(set.versions().front().version == VersionId("z"));
  CHECK(set.payers(SchemeId("s")) == std::vector<PayerId>{PayerId("city")});
  CHECK(set.payers(SchemeId("none")).empty());
}

TEST_CASE("random chains of versions govern as the words of the rule say") {
  const std::uint64_t seed = std::random_device()();
  std::mt19937_64 engine(seed);
  INFO("seed " << seed);
  const auto between = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(engine);
  };
  int differences = 0;
  for (int round = 0; round < 5'000; ++round) {
    std::vector<PolicyVersion> versions;
    for (int i = between(1, 6); i > 0; --i) {
      PolicyVersion version;
      version.scheme = SchemeId("s");
      version.version = VersionId(fmt::format("v{}", versions.size()));
      version.effective.from = Day(between(0, 30));
      if (between(0, 3) != 0) version.effective.to = version.effective.from.plus_days(between(0, 15));
      version.governed_by = static_cast<GoverningDate>(between(1, 3));
      if (!versions.empty()) version.supersedes = versions.back().version;
      versions.push_back(version);
    }
    GoverningDates dates{
        .disbursed_on = Day(between(-1, 32)), .defaulted_on = Day(between(-1, 45)), .claimed_on = {}};
    if (between(0, 1) == 0) dates.claimed_on = Day(between(-1, 60));
    // In a chain every version supersedes all before it: the last one that contains its date governs.
    std::string expected = "none";
    for (const PolicyVersion& version : versions) {
      const auto day = dates.on(version.governed_by);
      if (!day || *day < version.effective.from || (version.effective.to && *version.effective.to < *day))
        continue;
      expected = version.version.text();
    }
    std::shuffle(versions.begin(), versions.end(), engine);
    const PolicySet set(std::move(versions));
    const PolicyVersion* found = set.governing(SchemeId("s"), dates);
    differences += (found == nullptr ? "none" : found->version.text()) == expected ? 0 : 1;
  }
  CHECK(differences == 0);
}
