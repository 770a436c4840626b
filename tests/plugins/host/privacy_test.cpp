// A city's work from list to assessment, and then a search of every file it left for every number and name it used.
#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>

#include "core/files/workbook.hpp"
#include "core/files/workbook_archive.hpp"
#include "core/store/database.hpp"
#include "tests/support/databases.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using talent_loan::testing::FreshDatabases;
using talent_loan::testing::Ran;
using talent_loan::testing::read_file;
using talent_loan::testing::run_program;
using talent_loan::testing::RunOptions;
using talent_loan::testing::TemporaryFolder;

namespace {

const std::string library = std::string(TALENT_LOAN_TEST_ADAPTERS) + "/scripted_bank.so";

// People of the test: each number and each name is searched for.
const std::string wang = "11010519491231002X";   // on a CSV list
const std::string li = "370302198001010016";     // on a workbook's list, the list's own key
const std::string zhao = "370302198203150025";   // on no list, applies for a loan
const std::string mistyped = "110105194912310020";
const std::string foreigner = "E98765432";       // a passport, also a key
const std::string card = "ABC123456789017";      // a foreign permanent resident; its check digit is wrong
const std::vector<std::string> searched{wang, li, zhao, mistyped, foreigner, card, "王小明", "李思远", "赵无名", "Maria Rossi", "博山某科技公司"};

// What holds personal data by intent: what clerks and banks handed in or keep themselves, and the sheet handed back
// to the clerk who wrote it.
const std::vector<std::string> meant{"in/", "config/banks/", "back.xlsx"};

struct Found {
  std::string file;
  std::string what;
};

// Every part of a workbook, unpacked; any other file as it is.
std::string content(const std::filesystem::path& path) {
  if (path.extension() != ".xlsx") return read_file(path);
  WorkbookArchive archive(path.string());
  std::string all;
  for (const std::string& part : archive.names()) all += archive.read(part);
  return all;
}

std::vector<Found> search(const TemporaryFolder& folder) {
  std::vector<Found> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (!entry.is_regular_file()) continue;
    const std::string name = std::filesystem::relative(entry.path(), folder.path()).string();
    if (std::any_of(meant.begin(), meant.end(), [&](const std::string& start) { return name.starts_with(start); })) continue;
    const std::string bytes = content(entry.path());
    for (const std::string& secret : searched) {
      if (bytes.find(secret) != std::string::npos) found.push_back({name, secret});
    }
  }
  return found;
}

void check_nothing_found(const TemporaryFolder& folder) {
  for (const Found& one : search(folder)) FAIL_CHECK(one.file << " holds " << one.what);
}

class City {
 public:
  explicit City(std::string url = "") : url_(url.empty() ? "sqlite://" + (folder / "loans.db") : std::move(url)) {
    std::filesystem::copy(std::string(TALENT_LOAN_SOURCE_DIR) + "/config", folder / "config", std::filesystem::copy_options::recursive);
    folder.write("config/banks.yaml", "schema: talent-loan/banks/1\nbanks:\n  - id: zibo-rural\n    adapter: " + library + "\n    config: banks/zibo-rural.txt\n");
    folder.write("config/banks/zibo-rural.txt",
                 "application;A-1;talent;" + wang + ";2020-06-01;10000000;innovation;no;no\n"
                 "application;A-2;talent;" + zhao + ";2020-06-02;20000000;innovation;no;no\n"
                 "application;A-3;talent;" + mistyped + ";2020-06-03;30000000;innovation;no;no\n"
                 "application;A-4;talent;" + li + ";2020-06-03;5000000;innovation;no;no\n"
                 "issue;A-1;disbursed;L-1;2020-06-10;10000000;2021-06-10\n"
                 "issue;A-4;declined;customer " + li + " withdrew\n"
                 "event;E-1;6;L-1;2020-10-02\n"
                 "event;E-2;2;L-1;2020-10-01;;;95\n"
                 "claim;C-1;L-1;" + wang + ";2020-06-10;2020-10-02;2020-10-05;10000000;0\n");
  }

  Ran run(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
    arguments.insert(arguments.begin(), {"--config", folder / "config", "--db", url_, "--log-level", "trace", "--log-json", folder / "log.json"});
    RunOptions options;
    options.directory = folder.path();
    options.environment = std::move(environment);
    const Ran ran = run_program(arguments, options);
    // What the command said is a file like any other.
    folder.write("said/" + std::to_string(++commands_) + ".txt", ran.out + ran.err);
    return ran;
  }

  TemporaryFolder folder;

 private:
  std::string url_;
  int commands_ = 0;
};

constexpr const char* list_header =
    "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n";

