// `talent-loan assess score` on many banks, whole processes and warm files:
//   build/release/bin/assess_bench [--banks N] [--indicators N] [--runs N]
// Two tables: one of shares of the best, which SQLite does as well (in binary floating point, unrounded and
// without checks, so it is given the easier work), and one that goes round all kinds of formula, which only
// we do.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/support/run_program.hpp"

namespace {

using namespace talent_loan;
using Clock = std::chrono::steady_clock;

struct Size {
  int banks = 10'000;
  int indicators = 50;
};

const std::vector<std::string> formulas{
    "share-of-best",
    "share-of-total",
    "rank-ladder, step_percent: 1",
    "rank-groups, groups: [{to: 100, points: 2}, {to: 2000, points: 1}, {points: 0}]",
    "target, target: 5000, under: prorate, over: {per: 100, points: 0.01, at_most: 1}",
    "relative-to-average",
    "bands, bands: [{below: 1000, points: 0.5}, {below: 9000, points: 1}, {points: 2}]",
    "base-plus, base: 1, reference: average, per: 1000, each: 0.1, at_most: 2, at_least: 0",
    "per-unit, per: 100, points: 0.01, at_most: 2, whole: false",
    "linear, from: [0, 0], to: [10000, 2]"};

std::string table(const Size& size, bool mixed) {
  std::string yaml = "schema: talent-loan/assessment/1\nid: bench\nindicators:\n";
  for (int i = 0; i < size.indicators; ++i) {
    const std::string& formula =
        mixed ? formulas[static_cast<std::size_t>(i) % formulas.size()] : formulas.front();
    yaml += fmt::format("  - {{id: i{}, points: 2, formula: {{kind: {}}}}}\n", i, formula);
  }
  return yaml;
}

void write_indicators(const std::string& path, const Size& size) {
  std::mt19937_64 random(1);
  std::ofstream out(path);
  out << "bank_id,indicator,value\n";
  for (int bank = 0; bank < size.banks; ++bank) {
    for (int i = 0; i < size.indicators; ++i) {
      const auto hundredths = static_cast<unsigned>(random() % 1'000'000);
      out << fmt::format("bank-{:05},i{},{}.{:02}\n", bank, i, hundredths / 100, hundredths % 100);
    }
  }
}

std::string sqlite_script(const std::string& indicators, const std::string& scores) {
  return fmt::format(
      ".mode csv\n.import {} v\n.headers on\n.output {}\n"
      "WITH p AS (SELECT bank_id, indicator, 2 * CAST(value AS REAL) / MAX(CAST(value AS REAL)) OVER "
      "(PARTITION BY indicator) AS points FROM v),\n"
      "s AS (SELECT bank_id, SUM(points) AS score, json_group_object(indicator, points) AS breakdown FROM p "
      "GROUP BY bank_id)\n"
      "SELECT RANK() OVER (ORDER BY score DESC) AS rank, bank_id, score, breakdown FROM s ORDER BY rank, "
      "bank_id;\n",
      indicators, scores);
}

double median_seconds(unsigned runs, const std::function<int()>& once) {
  std::vector<double> seconds;
  for (unsigned i = 0; i < runs; ++i) {
    const auto start = Clock::now();
    if (once() != 0) throw std::runtime_error("a run failed");
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

int option(int argc, char** argv, const std::string& name, int otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (argv[i] == name) return std::stoi(argv[i + 1]);
  }
  return otherwise;
}

void measure(int argc, char** argv) {
  const Size size{option(argc, argv, "--banks", 10'000), option(argc, argv, "--indicators", 50)};
  const auto runs = static_cast<unsigned>(option(argc, argv, "--runs", 5));
  const testing::TemporaryFolder folder;
  const std::string indicators = folder / "indicators.csv";
  write_indicators(indicators, size);
  const auto ours = [&](const std::string& scheme) {
    return median_seconds(runs, [&] {
      return testing::run_program({"--quiet", "assess", "score", "--scheme", scheme, "--indicators",
                                   indicators, "--scores", folder / "scores.csv"})
          .exit;
    });
  };
  const double shares = ours(folder.write("shares.yaml", table(size, false)));
  const double mixed = ours(folder.write("mixed.yaml", table(size, true)));
  fmt::print("{} banks by {} indicators; median seconds of {} runs\n", size.banks, size.indicators, runs);
  fmt::print("{:<34} {:>8} {:>8}\n", "", "seconds", "x ours");
  fmt::print("{:<34} {:>8.3f}\n", "talent-loan, all kinds of formula", mixed);
  fmt::print("{:<34} {:>8.3f} {:>8.1f}\n", "talent-loan, shares of the best", shares, 1.0);
  if (testing::run_command("sh", {"-c", "command -v sqlite3"}).exit != 0) {
    fmt::print("*** SQLite IS NOT HERE AND WAS NOT MEASURED: apt-get install sqlite3 ***\n");
    return;
  }
  const testing::RunOptions script{.input = sqlite_script(indicators, folder / "peer.csv")};
  const double sqlite =
      median_seconds(runs, [&] { return testing::run_command("sqlite3", {":memory:"}, script).exit; });
  fmt::print("{:<34} {:>8.3f} {:>8.1f}\n", "SQLite, shares of the best", sqlite, sqlite / shares);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    measure(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
