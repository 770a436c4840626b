// Notices that a bank's adapter takes none of: not sent, told to the user, and sent once they are taken. In both isolations.
#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/plugins/host/city.hpp"
#include "tests/plugins/host/rounds.hpp"

using namespace talent_loan;
using namespace talent_loan::host;
using namespace talent_loan::testing;

namespace {

const std::string script =
    "application;A-1;talent;11010519491231002X;2020-06-01;10000000;innovation;no;no\n"
    "issue;A-1;disbursed;L-1;2020-06-10;10000000;2021-06-10\n";

Isolation either() { return GENERATE(Isolation::in_process, Isolation::process); }

// What the bank was told; empty: nothing.
std::string told(const Rounds& rounds) {
  const std::string log = rounds.path("a/bank.log");
  return std::filesystem::exists(log) ? read_file(log) : std::string();
}

}  // namespace

TEST_CASE("a bank that takes no decisions is sent none, and is asked for the loan all the same") {
  Rounds rounds(either());
  const auto report = rounds.sync({rounds.bank("a", script + "takes-no;decision\n")}).front();
  CHECK(report.failures.empty());
  CHECK(report.not_sent.decisions == 1);
  CHECK(report.counts.told == 0);
  CHECK(report.counts.disbursed == 1);
  CHECK(told(rounds).find("decision ") == std::string::npos);
  CHECK(told(rounds).find("issue A-1") != std::string::npos);
}

TEST_CASE("a bank that takes no requests for loans is asked for none until it does") {
  Rounds rounds(either());
  for (int round = 0; round < 2; ++round) {
    const auto report = rounds.sync({rounds.bank("a", script + "takes-no;issue\n")}).front();
    CHECK(report.failures.empty());
    CHECK(report.not_sent.issues == 1);
    CHECK(report.counts.disbursed == 0);
  }
  CHECK(told(rounds).find("issue ") == std::string::npos);
  const auto report = rounds.sync({rounds.bank("a", script)}).front();
  CHECK(report.not_sent.issues == 0);
  CHECK(report.counts.disbursed == 1);
}

TEST_CASE("an adapter that says it takes none and means it for no kind costs its bank no failure") {
  Rounds rounds(either());
  const auto report = rounds.sync({rounds.bank("a", script + "fault;takes;deny\n")}).front();
  CHECK(report.failures.empty());
  CHECK(report.not_sent.decisions == 1);
  CHECK(told(rounds).empty());
}

TEST_CASE("a declaration that is no word of the interface stops the round of its bank, which is told") {
  Rounds rounds(either());
  for (const char* fault : {"bad-word", "no-word", "throw", "unknown-result"}) {
    INFO(fault);
    CHECK_THAT(rounds.said(rounds.bank("a", script + "fault;takes;" + fault + "\n")), Catch::Contains("takes of bank a") && Catch::Contains("adapter check"));
    CHECK(told(rounds).empty());
  }
}

TEST_CASE("results that a bank takes none of wait, sync says so, and they are told once it takes them") {
  const std::string isolation = GENERATE("process", "in-process");
  const std::string life = "application;A-1;talent;" + talent_number + ";2020-03-01;10000000;innovation;no;no\n"
                           "issue;A-1;disbursed;L-1;2020-03-10;10000000;2021-03-10\nevent;E-1;2;L-1;2020-08-01;0;0;95\n"
                           "claim;C-1;L-1;" + talent_number + ";2020-03-10;2020-08-01;2020-08-05;10000000;0\n";
  City city;
  city.bind("zibo", "    isolation: " + std::string(isolation) + "\n");
  city.script("zibo", life);
  REQUIRE(city.sync("2020-08-31").exit == 0);
  city.must({"settle", "--batch", "b1", "--as-of", "2020-08-31"});
  city.folder().write("config/assessments/city-2020.yaml", "schema: talent-loan/assessment/1\nid: city-2020\nyear: 2020\nround: 1\nindicators:\n"
                                                           "  - {id: balance, source: loan-book/balance, points: 10, formula: {kind: share-of-best}}\n");
  city.folder().write("indicators.csv", "bank_id,indicator,value\n");
  city.must({"assess", "run", "--year", "2020", "--scheme", "city-2020", "--indicators", city.folder() / "indicators.csv"});

  city.script("zibo", life + "takes-no;settled\ntakes-no;scored\n");
  for (int round = 0; round < 2; ++round) {
    const Ran held = city.sync("2020-09-01");
    CHECK(held.exit == 0);
    CHECK_THAT(held.err, Catch::Contains("note: zibo: 1 settlement notices not sent") && Catch::Contains("1 scores not sent"));
    CHECK(city.log("zibo").find("settled ") == std::string::npos);
    CHECK(city.log("zibo").find("scored ") == std::string::npos);
  }
  CHECK_THAT(city.run({"--lang", "zh", "sync", "--as-of", "2020-09-01", "--scheme", "zibo-talent-loan"}).err,
             Catch::Contains("结算通知 1 件未发送") && Catch::Contains("评分通知 1 件未发送"));

  city.script("zibo", life);
  const Ran told_now = city.sync("2020-09-01");
  CHECK(told_now.exit == 0);
  CHECK(told_now.err.find("not sent") == std::string::npos);
  CHECK_THAT(city.log("zibo"), Catch::Contains("settled C-1") && Catch::Contains("scored 2020"));
}
