// Lists in workbooks, signed receipts and the change of the key, as their users run them.
#include <catch2/catch.hpp>

#include "core/files/workbook.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

constexpr const char* wang = "11010519491231002X";
constexpr const char* company = "91350100M000100Y43";

class Desk {
 public:
  Ran run(std::vector<std::string> arguments, RunOptions options = {}) const {
    arguments.insert(arguments.begin(), {"--config", std::string(TALENT_LOAN_SOURCE_DIR) + "/config"});
    options.directory = folder.path();
    return run_program(std::move(arguments), options);
  }
  TemporaryFolder folder;
};

WorkbookCell text(const std::string& words) { return {WorkbookCell::Kind::text, words}; }
WorkbookCell number(const std::string& digits) { return {WorkbookCell::Kind::number, digits}; }

// As a clerk keeps it: a merged title, a remark, the header, then people.
WorkbookSheet clerks_sheet() {
  WorkbookSheet sheet;
  sheet.rows = {{text("淄博市重点人才名单（2020年）")},
                {text("填报单位：组织部")},
                {text("序号"), text("编号"), text("姓名"), text("证件类型"), text("证件号码"), text("人才工程"), text("级别"), text("入选日期"), text("到期日期"),
                 text("统一社会信用代码"), text("工作单位"), text("入职日期")},
                {number("1"), text("T1"), text("张三"), text("居民身份证"), text(wang), text("泰山学者"), text("省级"), number("43101"), text("2022年12月31日"),
                 text(company), text("某公司"), text("2015/7/1")},
                {number("2"), text("T2"), text("李四"), text("身份证"), number("3.70302198001011E+17"), text("淄博英才计划"), text("市级"), text("2018.1.1")},
                {},
                {number("3"), text("T3"), text("王五"), text("护照"), text("E12345678"), text("没有的工程"), text("市级"), text("2018-01-01")}};
  sheet.merged = {{0, 0, 0, 11}};
  return sheet;
}

const std::vector<std::uint32_t> dates{7, 8, 11};

}  // namespace

TEST_CASE("a clerk's sheet is imported, and comes back with a status in its own rows") {
  const Desk desk;
  write_workbook(desk.folder / "list.xlsx", clerks_sheet(), dates, {});
  const Ran first = desk.run({"talents", "import", "list.xlsx", "--as-of", "2020-06-01", "--rejects", "back.xlsx", "--strict"});
  INFO(first.err);
  CHECK(first.exit == 3);
  CHECK(first.err.find("3 rows in: 1 new, 0 known already, 2 rejected") != std::string::npos);

  WorkbookSheet back = read_workbook(desk.folder / "back.xlsx");
  REQUIRE(back.rows.size() == 7);
  CHECK(back.rows[0][0].text == "淄博市重点人才名单（2020年）");
  CHECK(back.merged.size() == 1);
  CHECK(back.rows[2][12].text == "status");
  CHECK(back.rows[3][12].text == "accepted");
  CHECK(back.rows[4][12].text.starts_with("BAD_IDENTIFIER: id_number: the spreadsheet keeps it as a number"));
  CHECK(back.rows[6][12].text.starts_with("BAD_VALUE: programme: "));

  // Mended and sent again: what was accepted is skipped, the status column is no column of the list.
  back.rows[6][5] = text("zibo-yingcai");
  back.rows[4][4] = text(wang);
  write_workbook(desk.folder / "again.xlsx", back, dates, {});
  const Ran again = desk.run({"talents", "import", "again.xlsx", "--as-of", "2020-06-01", "--rejects", "rejects.csv"});
  INFO(again.err);
  CHECK(again.err.find("3 rows in: 2 new, 1 known already, 0 rejected") != std::string::npos);
  CHECK(read_file(desk.folder.path() / "rejects.csv") == "line,key,code,message\n");
  const Ran employer = desk.run({"talents", "verify", "--borrower", company, "--on", "2020-06-15", "--scheme", "zibo-talent-loan"});
  CHECK(employer.out.find("eligible: yes\n") != std::string::npos);
}

TEST_CASE("headers are known with what forms add to them, and cells without the blanks around them") {
  const Desk desk;
  WorkbookSheet sheet;
  sheet.rows = {{text("*编号"), text("姓　名"), text("证件类型\n（必填）"), text("身份证\n号码"), text(" 人才工程 "), text("入选日期(yyyy-mm-dd)"), text("单位名称："), text("统一社会信用代码＊"), text("入职日期")},
                {text("T1 "), text("张三"), text("身份证\n"), text("\u00A0" + std::string(wang) + "　"), text("泰山学者青年专家 "), text(" 2018-01-01"), text("某公司"), text(std::string(company) + " "), text("2015.7.1 ")}};
  write_workbook(desk.folder / "list.xlsx", sheet, {}, {});
  const Ran ran = desk.run({"talents", "import", "list.xlsx", "--as-of", "2020-06-01", "--rejects", "rejects.csv"});
  INFO(ran.err << read_file(desk.folder.path() / "rejects.csv"));
  CHECK(ran.err.find("1 rows in: 1 new, 0 known already, 0 rejected") != std::string::npos);
  CHECK(desk.run({"talents", "verify", "--borrower", wang, "--on", "2020-06-15", "--scheme", "zibo-talent-loan"}).out.find("(taishan-scholar)") != std::string::npos);
}

