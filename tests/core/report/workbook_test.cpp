// Every report as a workbook, read back: numbers are numbers, each formula gives its cached value again, headers stay in
// view, pages are set up, and nothing that a bank wrote becomes a formula.
#include <cstdlib>
#include <regex>

#include <catch2/catch.hpp>
#include <pugixml.hpp>

#include "core/files/workbook.hpp"
#include "core/report/award_claim.hpp"
#include "core/report/batch_report.hpp"
#include "core/report/claim_report.hpp"
#include "core/report/statements.hpp"
#include "core/report/workbook_report.hpp"
#include "tests/core/report/story.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

using Teller = std::function<void(const Reporting&, Report&)>;

struct Cell {
  std::string value;  // of a text: the text itself
  std::string formula;
  bool text = false;
};

// Amounts of a sheet are exact to the fen in decimal: compared as whole fen.
std::int64_t fen_of(const std::string& number) { return std::llround(std::strtod(number.c_str(), nullptr) * 100); }

struct ReadSheet {
  std::string xml;
  std::map<std::string, Cell> cells;

  std::int64_t fen(const std::string& at) const {
    const auto found = cells.find(at);
    return found == cells.end() || found->second.value.empty() || found->second.text ? 0 : fen_of(found->second.value);
  }
};

std::pair<std::string, int> place(const std::string& name) {
  const std::size_t digit = name.find_first_of("0123456789");
  return {name.substr(0, digit), std::stoi(name.substr(digit))};
}

// What a spreadsheet would make of the two kinds of formula that reports use: =SUM(C5:C9) and =E6-H6.
std::int64_t evaluated(const ReadSheet& sheet, const std::string& formula) {
  static const std::regex sum(R"(SUM\(([A-Z]+\d+):([A-Z]+\d+)\))"), term(R"(([+-]?)([A-Z]+\d+))");
  std::smatch match;
  std::int64_t out = 0;
  if (std::regex_match(formula, match, sum)) {
    const auto [column, first] = place(match[1]);
    const auto [same, last] = place(match[2]);
    CHECK(column == same);
    for (int row = first; row <= last; ++row) out += sheet.fen(column + std::to_string(row));
    return out;
  }
  std::size_t read = 0;
  for (std::sregex_iterator at(formula.begin(), formula.end(), term), end; at != end; ++at) {
    out += ((*at)[1] == "-" ? -1 : 1) * sheet.fen((*at)[2]);
    read += static_cast<std::size_t>(at->length());
  }
  INFO(formula);
  CHECK(read == formula.size());
  return out;
}

// Characters that a number takes with its separators: "1,234,567.89", "1,234".
std::size_t shown(const ReadSheet& sheet, const std::string& at) {
  const std::int64_t fen = sheet.fen(at);
  const std::string digits = std::to_string(std::abs(fen) / 100);
  return digits.size() + (digits.size() - 1) / 3 + (fen < 0 ? 1 : 0);
}

// The width of each column by its letters.
std::map<std::string, double> widths(const ReadSheet& sheet) {
  pugi::xml_document document;
  REQUIRE(document.load_string(sheet.xml.c_str()));
  std::map<std::string, double> out;
  for (const auto& column : document.child("worksheet").child("cols").children("col")) {
    for (int i = column.attribute("min").as_int(); i <= column.attribute("max").as_int(); ++i) out[std::string(1, static_cast<char>('A' + i - 1))] = column.attribute("width").as_double();
  }
  return out;
}

// A workbook unpacked into a folder of its own.
class Unpacked {
 public:
  explicit Unpacked(const std::string& bytes) : path_(folder_.write("r.xlsx", bytes)) {
    RunOptions into;
    into.directory = folder_.path();
    REQUIRE(run_command("cmake", {"-E", "tar", "xf", path_}, into).exit == 0);  // a workbook is a zip file
    pugi::xml_document document;
    REQUIRE(document.load_string(read_file(folder_ / "xl/sharedStrings.xml").c_str()));
    for (const auto& item : document.child("sst").children("si")) {
      std::string text;
      for (const auto& t : item.select_nodes(".//t")) text += t.node().text().get();
      strings_.push_back(text);
    }
  }

  const std::string& path() const { return path_; }
  bool has(const std::string& name) const { return std::filesystem::exists(folder_ / name); }
  std::string file(const std::string& name) const { return read_file(folder_ / name); }

  std::vector<ReadSheet> sheets() const {
    std::vector<ReadSheet> out;
    for (int i = 1; has("xl/worksheets/sheet" + std::to_string(i) + ".xml"); ++i) out.push_back(sheet(file("xl/worksheets/sheet" + std::to_string(i) + ".xml")));
    return out;
  }

