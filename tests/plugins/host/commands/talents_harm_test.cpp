// Harm to `talents`: hostile text, unreadable files, a kill at any moment, curious eyes.
#include <algorithm>
#include <chrono>
#include <filesystem>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/store/database.hpp"
#include "tests/plugins/host/commands/list_desk.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

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

TEST_CASE("a passport number or a name in the wrong cell, or in a reason, is told and stored masked") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    const std::string passport = "12X45678901";  // of no form that could be recognised
    desk.write("list.csv", std::string(list_header) + "P1,Maria Rossi,passport," + passport + ",zibo-yingcai,,2018-01-01,,,,,\n" + passport + ",Maria Rossi,passport," + passport + ",taishan-scholar,,2018-01-01,,,,,\n" +
                               "Maria Rossi,passport,G12345678,zibo-yingcai,,2018-01-01,,,,,,\nT2,张三丰,resident," + scholar + ",张三丰,,2018-01-01,,,,,\nT3,张三丰,G12345678,x,zibo-yingcai,,2018-01-01,,,,,\n" +
                               "G12345678,张三丰,passport,G12345678,none,,2018-01-01,,,,,\n");
    std::string said;
    const auto keep = [&](const Ran& ran) { said += ran.out + ran.err; };
    keep(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01", "--rejects", "rejects.csv"}));
    CHECK(said.find("6 rows in: 2 new, 0 known already, 4 rejected") != std::string::npos);
    keep(desk.run({"talents", "revoke", "P1", "--from", "2020-01-01", "--why", "Maria Rossi (" + passport + ") left with G12345678"}));
    keep(desk.run({"talents", "revoke", passport, "--from", "2020-01-01", "--why", "also Maria Rossi"}));
    keep(desk.run({"talents", "verify", "--borrower", passport, "--on", "2020-06-15", "--scheme", "zibo-talent-loan", "--explain"}));
    said += desk.read("rejects.csv");
    Database::open(url).read().each("SELECT why FROM talent_revocations", {}, [&](const Row& row) { said += row.text(0) + "\n"; });
    Database::open(url).read().each("SELECT subject, details FROM audit_entries", {}, [&](const Row& row) { said += row.text(0) + row.text(1) + "\n"; });
    INFO(said);
    CHECK(said.find("M* (12*******01) left with G1*****78") != std::string::npos);
    CHECK(said.find("talent 12*******01") != std::string::npos);
    CHECK(said.find("the selection was revoked from 2020-01-01") != std::string::npos);
    for (const std::string& personal : {passport, std::string("G12345678"), std::string("张三丰"), std::string("Maria Rossi")}) CHECK(said.find(personal) == std::string::npos);
  }
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

TEST_CASE("SQL in any field of a list, a request or a filing is a value or an error, and changes no table") {
  const std::vector<std::string> nasty{"'; DROP TABLE talent_listings; --", "x' OR '1'='1", "\\'; DELETE FROM list_versions; --", ":talent", "$1", "%s%n", "\"; DROP TABLE bank_filings; --"};
  const auto quoted_cell = [](const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  const auto row_with = [&](std::vector<std::string> cells, std::size_t field, const std::string& text) {
    cells[field] = quoted_cell(text);
    std::string row;
    for (const std::string& cell : cells) row += (row.empty() ? "" : ",") + cell;
    return row + "\n";
  };
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    desk.import(three_people());
    REQUIRE(desk.run({"banks", "file", "bank-a", "--from", "2020-01-01"}).exit == 0);
    const std::string before = desk.verify(ask("r", "talent", scholar, "2020-06-15") + ask("s", "employer", company, "2020-06-15"));
    std::string list = list_header;
    std::string requests = request_header;
    for (const std::string& text : nasty) {
      for (std::size_t field = 0; field < 12; ++field) {
        list += row_with({"N" + std::to_string(field), "某人", "resident", stranger, "taishan-scholar", "", "2018-01-01", "2018-02-01", "91370303MA3C000004", "某公司", "2015-01-01", ""}, field, text);
      }
      for (std::size_t field = 0; field < 9; ++field) {
        requests += row_with({"n" + std::to_string(field), "bank-a", "talent", stranger, "2020-06-15", "1.00", "innovation", "no", "no"}, field, text);
      }
    }
    desk.write("nasty.csv", list);
    desk.write("nasty-requests.csv", requests);
    CHECK(desk.run({"talents", "import", "nasty.csv", "--as-of", "2020-06-01", "--rejects", "rejects.csv"}).exit == 0);
    CHECK(desk.run({"talents", "verify", "--requests", "nasty-requests.csv", "--decisions", "d.csv", "--rejects", "r.csv", "--scheme", "zibo-talent-loan"}).exit == 0);
    for (const std::string& text : nasty) {
      CHECK(desk.run({"talents", "revoke", text, "--from", "2021-01-01", "--why", text}).exit == (desk.read("nasty.csv").find(quoted_cell(text) + ",某人") != std::string::npos ? 0 : 1));
      CHECK(desk.run({"talents", "verify", "--borrower", text, "--on", "2020-06-15", "--scheme", "zibo-talent-loan"}).exit == 1);
      CHECK(desk.run({"banks", "file", text, "--from", "2020-01-01", "--name", text}).exit == 0);
      CHECK(desk.run({"banks", "unfile", text, "--from", "2020-03-01", "--why", text}).exit == 0);
    }
    CHECK(desk.verify(ask("r", "talent", scholar, "2020-06-15") + ask("s", "employer", company, "2020-06-15")) == before);
    CHECK(desk.run({"audit", "verify"}).exit == 0);
  }
}