void import_lists(City& city) {
  city.folder.write("in/list.csv", list_header + std::string("T-1,王小明,resident,") + wang + ",zibo-yingcai,,2019-01-01,,91370303MA3C000004,博山某科技公司,2018-01-01,\n" +
                                       foreigner + ",Maria Rossi,passport," + foreigner + ",taishan-scholar,,2019-01-01,,,,,\n" +
                                       "T-3,王小明,resident," + mistyped + ",zibo-yingcai,,2019-01-01,,,,,\n" +
                                       "T-4,王小明," + wang + "," + wang + "," + wang + "," + wang + ",2019-01-01,,,,,\n" +   // slipped by some columns
                                       "T-5,王小明,resident," + wang + ",zibo-yingcai,,2019-01-01," + wang + ",,,,\n" +
                                       "T-6,王小明,resident," + wang + ",zibo-yingcai,,2019-01-01,," + wang + ",博山某科技公司,2018-01-01,\n" +
                                       card + ",Maria Rossi,foreign-permanent-resident," + card + ",taishan-scholar,,2019-01-01,,,,,\n");
  CHECK(city.run({"talents", "import", "in/list.csv", "--as-of", "2020-01-01", "--rejects", "rejects.csv"}).err.find("2 new, 0 known already, 5 rejected") != std::string::npos);
  const auto text = [](const std::string& words) { return WorkbookCell{WorkbookCell::Kind::text, words}; };
  WorkbookSheet sheet;
  sheet.rows = {{text("人才编号"), text("姓名"), text("证件类型"), text("证件号码"), text("人才工程"), text("入选日期")},
                {text(li), text("李思远"), text("身份证"), text(li), text("泰山学者"), text("2019-01-01")},
                {text("T-9"), text("李思远"), text("身份证"), text(mistyped), text("泰山学者"), text("2019-01-01")}};
  write_workbook(city.folder / "in/list.xlsx", sheet, {}, {});
  CHECK(city.run({"talents", "import", "in/list.xlsx", "--as-of", "2020-01-01", "--rejects", "back.xlsx"}).err.find("1 new, 0 known already, 1 rejected") != std::string::npos);
}

void ask(City& city) {
  std::string requests = "request_id,bank_id,borrower_kind,borrower_id,on,amount,purpose,secured,guaranteed\n";
  for (const std::string& id : {wang, li, zhao, mistyped, foreigner}) requests += id + ",zibo-rural,talent," + id + ",2020-06-15,1000000.00,innovation,no,no\n";
  requests += "r,zibo-rural," + wang + "," + wang + ",2020-06-15,1000000.00,innovation,no,no\nr,zibo-rural,talent," + wang + "," + wang + ",1.00,innovation,no,no\n" +
              "r,zibo-rural,talent," + wang + ",2020-06-15," + wang + ",innovation,no,no\nr,zibo-rural,talent," + wang + ",2020-06-15,1.00,innovation," + wang + ",no\n";
  city.folder.write("in/requests.csv", requests);
  // Decisions repeat the keys of their requests; a bank that uses numbers as keys gets them back.
  CHECK(city.run({"talents", "verify", "--requests", "in/requests.csv", "--decisions", "in/decisions.csv", "--rejects", "request-rejects.csv", "--scheme", "zibo-talent-loan"}).exit == 0);
  for (const std::string& id : {wang, li, zhao, mistyped, foreigner, card}) {
    for (const char* language : {"zh", "en"}) {
      city.run({"--lang", language, "talents", "verify", "--borrower", id, "--on", "2020-06-15", "--scheme", "zibo-talent-loan", "--explain"});
    }
  }
  CHECK(city.run({"keys", "new", "bureau.pem", "--algorithm", "sm2"}).exit == 0);
  CHECK(city.run({"talents", "verify", "--borrower", wang, "--on", "2020-06-15", "--scheme", "zibo-talent-loan", "--receipt", "receipt.json", "--signing-key", "bureau.pem"}).exit == 0);
  CHECK(city.run({"receipt", "verify", "receipt.json", "--key", "bureau.pem.pub", "--borrower", wang}).exit == 0);
  CHECK(city.run({"receipt", "verify", "receipt.json", "--key", "bureau.pem.pub", "--borrower", zhao}).exit == 1);
  CHECK(city.run({"talents", "revoke", li, "--from", "2020-09-01", "--why", "see the file of " + li}).exit == 0);
  CHECK(city.run({"talents", "revoke", zhao, "--from", "2020-09-01", "--why", "x"}).exit == 1);
  CHECK(city.run({"talents", "verify", "--borower", wang, wang}).exit == 2);
  CHECK(city.run({"talents", "import", "in/" + wang + ".csv", "--as-of", "2020-01-01"}).exit == 1);
}

