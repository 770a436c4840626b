// Lists in workbooks: handed back as the clerk wrote them, and workbooks made to do harm.
#include <sys/syscall.h>

#include <filesystem>

#include <catch2/catch.hpp>
#include <minizip/zip.h>

#include "core/files/workbook.hpp"
#include "core/files/workbook_archive.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/traced_program.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;
constexpr const char* wang = "11010519491231002X";

class Desk {
 public:
  Ran run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--config", std::string(TALENT_LOAN_SOURCE_DIR) + "/config"});
    RunOptions options;
    options.directory = folder.path();
    return run_program(std::move(arguments), options);
  }
  Ran import(const std::string& file, const std::string& rejects = "back.xlsx") const {
    return run({"talents", "import", file, "--as-of", "2020-06-01", "--rejects", rejects});
  }
  std::string pack(const std::string& name, const Parts& parts) const {
    const std::string path = folder / name;
    zipFile archive = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
    for (const auto& [part, bytes] : parts) {
      zip_fileinfo info{};
      REQUIRE(zipOpenNewFileInZip64(archive, part.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 6, 0) == ZIP_OK);
      REQUIRE(zipWriteInFileInZip(archive, bytes.data(), static_cast<unsigned>(bytes.size())) == ZIP_OK);
      REQUIRE(zipCloseFileInZip(archive) == ZIP_OK);
    }
    REQUIRE(zipClose(archive, nullptr) == ZIP_OK);
    return path;
  }
  TemporaryFolder folder;
};

const std::string declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const std::string main_space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";

std::string text_cell(const std::string& place, const std::string& words, const std::string& more = "") {
  return "<c r=\"" + place + "\"" + more + " t=\"inlineStr\"><is><t>" + words + "</t></is></c>";
}

// A header and one good row; `row` may be another.
std::string sheet_xml(const std::string& row = "", const std::string& behind = "") {
  const std::string good = text_cell("A2", "T1") + text_cell("B2", "张三", " s=\"1\"") + text_cell("C2", "身份证") + text_cell("D2", wang) + text_cell("E2", "泰山学者") + text_cell("F2", "2019-01-01");
  return declaration + "<worksheet " + main_space + "><dimension ref=\"A1:F2\"/><cols><col min=\"2\" max=\"2\" width=\"31\" customWidth=\"1\"/></cols><sheetData><row r=\"1\" spans=\"1:6\" ht=\"30\" customHeight=\"1\">" +
         text_cell("A1", "人才编号") + text_cell("B1", "姓名") + text_cell("C1", "证件类型") + text_cell("D1", "证件号码") + text_cell("E1", "人才工程") + text_cell("F1", "入选日期") +
         "</row><row r=\"2\">" + (row.empty() ? good : row) + "</row></sheetData>" + behind + "</worksheet>";
}