TEST_CASE("what is no list in a workbook is refused with what it lacks") {
  const Desk desk;
  WorkbookSheet sheet = clerks_sheet();
  sheet.rows[2][4] = text("电话");
  write_workbook(desk.folder / "list.xlsx", sheet, dates, {});
  const Ran lacking = desk.run({"talents", "import", "list.xlsx", "--as-of", "2020-06-01"});
  CHECK(lacking.exit == 1);
  CHECK(lacking.err.find("list.xlsx:3: the header lacks columns: id_number") != std::string::npos);
  const std::string whole = read_file(desk.folder.path() / "list.xlsx");
  for (const std::size_t size : {std::size_t{4}, whole.size() / 2, whole.size() - 30}) {
    desk.folder.write("cut.xlsx", whole.substr(0, size));
    const Ran ran = desk.run({"talents", "import", "cut.xlsx", "--as-of", "2020-06-01"});
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("cut.xlsx") != std::string::npos);
  }
}

TEST_CASE("day numbers of spreadsheets are days") {
  CHECK(format_day(*day_of_serial_number("43983", false)) == "2020-06-01");
  CHECK(format_day(*day_of_serial_number("43983.0", false)) == "2020-06-01");
  CHECK(format_day(*day_of_serial_number("42521", true)) == "2020-06-01");
  CHECK(format_day(*day_of_serial_number("61", false)) == "1900-03-01");
  CHECK(format_day(*day_of_serial_number("59", false)) == "1900-02-28");
  CHECK(format_day(*day_of_serial_number("1", false)) == "1900-01-01");
  for (const char* wrong : {"60", "0", "-1", "43983.5", "20200601", "4E4", "", "x"}) CHECK_FALSE(day_of_serial_number(wrong, false));
}

TEST_CASE("a receipt is genuine for its key and its borrower, and no byte of it may change") {
  const Desk desk;
  desk.folder.write("list.csv", "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n"
                                "T1,张三,resident," + std::string(wang) + ",taishan-scholar,,2018-01-01,,,,,\n");
  REQUIRE(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01"}).exit == 0);
  for (const std::string algorithm : {"ed25519", "sm2"}) {
    INFO(algorithm);
    const std::string key = algorithm + ".pem";
    REQUIRE(desk.run({"keys", "new", key, "--algorithm", algorithm}).exit == 0);
    CHECK(desk.run({"keys", "new", key}).exit == 1);  // never over another key
    REQUIRE(desk.run({"talents", "verify", "--borrower", wang, "--on", "2020-06-15", "--scheme", "zibo-talent-loan", "--receipt", "receipt.json", "--signing-key", key}).exit == 0);
    const std::string receipt = read_file(desk.folder.path() / "receipt.json");
    CHECK(receipt.find(wang) == std::string::npos);
    CHECK(desk.run({"receipt", "verify", "receipt.json", "--key", key + ".pub"}).exit == 0);
    CHECK(desk.run({"receipt", "verify", "receipt.json", "--key", key + ".pub", "--borrower", wang}).exit == 0);
    CHECK(desk.run({"receipt", "verify", "receipt.json", "--key", key + ".pub", "--borrower", company}).exit == 1);
    for (std::size_t at = 0; at < receipt.size(); at += 37) {
      std::string changed = receipt;
      changed[at] = changed[at] == 'a' ? 'b' : 'a';
      desk.folder.write("changed.json", changed);
      INFO("byte " << at);
      CHECK(desk.run({"receipt", "verify", "changed.json", "--key", key + ".pub"}).exit == 1);
    }
    desk.folder.write("longer.json", receipt + "\n");
    CHECK(desk.run({"receipt", "verify", "longer.json", "--key", key + ".pub"}).exit == 1);
  }
  CHECK(desk.run({"receipt", "verify", "receipt.json", "--key", "ed25519.pem.pub"}).err.find("signed with another key") != std::string::npos);
}

TEST_CASE("after a change of the key only the new one opens the registry, and answers stay the same") {
  const Desk desk;
  desk.folder.write("list.csv", "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n"
                                "T1,张三,resident," + std::string(wang) + ",taishan-scholar,,2018-01-01,," + company + ",某公司,2015-07-01,\n");
  REQUIRE(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01"}).exit == 0);
  const std::vector<std::string> ask{"talents", "verify", "--borrower", wang, "--on", "2020-06-15", "--scheme", "zibo-talent-loan"};
  const std::string answer = desk.run(ask).out;
  REQUIRE(desk.run({"talents", "key", "new", "next.key"}).exit == 0);
  REQUIRE(desk.run({"talents", "key", "rotate", "next.key"}).exit == 0);
  CHECK(desk.run(ask).exit == 1);
  const RunOptions next{.environment = {"TALENT_LOAN_KEY_FILE=next.key"}};
  CHECK(desk.run(ask, next).out == answer);
  CHECK(desk.run({"talents", "import", "list.csv", "--as-of", "2020-06-01"}, next).err.find("0 new, 1 known already") != std::string::npos);
  CHECK(desk.run({"audit", "verify"}).out.starts_with("the audit trail is whole: 2 entries"));
}
