// `assess run` and `assess reward` as users run them, on a small loan book.
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/assessment/results.hpp"
#include "core/files/workbook_archive.hpp"
#include "core/ledger/journal.hpp"
#include "core/loan/book.hpp"
#include "core/store/audit.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using talent_loan::testing::Ran;
using talent_loan::testing::read_file;
using talent_loan::testing::run_program;
using talent_loan::testing::TemporaryFolder;

namespace {

const std::string table =
    "schema: talent-loan/assessment/1\nid: city-2020\nyear: 2020\nround: 1\nindicators:\n"
    "  - {id: balance, source: loan-book/balance, points: 10, formula: {kind: share-of-best}, cite: \"§4\"}\n"
    "  - {id: first, source: loan-book/first_time_borrowers, points: 4, formula: {kind: share-of-best}}\n"
    "  - {id: growth, title: 增速<b>, points: 6, formula: {kind: share-of-best}, cite: \"§2\"}\n"
    "grades: [{at_least: 15, name: good}, {name: fair}]\n";
const std::string indicators = "bank_id,indicator,value\nA,growth,3\nB,growth,6\nB,balance,123456\n";

Loan loan(const char* bank, const char* id, const char* borrower, std::int64_t yuan) {
  Loan out;
  out.bank = BankId(bank);
  out.id = LoanId(id);
  out.borrower_id = borrower;
  out.amount = Fen(yuan * 100);
  out.disbursed_on = *parse_day("2020-06-01");
  return out;
}

struct Office {
  TemporaryFolder folder;
  std::string url = "sqlite://" + (folder / "books.db");

  Office() {
    folder.write("config/assessments/city-2020.yaml", table);
    folder.write("indicators.csv", indicators);
    Database database = Database::open(url);
    Transaction transaction = database.write();
    register_loans(transaction,
                   {loan("A", "1", "p", 1000), loan("A", "2", "q", 500), loan("B", "1", "p", 600)});
    transaction.commit();
  }

  Ran assess(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--config", folder / "config", "--db", url, "assess"});
    return run_program(arguments);
  }
  Ran run(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"run", "--year", "2020", "--indicators", folder / "indicators.csv"});
    return assess(more);
  }
  std::int64_t runs() {
    Database database = Database::open(url);
    Transaction transaction = database.read();
    return transaction.query_one("SELECT COUNT(*) FROM assessment_runs")->integer(0);
  }
};

// Every text of a part of the workbook, in the order in which it stands there.
std::string texts(const pugi::xml_document& part, const char* path) {
  std::vector<std::string> all;
  for (const auto& found : part.select_nodes(path)) all.emplace_back(found.node() ? found.node().text().get() : found.attribute().value());
  return fmt::format("{}", fmt::join(all, "|"));
}

// What a workbook says to people: its sheets, the cells with words, its chart, the foot of each page.
std::string words_of(const std::string& path) {
  WorkbookArchive book(path);
  std::string out = texts(book.read_xml("xl/workbook.xml"), "//sheet/@name") + "\n" + texts(book.read_xml("xl/sharedStrings.xml"), "//t") + "\n";
  const pugi::xml_document chart = book.read_xml("xl/charts/chart1.xml");
  out += texts(chart, "//c:title//a:t") + "; " + texts(chart, "//c:ser/c:tx//c:v") + "; " + texts(chart, "//c:f") + "\n";
  for (int i = 1; i <= 4; ++i) out += texts(book.read_xml(fmt::format("xl/worksheets/sheet{}.xml", i)), "//oddFooter") + (i == 4 ? "\n" : "|");
  return out;
}

}  // namespace

TEST_CASE("a year is assessed from the loan book and a file, and its result is kept") {
  Office office;
  const Ran ran = office.run({"--scores", office.folder / "scores.csv"});
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(read_file(office.folder.path() / "scores.csv") ==
        "rank,bank_id,score,grade,balance,first,growth\n1,A,17.0,good,10.0,4.0,3.0\n2,B,10.0,fair,4.0,0.0,6."
        "0\n");
  CHECK(ran.err.find("1 values of the file are replaced by the loan book's") != std::string::npos);
  CHECK(office.run().exit == 0);
  CHECK(office.runs() == 1);  // the same result again
  Database database = Database::open(office.url);
  Transaction transaction = database.read();
  const auto scores = assessment::scores_of_bank(transaction, BankId("B"));
  REQUIRE(scores.size() == 1);
  CHECK(scores[0].score == "10.0");
  CHECK(scores[0].breakdown[2].points == "6.0");
  CHECK_FALSE(verify_audit(transaction).broken.has_value());
  CHECK(transaction
            .query_one("SELECT COUNT(*) FROM audit_entries WHERE action = 'assess run' AND subject = '2020' "
                       "AND cite = '§4|§2'")
            ->integer(0) == 2);
}

