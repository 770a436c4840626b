// Events that come twice, out of order and in pieces, with kill -9 of the program or of a bank's runner at any moment,
// from the first poll to the last recovery: the books are those of a year in which nothing of the kind happened, byte
// for byte. TALENT_LOAN_KILLS sets how often something is killed (200 by default).
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "tests/plugins/host/city.hpp"
#include "tests/support/postgres.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

using Milliseconds = std::chrono::milliseconds;

const std::vector<std::string> banks{"zibo-rural", "zibo-city"};
constexpr int loans_of_a_bank = 12;
constexpr int kills_of_a_round = 12;

int kills_wanted() {
  const char* wanted = std::getenv("TALENT_LOAN_KILLS");
  return wanted == nullptr ? 200 : std::atoi(wanted);
}

// What a bank has to tell of a year, in order and once.
struct BankYear {
  std::vector<std::string> applications, events, claims;
  std::string issues;

  BankYear() {
    for (int i = 0; i < loans_of_a_bank; ++i) {
      const std::string id = std::to_string(i);
      applications.push_back("application;A-" + id + ";employer;" + employer_code + ";2020-03-01;" + std::to_string(1'000'001 + i) + ";innovation;no;no\n");
      if (i % 6 == 5) {
        issues += "issue;A-" + id + ";declined;no capacity\n";
        continue;
      }
      issues += "issue;A-" + id + ";disbursed;L-" + id + ";2020-03-10;" + std::to_string(1'000'001 + i) + ";2021-03-10\n";
      for (int month = 4; month < 9; ++month) {
        events.push_back("event;R-" + id + "-" + std::to_string(month) + ";1;L-" + id + ";2020-0" + std::to_string(month) + "-11;" + std::to_string(10'000 + month) + "\n");
      }
      for (int day = 1; day <= 60; ++day) {
        const std::string two_digits = (day % 28 < 9 ? "0" : "") + std::to_string(day % 28 + 1);
        events.push_back("event;O-" + id + "-" + std::to_string(day) + ";2;L-" + id + ";2020-0" + std::to_string(7 + day / 28) + "-" + two_digits + ";0;0;" + std::to_string(day) + "\n");
      }
      if (i % 2 == 1) continue;
      events.push_back("event;D-" + id + ";6;L-" + id + ";2020-10-02\n");
      events.push_back("event;T-" + id + ";2;L-" + id + ";2020-10-02;0;0;95\n");
      claims.push_back("claim;C-" + id + ";L-" + id + ";" + employer_code + ";2020-03-10;2020-10-02;2020-10-05;" + std::to_string(1'000'001 + i - 50'030) + ";0\n");
    }
  }
  std::string orderly() const {
    std::string text = issues;
    for (const auto* records : {&applications, &events, &claims}) {
      for (const std::string& record : *records) text += record;
    }
    return text;
  }
  // Everything at least once, some of it up to three times, in any order, in small portions.
  std::string rough(std::mt19937& random) const {
    std::string text = issues + "portions;" + std::to_string(1 + random() % 60) + "\n";
    for (const auto* records : {&applications, &events, &claims}) {
      std::vector<std::string> sent;
      for (const std::string& record : *records) sent.insert(sent.end(), 1 + (random() % 4) / 2 + random() % 2, record);
      std::shuffle(sent.begin(), sent.end(), random);
      for (const std::string& record : sent) text += record;
    }
    return text;
  }
};

// The three commands of a year.
using Command = std::vector<std::string>;
Command sync_command() { return {"sync", "--as-of", "2020-12-31", "--scheme", "zibo-talent-loan"}; }
Command settle_command(const City& city) {
  return {"settle", "--batch", "b1", "--as-of", "2020-12-31", "--lines", city.folder() / "lines.csv", "--rejects", city.folder() / "rejects.csv", "--totals", city.folder() / "totals.csv"};
}
Command recover_command(const City& city) { return {"recover", "--recoveries", city.folder() / "recoveries.csv", "--returns", city.folder() / "returns.csv"}; }

const std::string recoveries = [] {
  std::string csv = "recovery_id,bank_id,claim_id,received_on,amount,costs\n";
  for (const std::string& bank : banks) {
    for (int i = 0; i < 9; ++i) csv += bank + "-" + std::to_string(i) + "," + bank + ",C-" + std::to_string(i % 3 * 2) + ",2021-02-0" + std::to_string(i + 1) + ",123.45,1.11\n";
  }
  return csv;
}();

void found(City& city) {
  // One attempt, so that a runner that dies ends its round; and no breaker, because rounds are made to fail in a row.
  for (const std::string& bank : banks) city.bind(bank, "    attempts: 1\n    breaker: {failures: 0}\n");
  city.folder().write("recoveries.csv", recoveries);
}

// All that may not differ. The bank's own words: it acted once on everything.
std::string outcome(const City& city) {
  std::string all = city.loan_book() + city.reports({"b1"}, banks);
  for (const char* file : {"lines.csv", "rejects.csv", "totals.csv", "returns.csv"}) all += read_file(city.folder() / file);
  for (const std::string& bank : banks) {
    std::string told = city.log(bank);
    all += bank + ": told " + std::to_string(std::count(told.begin(), told.end(), '\n')) + " things\n";
  }
  return all;
}

struct Undisturbed {
  std::string outcome;
  Milliseconds sync{}, settle{}, recover{};
};

Undisturbed undisturbed_year() {
  City city;
  found(city);
  for (const std::string& bank : banks) city.script(bank, BankYear().orderly());
  const auto timed = [&](const Command& command) {
    const auto begin = std::chrono::steady_clock::now();
    city.must(command);
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begin);
  };
  Undisturbed year;
  year.sync = timed(sync_command());
  year.settle = timed(settle_command(city));
  year.recover = timed(recover_command(city));
  city.must(sync_command());  // the banks hear of their settlement
  year.outcome = outcome(city);
  return year;
}

// A year in which things are killed; gives how many were.
class Disturber {
 public:
  Disturber(const City& city, const Undisturbed& undisturbed, unsigned seed) : city_(city), undisturbed_(undisturbed), random_(seed) {}

  int year() {
    const BankYear told;
    for (int attempt = 0; attempt < kills_of_a_round; ++attempt) {
      write_scripts(told, attempt % 3 == 2);
      kill_within(sync_command(), undisturbed_.sync, attempt % 3 != 2);
    }
    write_scripts(told, false);
    city_.must(sync_command());
    for (int attempt = 0; attempt < 3; ++attempt) kill_within(settle_command(city_), undisturbed_.settle, true);
    city_.must(settle_command(city_));
    for (int attempt = 0; attempt < 2; ++attempt) kill_within(sync_command(), undisturbed_.sync, true);
    for (int attempt = 0; attempt < 3; ++attempt) kill_within(recover_command(city_), undisturbed_.recover, true);
    city_.must(recover_command(city_));
    city_.must(sync_command());
    return kills_;
  }

 private:
  // The next attempt meets the bank in another order every time: what it was told before must not matter, as long
  // as the places of what was polled stay. So the order is the round's, and the portions change by themselves.
  void write_scripts(const BankYear& told, bool doomed) {
    if (scripts_.empty()) {
      for (const std::string& bank : banks) scripts_[bank] = told.rough(random_);
    }
    for (const std::string& bank : banks) {
      const auto after = 1 + random_() % static_cast<unsigned>(undisturbed_.sync.count());
      city_.script(bank, scripts_[bank] + (doomed ? "doom;" + std::to_string(after) + "\n" : std::string()));
    }
  }
  void kill_within(const Command& command, Milliseconds usual, bool the_program) {
    const Milliseconds after(1 + random_() % static_cast<unsigned>(usual.count() * 5 / 4 + 1));
    const Ran ran = city_.run(command, the_program ? after : Milliseconds(0));
    const bool runner_died = ran.err.find("signal 9") != std::string::npos;
    INFO(ran.err);
    CHECK((ran.signal == 9 || ran.exit == 0 || runner_died));
    kills_ += ran.signal == 9 || runner_died ? 1 : 0;
  }

  const City& city_;
  const Undisturbed& undisturbed_;
  std::mt19937 random_;
  std::map<std::string, std::string> scripts_;
  int kills_ = 0;
};

}  // namespace

TEST_CASE("whatever is killed, repeated or shuffled, everything is booked once and told once") {
  const Undisturbed undisturbed = undisturbed_year();
  INFO(undisturbed.outcome);
  for (const std::string& bank : banks) {
    REQUIRE_THAT(undisturbed.outcome, Catch::Contains("\nC-10," + bank + ",") && Catch::Contains("\n" + bank + "-8,C-4," + bank + ",") && Catch::Contains(bank + ": told 28 things"));
  }
  City city;
  found(city);
  const Snapshot empty(city);
  int killed = 0;
  for (unsigned round = 1; killed < kills_wanted(); ++round) {
    INFO("round " << round << ", " << killed << " kills before it");
    empty.restore();
    const int here = Disturber(city, undisturbed, round).year();
    REQUIRE(here > 0);
    killed += here;
    REQUIRE(outcome(city) == undisturbed.outcome);
    CHECK(city.run({"audit", "verify"}).exit == 0);
  }
}

TEST_CASE("the same on PostgreSQL") {
  const Undisturbed undisturbed = undisturbed_year();
  PostgresServer server;
  City city(server.fresh_database());
  found(city);
  CHECK(Disturber(city, undisturbed, 7).year() > 0);
  CHECK(outcome(city) == undisturbed.outcome);
  CHECK(city.run({"audit", "verify"}).exit == 0);
}
