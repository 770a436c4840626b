#include <catch2/catch.hpp>

#include "core/files/files.hpp"
#include "core/files/row_blocks.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using testing::TemporaryFolder;

namespace {

// Every row as "line:cell|cell", a fault as "line!fault(cells that could be read)".
std::vector<std::string> rows(const std::string& bytes, Encoding encoding = Encoding::utf8) {
  const TemporaryFolder folder;
  CsvReader reader(InputFile::open(folder.write("in.csv", bytes)), encoding);
  std::vector<std::string> out;
  CsvRow row;
  while (reader.next(row)) {
    std::string cells;
    for (const std::string& cell : row.cells) cells += (&cell == &row.cells.front() ? "" : "|") + cell;
    constexpr const char* faults[] = {"", "cell_count", "broken_quote", "nul_byte", "too_long"};
    out.push_back(std::to_string(row.line) +
                  (row.fault == RowFault::none ? ":" + cells : std::string("!") + faults[static_cast<int>(row.fault)] + "(" + cells + ")"));
  }
  return out;
}

using Rows = std::vector<std::string>;

std::string failure(const std::string& bytes, Encoding encoding = Encoding::utf8) {
  try {
    rows(bytes, encoding);
  } catch (const Failure& failed) {
    const std::string sentence = failed.sentences(Language::english);
    return sentence.substr(sentence.find("in.csv") + 6);
  }
  return "read without failure";
}

}  // namespace

TEST_CASE("rows as RFC 4180 has them") {
  CHECK(rows("a,b\n1,2\n3,4\n") == Rows{"2:1|2", "3:3|4"});
  CHECK(rows("a,b\r\n1,2\r\n") == Rows{"2:1|2"});
  CHECK(rows("a,b\n1,2") == Rows{"2:1|2"});
  CHECK(rows("a,b\n1,2\r") == Rows{"2:1|2"});
  CHECK(rows("\xEF\xBB\xBF" "a,b\n1,2\n") == Rows{"2:1|2"});
  CHECK(rows("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n") == Rows{"2:x,y|say \"hi\""});
  CHECK(rows("a,b\n\"two\nlines\",2\n3,4\n") == Rows{"2:two\nlines|2", "4:3|4"});
  CHECK(rows("a,b\n,\n") == Rows{"2:|"});
  CHECK(rows("a\n\"\"\n\nx\n") == Rows{"2:", "4:x"});
  CHECK(rows("a,b\n\n\r\n1,2\n") == Rows{"4:1|2"});
  CHECK(rows("\n\na,b\n1,2\n") == Rows{"4:1|2"});
  CHECK(rows("a,b\n") == Rows{});
  CHECK(rows("a,b") == Rows{});
}

TEST_CASE("a bad row costs itself and no other") {
  CHECK(rows("a,b\n1\n3,4\n") == Rows{"2!cell_count(1)", "3:3|4"});
  CHECK(rows("a,b\n1,2,3\n3,4\n") == Rows{"2!cell_count(1|2|3)", "3:3|4"});
  CHECK(rows("a,b\n1,x\"y\n3,4\n") == Rows{"2!broken_quote(1)", "3:3|4"});
  CHECK(rows("a,b\n1,\"x\"y\n3,4\n") == Rows{"2!broken_quote(1)", "3:3|4"});
  CHECK(rows("a,b\n1,\"x\n3,4\n5,6\n") == Rows{"2!broken_quote(1)", "3:3|4", "4:5|6"});
  CHECK(rows("a,b\n\"x\"\ry,2\n3,4\n") == Rows{"2!broken_quote()", "3:3|4"});
  CHECK(rows(std::string("a,b\n1,\0\n3,4\n", 11)) == Rows{std::string("2!nul_byte(1|\0)", 15), "3:3|4"});
  CHECK(rows(std::string("a,b\n1,\"\0\"\n", 10)) == Rows{std::string("2!nul_byte(1|\0)", 15)});
}

