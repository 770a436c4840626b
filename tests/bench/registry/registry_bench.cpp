// Verification against N listed talents, beside what people are looked up in today, on the same numbers in one run:
//   build/release/bin/registry_bench [--talents N] [--requests N] [--runs N] [--threads N] [--peers none] [--folder DIR]
// Imports a made-up list, makes the snapshot, opens it, decides requests one by one in process and by the file as a
// whole process. Needs about 1 KB of disk for a talent, in a folder that is removed at the end, or in DIR, where the
// next run finds the database and its snapshot again.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/talent/registry_snapshot.hpp"
#include "core/talent/vault_key.hpp"
#include "core/talent/verification.hpp"
#include "tests/bench/registry/made_up_lists.hpp"
#include "tests/bench/registry/peers.hpp"
#include "tests/bench/whole_process.hpp"
#include "tests/support/run_program.hpp"

namespace {

using namespace talent_loan;
using bench::Measured;
using bench::option;
using Clock = std::chrono::steady_clock;

// What this thread has used of a processor: on a busy machine nearer to the truth than the clock.
double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }
void tell(const std::string& what, double seconds, const std::string& more = "") {
  fmt::print("{:<58} {:>10.3f} s   {}\n", what, seconds, more);
  std::fflush(stdout);
}

std::string told(const Measured& measured) { return fmt::format("{:.2f} CPU s, peak {} MiB", measured.cpu_seconds, measured.peak_kib / 1024); }

// The program on the bench's database, as a whole process.
Measured run(const std::string& database, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {TALENT_LOAN_PROGRAM, "--quiet", "--lang", "en", "--config", TALENT_LOAN_SOURCE_DIR "/config", "--db", "sqlite://" + database});
  return bench::run_measured(std::move(arguments));
}

// One borrower after the other through the verifier, on one thread, the snapshot just opened.
void decide_in_process(const std::string& database, std::uint64_t talents) {
  const PolicySet policies = load_policies({TALENT_LOAN_SOURCE_DIR "/config/policies"});
  const FiledBanks banks({});
  Database opened = Database::open("sqlite://" + database);
  Transaction look = opened.read();
  const auto start = Clock::now();
  const std::optional<Vault> vault = vault_for_reading(look, {.file = database + ".key"});
  const Registry registry = registry_of(look, open_snapshot(look, *vault, database + ".registry"));
  tell("opening the registry", seconds_since(start));
  const Verifier verifier(policies, SchemeId("zibo-talent-loan"), registry, banks, &*vault, nullptr);
  std::vector<VerificationRequest> requests;
  for (std::string& number : bench::numbers_to_look_up(1'000'000, talents)) {
    requests.push_back({.kind = BorrowerRule::Kind::talent, .borrower_id = std::move(number), .on = *parse_day("2020-06-15"), .amount = Fen(100'000'000)});
  }
  const auto first = Clock::now();
  std::uint64_t eligible = verifier.decide(requests.front()).eligible() ? 1 : 0;
  tell("the first decision after it", seconds_since(first));
  const auto next = Clock::now();
  const double next_cpu = cpu_seconds();
  for (std::size_t i = 1; i < 1000; ++i) eligible += verifier.decide(requests[i]).eligible() ? 1U : 0U;
  const double warming = seconds_since(next);
  tell("the 999 decisions after that", warming, fmt::format("{:.2f} µs each, {:.2f} CPU µs", warming / 999 * 1e6, (cpu_seconds() - next_cpu) / 999 * 1e6));
  const auto all = Clock::now();
  const double all_cpu = cpu_seconds();
  for (const VerificationRequest& request : requests) eligible += verifier.decide(request).eligible() ? 1U : 0U;
  const double decided = seconds_since(all);
  tell("1,000,000 decisions, one thread", decided, fmt::format("{:.2f} µs each, {:.2f} CPU µs, {} eligible", decided, cpu_seconds() - all_cpu, eligible));
  const auto found = Clock::now();
  const double found_cpu = cpu_seconds();
  std::uint64_t listed = 0;
  for (const VerificationRequest& request : requests) listed += verifier.listed(request.borrower_id) ? 1U : 0U;
  const double looked_up = seconds_since(found);
  tell("1,000,000 lookups by identity number, one thread", looked_up, fmt::format("{:.0f} a second, {:.2f} CPU µs each", 1e6 / looked_up, cpu_seconds() - found_cpu));
  if (listed != requests.size()) throw std::runtime_error("a listed talent was not found");
}

