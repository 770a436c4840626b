// `talents`, `banks`, `db` and `audit` as their users run them, on both databases.
#include <filesystem>
#include <sstream>

#include <catch2/catch.hpp>

#include "core/store/database.hpp"
#include "tests/plugins/host/commands/list_desk.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

TEST_CASE("borrowers are decided with every failing reason, the programme and the clauses") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    desk.import(three_people());
    REQUIRE(desk.run({"banks", "file", "bank-a", "--from", "2020-01-01", "--to", "2020-11-30", "--name", "某银行"}).exit == 0);
    const std::string requests = ask("r1", "talent", scholar, "2020-06-15") + ask("r2", "talent", zibo_talent, "2020-06-15") +
                                 ask("r3", "talent", expired, "2020-06-15") + ask("r4", "talent", stranger, "2020-06-15") +
                                 ask("r5", "employer", company, "2020-05-30") + ask("r6", "employer", company, "2020-05-31") +
                                 ask("r8", "talent", scholar, "2020-12-01", "1000000.00,housing,yes,yes") +
                                 ask("r9", "talent", scholar, "2021-01-01") + ask("r10", "talent", scholar, "2020-06-15", "10000000.01,commercialisation,no,no") +
                                 ask("r11", "talent", scholar, "2020-06-15", "10000000.00,commercialisation,no,no");
    const std::string decisions = desk.verify(requests);
    CHECK(decisions.find("r1,yes,,zibo-2020-56,taishan-scholar,§4\n") != std::string::npos);
    CHECK(decisions.find("r2,yes,,zibo-2020-56,zibo-yingcai,§4\n") != std::string::npos);
    CHECK(decisions.find("r3,no,TALENT_NOT_VALID_ON_DATE,zibo-2020-56,taishan-industry,§4\n") != std::string::npos);
    CHECK(decisions.find("r4,no,TALENT_NOT_LISTED,zibo-2020-56,,§4\n") != std::string::npos);
    CHECK(decisions.find("r5,no,TENURE_TOO_SHORT,") != std::string::npos);  // one day short of twelve months
    CHECK(decisions.find("r6,yes,,zibo-2020-56,taishan-scholar,§4\n") != std::string::npos);
    CHECK(decisions.find("r8,no,PURPOSE_NOT_COVERED|COLLATERAL_TAKEN|GUARANTEE_TAKEN|BANK_NOT_FILED,zibo-2020-56,taishan-scholar,§4\n") != std::string::npos);
    CHECK(decisions.find("r9,no,NO_POLICY_IN_FORCE,,,\n") != std::string::npos);
    CHECK(decisions.find("r10,no,OVER_TALENT_LIMIT,") != std::string::npos);
    CHECK(decisions.find("r11,yes,,") != std::string::npos);
    for (const char* threads : {"1", "2", "8"}) CHECK(desk.verify(requests, {"--threads", threads}) == decisions);
  }
}

TEST_CASE("bad request rows are rejected with the first code that applies, and never decided") {
  const Desk desk("sqlite://talent-loan.db");
  desk.import(three_people());
  desk.write("requests.csv", request_header + ask("", "talent", scholar, "2020-06-15") + ask("b", "talent", scholar, "2020-02-30") +
                                 ask("c", "talent", scholar, "2020-06-15", "1.234,innovation,no,no") + ask("d", "talent", scholar.substr(1), "2020-06-15") +
                                 ask("e", "employer", scholar, "2020-06-15") + ask("f", "person", scholar, "2020-06-15") +
                                 ask("g", "talent", scholar, "2020-06-15", "1.00,innovation,maybe,no") + ask("h", "talent", scholar, "2020-06-15") +
                                 ask("h", "talent", scholar, "2020-06-15") + "i,bank-a\n" + ask("j", "talent", scholar, "2020-06-15", "1.00,,no,no"));
  const Ran ran = desk.run({"talents", "verify", "--requests", "requests.csv", "--decisions", "decisions.csv", "--rejects", "rejects.csv", "--scheme",
                            "zibo-talent-loan", "--strict"});
  CHECK(ran.exit == 3);
  CHECK(ran.err.find("11 rows in: 0 eligible, 1 not eligible, 10 rejected") != std::string::npos);
  std::istringstream rejects(desk.read("rejects.csv"));
  std::vector<std::string> starts;
  for (std::string line; std::getline(rejects, line);) starts.push_back(line);
  const std::vector<std::string> expected{"line,key,code,message", "2,,MISSING_VALUE,", "3,b,BAD_DATE,", "4,c,BAD_AMOUNT,", "5,d,BAD_IDENTIFIER,", "6,e,BAD_IDENTIFIER,",
                                          "7,f,BAD_VALUE,", "8,g,BAD_VALUE,", "10,h,DUPLICATE_KEY,", "11,i,MALFORMED_ROW,", "12,j,MISSING_VALUE,"};
  REQUIRE(starts.size() == expected.size());
  for (std::size_t i = 0; i < starts.size(); ++i) CHECK(starts[i].starts_with(expected[i]));
  CHECK(desk.read("decisions.csv") == std::string(decisions_header) + "h,no,BANK_NOT_FILED,zibo-2020-56,taishan-scholar,§4\n");
}

