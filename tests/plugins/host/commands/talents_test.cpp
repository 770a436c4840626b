// `talents`, `banks`, `db` and `audit` as their users run them, on both databases.
#include <cstdio>
#include <filesystem>
#include <sstream>

#include <catch2/catch.hpp>

#include "core/store/database.hpp"
#include "tests/support/databases.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

constexpr const char* list_header =
    "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n";
constexpr const char* request_header = "request_id,bank_id,borrower_kind,borrower_id,on,amount,purpose,secured,guaranteed\n";
constexpr const char* decisions_header = "request_id,eligible,reasons,policy_version,programme,cites\n";
const std::string company = "91350100M000100Y43";

// 17 digits with the check character of GB 11643-1999.
std::string identity_number(const std::string& first_17) {
  constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += (first_17[static_cast<std::size_t>(i)] - '0') * weights[i];
  return first_17 + "10X98765432"[sum % 11];
}

const std::string scholar = identity_number("37030219800101001");   // provincial
const std::string zibo_talent = identity_number("37030219820315002");  // Zibo's own plan
const std::string expired = identity_number("37030219790707003");
const std::string stranger = identity_number("37030219990909004");  // on no list

// A program with its own database, key and working folder.
class Desk {
 public:
  explicit Desk(std::string url) : url_(std::move(url)) {}
  Ran run(std::vector<std::string> arguments, RunOptions options = {}) const {
    arguments.insert(arguments.begin(), {"--config", std::string(TALENT_LOAN_SOURCE_DIR) + "/config", "--db", url_});
    options.directory = folder_.path();
    return run_program(std::move(arguments), options);
  }
  std::string write(const std::string& name, const std::string& bytes) const { return folder_.write(name, bytes); }
  std::string read(const std::string& name) const { return read_file(folder_.path() / name); }
  const TemporaryFolder& folder() const { return folder_; }

  void import(const std::string& rows, const std::string& as_of = "2020-06-01") const {
    write("list.csv", list_header + rows);
    const Ran ran = run({"talents", "import", "list.csv", "--as-of", as_of});
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
  }
  // The decisions on some requests, without their header.
  std::string verify(const std::string& requests, std::vector<std::string> more = {}) const {
    write("requests.csv", request_header + requests);
    std::vector<std::string> arguments{"talents", "verify", "--requests", "requests.csv", "--decisions", "-", "--scheme", "zibo-talent-loan"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = run(arguments);
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
    REQUIRE(ran.out.starts_with(decisions_header));
    return ran.out.substr(std::string(decisions_header).size());
  }

 private:
  TemporaryFolder folder_;
  std::string url_;
};

std::string person(const std::string& talent, const std::string& number, const std::string& programme, const std::string& from, const std::string& to,
                   const std::string& employed_from = "") {
  const std::string employer = employed_from.empty() ? ",,," : company + ",某公司," + employed_from + ",";
  return talent + ",张三,resident," + number + "," + programme + ",," + from + "," + to + "," + employer + "\n";
}

std::string three_people() {
  return person("T1", scholar, "taishan-scholar", "2018-01-01", "2022-12-31", "2019-05-31") +
         person("T2", zibo_talent, "zibo-yingcai", "2019-01-01", "") + person("T3", expired, "taishan-industry", "2015-01-01", "2019-12-31");
}

std::string ask(const std::string& id, const std::string& kind, const std::string& borrower, const std::string& on,
                const std::string& rest = "1000000.00,innovation,no,no") {
  return id + ",bank-a," + kind + "," + borrower + "," + on + "," + rest + "\n";
}

}  // namespace

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

