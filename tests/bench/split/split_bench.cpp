// `talent-loan split` beside DuckDB and SQLite on the same claims, in alternation, whole processes and warm files:
//   build/release/bin/split_bench [--rows N] [--runs N] [--threads N] [--peers none] [--duckdb LIBRARY]
// Prints median, least and most seconds, peak memory, and the peers' medians over ours. A peer that is not there is
// named and left out. What the peers wrote is compared with ours before anything is reported.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/bench/split/claims_file.hpp"
#include "tests/bench/split/peers.hpp"
#include "tests/bench/whole_process.hpp"
#include "tests/support/run_program.hpp"

namespace {

using namespace talent_loan;
using bench::option;

struct Contender {
  std::string name;
  std::vector<std::string> command;
  std::string input;   // file for standard input, or empty
  std::string folder;  // of its outputs
  std::vector<double> seconds{};
  double cpu_seconds = 0;  // of the last run
  long peak_kib = 0;

  double median() const {
    std::vector<double> sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

void run(Contender& contender) {
  std::filesystem::remove_all(contender.folder);
  std::filesystem::create_directories(contender.folder);
  const bench::Measured measured = bench::run_measured(contender.command, contender.input);
  contender.seconds.push_back(measured.seconds);
  contender.cpu_seconds = measured.cpu_seconds;
  contender.peak_kib = measured.peak_kib;
}

// The rows of a CSV file without its header and without carriage returns, so that only the work is compared.
std::string rows_of(const std::string& path) {
  std::string text = testing::read_file(path);
  std::erase(text, '\r');
  return text.substr(text.find('\n') + 1);
}

void compare(const Contender& ours, const Contender& peer) {
  if (rows_of(ours.folder + "/lines.csv") != rows_of(peer.folder + "/lines.csv")) {
    throw std::runtime_error(peer.name + " wrote other lines than talent-loan: " + peer.folder);
  }
}

std::string write_script(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  return path;
}

int measure(int argc, char** argv) {
  const std::uint64_t rows = std::stoull(option(argc, argv, "--rows", "1000000"));
  const unsigned runs = static_cast<unsigned>(std::stoul(option(argc, argv, "--runs", "7")));
  const std::string threads = option(argc, argv, "--threads", "2");
  const testing::TemporaryFolder folder;
  const std::string claims = folder / "claims.csv";
  bench::write_claims(claims, rows);

  std::vector<Contender> contenders;
  const std::string policies = TALENT_LOAN_SOURCE_DIR "/config/policies/";
  const std::string own = folder / "talent-loan";
  contenders.push_back({.name = "talent-loan",
                        .command = {TALENT_LOAN_PROGRAM, "split", "--quiet", "--lang", "en", "--policy", policies + "zibo-before-2020-56.yaml",
                                    "--policy", policies + "zibo-2020-56.yaml", "--claims", claims, "--lines", own + "/lines.csv", "--rejects",
                                    own + "/rejects.csv", "--totals", own + "/totals.csv", "--threads", threads},
                        .input = {},
                        .folder = own});
  const bool peers = option(argc, argv, "--peers", "all") != "none";
  if (!peers) {
    fmt::print("peers were left out\n");
  } else if (const auto duckdb = bench::find_duckdb(option(argc, argv, "--duckdb", ""))) {
    const std::string to = folder / "duckdb";
    const std::string script = write_script(folder / "duckdb.sql", bench::duckdb_script(claims, to, static_cast<unsigned>(std::stoul(threads))));
    contenders.push_back({.name = "DuckDB " + bench::duckdb_version(*duckdb), .command = {argv[0], "--run-duckdb", *duckdb, script}, .input = {}, .folder = to});
  } else {
    fmt::print("*** DuckDB IS NOT HERE AND WAS NOT MEASURED: npm install @duckdb/node-bindings-linux-x64, or --duckdb LIBRARY ***\n");
  }
  if (peers && testing::run_command("sh", {"-c", "command -v sqlite3"}).exit == 0) {
    const std::string to = folder / "sqlite";
    contenders.push_back({.name = "SQLite " + testing::run_command("sqlite3", {"--version"}).out.substr(0, 6),
                          .command = {"sqlite3", ":memory:"},
                          .input = write_script(folder / "sqlite.sql", bench::sqlite_script(claims, to)),
                          .folder = to});
  } else if (peers) {
    fmt::print("*** SQLite IS NOT HERE AND WAS NOT MEASURED: apt-get install sqlite3 ***\n");
  }

  for (unsigned i = 0; i < runs; ++i) {
    for (Contender& contender : contenders) run(contender);
  }
  for (const Contender& contender : contenders) {
    if (&contender != &contenders.front()) compare(contenders.front(), contender);
  }
  fmt::print("{} claims, {} bytes; {} runs in alternation, {} threads\n", rows, std::filesystem::file_size(claims), runs, threads);
  fmt::print("{:<16} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "", "median s", "least s", "most s", "CPU s", "peak MiB", "x ours");
  for (const Contender& c : contenders) {
    const auto [least, most] = std::minmax_element(c.seconds.begin(), c.seconds.end());
    fmt::print("{:<16} {:>9.3f} {:>9.3f} {:>9.3f} {:>9.2f} {:>9} {:>9.1f}\n", c.name, c.median(), *least, *most, c.cpu_seconds, c.peak_kib / 1024,
               c.median() / contenders.front().median());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 4 && std::string_view(argv[1]) == "--run-duckdb") return bench::run_duckdb(argv[2], argv[3]);
    return measure(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