void lend_and_settle(City& city) {
  CHECK(city.run({"banks", "file", "zibo-rural", "--from", "2019-01-01", "--name", "淄博农商行"}).exit == 0);
  const Ran sync = city.run({"sync", "--as-of", "2020-12-31", "--scheme", "zibo-talent-loan", "--rejects", "sync-rejects.csv"});
  INFO(sync.out << sync.err);
  CHECK(sync.exit == 0);
  CHECK(sync.out.find("3 applications, 2 eligible, 1 not eligible, 3 told, 1 disbursed, 1 declined, 0 pending, 2 events, 1 claims") != std::string::npos);
  CHECK(city.run({"fund", "deposit", "--fund", "city-talent-loan", "--amount", "20000000.00", "--on", "2020-01-10", "--reference", "budget"}).exit == 0);
  const Ran settled = city.run({"settle", "--scheme", "zibo-talent-loan", "--batch", "B", "--as-of", "2020-12-31", "--lines", "lines.csv", "--rejects", "settle-rejects.csv", "--totals",
                                "totals.csv", "--payments", "payments.csv"});
  INFO(settled.err);
  CHECK(settled.exit == 0);
  CHECK(read_file(city.folder.path() / "lines.csv").find("C-1,zibo-rural,L-1,") != std::string::npos);
  city.folder.write("in/recoveries.csv", "recovery_id,claim_id,received_on,amount,costs\nR-1,C-1,2021-01-10,1000.00,10.00\nR-2,C-9,2021-01-10,x,10.00\n");
  CHECK(city.run({"recover", "--recoveries", "in/recoveries.csv", "--returns", "returns.csv"}).exit == 0);
  CHECK(city.run({"report", "batch", "--batch", "B", "--xlsx", "batch.xlsx"}).exit == 0);
  for (const std::vector<std::string>& report : std::vector<std::vector<std::string>>{{"batch", "--batch", "B"}, {"bank", "--bank", "zibo-rural"}, {"fund", "--fund", "city-talent-loan"}, {"year", "--year", "2020"}}) {
    std::vector<std::string> arguments{"report"};
    arguments.insert(arguments.end(), report.begin(), report.end());
    CHECK(city.run(arguments).exit == 0);
  }
  for (const char* what : {"trial-balance", "journal"}) CHECK(city.run({"ledger", what}).exit == 0);
  CHECK(city.run({"sync", "--as-of", "2020-12-31", "--scheme", "zibo-talent-loan"}).exit == 0);
  CHECK(city.run({"audit", "verify"}).exit == 0);
}

}  // namespace

TEST_CASE("no file that a city's work leaves holds an identity number or a name, but those meant to") {
  City city;
  import_lists(city);
  ask(city);
  lend_and_settle(city);
  check_nothing_found(city.folder);

  // The change of the key renews all there is; then only the new key answers, and it answers the same.
  const std::vector<std::string> borrower{"talents", "verify", "--borrower", wang, "--on", "2020-06-15", "--amount", "9900000.01", "--scheme", "zibo-talent-loan"};
  const std::string answer = city.run(borrower).out;
  REQUIRE(city.run({"talents", "key", "new", "next.key"}).exit == 0);
  REQUIRE(city.run({"talents", "key", "rotate", "next.key"}).exit == 0);
  CHECK(city.run(borrower).exit == 1);
  const std::vector<std::string> next{"TALENT_LOAN_KEY_FILE=next.key"};
  CHECK(city.run(borrower, next).out == answer);
  CHECK(city.run({"talents", "import", "in/list.csv", "--as-of", "2020-01-01"}, next).err.find("0 new, 2 known already") != std::string::npos);
  CHECK(city.run({"talents", "revoke", li, "--from", "2020-09-01", "--why", "again", "--as-of", "2030-01-01"}, next).exit == 0);
  CHECK(city.run({"sync", "--as-of", "2020-12-31", "--scheme", "zibo-talent-loan"}, next).out.find("0 applications, 0 eligible") != std::string::npos);
  check_nothing_found(city.folder);
}

TEST_CASE("a number planted in a text file, the database or a workbook is found") {
  City city;
  import_lists(city);
  REQUIRE(search(city.folder).empty());
  city.folder.write("report.txt", "…" + wang + "…");
  CHECK(search(city.folder).size() == 1);
  {
    Database database = Database::open("sqlite://" + (city.folder / "loans.db"));
    Transaction transaction = database.write();
    transaction.execute("UPDATE list_versions SET source = :text", {li});
    transaction.commit();
  }
  CHECK(search(city.folder).size() >= 2);
  WorkbookSheet sheet;
  sheet.rows = {{{WorkbookCell::Kind::text, "王小明"}}};
  write_workbook(city.folder / "table.xlsx", sheet, {}, {});
  const auto found = search(city.folder);
  CHECK(std::any_of(found.begin(), found.end(), [](const Found& one) { return one.file == "table.xlsx" && one.what == "王小明"; }));
}

TEST_CASE("no table of a shared database holds an identity number or a name") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    City city(url);
    import_lists(city);
    ask(city);
    lend_and_settle(city);
    Database database = Database::open(url);
    Transaction look = database.read();
    std::string all;
    const char* tables = database.postgresql() ? "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
                                               : "SELECT name FROM sqlite_master WHERE type = 'table'";
    std::vector<std::string> names;
    look.each(tables, {}, [&](const Row& row) { names.push_back(row.text(0)); });
    CHECK(names.size() > 20);
    for (const std::string& name : names) {
      look.each("SELECT * FROM " + name, {}, [&](const Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i) all += row.optional_text(i).value_or("") + "|";
      });
    }
    CHECK(all.find("zibo-rural") != std::string::npos);
    for (const std::string& secret : searched) CHECK(all.find(secret) == std::string::npos);
  }
}