TEST_CASE("what was known when can be asked, and corrections replace nothing") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    REQUIRE(desk.run({"banks", "file", "bank-a", "--from", "2020-01-01"}).exit == 0);
    desk.import(person("T1", scholar, "taishan-scholar", "2020-06-01", ""), "2020-06-01");
    desk.import(person("T1", scholar, "taishan-scholar", "2020-09-01", ""), "2020-07-15");  // the true first day
    REQUIRE(desk.run({"talents", "revoke", "T1", "--from", "2020-10-01", "--why", "left", "--as-of", "2020-10-05"}).exit == 0);
    const auto decide = [&](const std::string& on, const std::string& known_on) {
      std::vector<std::string> more;
      if (!known_on.empty()) more = {"--known-on", known_on};
      const std::string decision = desk.verify(ask("r", "talent", scholar, on), more);
      return decision.substr(2, decision.find(",zibo") - 2);
    };
    CHECK(decide("2020-06-15", "2020-05-31") == "no,TALENT_NOT_LISTED");
    CHECK(decide("2020-06-15", "2020-07-01") == "yes,");
    CHECK(decide("2020-06-15", "2020-07-15") == "no,TALENT_NOT_VALID_ON_DATE");
    CHECK(decide("2020-06-15", "") == "no,TALENT_NOT_VALID_ON_DATE");
    CHECK(decide("2020-10-01", "2020-10-04") == "yes,");
    CHECK(decide("2020-10-01", "2020-10-05") == "no,TALENT_NOT_VALID_ON_DATE");
    CHECK(decide("2020-09-30", "") == "yes,");
    // One borrower, asked by another way, gets the same answer.
    const Ran one = desk.run({"talents", "verify", "--borrower", scholar, "--on", "2020-06-15", "--known-on", "2020-07-01", "--scheme", "zibo-talent-loan", "--explain"});
    CHECK(one.exit == 0);
    CHECK(one.out.find("eligible: yes\n") != std::string::npos);
    CHECK(one.out.find("list version: 1\n") != std::string::npos);
    CHECK(one.out.find(scholar) == std::string::npos);
  }
}

TEST_CASE("the same list again adds nothing, a mended row is added alone") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    desk.import(three_people());
    const std::string trail = desk.run({"audit", "verify"}).out;
    desk.write("list.csv", list_header + three_people());
    const Ran again = desk.run({"talents", "import", "list.csv", "--as-of", "2020-07-01", "--rejects", "rejects.csv"});
    CHECK(again.exit == 0);
    CHECK(again.err.find("3 rows in: 0 new, 3 known already, 0 rejected") != std::string::npos);
    CHECK(desk.run({"audit", "verify"}).out == trail);
    CHECK(desk.read("rejects.csv") == "line,key,code,message\n");

    desk.write("list.csv", list_header + three_people() + person("T2", zibo_talent, "taishan-scholar", "2019-01-01", "") +
                               person("T1", scholar, "taishan-scholar", "2018-01-01", "2030-12-31") + "T9,李四,resident,1,zibo-yingcai,,2019-01-01,,,,,\n");
    const Ran mended = desk.run({"talents", "import", "list.csv", "--as-of", "2020-07-01", "--rejects", "rejects.csv", "--strict"});
    CHECK(mended.exit == 3);
    CHECK(mended.err.find("6 rows in: 1 new, 3 known already, 2 rejected") != std::string::npos);
    const std::string rejects = desk.read("rejects.csv");
    CHECK(rejects.find("6,T1,DUPLICATE_KEY,") != std::string::npos);
    CHECK(rejects.find("7,T9,BAD_IDENTIFIER,") != std::string::npos);
  }
}

