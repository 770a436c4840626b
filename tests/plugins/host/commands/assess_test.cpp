#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/run_program.hpp"

using talent_loan::testing::Ran;
using talent_loan::testing::read_file;
using talent_loan::testing::run_program;
using talent_loan::testing::TemporaryFolder;

namespace {

const std::string table =
    "schema: talent-loan/assessment/1\nid: t\nmissing: zero\nindicators:\n"
    "  - {id: x, points: 10, formula: {kind: share-of-best}, cite: \"§4\"}\n"
    "  - {id: y, points: 10, formula: {kind: share-of-best}}\n";

struct Desk {
  TemporaryFolder folder;

  Ran score(const std::string& indicators, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"assess",       "score",
                                       "--scheme",     folder.write("table.yaml", table),
                                       "--indicators", folder.write("indicators.csv", indicators)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }
  std::string scores() const { return read_file(folder.path() / "scores.csv"); }
};

}  // namespace

TEST_CASE("columns are found by name, in any order, and others are ignored") {
  Desk desk;
  const Ran ran = desk.score("note,value,bank_id,indicator\r\nhello,5,A,x\r\n,10,B,x\r\n\"a,b\",-1,B,y\r\n",
                             {"--scores", desk.folder / "scores.csv"});
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(desk.scores() == "rank,bank_id,score,grade,x,y\n1,B,10.00,,10.00,0.00\n2,A,5.00,,5.00,0.00\n");
  CHECK(ran.err.find("the best value of the indicator y is 0 or less") != std::string::npos);
}

TEST_CASE("bad rows are rejected with a code each, and the rest is scored") {
  Desk desk;
  const std::vector<std::string> more{"--scores", desk.folder / "scores.csv", "--rejects",
                                      desk.folder / "rejects.csv"};
  const std::string indicators =
      "bank_id,indicator,value\nA,x,5\nA,x,6\nB,x\n,x,1\nB,x,\nC,x,1e3\nC,y,+4\nB,y,3,4\nB,\"x\"y,3\nD,,3\nB,"
      "x,2.50\n";
  const Ran ran = desk.score(indicators, more);
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(ran.err.find("11 rows in, 2 accepted, 9 rejected; 4 banks ranked, 0 left out") != std::string::npos);
  CHECK(desk.scores() ==
        "rank,bank_id,score,grade,x,y\n1,A,10.00,,10.00,0.00\n2,B,5.00,,5.00,0.00\n3,C,0.00,,0.00,0.00\n3,D,"
        "0.00,,0.00,0.00\n");
  const std::string rejects = read_file(desk.folder.path() / "rejects.csv");
  for (const char* row :
       {"line,key,code,message\n3,A|x,DUPLICATE_KEY,", "\n4,B|x,MALFORMED_ROW,", "\n5,|x,MISSING_VALUE,",
        "\n6,B|x,MISSING_VALUE,", "\n7,C|x,BAD_VALUE,", "\n8,C|y,BAD_VALUE,", "\n9,B|y,MALFORMED_ROW,",
        "MALFORMED_ROW,", "\n11,D|,MISSING_VALUE,"}) {
    INFO(row << "\nin\n" << rejects);
    CHECK(rejects.find(row) != std::string::npos);
  }
  CHECK(desk.score(indicators, {"--scores", "-", "--strict"}).exit == 3);
}

TEST_CASE("the order of the rows changes nothing") {
  Desk desk;
  REQUIRE(desk.score("bank_id,indicator,value\nA,x,5\nB,x,7\nC,x,7\nA,y,1\nB,y,1\nC,y,1\n",
                     {"--scores", desk.folder / "scores.csv"})
              .exit == 0);
  const std::string first = desk.scores();
  REQUIRE(desk.score("bank_id,indicator,value\nC,y,1\nC,x,7\nB,y,1\nA,y,1\nB,x,7\nA,x,5\n",
                     {"--scores", desk.folder / "scores.csv"})
              .exit == 0);
  CHECK(desk.scores() == first);
}