 private:
  ReadSheet sheet(const std::string& xml) const {
    ReadSheet out{.xml = xml, .cells = {}};
    pugi::xml_document document;
    REQUIRE(document.load_string(xml.c_str()));
    for (const auto& row : document.child("worksheet").child("sheetData").children("row")) {
      for (const auto& c : row.children("c")) {
        Cell cell{.value = c.child("v").text().get(), .formula = c.child("f").text().get()};
        cell.text = std::string(c.attribute("t").value()) == "s";
        if (cell.text) cell.value = strings_.at(std::stoul(cell.value));
        out.cells[c.attribute("r").value()] = cell;
      }
    }
    return out;
  }

  TemporaryFolder folder_;
  std::string path_;
  std::vector<std::string> strings_;
};

std::string workbook(Story& story, Language language, const Teller& tell) {
  std::string bytes;
  story.read(language, [&](const Reporting& reporting) {
    WorkbookReport out(language, day("2021-12-31"));
    tell(reporting, out);
    bytes = out.bytes();
  });
  return bytes;
}

const Teller batch = [](const Reporting& reporting, Report& out) { batch_report(reporting, find_batch(reporting.transaction, BatchId("2020-12")).value(), out); };
const Teller bank = [](const Reporting& reporting, Report& out) { bank_statement(reporting, BankId("icbc"), day("2021-12-31"), out); };
const Teller fund = [](const Reporting& reporting, Report& out) { fund_statement(reporting, "city-fund", day("2020-12-01"), std::nullopt, out); };
const Teller year = [](const Reporting& reporting, Report& out) { year_summary(reporting, 2020, out); };
const Teller award = [](const Reporting& reporting, Report& out) { award_claim(reporting, PayerId("province"), {.batch = {}, .year = 2020}, out); };
const Teller claims = [](const Reporting& reporting, Report& out) { claims_report(reporting, {}, out); };

std::string sqlite_in(const TemporaryFolder& folder) { return "sqlite://" + (folder / "books.db"); }

}  // namespace

TEST_CASE("in every workbook each formula gives its value again and headers stay in view") {
  TemporaryFolder folder;
  Story story(sqlite_in(folder));
  for (const auto& [name, tell] : {std::pair{"batch", batch}, std::pair{"bank", bank}, std::pair{"fund", fund}, std::pair{"year", year}, std::pair{"award", award}, std::pair{"claims", claims}}) {
    for (const Language language : {Language::chinese, Language::english}) {
      const Unpacked book(workbook(story, language, tell));
      std::size_t formulas = 0;
      for (const ReadSheet& sheet : book.sheets()) {
        INFO(name << "\n" << sheet.xml);
        CHECK(sheet.xml.find("orientation=\"landscape\"") != std::string::npos);
        CHECK(sheet.xml.find("paperSize=\"9\"") != std::string::npos);
        if (sheet.cells.empty()) continue;  // the sheet of charts
        CHECK(sheet.xml.find("state=\"frozen\"") != std::string::npos);
        CHECK(sheet.xml.find("<oddFooter>") != std::string::npos);
        for (const auto& [at, cell] : sheet.cells) {
          if (cell.formula.empty()) continue;
          ++formulas;
          INFO(at << " = " << cell.formula << " = " << cell.value);
          CHECK(evaluated(sheet, cell.formula) == fen_of(cell.value));
        }
      }
      CHECK(formulas >= 2);
      CHECK(book.file("xl/workbook.xml").find("Print_Titles") != std::string::npos);
    }
  }
}

TEST_CASE("the year's workbook draws its banks and payers; its totals are the books'") {
  TemporaryFolder folder;
  Story story(sqlite_in(folder));
  const Unpacked book(workbook(story, Language::chinese, year));
  CHECK(book.has("xl/charts/chart1.xml"));
  CHECK(book.has("xl/charts/chart2.xml"));
  const ReadSheet by_bank = book.sheets().front();
  CHECK(by_bank.cells.at("A1").value == "淄博市 · 2020 年度人才贷风险补偿");
  bool found = false;
  for (const auto& [at, cell] : by_bank.cells) found = found || (cell.formula.starts_with("SUM") && cell.value == "1333333");
  CHECK(found);  // 1000000 and 333333 of principal loss
}

