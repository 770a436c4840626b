// `talent-loan settle` of a batch of a million claims, whole processes on a fresh copy of one loan book each, and in
// the same run what plain databases take to write one line and three postings a claim:
//   build/release/bin/settle_bench [--claims N] [--loans N] [--runs N] [--peers none] [--duckdb LIBRARY] [--postgresql no]
//                                  [--recoveries N]
// Prints seconds, processor seconds and peak memory of each, and for settle the stages that --log-level debug tells:
// the plain databases only write rows, which settle does in `store` and `commit`; it also reads the loan book, checks
// and decides (`read`, `decide`), sums the stored lines again and posts them (`book`), and writes its files.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <stdexcept>

#include <fmt/format.h>

#include "core/store/database.hpp"
#include "tests/bench/settle/book.hpp"
#include "tests/bench/settle/row_peers.hpp"
#include "tests/bench/split/peers.hpp"
#include "tests/bench/whole_process.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/run_program.hpp"

namespace {

using namespace talent_loan;
using bench::Measured;
using bench::option;

std::string stages(const std::string& log) {
  const std::string text = testing::read_file(log);
  const std::regex line("stage=([a-z]+) seconds=([0-9.]+)");
  std::string out;
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at) out += fmt::format("{} {} ", (*at)[1].str(), (*at)[2].str());
  return out;
}

void tell(const std::string& name, const Measured& measured, const std::string& more = "") {
  fmt::print("{:<34} {:>8.2f} {:>8.2f} {:>9}  {}\n", name, measured.seconds, measured.cpu_seconds, measured.peak_kib / 1024, more);
  std::fflush(stdout);
}

struct Bench {
  const testing::TemporaryFolder folder{};
  std::string config = folder / "config";
  std::string checked = folder / "checked";

  std::vector<std::string> program(const std::string& url, const std::string& configuration, const std::vector<std::string>& words) const {
    std::vector<std::string> command{TALENT_LOAN_PROGRAM};
    command.insert(command.end(), words.begin(), words.end());
    for (const std::string& word : {std::string("--config"), configuration, std::string("--db"), url, std::string("--quiet"),
                                    std::string("--log-level"), std::string("debug"), std::string("--log-json"), folder / "log"}) {
      command.push_back(word);
    }
    return command;
  }

  void measure(const std::string& name, const std::string& url, const std::string& configuration, const std::vector<std::string>& words) const {
    std::filesystem::remove(folder / "log");
    const Measured measured = bench::run_measured(program(url, configuration, words));
    tell(name, measured, stages(folder / "log"));
  }

  // Settling in one step with payments and totals, then every line written again, then another book in two steps.
  void settle(const std::string& kind, const std::string& url, const std::string& second_url) const {
    const std::vector<std::string> batch{"settle", "--batch", "2021", "--as-of", "2021-12-31"};
    const auto with = [&](std::vector<std::string> words, const std::vector<std::string>& more) {
      words.insert(words.end(), more.begin(), more.end());
      return words;
    };
    measure("settle, " + kind, url, config, with(batch, {"--totals", folder / "totals.csv", "--payments", folder / "payments.csv"}));
    measure("  the same again, with --lines", url, config, with(batch, {"--lines", folder / "lines.csv"}));
    if (second_url.empty()) return;
    measure("  prepared only, another book", second_url, checked, with(batch, {"--as", "li"}));
    measure("  and approved", second_url, checked, {"settle", "approve", "--batch", "2021", "--as", "wang", "--payments", folder / "payments.csv"});
  }
};

std::string copy_of(const Bench& bench, const std::string& book, int& copies) {
  const std::string to = bench.folder / fmt::format("copy-{}.db", ++copies);
  std::filesystem::copy_file(book, to);
  return to;
}

int measure(int argc, char** argv) {
  const std::int64_t claims = std::stoll(option(argc, argv, "--claims", "1000000"));
  const std::int64_t loans = std::stoll(option(argc, argv, "--loans", std::to_string(claims + claims / 4)));
  const int runs = std::stoi(option(argc, argv, "--runs", "3"));
  const std::int64_t recoveries = std::stoll(option(argc, argv, "--recoveries", "0"));
  const bool peers = option(argc, argv, "--peers", "all") != "none";
  Bench bench;
  bench::write_configuration(bench.config, false);
  bench::write_configuration(bench.checked, true);
  const std::string book = bench.folder / "book.db";
  bench::write_book("sqlite://" + book, {.claims = claims, .loans = loans});
  fmt::print("{} claims on {} loans\n{:<34} {:>8} {:>8} {:>9}\n", claims, loans, "", "seconds", "CPU s", "peak MiB");
  const auto duckdb = bench::find_duckdb(option(argc, argv, "--duckdb", ""));
  if (!duckdb) fmt::print("*** DuckDB IS NOT HERE AND WAS NOT MEASURED: npm install @duckdb/node-bindings-linux-x64, or --duckdb LIBRARY ***\n");
  int copies = 0;
  for (int i = 0; i < runs; ++i) {
    const std::string first = copy_of(bench, book, copies), second = copy_of(bench, book, copies);
    ::sync();  // or the commits that are measured would wait for what copying left to be written
    bench.settle("SQLite", "sqlite://" + first, "sqlite://" + second);
    if (recoveries > 0) {
      bench::write_recoveries(bench.folder / "recoveries.csv", recoveries);
      bench.measure(fmt::format("  recover, {} rows", recoveries), "sqlite://" + first, bench.config,
                    {"recover", "--recoveries", bench.folder / "recoveries.csv", "--returns", bench.folder / "returns.csv"});
    }
    std::filesystem::remove(first);
    std::filesystem::remove(second);
    if (!peers) continue;
    const std::string rows = bench.folder / fmt::format("rows-{}.db", i);
    tell("SQLite, 4 rows a claim", bench::run_measured({argv[0], "--run-sqlite", rows, std::to_string(claims)}));
    std::filesystem::remove(rows);
    if (!duckdb) continue;
    const std::string duck = bench.folder / fmt::format("rows-{}.duckdb", i), script = bench.folder / "rows.sql";
    std::ofstream(script) << bench::duckdb_rows_script(duck, claims);
    tell("DuckDB " + bench::duckdb_version(*duckdb) + ", 4 rows a claim", bench::run_measured({argv[0], "--run-duckdb", *duckdb, script}));
  }
  if (option(argc, argv, "--postgresql", "yes") == "no") return 0;
  testing::PostgresServer server(true);
  const std::string url = server.fresh_database();
  bench::write_book(url, {.claims = claims, .loans = loans});
  bench.settle("PostgreSQL", url, "");
  if (peers) tell("PostgreSQL COPY, 4 rows a claim", bench::run_measured({argv[0], "--run-copy", server.fresh_database(), std::to_string(claims)}));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string what = argc > 1 ? argv[1] : "";
    if (argc == 4 && what == "--run-duckdb") return bench::run_duckdb(argv[2], argv[3]);
    if (argc == 4 && what == "--run-sqlite") return bench::write_rows_to_sqlite(argv[2], std::stoll(argv[3])), 0;
    if (argc == 4 && what == "--run-copy") return bench::copy_rows_to_postgresql(argv[2], std::stoll(argv[3])), 0;
    return measure(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