TEST_CASE("what cannot be read stops the command before anything is written") {
  Desk desk;
  const std::string out = desk.folder / "scores.csv";
  for (const char* bad : {"", "bank_id,value\nA,1\n", "bank_id,indicator,value\nA,x,\xff\n",
                          "bank_id,indicator,indicator\nA,x,1\n"}) {
    INFO(bad);
    CHECK(desk.score(bad, {"--scores", out}).exit == 1);
    CHECK_FALSE(std::filesystem::exists(out));
  }
  const std::string scheme = desk.folder.write("table.yaml", table);
  CHECK(run_program({"assess", "score", "--scheme", desk.folder / "none.yaml", "--indicators", scheme,
                     "--scores", out})
            .exit == 1);
  CHECK(run_program({"assess", "score", "--scheme", scheme, "--indicators", desk.folder.path().string(),
                     "--scores", out})
            .exit == 1);
  CHECK(run_program({"assess", "score", "--scheme", scheme, "--indicators", scheme}).exit == 2);
  CHECK(run_program({"assess", "score", "--scheme", scheme}).exit == 2);
  CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("a bank's name that a spreadsheet would run as a formula is written as text") {
  Desk desk;
  REQUIRE(desk.score("bank_id,indicator,value\n=1+1,x,5\n\"b,\"\"c\"\"\",x,4\n",
                     {"--scores", desk.folder / "scores.csv"})
              .exit == 0);
  CHECK(desk.scores() ==
        "rank,bank_id,score,grade,x,y\n1,'=1+1,10.00,,10.00,0.00\n2,\"b,\"\"c\"\"\",8.00,,8.00,0.00\n");
}

TEST_CASE("indicators in GB18030 are read where the command line says so") {
  Desk desk;
  REQUIRE(desk.score("bank_id,indicator,value\n\xb9\xa4\xd0\xd0,x,5\n",
                     {"--scores", desk.folder / "scores.csv", "--encoding", "gb18030"})
              .exit == 0);
  CHECK(desk.scores().find("1,工行,10.00") != std::string::npos);
}

TEST_CASE("an explanation and a change of weight go to standard output") {
  Desk desk;
  const Ran ran = desk.score("bank_id,indicator,value\nA,x,10\nA,y,6\nB,x,5\nB,y,10\nB,z,1\n",
                             {"--explain", "B", "--weight", "y=20"});
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(ran.out ==
        "B  rank 1, score 25.00\nx (x): 5\n    10 × 5 ÷ 10 (best value) = 5 → 5.00/10  [§4]\ny (y): 10\n    "
        "20 × 10 ÷ 10 (best value) = 20 → 20.00/20\n"
        "↑ B  rank 2 → 1  score 15.00 → 25.00\n↓ A  rank 1 → 2  score 16.00 → 22.00\n2 banks change rank\n");
  CHECK(ran.err.find("indicators of the file that the table does not use: \"z\"") != std::string::npos);
  CHECK(desk.score("bank_id,indicator,value\nA,x,10\n", {"--explain", "Z"}).exit == 1);
  CHECK(desk.score("bank_id,indicator,value\nA,x,10\n", {"--weight", "q=1"}).exit == 1);
  CHECK(desk.score("bank_id,indicator,value\nA,x,10\n", {"--weight", "x"}).exit == 1);
}

TEST_CASE("an output that leads to a descriptor is written through, and the link stays") {
  Desk desk;
  const Ran ran = desk.score("bank_id,indicator,value\nA,x,10\n", {"--scores", "/dev/stdout"});
  CHECK(ran.out.starts_with("rank,bank_id"));
  CHECK(std::filesystem::is_symlink("/dev/stdout"));
  std::filesystem::create_symlink("real.csv", desk.folder.path() / "link.csv");
  desk.folder.write("real.csv", "old");
  REQUIRE(desk.score("bank_id,indicator,value\nA,x,10\n", {"--scores", desk.folder / "link.csv"}).exit == 0);
  CHECK(std::filesystem::is_symlink(desk.folder.path() / "link.csv"));
  CHECK(read_file(desk.folder.path() / "real.csv").starts_with("rank,bank_id"));
}