Parts parts(const std::string& sheet) {
  const std::string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  return {{"[Content_Types].xml", declaration + "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                                                "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
                                                "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>"},
          {"_rels/.rels", declaration + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"" + office + "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
          {"xl/workbook.xml", declaration + "<workbook " + main_space + " xmlns:r=\"" + office + "\"><sheets><sheet name=\"名单\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
          {"xl/_rels/workbook.xml.rels", declaration + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"" + office + "/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"},
          {"xl/worksheets/sheet1.xml", sheet}};
}

std::string part_of(const std::string& path, const std::string& name) { return WorkbookArchive(path).read(name); }

}  // namespace

TEST_CASE("the sheet comes back with its formats, widths and heights, and one column more") {
  const Desk desk;
  Parts whole = parts(sheet_xml());
  whole.push_back({"xl/styles.xml", "<styleSheet " + main_space + "/>"});
  whole.push_back({"xl/worksheets/sheet2.xml", declaration + "<worksheet " + main_space + "><sheetData><row r=\"1\"><c r=\"A1\"><f>1+1</f><v>2</v></c></row></sheetData></worksheet>"});
  desk.pack("list.xlsx", whole);
  const Ran first = desk.import("list.xlsx");
  INFO(first.err);
  CHECK(first.exit == 0);
  CHECK(first.err.find("1 new, 0 known already, 0 rejected") != std::string::npos);
  const std::string sheet = part_of(desk.folder / "back.xlsx", "xl/worksheets/sheet1.xml");
  for (const char* kept : {"s=\"1\"", "ht=\"30\"", "width=\"31\"", ">张三<"}) CHECK_THAT(sheet, Catch::Contains(kept));
  CHECK(part_of(desk.folder / "back.xlsx", "xl/styles.xml") == "<styleSheet " + main_space + "/>");
  CHECK_THAT(part_of(desk.folder / "back.xlsx", "xl/worksheets/sheet2.xml"), Catch::Contains("<v>2</v>") && !Catch::Contains("1+1"));
  const WorkbookSheet back = read_workbook(desk.folder / "back.xlsx");
  CHECK(back.rows[0][6].text == "status");
  CHECK(back.rows[1][6].text == "accepted");

  // Sent again, its own column is replaced; a clerk's column of that name is not.
  CHECK(desk.import("back.xlsx", "again.xlsx").err.find("0 new, 1 known already, 0 rejected") != std::string::npos);
  CHECK(read_workbook(desk.folder / "again.xlsx").rows[0].size() == 7);
  std::string own = sheet_xml();
  own.insert(own.find("</row>"), text_cell("G1", "状态"));
  own.insert(own.rfind("</row>"), text_cell("G2", "在职"));
  desk.pack("own.xlsx", parts(own));
  CHECK(desk.import("own.xlsx").exit == 0);
  const WorkbookSheet beside = read_workbook(desk.folder / "back.xlsx");
  CHECK(beside.rows[1][6].text == "在职");
  CHECK(beside.rows[1][7].text == "accepted");
}

TEST_CASE("identity numbers that a spreadsheet took for numbers are refused with that explanation, as text too") {
  const Desk desk;
  const std::string before = text_cell("A2", "T1") + text_cell("B2", "张三") + text_cell("C2", "身份证");
  const std::string after = text_cell("E2", "泰山学者") + text_cell("F2", "2019-01-01");
  for (const std::string& cell : {std::string("<c r=\"D2\"><v>3.70302198001011E+17</v></c>"), std::string("<c r=\"D2\"><v>370302198001010000</v></c>"), text_cell("D2", "3.70302E+17"), text_cell("D2", "3.70302198001011e+17")}) {
    INFO(cell);
    desk.pack("list.xlsx", parts(sheet_xml(before + cell + after)));
    CHECK_THAT(desk.import("list.xlsx", "rejects.csv").err, Catch::Contains("0 new, 0 known already, 1 rejected"));
    CHECK_THAT(read_file(desk.folder.path() / "rejects.csv"), Catch::Contains("T1,BAD_IDENTIFIER,") && Catch::Contains("the spreadsheet keeps it as a number"));
  }
  desk.folder.write("list.csv", "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\nT1,张三,resident,3.70302E+17,taishan-scholar,,2019-01-01,,,,,\n");
  desk.import("list.csv", "rejects.csv");
  CHECK_THAT(read_file(desk.folder.path() / "rejects.csv"), Catch::Contains("the spreadsheet keeps it as a number"));
}

TEST_CASE("dates are days of either date system, or text, and 29 February 1900 never was") {
  const Desk desk;
  const auto imported = [&](const std::string& cell, bool from_1904) {
    Parts whole = parts(sheet_xml(text_cell("A2", "T1") + text_cell("B2", "张三") + text_cell("C2", "身份证") + text_cell("D2", wang) + text_cell("E2", "泰山学者") + cell));
    if (from_1904) whole[2].second.insert(whole[2].second.find("<sheets>"), "<workbookPr date1904=\"1\"/>");
    desk.pack("list.xlsx", whole);
    return desk.import("list.xlsx").err.find(" 0 rejected") != std::string::npos;
  };
  CHECK(imported("<c r=\"F2\"><v>43983</v></c>", false));
  CHECK(imported("<c r=\"F2\"><v>42521</v></c>", true));
  CHECK(imported("<c r=\"F2\"><v>59</v></c>", false));
  CHECK_FALSE(imported("<c r=\"F2\"><v>60</v></c>", false));
  for (const char* day : {"2020-6-1", "2020/06/01", "2020.6.1", "2020年6月1日", "20200601", "　2020-06-01　"}) CHECK(imported(text_cell("F2", day), false));
  for (const char* no_day : {"2020-02-30", "六月一日", "1/6/20", "2020-06"}) CHECK_FALSE(imported(text_cell("F2", no_day), false));
}

TEST_CASE("formulas are read by what they last gave and never handed back") {
  const Desk desk;
  const std::string row = text_cell("A2", "T1") + "<c r=\"B2\" t=\"str\"><f>cmd|' /C calc'!A0</f><v>=1+1</v></c>" + text_cell("C2", "身份证") + text_cell("D2", wang) + text_cell("E2", "没有的工程") + text_cell("F2", "2019-01-01");
  Parts whole = parts(sheet_xml(row));
  whole.push_back({"xl/calcChain.xml", "<calcChain " + main_space + "><c r=\"B2\" i=\"1\"/></calcChain>"});
  whole[0].second.insert(whole[0].second.find("</Types>"), "<Override PartName=\"/xl/calcChain.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml\"/>");
  whole[3].second.insert(whole[3].second.find("</Relationships>"), "<Relationship Id=\"rId9\" Type=\"calcChain\" Target=\"calcChain.xml\"/>");
  desk.pack("list.xlsx", whole);
  CHECK_THAT(desk.import("list.xlsx").err, Catch::Contains("1 rejected"));
  CHECK_THAT(part_of(desk.folder / "back.xlsx", "xl/worksheets/sheet1.xml"), !Catch::Contains("calc") && Catch::Contains(">=1+1<"));
  CHECK_THAT(part_of(desk.folder / "back.xlsx", "[Content_Types].xml") + part_of(desk.folder / "back.xlsx", "xl/_rels/workbook.xml.rels"), !Catch::Contains("calcChain"));

  // Macros and links to other files stay out: only the cells come back.
  whole.push_back({"xl/vbaProject.bin", "macro"});
  whole.push_back({"xl/externalLinks/externalLink1.xml", "<externalLink/>"});
  desk.pack("macro.xlsx", whole);
  CHECK_THAT(desk.import("macro.xlsx").err, Catch::Contains("1 rejected"));
  const auto names = WorkbookArchive(desk.folder / "back.xlsx").names();
  CHECK(std::none_of(names.begin(), names.end(), [](const std::string& name) { return name.find("vba") != std::string::npos || name.find("external") != std::string::npos; }));
  CHECK_THAT(part_of(desk.folder / "back.xlsx", "xl/worksheets/sheet1.xml"), !Catch::Contains("<f>"));
}

TEST_CASE("workbooks made to exhaust memory, to read files or to break off are refused, and nothing is kept") {
  const Desk desk;
  const std::string entities = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"aaaaaaaaaa\"><!ENTITY y \"&x;&x;&x;&x;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>";
  std::vector<std::pair<std::string, Parts>> hostile;
  hostile.push_back({"zip bomb", parts(std::string(300U << 20, ' '))});
  std::string many = sheet_xml();
  many.insert(many.rfind("</row>"), [] {
    std::string cells;
    for (int i = 0; i < 13'000'000; ++i) cells += "<c/>";
    return cells;
  }());
  hostile.push_back({"too many cells", parts(many)});
  std::string with_entities = sheet_xml();
  with_entities.replace(0, declaration.size(), entities);
  hostile.push_back({"entities", parts(with_entities)});
  hostile.push_back({"too wide", parts(sheet_xml(text_cell("XFD2", "x")))});
  hostile.push_back({"no place", parts(sheet_xml(text_cell("A99999999", "x")))});
  hostile.push_back({"no such string", parts(sheet_xml("<c r=\"A2\" t=\"s\"><v>7</v></c>"))});
  hostile.push_back({"no XML", parts("<worksheet><sheetData><row>")});
  for (std::size_t missing = 2; missing < 5; ++missing) {
    Parts whole = parts(sheet_xml());
    whole.erase(whole.begin() + static_cast<std::ptrdiff_t>(missing));
    hostile.push_back({"missing part " + std::to_string(missing), whole});
  }
  Parts outside = parts(sheet_xml());
  const std::string target = "worksheets/sheet1.xml";
  outside[3].second.replace(outside[3].second.find(target), target.size(), "../../../../etc/passwd");
  hostile.push_back({"part outside the archive", outside});
  for (const auto& [name, whole] : hostile) {
    desk.pack("hostile.xlsx", whole);
    const Ran ran = desk.import("hostile.xlsx");
    INFO(name << ": " << ran.err);
    CHECK(ran.exit == 1);
    CHECK(ran.signal == 0);
    CHECK_THAT(ran.err, Catch::Contains("hostile.xlsx"));
    CHECK(desk.folder.names() == std::vector<std::string>{"hostile.xlsx"});
  }
}

TEST_CASE("a merge over the whole sheet costs nothing, whichever way the sheet goes back") {
  const Desk desk;
  for (const bool with_macros : {false, true}) {
    Parts whole = parts(sheet_xml("", "<mergeCells count=\"1\"><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>"));
    if (with_macros) whole.push_back({"xl/vbaProject.bin", "macro"});
    desk.pack("list.xlsx", whole);
    CHECK(desk.import("list.xlsx").exit == 0);
  }
  desk.pack("deep.xlsx", parts(sheet_xml(text_cell("A1048576", "x"))));  // one cell at the very end: a row that lacks the rest
  CHECK_THAT(desk.import("deep.xlsx", "rejects.csv").err, Catch::Contains("1 rejected"));
}

TEST_CASE("an import killed at any moment leaves no number in the clear but in the sheet that goes back, for its owner only") {
  const Desk undisturbed;
  const std::string broken = std::string(wang).substr(0, 17) + "1";
  const Parts list = parts(sheet_xml());
  const auto prepare = [&](const Desk& desk) {
    Parts with_bad = list;
    std::string& sheet = with_bad.back().second;
    sheet.replace(sheet.find("</sheetData>"), 0, "<row r=\"3\">" + text_cell("A3", "T2") + text_cell("B3", "李四") + text_cell("C3", "身份证") + text_cell("D3", broken) + text_cell("E3", "泰山学者") + text_cell("F3", "2019-01-01") + "</row>");
    desk.pack("list.xlsx", with_bad);
    std::filesystem::create_directory(desk.folder / "tmp");
    desk.folder.write("back.xlsx", "what came back the last time");
  };
  const auto options = [](const Desk& desk) {
    return RunOptions{.directory = desk.folder.path(), .environment = {"TMPDIR=" + (desk.folder / "tmp")}};
  };
  const auto arguments = std::vector<std::string>{"--config", std::string(TALENT_LOAN_SOURCE_DIR) + "/config", "talents", "import", "list.xlsx", "--as-of", "2020-06-01", "--rejects", "back.xlsx"};
  prepare(undisturbed);
  std::vector<int> naming;  // the moments at which the key and then the sheet get their names
  const Traced whole = trace_program(arguments, options(undisturbed), [&](const Moment& moment) {
    const bool names = moment.call == SYS_linkat || moment.call == SYS_renameat || moment.call == SYS_renameat2
#ifdef SYS_rename
                       || moment.call == SYS_rename
#endif
        ;
    if (names) naming.push_back(moment.number);
    return false;
  });
  REQUIRE(whole.exit == 0);
  REQUIRE(naming.size() >= 2);
  std::vector<int> moments = naming;
  for (int at = 1; at <= whole.moments; at += 1 + whole.moments / 40) moments.push_back(at);
  for (int at = naming.front() - 4; at < naming.front() + 4; ++at) moments.push_back(at);  // the key of the database
  for (int at = naming.back() - 12; at <= whole.moments; ++at) moments.push_back(at);
  for (const int at : moments) {
    INFO("killed before moment " << at << " of " << whole.moments);
    const Desk desk;
    prepare(desk);
    CHECK(kill_program_at(arguments, options(desk), at).killed);
    CHECK(std::filesystem::is_empty(desk.folder / "tmp"));
    for (const std::string& name : desk.folder.names()) {
      if (name == "list.xlsx" || name == "tmp" || !std::filesystem::is_regular_file(desk.folder / name)) continue;
      INFO(name);
      const bool sheet = name == ".back.xlsx.new" || (name == "back.xlsx" && read_file(desk.folder / name) != "what came back the last time");
      CHECK((sheet || name == "back.xlsx" || name.starts_with("talent-loan.db")));
      if (sheet) CHECK((std::filesystem::status(desk.folder / name).permissions() & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) == std::filesystem::perms::none);
      else CHECK(read_file(desk.folder / name).find(wang) == std::string::npos);
    }
    const auto again = run_program(arguments, options(desk));
    INFO(again.err);
    REQUIRE(again.exit == 0);
    CHECK(part_of(desk.folder / "back.xlsx", "xl/worksheets/sheet1.xml").find("BAD_IDENTIFIER") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(desk.folder / ".back.xlsx.new"));
  }
}