void peers(const std::string& folder, std::uint64_t talents) {
  const std::vector<std::string> lookups = bench::numbers_to_look_up(1'000'000, talents);
  const auto show = [](const char* what, double rate) { fmt::print("{:<58} {:>10.0f} lookups a second\n", what, rate); };
  show("std::unordered_map", bench::unordered_map_lookups(talents, lookups));
  show("SQLite, in one transaction", bench::sqlite_lookups(folder + "/peer.db", talents, lookups));
  if (const auto redis = bench::redis_lookups(folder, talents, lookups)) show("Redis, pipelined by 16", *redis);
  else fmt::print("*** Redis IS NOT HERE AND WAS NOT MEASURED: apt-get install redis-server ***\n");
}

int measure(int argc, char** argv) {
  const std::uint64_t talents = std::stoull(option(argc, argv, "--talents", "1000000"));
  const std::uint64_t requests = std::stoull(option(argc, argv, "--requests", "1000000"));
  const unsigned runs = static_cast<unsigned>(std::stoul(option(argc, argv, "--runs", "5")));
  const std::string threads = option(argc, argv, "--threads", "2");
  std::optional<testing::TemporaryFolder> temporary;
  std::string folder = option(argc, argv, "--folder", "");
  if (folder.empty()) folder = temporary.emplace().path().string();
  std::filesystem::create_directories(folder);
  const std::string database = folder + "/bench.db";

  fmt::print("{} talents, {} requests, {} threads\n", talents, requests, threads);
  if (!std::filesystem::exists(database)) {
    bench::write_list(folder + "/list.csv", talents);
    const Measured imported = run(database, {"talents", "import", folder + "/list.csv", "--as-of", "2020-05-26"});
    tell("talents import", imported.seconds, fmt::format("{}, {:.0f} rows a second", told(imported), static_cast<double>(talents) / imported.seconds));
    for (int bank = 0; bank < 40; ++bank) run(database, {"banks", "file", fmt::format("bank-{}", bank), "--from", "2020-01-01"});
  }
  if (!std::filesystem::exists(database + ".registry")) {
    const Measured made = run(database, {"talents", "snapshot", "build"});
    tell("talents snapshot build", made.seconds, fmt::format("{}, {} MiB of file", told(made), std::filesystem::file_size(database + ".registry") >> 20));
  }
  const Measured one = run(database, {"talents", "snapshot", "status"});
  tell("talents snapshot status, whole process", one.seconds, told(one));
  decide_in_process(database, talents);

  bench::write_requests(folder + "/requests.csv", requests, talents);
  std::vector<Measured> decided;
  for (unsigned i = 0; i < runs; ++i) {
    decided.push_back(run(database, {"talents", "verify", "--requests", folder + "/requests.csv", "--decisions", folder + "/decisions.csv", "--rejects",
                                     folder + "/rejects.csv", "--threads", threads, "--scheme", "zibo-talent-loan"}));
  }
  std::sort(decided.begin(), decided.end(), [](const Measured& a, const Measured& b) { return a.seconds < b.seconds; });
  const Measured& median = decided[decided.size() / 2];
  tell("talents verify of the file, whole process, median", median.seconds, fmt::format("{}, least {:.3f}, most {:.3f}", told(median), decided.front().seconds, decided.back().seconds));
  if (option(argc, argv, "--peers", "all") != "none") peers(folder, talents);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return measure(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
