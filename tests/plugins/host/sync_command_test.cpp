// `talent-loan sync` as the bureau runs it: lists imported, banks filed, adapters isolated.
#include <sys/stat.h>

#include <filesystem>

#include <catch2/catch.hpp>

#include "core/store/database.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using talent_loan::testing::Ran;
using talent_loan::testing::read_file;
using talent_loan::testing::run_program;
using talent_loan::testing::TemporaryFolder;

namespace {

const std::string library = std::string(TALENT_LOAN_TEST_ADAPTERS) + "/scripted_bank.so";
const std::string script =
    "application;A-1;talent;11010519491231002X;2020-06-01;10000000;innovation;no;no\n"
    "application;A-2;talent;11010519491231002X;2020-06-02;20000000;speculation;yes;no\n"
    "application;A-3;employer;91370303MA3C000004;2020-06-03;30000000;innovation;no;no\n"
    "application;A-4;employer;91370303MA3C000006;2020-06-03;30000000;innovation;no;no\n"
    "issue;A-1;disbursed;L-1;2020-06-10;10000000;2021-06-10\n"
    "event;E-1;6;L-1;2020-10-02\n"
    "claim;C-1;L-1;11010519491231002X;2020-06-10;2020-10-02;2020-10-05;10000000;0\n";

struct City {
  TemporaryFolder folder;

  City() {
    std::filesystem::copy(std::string(TALENT_LOAN_SOURCE_DIR) + "/config", folder / "config", std::filesystem::copy_options::recursive);
    folder.write("list.csv", "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n"
                             "T-1,张三,resident,11010519491231002X,zibo-yingcai,,2019-01-01,,91370303MA3C000004,某公司,2018-01-01,\n");
    bind("zibo-rural", script);
    REQUIRE(run({"talents", "import", folder / "list.csv", "--as-of", "2020-01-01"}).exit == 0);
    REQUIRE(run({"banks", "file", "zibo-rural", "--from", "2019-01-01"}).exit == 0);
  }
  void bind(const std::string& bank, const std::string& text, const std::string& more = "") {
    bindings += "  - id: " + bank + "\n    adapter: " + library + "\n    config: banks/" + bank + ".txt\n" + more;
    folder.write("config/banks/" + bank + ".txt", text);
    folder.write("config/banks.yaml", "schema: talent-loan/banks/1\nbanks:\n" + bindings);
  }
  Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--config", folder / "config", "--db", "sqlite://" + (folder / "loans.db")});
    return run_program(arguments);
  }
  Ran sync(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"sync", "--as-of", "2020-12-31", "--scheme", "zibo-talent-loan"});
    return run(more);
  }
  std::string bindings;
};

}  // namespace

TEST_CASE("sync decides by the lists, has the bank issue, and brings events and claims home") {
  City city;
  const Ran first = city.sync({"--rejects", city.folder / "rejects.csv"});
  INFO(first.err);
  CHECK(first.exit == 0);
  CHECK(first.out == "zibo-rural (zibo-rural): 3 applications, 2 eligible, 1 not eligible, 3 told, 1 disbursed, 0 declined, 1 pending, 1 events, 1 claims, "
                     "0 settlement notices, 0 scores, 1 rejected\n");
  CHECK_THAT(read_file(city.folder / "rejects.csv"), Catch::Contains("A-4,BAD_IDENTIFIER") && !Catch::Contains("91370303MA3C000006"));
  CHECK_THAT(read_file(city.folder / "config/banks/bank.log"), Catch::Contains("A-2 no PURPOSE_NOT_COVERED COLLATERAL_TAKEN\n") && Catch::Contains("A-3 yes\n"));
  const Ran second = city.sync();
  CHECK_THAT(second.out, Catch::Contains("0 applications, 0 eligible") && Catch::Contains("1 pending, 0 events, 0 claims"));
}

TEST_CASE("with --strict a rejected record is exit code 3") {
  City city;
  CHECK(city.sync({"--strict"}).exit == 3);
}

