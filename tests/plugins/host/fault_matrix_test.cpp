// Every call of the interface, failed in every way, by real libraries in both isolations: each fault is told with
// its bank, library, call and remedy; the books are those of a bank that was politely closed at that call; no other
// bank notices; and once the adapter behaves again, everything is as if nothing had ever been wrong.
#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <sstream>

#include "tests/plugins/host/city.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

// A bank for each call, named after it: bank "open" fails in open().
const std::vector<std::string> calls{"open", "health", "takes", "poll_applications", "decision", "issue", "poll_events", "poll_claims", "settled", "scored", "close"};
const std::string healthy = "healthy";

enum Where { any_call, polls, notices, issues, declarations };
enum Survivable { only_isolated, in_both };

struct Fault {
  const char* name;  // as the scripted bank knows it
  Where where;
  Survivable survivable;
  const char* told;  // what its message says
};

const Fault faults[] = {
    // The process is gone, or does not come back.
    {"crash", any_call, only_isolated, "ended by signal 11"},
    {"abort", any_call, only_isolated, "ended by signal 6"},
    {"exit", any_call, only_isolated, "exited with 0"},
    {"hang", any_call, only_isolated, "no answer by the deadline"},
    {"spin", any_call, only_isolated, ""},  // by the deadline, or the limit on CPU time where close() may take longer
    {"hog", any_call, only_isolated, ""},   // memory without bound: it cannot be allocated, or the process dies of it
    {"crash-after", notices, only_isolated, "ended by signal 11"},
    {"crash-after", issues, only_isolated, "ended by signal 11"},
    // What only the host's own socket can be told, by code that has found it.
    {"forge", any_call, only_isolated, "sent what cannot be read"},
    {"forge-size", any_call, only_isolated, "sent what cannot be read"},
    {"forge-words", any_call, only_isolated, "sent what cannot be read"},
    {"forge-half", any_call, only_isolated, "exited with 0"},
    // Exceptions and errors that are none.
    {"throw", any_call, in_both, "an exception crossed the C interface"},
    {"throw-int", any_call, in_both, "an exception crossed the C interface"},
    {"unknown-result", any_call, in_both, "unknown result 99"},
    {"zero-result", any_call, in_both, "unknown result 0"},
    {"silent-error", any_call, in_both, "without saying why"},
    {"empty-error", any_call, in_both, "is empty"},
    {"broken-error", any_call, in_both, "is not UTF-8"},
    {"other-code", any_call, in_both, "returned 4 but stated 3"},
    {"denied", any_call, in_both, "the password has expired"},
    // Records.
    {"small-struct", polls, in_both, "struct_size is smaller"},
    {"huge-struct", polls, in_both, "impossible struct_size"},
    {"odd-struct", polls, in_both, "impossible struct_size"},
    {"mixed-structs", polls, in_both, "different struct_size within one array"},
    {"bad-word", polls, in_both, "77"},
    {"bad-utf8", polls, in_both, "is not UTF-8"},
    {"null-text", polls, in_both, "null pointer"},
    {"long-text", polls, in_both, "8192 bytes"},
    {"negative", polls, in_both, "-1"},
    {"overflow", polls, in_both, "9223372036854775807"},
    {"no-such-day", polls, in_both, "2147483647"},
    {"from-the-future", polls, in_both, "later than the call's as_of"},
    {"cursor-back", polls, in_both, "went from 1 back to 0"},
    {"cursor-still", polls, in_both, "went from 1 back to 1"},
    {"no-cursor", polls, in_both, "null pointer"},
    {"null-records", polls, in_both, "null pointer"},
    {"too-many", polls, in_both, "more than 4096 records"},
    {"other-thread", polls, in_both, "another thread"},
    // Answers. What can be read of one cannot be believed where another is wrong: the whole batch is asked again.
    {"twice", notices, in_both, "more answers than questions"},
    {"twice", issues, in_both, "more answers than questions"},
    {"unknown-key", notices, in_both, "was not asked"},
    {"unknown-key", issues, in_both, "was not asked"},
    {"bad-utf8", notices, in_both, "was not asked"},
    {"bad-utf8", issues, in_both, "was not asked"},
    {"bad-receipt", notices, in_both, "is not UTF-8"},
    {"small-struct", notices, in_both, "struct_size is smaller"},
    {"small-struct", issues, in_both, "struct_size is smaller"},
    {"null-answers", notices, in_both, "null pointer"},
    {"null-answers", issues, in_both, "null pointer"},
    {"silent-item", notices, in_both, "without a matching error"},
    {"silent-item", issues, in_both, "without a matching error"},
    {"other-thread", notices, in_both, "another thread"},
    {"other-thread", issues, in_both, "another thread"},
    {"bad-word", issues, in_both, "77"},
    {"negative", issues, in_both, "-1"},
    {"overflow", issues, in_both, "9223372036854775807"},
    {"no-such-day", issues, in_both, "2147483647"},
    {"from-the-future", issues, in_both, "dated 2099-12-31, later than the call's as_of"},
    {"no-reason", issues, in_both, "is empty"},
    // What an adapter says of the notices it takes.
    {"bad-word", declarations, in_both, "77"},
    {"no-word", declarations, in_both, "the unknown value 0"},
};