TEST_CASE("every figure of the loan book is traced to its loans") {
  Office office;
  const Ran ran = office.run({"--trace", "balance"});
  INFO(ran.err);
  CHECK(ran.out ==
        "bank_id,loan_id,reference,figure,value\nA,1,,balance,1000.00\nA,2,,balance,500.00\nB,1,,balance,600."
        "00\n");
  const Ran of_b = office.run({"--trace", "balance", "--explain", "B"});
  CHECK(of_b.out.find("10 × 600 ÷ 1500 (best value) = 4 → 4.0/10  [§4]") != std::string::npos);
  CHECK(of_b.out.ends_with("bank_id,loan_id,reference,figure,value\nB,1,,balance,600.00\n"));
  CHECK(office.run({"--trace", "first"})
            .out.ends_with("value\nA,1,,first_time_borrowers,1\nA,2,,first_time_borrowers,1\n"));
  CHECK(office.run({"--trace", "growth"}).exit == 1);
}

TEST_CASE("other weights show who moves and are never kept") {
  Office office;
  const Ran ran = office.run({"--weight", "growth=60"});
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(ran.out ==
        "↑ B  rank 2 → 1  score 10.0 → 64.0\n↓ A  rank 1 → 2  score 17.0 → 44.0\n2 banks change rank\n");
  CHECK(office.runs() == 0);
}

TEST_CASE("a table is found by its year, its id or its path") {
  Office office;
  CHECK(office.run({"--scheme", "city-2020"}).exit == 0);
  CHECK(office.run({"--scheme", office.folder / "config/assessments/city-2020.yaml"}).exit == 0);
  const Ran none = office.assess({"run", "--year", "2019"});
  CHECK(none.exit == 1);
  CHECK(none.err.find("holds 0 tables of the year 2019; say which with --scheme: city-2020") !=
        std::string::npos);
  const Ran other = office.assess(
      {"run", "--year", "2021", "--scheme", "city-2020", "--indicators", office.folder / "indicators.csv"});
  CHECK(other.err.find("the table city-2020 is of the year 2020") != std::string::npos);
}

TEST_CASE("a failed assessment keeps nothing and writes nothing") {
  Office office;
  office.folder.write("indicators.csv", "bank_id,indicator,value\nA,growth,3\n");
  const Ran ran = office.run({"--scores", office.folder / "scores.csv"});
  CHECK(ran.exit == 1);
  CHECK(ran.err.find("the bank \"B\" has no value of the indicator \"growth\"") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(office.folder / "scores.csv"));
  CHECK(office.runs() == 0);
}

TEST_CASE("the spreadsheet is the same for the same result, and opens as one") {
  Office office;
  REQUIRE(office.run({"--xlsx", office.folder / "a.xlsx"}).exit == 0);
  REQUIRE(office.run({"--xlsx", office.folder / "b.xlsx"}).exit == 0);
  const std::string bytes = read_file(office.folder.path() / "a.xlsx");
  CHECK(bytes.starts_with("PK"));
  CHECK(bytes == read_file(office.folder.path() / "b.xlsx"));
  CHECK(bytes.find("xl/charts/chart1.xml") != std::string::npos);
  CHECK(bytes.find("xl/worksheets/sheet4.xml") != std::string::npos);
}