TEST_CASE("a workbook reads back as a list does, with the names of banks beside their ids") {
  TemporaryFolder folder;
  Story story(sqlite_in(folder));
  const Unpacked book(workbook(story, Language::chinese, claims));
  const WorkbookSheet sheet = read_workbook(book.path());
  const auto row_of = [&](const std::string& claim) {
    for (const auto& row : sheet.rows) {
      if (row.size() > 2 && row[2].text == claim) return row;
    }
    throw std::runtime_error("no row of claim " + claim);
  };
  CHECK(row_of("A")[0].text == "工商银行淄博分行");  // site.yaml
  CHECK(row_of("A")[1].text == "icbc");
  CHECK(row_of("B")[0].text == "建设银行淄博分行");  // its filing
  CHECK(row_of("D")[0].text == "淄城农商银行");      // banks.yaml
  CHECK(row_of("A")[4].kind == WorkbookCell::Kind::number);
  CHECK(day_of_serial_number(row_of("A")[4].text, false) == day("2020-12-01"));
  CHECK(row_of("A")[10].text == "1000000");
}

TEST_CASE("the same books give the same bytes") {
  TemporaryFolder folder;
  Story story(sqlite_in(folder));
  CHECK(workbook(story, Language::chinese, year) == workbook(story, Language::chinese, year));
}

TEST_CASE("nothing that a bank wrote becomes a formula or breaks the sheet") {
  TemporaryFolder folder;
  Bureau bureau(sqlite_in(folder), {PolicyText{}});
  const std::string hostile = "=HYPERLINK(\"http://x\",\"y\")";
  bureau.bad_claim("icbc", hostile, 1000);
  bureau.bad_claim("icbc", "<a>&\"\x01 \xE4\xBA\xBA", 1000);
  bureau.claim("@SUM(A1)", "+1+1", std::string(40000, 'x'), yuan(1));
  bureau.settle_batch("b");
  Transaction transaction = bureau.database().read();
  const Site site;
  const BankNames names;
  const Reporting reporting{transaction, site, bureau.policies(), names, Language::chinese};
  WorkbookReport out(Language::chinese, day("2021-01-01"));
  batch_report(reporting, find_batch(transaction, BatchId("b")).value(), out);
  const Unpacked book(out.bytes());
  bool kept = false;
  for (const ReadSheet& sheet : book.sheets()) {
    for (const auto& [at, cell] : sheet.cells) {
      kept = kept || cell.value == hostile;
      CHECK((cell.formula.empty() || cell.formula.starts_with("SUM(") || !cell.text));
      CHECK(cell.formula.find("HYPERLINK") == std::string::npos);
    }
  }
  CHECK(kept);
}

TEST_CASE("columns are wide enough for their numbers and totals, rows high enough for their text") {
  WorkbookReport out(Language::chinese, day("2021-01-01"));
  out.head("t", {});
  ReportRows& rows = out.table("wide", {{"why", {"原因", "why"}}, {.key = "n", .title = {"笔数", "n"}, .kind = CellKind::count, .summed = true},
                                        {.key = "m", .title = {"一个需要换成两行的很长的标题", "m"}, .kind = CellKind::money, .summed = true}});
  std::string text;
  for (int i = 0; i < 60; ++i) text += "银行";
  for (int i = 0; i < 20; ++i) rows.text(i == 3 ? text : "short").count(999999).money(Fen(99999999999999)).end_row();
  rows.totals("合计");
  const Unpacked book(out.bytes());
  const ReadSheet sheet = book.sheets().front();
  const auto width = widths(sheet);
  for (const auto& [at, cell] : sheet.cells) {
    if (cell.text || cell.value.empty()) continue;
    const auto [column, row] = place(at);
    INFO(at << " " << cell.value);
    CHECK(width.at(column) >= static_cast<double>(shown(sheet, at) + (column == "C" ? 3 : 0)) + 1);  // ".00"
  }
  CHECK(sheet.xml.find("<row r=\"6\" spans=\"1:3\" ht=\"90\" customHeight=\"1\">") != std::string::npos);  // 240 cells of text in lines of 42
  CHECK(sheet.xml.find("<row r=\"2\" spans=\"1:3\" ht=\"30\" customHeight=\"1\">") != std::string::npos);
}

TEST_CASE("a table with more rows than a sheet holds is refused, not cut") {
  WorkbookReport out(Language::english, day("2021-01-01"));
  out.head("t", {});
  ReportRows& rows = out.table("many", {{"n", {"n", "n"}, CellKind::count}});
  CHECK_THROWS_WITH(
      [&] {
        for (int i = 0; i < 1048576; ++i) rows.count(i).end_row();
      }(),
      Catch::Contains("1048576 rows"));
}