// Faults of one item of a batch, which leave the others and the rest of the round alone.
const Fault item_faults[] = {
    {"no-answer", notices, in_both, "no answer"},
    {"no-answer", issues, in_both, "no answer"},
    {"refused-item", notices, in_both, "the ledger is closed"},
    {"refused-item", issues, in_both, "the ledger is closed"},
};

bool fits(const Fault& fault, const std::string& call) {
  switch (fault.where) {
    case any_call: return true;
    case polls: return call.starts_with("poll_");
    case notices: return call == "decision" || call == "settled" || call == "scored";
    case issues: return call == "issue";
    case declarations: return call == "takes";
  }
  return false;
}

const std::string first_half =
    "application;A-1;talent;" + talent_number + ";2020-03-01;10000000;innovation;no;no\n"
    "issue;A-1;disbursed;L-1;2020-03-10;10000000;2021-03-10\n"
    "event;E-1;2;L-1;2020-08-01;0;0;95\n"
    "claim;C-1;L-1;" + talent_number + ";2020-03-10;2020-08-01;2020-08-05;10000000;0\n";
const std::string second_half =
    "application;A-2;employer;" + employer_code + ";2020-09-05;5000000;innovation;no;no\n"
    "issue;A-2;disbursed;L-2;2020-09-10;5000000;2021-09-10\n"
    "event;E-2;1;L-2;2020-09-20;1000000\n"
    "event;E-3;2;L-2;2020-12-20;0;0;95\n"
    "claim;C-2;L-2;" + employer_code + ";2020-09-10;2020-12-20;2020-12-25;4000000;0\n";
const std::string closed = "unavailable";

const std::string table =
    "schema: talent-loan/assessment/1\nid: city-2020\nyear: 2020\nround: 1\nindicators:\n"
    "  - {id: balance, source: loan-book/balance, points: 10, formula: {kind: share-of-best}}\n";

// A bank hears of other things first where one of them failed.
std::string sorted_lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
  std::sort(lines.begin(), lines.end());
  return std::accumulate(lines.begin(), lines.end(), std::string());
}