TEST_CASE("no identity number or name stands in the clear in any file or message") {
  const Desk desk("sqlite://talent-loan.db");
  const std::string broken = scholar.substr(0, 17) + (scholar[17] == '1' ? "2" : "1");
  desk.write("list.csv", list_header + three_people() + person("T4", broken, "zibo-yingcai", "2019-01-01", "") + person(scholar, scholar, "zibo-yingcai", "2019-01-01", "2018-01-01"));
  std::string said;
  const auto keep = [&](const Ran& ran) { said += ran.out + ran.err; };
  keep(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01", "--rejects", "rejects.csv"}));
  keep(desk.run({"talents", "revoke", scholar, "--from", "2020-06-01", "--why", "x"}));
  keep(desk.run({"talents", "verify", "--borrower", broken, "--on", "2020-06-15", "--scheme", "zibo-talent-loan"}));
  keep(desk.run({"talents", "verify", "--borrower", scholar, "--on", "2020-06-15", "--scheme", "zibo-talent-loan", "--explain"}));
  desk.verify(ask("r1", "talent", scholar, "2020-06-15"));
  std::filesystem::remove(desk.folder().path() / "list.csv");
  std::filesystem::remove(desk.folder().path() / "requests.csv");
  for (const std::string& name : desk.folder().names()) said += desk.read(name);
  CHECK(said.size() > 50'000);  // the database is among it
  for (const std::string& number : {scholar, zibo_talent, expired, broken, std::string("张三")}) CHECK(said.find(number) == std::string::npos);
  CHECK(said.find(scholar.substr(0, 4) + "**********" + scholar.substr(14)) != std::string::npos);
}

TEST_CASE("text that would be SQL is text") {
  const std::string nasty = "'; DROP TABLE talent_listings; -- \"`$1 :x %s";
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    const auto cell = [](std::string text) {
      std::string out = "\"";
      for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
      return out + "\"";
    };
    desk.import(cell(nasty) + "," + cell(nasty) + ",resident," + scholar + ",taishan-scholar,,2018-01-01,," + company + "," + cell(nasty) + ",2015-01-01,\n");
    CHECK(desk.run({"banks", "file", nasty, "--from", "2020-01-01", "--name", nasty}).exit == 0);
    CHECK(desk.run({"banks", "list"}).out.find("DROP TABLE") != std::string::npos);
    CHECK(desk.run({"talents", "revoke", nasty, "--from", "2021-01-01", "--why", nasty}).exit == 0);
    CHECK(desk.verify(cell(nasty) + "," + cell(nasty) + ",talent," + scholar + ",2020-06-15,1.00," + cell(nasty) + ",no,no\n").find("no,PURPOSE_NOT_COVERED,") != std::string::npos);
    CHECK(desk.run({"banks", "unfile", nasty, "--from", "2020-02-01", "--why", nasty}).exit == 0);
    CHECK(desk.run({"audit", "verify"}).exit == 0);
    CHECK(desk.verify(ask("r", "talent", scholar, "2020-06-15")).find("taishan-scholar") != std::string::npos);
  }
}

TEST_CASE("bad input stops an import with a clear word and leaves the database as it was") {
  const Desk desk("sqlite://talent-loan.db");
  desk.import(three_people());
  const std::string trail = desk.run({"audit", "verify"}).out;
  desk.write("empty.csv", "");
  desk.write("header.csv", "talent_id,name\n");
  desk.write("latin.csv", std::string(list_header) + person("T7", stranger, "zibo-yingcai", "2019-01-01", "") + "T8,\xff\xfe,,,,,,,,,,\n");
  for (const char* file : {"missing.csv", ".", "empty.csv", "header.csv", "latin.csv"}) {
    const Ran ran = desk.run({"talents", "import", file, "--as-of", "2020-06-01", "--rejects", "rejects.csv"});
    INFO(file << ": " << ran.err);
    CHECK(ran.exit == 1);
    CHECK(ran.err.size() > 20);
    CHECK_FALSE(std::filesystem::exists(desk.folder().path() / "rejects.csv"));
  }
  CHECK(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-31"}).exit == 2);
  CHECK(desk.run({"talents", "import", "list.csv"}).exit == 2);
  desk.import(person("T7", stranger, "zibo-yingcai", "2019-01-01", ""));
  CHECK(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01", "--rejects", "/no/such/folder/rejects.csv"}).exit == 1);
  CHECK(desk.run({"audit", "verify"}).out.starts_with("the audit trail is whole: 2"));
  CHECK(trail.starts_with("the audit trail is whole: 1"));
}

TEST_CASE("an import that is killed at any moment leaves nothing, and again it is whole") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    REQUIRE(desk.run({"db", "migrate"}).exit == 0);
    std::string rows;
    for (int i = 0; i < 5000; ++i) {
      char first_17[18];
      std::snprintf(first_17, sizeof first_17, "370302%04d0101%03d", 1950 + i / 1000, i % 1000);
      rows += person("K" + std::to_string(i), identity_number(first_17), "zibo-yingcai", "2019-01-01", "", "2015-01-01");
    }
    desk.write("list.csv", list_header + rows);
    int killed = 0;
    for (int attempt = 0; attempt < 12; ++attempt) {
      RunOptions options;
      options.kill_after = std::chrono::milliseconds(10 + 25 * attempt);
      const Ran ran = desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01", "--rejects", "rejects.csv"}, options);
      killed += ran.signal != 0 ? 1 : 0;
      Database database = Database::open(url);
      const std::int64_t stored = database.read().query_one("SELECT COUNT(*) FROM talent_listings")->integer(0);
      CHECK((stored == 0 || stored == 5000));
      CHECK(desk.run({"audit", "verify"}).exit == 0);
    }
    CHECK(killed > 0);
    const Ran last = desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01"});
    CHECK(last.exit == 0);
    Database database = Database::open(url);
    CHECK(database.read().query_one("SELECT COUNT(*) FROM talent_listings")->integer(0) == 5000);
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