TEST_CASE("banks are filed and unfiled for periods, and repeating is harmless") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    CHECK(desk.run({"banks", "file", "bank-b", "--from", "2020-01-01", "--name", "乙银行"}).exit == 0);
    CHECK(desk.run({"banks", "file", "bank-a", "--from", "2019-01-01", "--to", "2019-12-31", "--name", "甲银行"}).exit == 0);
    CHECK(desk.run({"banks", "file", "bank-a", "--from", "2019-01-01", "--to", "2019-12-31"}).err.find("nothing changed") != std::string::npos);
    CHECK(desk.run({"banks", "file", "bank-a", "--from", "2019-12-31"}).exit == 1);
    CHECK(desk.run({"banks", "file", "bank-a", "--from", "2020-03-01"}).exit == 0);
    CHECK(desk.run({"banks", "file", "bank-c", "--from", "2020-03-01", "--to", "2020-02-01"}).exit == 1);
    CHECK(desk.run({"banks", "unfile", "bank-b", "--from", "2020-06-01", "--why", "licence withdrawn"}).exit == 0);
    CHECK(desk.run({"banks", "unfile", "bank-b", "--from", "2020-06-01", "--why", "licence withdrawn"}).err.find("nothing changed") != std::string::npos);
    CHECK(desk.run({"banks", "unfile", "bank-z", "--from", "2020-06-01", "--why", "x"}).exit == 1);
    CHECK(desk.run({"banks", "list"}).out ==
          "bank_id,name,filed_from,filed_to,ended_because\nbank-a,甲银行,2019-01-01,2019-12-31,\nbank-a,甲银行,2020-03-01,,\n"
          "bank-b,乙银行,2020-01-01,2020-05-31,licence withdrawn\n");
    CHECK(desk.run({"audit", "verify"}).out.starts_with("the audit trail is whole: 4 entries"));
  }
}

TEST_CASE("a changed audit entry is found by the command") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    REQUIRE(desk.run({"banks", "file", "bank-b", "--from", "2020-01-01"}).exit == 0);
    REQUIRE(desk.run({"banks", "file", "bank-c", "--from", "2020-01-01"}).exit == 0);
    Database database = Database::open(url);
    Transaction transaction = database.write();
    transaction.execute("UPDATE audit_entries SET subject = 'bank bank-x' WHERE sequence = 1");
    transaction.commit();
    const Ran ran = desk.run({"audit", "verify"});
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("entry 1") != std::string::npos);
    CHECK(desk.run({"db", "status"}).out.find("0002_talent 20") != std::string::npos);
  }
}

TEST_CASE("an enterprise verifies through the talent who works there longest, not through one who left") {
  const Desk desk("sqlite://talent-loan.db");
  const auto employed = [](const std::string& talent, const std::string& number, const std::string& programme, const std::string& from, const std::string& to, const std::string& valid_to = "") {
    return talent + ",张三,resident," + number + "," + programme + ",,2015-01-01," + valid_to + "," + company + ",某公司," + from + "," + to + "\n";
  };
  REQUIRE(desk.run({"banks", "file", "bank-a", "--from", "2020-01-01"}).exit == 0);
  desk.import(employed("T1", scholar, "taishan-scholar", "2018-01-20", "") + employed("T2", zibo_talent, "zibo-yingcai", "2018-01-10", ""));
  CHECK(desk.verify(ask("r", "employer", company, "2020-06-15")) == "r,yes,,zibo-2020-56,zibo-yingcai,§4\n");
  const Desk other("sqlite://talent-loan.db");
  REQUIRE(other.run({"banks", "file", "bank-a", "--from", "2020-01-01"}).exit == 0);
  other.import(employed("T1", scholar, "taishan-scholar", "2015-01-01", "2019-12-31") + employed("T2", zibo_talent, "zibo-yingcai", "2018-01-10", "", "2019-12-31"));
  CHECK(other.verify(ask("r", "employer", company, "2020-06-15")) == "r,no,TALENT_NOT_VALID_ON_DATE,zibo-2020-56,zibo-yingcai,§4\n");
}