TEST_CASE("the spreadsheet's own words are in the language asked for; the city's titles stay as they are") {
  Office office;
  for (const char* language : {"zh", "en"}) REQUIRE(office.run({"--lang", language, "--xlsx", office.folder / (std::string(language) + ".xlsx")}).exit == 0);
  CHECK(words_of(office.folder / "zh.xlsx") ==
        "排名|图表|指标值|计分规则\n"
        "city-2020（2020 年）|名次|银行|得分|等级|balance|first|增速<b>|A|good|B|fair|各行指标值|指标与满分|指标|名称|满分|依据|§4|growth|§2\n"
        "得分; 得分; '排名'!$B$4:$B$5|'排名'!$C$4:$C$5\n"
        "&C第 &P 页，共 &N 页|&C第 &P 页，共 &N 页|&C第 &P 页，共 &N 页|&C第 &P 页，共 &N 页\n");
  CHECK(words_of(office.folder / "en.xlsx") ==
        "ranking|chart|indicator values|scoring rules\n"
        "city-2020 (2020)|rank|bank|score|grade|balance|first|增速<b>|A|good|B|fair|each bank's indicator values|indicators and full marks|"
        "indicator|title|full marks|rests on|§4|growth|§2\n"
        "score; score; ranking!$B$4:$B$5|ranking!$C$4:$C$5\n"
        "&Cpage &P of &N|&Cpage &P of &N|&Cpage &P of &N|&Cpage &P of &N\n");
  std::string many = "bank_id,indicator,value\n";
  for (int i = 100; i < 130; ++i) many += "bank" + std::to_string(i) + ",growth," + std::to_string(i) + "\n";
  office.folder.write("indicators.csv", many + "A,growth,1\nB,growth,1\n");
  REQUIRE(office.run({"--xlsx", office.folder / "many.xlsx"}).exit == 0);
  CHECK(words_of(office.folder / "many.xlsx").find("\nscore (first 20); score; ranking!$B$4:$B$23|") != std::string::npos);
}

TEST_CASE("the bulletin is one page in Chinese, and nothing in it runs") {
  Office office;
  REQUIRE(office.run({"--bulletin", office.folder / "bulletin.html"}).exit == 0);
  const std::string page = read_file(office.folder.path() / "bulletin.html");
  CHECK(page.find("<h1>关于 2020 年银行年度考核结果的通报</h1>") != std::string::npos);
  CHECK(page.find("<tr><td>1</td><td>A</td><td>17.0</td><td>good</td></tr>") != std::string::npos);
  CHECK(page.find("增速&lt;b&gt; 6 分") != std::string::npos);
  CHECK(page.find("good 1 家、fair 1 家") != std::string::npos);
  std::string many = "bank_id,indicator,value\n";
  for (int i = 100; i < 150; ++i) many += "bank" + std::to_string(i) + ",growth," + std::to_string(i) + "\n";
  office.folder.write("indicators.csv", many + "A,growth,1\nB,growth,1\n");
  REQUIRE(office.run({"--bulletin", office.folder / "bulletin.html"}).exit == 0);
  CHECK(read_file(office.folder.path() / "bulletin.html").find("其余 22 家的名次见附表") !=
        std::string::npos);
}

TEST_CASE("rewards are divided by the year's result and booked once") {
  Office office;
  CHECK(office.assess({"reward", "--year", "2020", "--sum", "1000.00", "--payer", "city"}).exit == 1);
  REQUIRE(office.run().exit == 0);
  const std::vector<std::string> by_score{"reward",  "--year", "2020", "--sum",     "1000.00",
                                          "--payer", "city",   "--on", "2021-02-01"};
  std::vector<std::string> dry = by_score;
  dry.push_back("--dry-run");
  const std::string rewards =
      "bank_id,rank,score,grade,part,amount\nA,1,17.0,good,17,629.63\nB,2,10.0,fair,10,370.37\nTOTAL,,,,,"
      "1000.00\n";
  CHECK(office.assess(dry).out == rewards);
  CHECK(office.assess(by_score).out == rewards);
  CHECK(office.assess(by_score).out == rewards);
  Database database = Database::open(office.url);
  Transaction transaction = database.read();
  CHECK(account_balance(transaction, account::reward(BankId("A"))) == Fen(629'63));
  CHECK(account_balance(transaction, account::budget(PayerId("city"))) == Fen(-1000'00));
  CHECK(office.assess({"reward", "--year", "2020", "--sum", "9.00", "--payer", "city"}).exit == 1);
  CHECK(office.assess({"reward", "--year", "2020", "--sum", "1,000", "--payer", "city"}).exit == 1);
  CHECK(office.assess({"reward", "--year", "2020", "--sum", "9.00"}).exit == 2);
  CHECK(office
            .assess({"reward", "--year", "2020", "--sum", "9.00", "--by", "grade", "--part", "good",
                     "--payer", "city"})
            .exit == 1);
}