TEST_CASE("cells that a spreadsheet would run as formulas are kept from it in every file written") {
  const Desk desk("sqlite://talent-loan.db");
  desk.import(three_people());
  const std::vector<std::string> formulas{"=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1"};
  std::string list = list_header;
  std::string requests = request_header;
  for (const std::string& text : formulas) {
    list += text + ",某人,resident,1,taishan-scholar,,2018-01-01,,,,,\n";
    requests += ask(text, "talent", scholar, "2020-06-15") + ask(text, "talent", "1", "2020-06-15") + "x," + text + ",talent," + scholar + "," + text + ",1.00,innovation,no,no\n";
    REQUIRE(desk.run({"banks", "file", text, "--from", "2020-01-01", "--name", text}).exit == 0);
  }
  desk.write("formulas.csv", list);
  desk.write("requests.csv", requests);
  REQUIRE(desk.run({"talents", "import", "formulas.csv", "--as-of", "2020-06-01", "--rejects", "rejects.csv"}).exit == 0);
  REQUIRE(desk.run({"talents", "verify", "--requests", "requests.csv", "--decisions", "decisions.csv", "--rejects", "request-rejects.csv", "--scheme", "zibo-talent-loan"}).exit == 0);
  desk.write("banks.csv", desk.run({"banks", "list"}).out);
  for (const char* file : {"rejects.csv", "decisions.csv", "request-rejects.csv", "banks.csv"}) {
    INFO(file);
    CsvReader reader(InputFile::open((desk.folder().path() / file).string()), Encoding::utf8);
    CsvRow row;
    std::size_t rows = 0;
    for (; reader.next(row); ++rows) {
      for (const std::string& cell : row.cells) CHECK((cell.empty() || std::string_view("=+-@\t\r").find(cell.front()) == std::string_view::npos));
    }
    CHECK(rows >= formulas.size());
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
  const std::string list = desk.read("list.csv");
  CHECK(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01", "--rejects", "./list.csv"}).exit == 2);
  CHECK(desk.run({"talents", "verify", "--requests", "list.csv", "--decisions", "list.csv"}).exit == 2);
  CHECK(desk.read("list.csv") == list);
  CHECK(desk.run({"talents", "verify"}).exit == 2);
  CHECK(desk.run({"talents", "revoke", "T1", "--from", "2020-06-01", "--why", " "}).exit == 2);
  desk.import(person("T7", stranger, "zibo-yingcai", "2019-01-01", ""));
  CHECK(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01", "--rejects", "/no/such/folder/rejects.csv"}).exit == 1);
  CHECK(desk.run({"audit", "verify"}).out.starts_with("the audit trail is whole: 2"));
  CHECK(trail.starts_with("the audit trail is whole: 1"));
}

TEST_CASE("an import that is killed at any moment leaves nothing or all, and again it is the same as undisturbed") {
  constexpr int kills = 100;  // on each database
  constexpr int people = 2000;
  std::string rows;
  for (int i = 0; i < people; ++i) {
    const std::string first_17 = fmt::format("370302{:04}0101{:03}", 1950 + i / 1000, i % 1000);
    rows += person("K" + std::to_string(i), identity_number(first_17), "zibo-yingcai", "2019-01-01", "", "2015-01-01");
  }
  const std::vector<std::string> import{"talents", "import", "list.csv", "--as-of", "2020-06-01", "--rejects", "rejects.csv"};
  const RunOptions one_key{.environment = {"TALENT_LOAN_KEY=" + std::string(64, 'a')}};
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    desk.write("list.csv", list_header + rows);
    const auto content = [&] {
      std::string all;
      Database database = Database::open(url);
      database.read().each("SELECT version, row_in_version, talent_id, programme, lookup, fingerprint, employer_code, employed_from FROM talent_listings ORDER BY 1, 2", {}, [&](const Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i) all += row.optional_text(i).value_or("-") + "|";
      });
      return all;
    };
    const auto forget = [&] {
      Database database = Database::open(url);
      Transaction transaction = database.write();
      for (const char* table : {"talent_listings", "list_versions", "audit_entries", "audit_head"}) transaction.execute(std::string("DELETE FROM ") + table);
      transaction.commit();
    };
    REQUIRE(desk.run(import, one_key).exit == 0);  // with the migrations, which later runs do not repeat
    forget();
    const auto begun = std::chrono::steady_clock::now();
    REQUIRE(desk.run(import, one_key).exit == 0);
    const auto takes = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    const std::string undisturbed = content();
    REQUIRE(std::count(undisturbed.begin(), undisturbed.end(), 'K') >= people);
    forget();
    int killed = 0;
    int kept = 0;  // killed or ended after the commit
    for (int attempt = 0; killed < kills && attempt < 3 * kills; ++attempt) {
      RunOptions options = one_key;
      options.kill_after = std::chrono::milliseconds(1 + takes.count() * (attempt * 37 % kills) / kills);
      killed += desk.run(import, options).signal != 0 ? 1 : 0;
      const std::string left = content();
      REQUIRE((left.empty() || left == undisturbed));
      kept += left.empty() ? 0 : 1;
      if (attempt % 10 == 9) {
        CHECK(desk.run({"audit", "verify"}, one_key).exit == 0);
        CHECK(desk.run(import, one_key).exit == 0);
        REQUIRE(content() == undisturbed);
      }
      if (!left.empty() || attempt % 10 == 9) forget();
    }
    CHECK(killed == kills);
    CHECK(kept > 0);
  }
}

TEST_CASE("a list may use identity numbers as keys, and they are stored nowhere in the clear") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    const Desk desk(url);
    const std::string passport = "E98765432";
    desk.import(person(scholar, scholar, "taishan-scholar", "2018-01-01", "", "2015-01-01") + passport + ",Maria Rossi,passport," + passport + ",zibo-yingcai,,2018-01-01,,,,,\n");
    const auto reasons = [&](const std::string& borrower, const std::string& kind = "talent") { return desk.verify(ask("r", kind, borrower, "2020-06-15")); };
    CHECK(reasons(scholar).starts_with("r,no,BANK_NOT_FILED,"));
    CHECK(reasons(passport).starts_with("r,no,BANK_NOT_FILED,"));
    Database database = Database::open(url);
    database.read().each("SELECT talent_id FROM talent_listings", {}, [&](const Row& row) { CHECK(row.text(0).starts_with("person-")); });
    CHECK(desk.run({"talents", "key", "new", "next.key"}).exit == 0);
    CHECK(desk.run({"talents", "revoke", scholar, "--from", "2019-01-01", "--why", "left: " + scholar, "--as-of", "2020-06-01"}).exit == 0);
    REQUIRE(desk.run({"talents", "key", "rotate", "next.key"}).exit == 0);
    const RunOptions next{.environment = {"TALENT_LOAN_KEY_FILE=next.key"}};
    CHECK(desk.run({"talents", "revoke", scholar, "--from", "2019-01-01", "--why", "left", "--as-of", "2020-06-01"}, next).err.find("nothing changed") != std::string::npos);
    CHECK(desk.run({"talents", "revoke", passport, "--from", "2019-01-01", "--why", "left", "--as-of", "2020-06-01"}, next).exit == 0);
    const Ran employer = desk.run({"talents", "verify", "--borrower", company, "--on", "2020-06-15", "--scheme", "zibo-talent-loan"}, next);
    CHECK(employer.out.find("TALENT_NOT_VALID_ON_DATE\n") != std::string::npos);
    std::string stored;
    database.read().each("SELECT talent_id, why FROM talent_revocations", {}, [&](const Row& row) { stored += row.text(0) + row.text(1); });
    CHECK(stored.find("left: " + scholar.substr(0, 4) + "**********" + scholar.substr(14)) != std::string::npos);
    CHECK(stored.find(scholar) == std::string::npos);
    CHECK(stored.find(passport) == std::string::npos);
  }
}