TEST_CASE("a bank that fails is named with its library, call and remedy, and the others are done") {
  City city;
  city.bind("broken", script + "fault;poll_events;crash\n");
  const Ran ran = city.sync();
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, Catch::Contains("scripted_bank.so") && Catch::Contains("poll_events of bank broken") && Catch::Contains("signal 11") &&
                          Catch::Contains("1 banks done, 1 failed"));
  CHECK_THAT(ran.out, Catch::Contains("1 disbursed, 0 declined, 1 pending, 1 events, 1 claims"));
  const Ran chosen = city.sync({"--bank", "zibo-rural"});
  CHECK(chosen.exit == 0);
}

TEST_CASE("a bank whose own files cannot be used is named and kept out, and the others are done") {
  City city;
  const auto told = [&](const std::string& more) {
    city.folder.write("config/banks.yaml", "schema: talent-loan/banks/1\nbanks:\n" + city.bindings + "  - id: broken\n    adapter: " + library + "\n" + more);
    const Ran ran = city.sync();
    CHECK(ran.exit == 1);
    CHECK_THAT(ran.out, Catch::Contains("zibo-rural") && Catch::Contains("0 rejected\n"));
    CHECK_THAT(ran.err, Catch::Contains("bank broken was not asked: ") && Catch::Contains("1 banks done, 1 failed"));
    return ran.err;
  };
  city.sync();
  const std::string path = city.folder / "config/banks/broken.txt", config = "    config: banks/broken.txt\n";
  CHECK_THAT(told(config), Catch::Contains(path));
  city.folder.write("config/banks/broken.txt", "\xC4\xE3");
  CHECK_THAT(told(config), Catch::Contains("not UTF-8") && Catch::Contains("banks[1].config"));
  city.folder.write("config/banks/broken.txt", std::string((1 << 20) + 1, ' '));
  CHECK_THAT(told(config), Catch::Contains(path));
  std::filesystem::remove(path);
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);  // nobody writes to it
  CHECK_THAT(told(config), Catch::Contains("no regular file"));
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  CHECK_THAT(told(config), Catch::Contains("no regular file"));
  CHECK_THAT(told("    library_signed_by: withdrawn\n    config: banks/zibo-rural.txt\n"), Catch::Contains("there is no key") && Catch::Contains("withdrawn.pem"));
}

TEST_CASE("adapter breakers lists the banks whose last round failed") {
  City city;
  city.bind("closed", script + "fault;poll_events;unavailable\n");
  city.bind("denied", script + "fault;health;denied\n", "    breaker: {failures: 2, pause_minutes: 30}\n");
  CHECK(city.run({"adapter", "breakers"}).out == "bank_id,state,failed_rounds,failing_since,next_try,reason\n");
  city.sync();
  city.sync();
  const Ran ran = city.run({"adapter", "breakers"});
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, Catch::Contains("\nclosed,failing,2,20") && Catch::Contains("\ndenied,open,2,20") && Catch::Contains("the bank is closed") &&
                          Catch::Contains("the password has expired") && !Catch::Contains("zibo-rural"));
  {
    Database database = Database::open("sqlite://" + (city.folder / "loans.db"));
    Transaction transaction = database.write();
    transaction.execute("UPDATE adapter_breakers SET retry_at = failing_since WHERE retry_at IS NOT NULL", {});
    transaction.commit();
  }
  CHECK_THAT(city.run({"adapter", "breakers"}).out, Catch::Contains("\nclosed,failing,2,20") && Catch::Contains("\ndenied,due,2,20"));
}

TEST_CASE("a library that changed after it was pinned is not run") {
  City city;
  CHECK(city.run({"adapter", "pin"}).exit == 0);
  CHECK(city.sync().exit == 0);
  std::string banks = read_file(city.folder / "config/banks.yaml");
  const std::size_t at = banks.find("library_sha256: ") + 16;
  banks[at] = banks[at] == '0' ? '1' : '0';
  city.folder.write("config/banks.yaml", banks);
  const Ran ran = city.sync();
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, Catch::Contains("differs from the one pinned"));
}