// Everything that was ever said and booked.
struct Outcome {
  std::string loan_book, told, reports;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct Matrix {
  City city;
  std::optional<Snapshot> first_half_over;
  Outcome undisturbed;

  explicit Matrix(const std::string& isolation) {
    const std::string more = "    isolation: " + isolation + "\n    timeout_seconds: 1\n    attempts: 1\n    limits: {memory_mb: 192, cpu_seconds: 2}\n";
    city.bind(healthy, more);
    for (const std::string& call : calls) city.bind(call, more);
    behave(first_half);
    city.folder().write("config/assessments/city-2020.yaml", table);
    city.folder().write("indicators.csv", "bank_id,indicator,value\n");
    REQUIRE(city.sync("2020-08-31").exit == 0);
    city.must({"settle", "--batch", "b1", "--as-of", "2020-08-31"});
    city.must({"assess", "run", "--year", "2020", "--scheme", "city-2020", "--indicators", city.folder() / "indicators.csv"});
    first_half_over.emplace(city);
    undisturbed = healed();
    REQUIRE_THAT(undisturbed.loan_book, Catch::Contains("healthy C-2 L-2"));
    REQUIRE_THAT(undisturbed.told, Catch::Contains("settled C-1  ") && Catch::Contains("scored 2020"));
  }
  void behave(const std::string& script) const {
    for (const std::string& bank : city.banks()) city.script(bank, script);
  }
  // The second half of the year, politely closed at each bank's own call but where `fault_of` has something worse.
  Ran second_half_with(const std::map<std::string, std::string>& fault_of) const {
    first_half_over->restore();
    city.script(healthy, first_half + second_half);
    for (const std::string& call : calls) {
      const auto worse = fault_of.find(call);
      city.script(call, first_half + second_half + "fault;" + call + ";" + (worse == fault_of.end() ? closed : worse->second) + "\n");
    }
    return city.sync("2020-12-31");
  }
  // From whatever state the books are in: a healthy round, its settlement, and what people read of it.
  Outcome healed() const {
    behave(first_half + second_half);
    const Ran ran = city.sync("2020-12-31");
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
    city.must({"settle", "--batch", "b2", "--as-of", "2020-12-31"});
    Outcome outcome{city.loan_book(), "", city.reports({"b1", "b2"}, {healthy})};
    for (const std::string& bank : city.banks()) outcome.told += bank + "\n" + sorted_lines(city.log(bank));
    return outcome;
  }
};

std::string line_with(const std::string& text, const std::string& words) {
  const std::size_t at = text.find(words);
  if (at == std::string::npos) return {};
  const std::size_t begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

void check_message(const Ran& ran, const std::string& call, const Fault& fault, bool whole_call) {
  const std::string line = line_with(ran.err, whole_call ? call + " of bank " + call + ":" : " of bank " + call + ":");
  INFO(line << "\n\n" << ran.err);
  CHECK_THAT(line, Catch::Contains("scripted_bank.so") && Catch::Contains(call) && Catch::Contains(fault.told));
  CHECK_THAT(line, Catch::Contains("talent-loan ") || Catch::Contains("ask the bank") || Catch::Contains("next sync") || Catch::Contains("its maker"));
}

void walk(const std::string& isolation) {
  Matrix matrix(isolation);
  const auto faulty = [&](const Fault& fault) {
    std::map<std::string, std::string> fault_of;
    for (const std::string& call : calls) {
      if (fits(fault, call)) fault_of[call] = fault.name;
    }
    return fault_of;
  };
  const auto run_all = [&](const auto& rows, const std::map<std::string, std::string>& polite, bool whole_call) {
    matrix.second_half_with(polite);
    const std::string offline = matrix.city.loan_book();
    for (const Fault& fault : rows) {
      if (isolation == "in-process" && fault.survivable == only_isolated) continue;
      INFO(isolation << ": " << fault.name << (fault.where == issues ? " (issue)" : ""));
      std::map<std::string, std::string> fault_of = polite;
      for (const auto& [call, name] : faulty(fault)) fault_of[call] = name;
      const Ran ran = matrix.second_half_with(fault_of);
      CHECK(ran.exit == 1);
      for (const auto& [call, name] : faulty(fault)) check_message(ran, call, fault, whole_call);
      CHECK_THAT(ran.out, Catch::Contains(healthy + " (" + healthy + "): 1 applications, 1 eligible, 0 not eligible, 1 told, 1 disbursed, 0 declined, 0 pending, "
                                          "2 events, 1 claims, 1 settlement notices, 1 scores, 0 rejected\n"));
      CHECK(matrix.city.loan_book() == offline);
      CHECK(matrix.healed() == matrix.undisturbed);
    }
  };
  run_all(faults, {}, true);
  std::map<std::string, std::string> refused;
  for (const char* call : {"decision", "issue", "settled", "scored"}) refused[call] = "refused-item";
  run_all(item_faults, refused, false);
}

}  // namespace

TEST_CASE("every call fails in every way in a process of its own") { walk("process"); }
TEST_CASE("what can be survived in the host's own process is told and booked the same") { walk("in-process"); }