TEST_CASE("rows longer than allowed are given up, whatever blocks they fall into") {
  const std::string fits(CsvReader::row_bytes_at_most - 3, 'x');
  CHECK(rows("a,b\n1," + fits + "\n3,4\n").size() == 2);
  CHECK(rows("a,b\n1," + fits + "\n3,4\n")[0].size() == fits.size() + 4);
  CHECK(rows("a,b\n1," + fits + "y\n3,4\n") == Rows{"2!too_long()", "3:3|4"});
  const std::string several(CsvReader::row_bytes_at_most * 3, 'x');
  CHECK(rows("a,b\n1," + several + "\n3,4\n") == Rows{"2!too_long()", "3:3|4"});
  CHECK(rows("a,b\n1," + several) == Rows{"2!too_long()"});
  CHECK(rows("a,b\n1,\"" + several + "\",\n3,4\n") == Rows{"2!too_long()", "3:3|4"});
  // A quote that closes only behind the longest row allowed: broken on its first line, the rest are rows.
  CHECK(rows("a,b\n1,\"\n" + several + "\"\n3,4\n") == Rows{"2!broken_quote(1)", "3!too_long()", "4:3|4"});
  std::string open = "a,b\n1,\"x\n";
  std::size_t lines = 0;
  for (; open.size() < several.size(); ++lines) open += "3,4\n";
  CHECK(rows(open).size() == lines + 1);
}

TEST_CASE("what cannot be read at all stops with its place") {
  CHECK(failure("").starts_with(":1: the file is empty"));
  CHECK(failure("\n\n").starts_with(":1: the file is empty"));
  CHECK(failure("\xEF\xBB\xBF").starts_with(":1: the file is empty"));
  CHECK(failure("a,\"b\n").starts_with(":1: the header cannot be read"));
  CHECK(failure(std::string(3 << 20, 'a')).starts_with(":1: the header cannot be read"));
  CHECK(failure("a,b\n1,2\n\xFF,3\n").starts_with(":3: bytes here are not UTF-8"));
  CHECK(failure("a,\xFF\n").starts_with(":1: bytes here are not UTF-8"));
  CHECK(failure("a,b\n1,\xE4\xBA").starts_with(":2: bytes here are not UTF-8"));
  CHECK(failure("a,b\n1," + std::string(2 << 20, 'x') + "\xFF\n3,4\n").starts_with(":2: bytes here are not UTF-8"));
  CHECK(failure("a,b\n1,\xFF\n", Encoding::gb18030).starts_with(":2: bytes here are not GB18030"));
  CHECK(failure("\xFF\n", Encoding::gb18030).starts_with(":1: bytes here are not GB18030"));
  CHECK(failure("\xEF\xBB\xBF" "ab,b\n1,2\n", Encoding::gb18030) == ":1: the file begins with the mark of UTF-8 and is not GB18030; leave out --encoding gb18030\n");
  CHECK(failure("a,b\n1,\xB2", Encoding::gb18030).starts_with(":2: bytes here are not GB18030"));
}

TEST_CASE("a character of several bytes may lie across the end of a read") {
  for (std::size_t shift = 0; shift < 5; ++shift) {
    const std::string lead(shift, 'x');
    std::string text = "a,b\n";
    while (text.size() < (3 << 20)) text += lead + "张三,𠀀\n";
    const Rows utf8 = rows(text);
    const Rows gb18030 = rows(utf8_to_gb18030(text), Encoding::gb18030);
    CHECK(utf8.size() > 100'000);
    CHECK(utf8.front() == "2:" + lead + "张三|𠀀");
    CHECK(gb18030 == utf8);
  }
  const std::string long_line = "a,b\n1," + std::string((1 << 20) + 1, 'x');
  CHECK(rows(long_line + "张" + std::string(2 << 20, 'y') + "\n3,4\n") == Rows{"2!too_long()", "3:3|4"});
}

TEST_CASE("a column that is looked for may be named once, others as often as they like") {
  const TemporaryFolder folder;
  const CsvReader header(InputFile::open(folder.write("in.csv", "a,note,b,note,,a,\nx,1,y,2,,z,\n")));
  CHECK(header.columns({"b"}) == std::vector<std::size_t>{2});
  try {
    header.columns({"a", "b", "c"});
    FAIL("one column stands there twice, one not at all");
  } catch (const Failure& failed) {
    CHECK(failed.sentences(Language::english).find(":1: a: this column is named twice; allowed: each name once\n") != std::string::npos);
    CHECK(failed.sentences(Language::english).find(":1: c: this column is missing") != std::string::npos);
  }
}

TEST_CASE("missing columns are all named, with the nearest header") {
  const CsvHeader header({"claim_id", "bankid", "loan"}, "claims.csv", 1);
  CHECK(header.columns({"loan", "claim_id"}) == std::vector<std::size_t>{2, 0});
  try {
    header.columns({"claim_id", "bank_id", "disbursed_on"});
    FAIL("two columns are missing");
  } catch (const Failure& failed) {
    CHECK(failed.sentences(Language::english) ==
          "claims.csv:1: bank_id: this column is missing; is it \"bankid\"?\nclaims.csv:1: disbursed_on: this column is missing\n");
  }
}