TEST_CASE("sync names an unknown bank and the nearest known one, and an unusable banks.yaml with its place") {
  City city;
  const Ran unknown = city.sync({"--bank", "zibo-rurl"});
  CHECK(unknown.exit == 1);
  CHECK_THAT(unknown.err, Catch::Contains("did you mean zibo-rural"));
  city.folder.write("config/banks.yaml", "schema: talent-loan/banks/1\nbanks:\n  - {id: a, adaptor: b}\n");
  const Ran bad = city.sync();
  CHECK(bad.exit == 1);
  CHECK_THAT(bad.err, Catch::Contains("banks.yaml:3") && Catch::Contains("adaptor"));
}

TEST_CASE("a decision cites the list version and the day of knowledge, and asking again by them gives the same answer") {
  City city;
  CHECK(city.run({"talents", "revoke", "T-1", "--from", "2020-03-01", "--why", "left", "--as-of", "2021-02-01"}).exit == 0);
  REQUIRE(city.sync().exit == 0);  // as known on 2020-12-31: the revocation is not
  Database database = Database::open("sqlite://" + (city.folder / "loans.db"));
  const auto decided = database.read().query_one("SELECT eligible, list_version, known_on, talent_id FROM loan_decisions WHERE application_id = 'A-1'");
  CHECK(decided->flag(0));
  CHECK(decided->integer(1) == 1);
  CHECK(decided->text(2) == "2020-12-31");
  const auto verify = [&](const std::string& known_on) {
    return city.run({"talents", "verify", "--borrower", "11010519491231002X", "--on", "2020-06-01", "--known-on", known_on, "--scheme", "zibo-talent-loan"}).out;
  };
  CHECK_THAT(verify("2020-12-31"), Catch::Contains("eligible: yes") && Catch::Contains("list version: 1"));
  CHECK_THAT(verify("2021-02-01"), Catch::Contains("eligible: no") && Catch::Contains("TALENT_NOT_VALID_ON_DATE"));
}

TEST_CASE("two applications of one talent are held against the limit once each") {
  City city;
  city.folder.write("config/banks/zibo-rural.txt",
                    "application;A-1;talent;11010519491231002X;2020-06-01;400000000;innovation;no;no\n"
                    "application;A-2;talent;11010519491231002X;2020-06-02;500000000;innovation;no;no\n"
                    "application;A-3;talent;11010519491231002X;2020-06-02;500000000;innovation;no;no\n");
  REQUIRE(city.sync().exit == 0);
  CHECK_THAT(read_file(city.folder / "config/banks/bank.log"), Catch::Contains("A-1 yes\n") && Catch::Contains("A-2 yes\n") && Catch::Contains("A-3 no OVER_TALENT_LIMIT\n"));
}

TEST_CASE("numbers that an earlier version left in the loan book are sealed when the database is opened") {
  City city;
  REQUIRE(city.sync().exit == 0);
  {
    Database database = Database::open("sqlite://" + (city.folder / "loans.db"));
    Transaction transaction = database.write();
    for (const char* table : {"loan_applications", "loans"}) {
      transaction.execute(std::string("UPDATE ") + table + " SET borrower_id = '11010519491231002X', borrower_sealed = '' WHERE borrower_kind = 'talent'");
    }
    transaction.commit();
  }
  const auto everything = [&] {
    std::string all;
    for (const char* file : {"loans.db", "loans.db-wal"}) {
      if (std::filesystem::exists(city.folder / file)) all += read_file(city.folder / file);
    }
    return all;
  };
  REQUIRE(everything().find("11010519491231002X") != std::string::npos);
  CHECK(city.run({"db", "migrate"}).exit == 0);
  CHECK(everything().find("11010519491231002X") == std::string::npos);
  CHECK_THAT(city.sync().out, Catch::Contains("0 applications, 0 eligible"));
  CHECK(city.run({"audit", "verify"}).exit == 0);
}