TEST_CASE("of equally good talents and programmes the one named does not depend on the key") {
  for (const char key : {'1', '2', '3', '4', '5', '6', '7', '8'}) {
    const Desk desk("sqlite://talent-loan.db");
    const RunOptions with_key{.environment = {"TALENT_LOAN_KEY=" + std::string(64, key)}};
    const auto numbered = [](const std::string& number, const std::string& programme) { return person(number, number, programme, "2018-01-01", "", "2018-01-01"); };
    desk.write("list.csv", list_header + numbered(scholar, "taishan-scholar") + numbered(zibo_talent, "taishan-industry") + numbered(expired, "qilu-friendship-award") +
                               person("T1", stranger, "taishan-scholar", "2018-01-01", "") + person(stranger, stranger, "qilu-chief-technician", "2018-01-01", ""));
    REQUIRE(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01"}, with_key).exit == 0);
    desk.write("requests.csv", request_header + ask("e", "employer", company, "2020-06-15") + ask("t", "talent", stranger, "2020-06-15"));
    const Ran ran = desk.run({"talents", "verify", "--requests", "requests.csv", "--decisions", "-", "--scheme", "zibo-talent-loan"}, with_key);
    CHECK(ran.out == std::string(decisions_header) + "e,no,BANK_NOT_FILED,zibo-2020-56,qilu-friendship-award,§4\n" + "t,no,BANK_NOT_FILED,zibo-2020-56,qilu-chief-technician,§4\n");
  }
}

TEST_CASE("a borrower is told since when a selection does not hold, and how long an employment lasted") {
  const Desk desk("sqlite://talent-loan.db");
  desk.import(three_people());
  REQUIRE(desk.run({"talents", "revoke", "T2", "--from", "2020-03-01", "--why", "left"}).exit == 0);
  const auto told = [&](const std::string& borrower, const std::string& on, const std::string& language = "en") {
    return desk.run({"--lang", language, "talents", "verify", "--borrower", borrower, "--on", on, "--scheme", "zibo-talent-loan", "--explain"}).out;
  };
  const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  CHECK(has(told(expired, "2020-06-15"), "- the selection ended on 2019-12-31.\n"));
  CHECK(has(told(expired, "2020-06-15"), "selection holds: from 2015-01-01 to 2019-12-31\n"));
  CHECK(has(told(zibo_talent, "2020-06-15"), "- the selection was revoked from 2020-03-01.\n"));
  CHECK(has(told(zibo_talent, "2020-06-15", "zh"), "· 入选资格自 2020-03-01 起已撤销。\n"));
  CHECK(has(told(zibo_talent, "2020-06-15", "zh"), "入选期限：2019-01-01 至 2020-02-29（撤销）\n"));
  CHECK(has(told(zibo_talent, "2018-12-31"), "- the selection holds only from 2019-01-01.\n"));
  CHECK(has(told(company, "2020-05-30"), "- the talent has worked there for 11 whole months, and the policy asks for 12.\n"));
  CHECK(has(told(company, "2020-05-31"), "whole months employed: 12\n"));
}

TEST_CASE("a borrower can be named on standard input, where no list of processes shows it") {
  const Desk desk("sqlite://talent-loan.db");
  desk.import(three_people());
  const std::vector<std::string> one{"talents", "verify", "--borrower", scholar, "--on", "2020-06-15", "--scheme", "zibo-talent-loan"};
  std::vector<std::string> hidden = one;
  hidden[3] = "-";
  for (const char* end : {"", "\n", "\r\n"}) CHECK(desk.run(hidden, {.input = scholar + end}).out == desk.run(one).out);
  CHECK(desk.run(hidden, {.input = ""}).exit == 1);
}
