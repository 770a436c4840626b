// The sample of real charge-offs: the program, the adapter's library and the sample's script, as users run them.
#include <catch2/catch.hpp>

#include "tests/support/run_program.hpp"

using namespace talent_loan::testing;

namespace {

const std::string folder = TALENT_LOAN_SOURCE_DIR "/samples/sba/";
const std::string header = "LoanNr_ChkDgt,Name,Bank,ChgOffDate,DisbursementDate,DisbursementGross,MIS_Status,ChgOffPrinGr\n";
const std::string no_lines = "claim_id,bank_id,loan_id,policy_version,principal_loss,city_pays,city_bears,province_pays,province_bears,bank_bears\n";

Ran settle(const std::string& file, const std::string& out, const RunOptions& options = {}) {
  return run_command(folder + "settle", {TALENT_LOAN_PROGRAM, file, out}, options);
}

// "line,key,code" of each reject.
std::string codes(const std::string& rejects) {
  std::string text;
  for (std::size_t begin = rejects.find('\n') + 1; begin < rejects.size(); begin = rejects.find('\n', begin) + 1) {
    std::size_t end = begin;
    for (int commas = 0; commas < 3; ++end) commas += rejects[end] == ',';
    text += rejects.substr(begin, end - 1 - begin) + "\n";
  }
  return text;
}

std::string last_line(const std::string& text) { return text.substr(text.rfind('\n', text.size() - 2) + 1); }

}  // namespace

TEST_CASE("every charge-off of the public file is settled to the fen") {
  const TemporaryFolder out;
  const Ran ran = settle(folder + "sba-public-loans.csv", out / "result");
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  // Computed apart from this project, in Python with whole numbers.
  CHECK(last_line(read_file(out / "result/totals.csv")) == "TOTAL,2432,119916899.00,95933519.20,59958449.50,0.00,35975069.70,23983379.80\n");
  CHECK(codes(read_file(out / "result/rejects.csv")) ==
        "342,1004933009,MISSING_VALUE\n372,1005273003,MISSING_VALUE\n968,1012966006,MISSING_VALUE\n3286,1044653002,MISSING_VALUE\n"
        "3366,1045783008,MISSING_VALUE\n5042,1070443002,MISSING_VALUE\n6755,1096603000,MISSING_VALUE\n6864,1098143008,MISSING_VALUE\n"
        "11201,1166553005,MISSING_VALUE\n");
  CHECK(ran.out.find("29") != std::string::npos);
  CHECK(ran.out == read_file(out / "result/summary.txt"));
}

TEST_CASE("each spoilt row gets its code and its own line, and costs no other row anything") {
  const TemporaryFolder work;
  work.write("loans.csv", header +
      "1,A,\"FIRST, N.A.\",30-Apr-03,2/28/1997,100,CHGOFF,80.5\n"      // 2: settled, above nothing
      "2,\"two\nlines\",B1,1-Jan-70,1/1/1969,100,P I F,200\n"          // 3, 4: settled, above disbursed
      "3,A,B1,,,100,P I F,0\n"                                         // 5: no charge-off
      "4,A,,x,1/1/1999,100,CHGOFF,1\n"                                 // 6: no bank comes before the bad date
      "5,A,B1,31-Apr-03,1/1/1999,100,CHGOFF,1\n"                       // 7
      "6,A,B1,30-Apr-03,1999-01-01,100,CHGOFF,1\n"                     // 8
      "7,A,B1,30-Apr-03,1/1/1999,100,CHGOFF,\"$1,000.00\"\n"           // 9
      "\n"                                                             // 10: blank
      "1,A,B1,30-Apr-03,1/1/1999,100,CHGOFF,1\n"                       // 11: settled before
      "8,A,B1,30-Apr-98,1/1/1999,100,CHGOFF,1\n"                       // 12
      "9,\"A,B1,30-Apr-03,1/1/1999,100,CHGOFF,1\n"                     // 13: the quote never closes
      "10,A,B1,30-Apr-03\n"                                            // 14: cut
      "8,A,B1,30-Apr-99,1/1/1999,n/a,CHGOFF,0\n");                     // 15: the earlier 8 was not settled
  const Ran ran = settle("loans.csv", "out", {.directory = work.path()});
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(read_file(work / "out/lines.csv") == no_lines +
        "1,\"FIRST, N.A.\",1,sample-open-1,80.50,64.40,40.25,0.00,24.15,16.10\n"
        "2,B1,2,sample-open-1,200.00,160.00,100.00,0.00,60.00,40.00\n"
        "8,B1,8,sample-open-1,0.00,0.00,0.00,0.00,0.00,0.00\n");
  CHECK(codes(read_file(work / "out/rejects.csv")) ==
        "6,4,MISSING_VALUE\n7,5,BAD_DATE\n8,6,BAD_DATE\n9,7,BAD_AMOUNT\n11,1,DUPLICATE_KEY\n12,8,DATES_OUT_OF_ORDER\n"
        "13,9,MALFORMED_ROW\n14,10,MALFORMED_ROW\n");
}

TEST_CASE("columns in another order, CRLF and a byte-order mark change nothing") {
  const TemporaryFolder work;
  const std::string file = work.write("loans.csv", "\xEF\xBB\xBF" "ChgOffPrinGr,Other,MIS_Status,DisbursementGross,DisbursementDate,ChgOffDate,Bank,LoanNr_ChkDgt\r\n"
                                                   "10,x,CHGOFF,5,1/1/1999,1-Jan-00,B1,1\r\n");
  REQUIRE(settle(file, work / "out").exit == 0);
  CHECK(read_file(work / "out/lines.csv") == no_lines + "1,B1,1,sample-open-1,10.00,8.00,5.00,0.00,3.00,2.00\n");
}

TEST_CASE("a file that cannot be read leaves nothing behind") {
  const TemporaryFolder work;
  const std::string files[] = {work / "missing.csv", work.path().string(), work.write("empty.csv", ""), work.write("header.csv", "a,b\n1,2\n"),
                               work.write("latin.csv", header + "1,A,B\xE9,30-Apr-03,2/28/1997,100,CHGOFF,80\n")};
  for (const std::string& file : files) {
    const Ran ran = settle(file, work / "out");
    INFO(file);
    CHECK(ran.exit == 1);
    CHECK_FALSE(ran.err.empty());
    CHECK_FALSE(std::filesystem::exists(work / "out/lines.csv"));
  }
}

TEST_CASE("what an adapter would hand over can be asked for apart from a settlement") {
  const TemporaryFolder work;
  std::filesystem::create_directory(work / "in");
  work.write("in/loans.csv", header + "1,A,B1,30-Apr-03,2/28/1997,100,CHGOFF,80\n2,A,B2,30-Apr-03,,100,CHGOFF,80\n");
  std::filesystem::copy_file(folder + "field-map.yaml", work / "map.yaml");
  const std::vector<std::string> arguments{"adapter", "claims", "flat-file", "--bank", "sba", "--config", work / "map.yaml", "--claims", "-", "--rejects", work / "rejects.csv"};
  // One bank's adapter speaks for that bank alone, unless it is said to serve several.
  CHECK(run_program(arguments).exit == 1);
  std::vector<std::string> several = arguments;
  several.insert(several.end(), {"--serves", "several", "--strict"});
  const Ran ran = run_program(several);
  INFO(ran.err);
  CHECK(ran.exit == 3);
  CHECK(ran.out == "claim_id,bank_id,loan_id,borrower_id,disbursed_on,defaulted_on,claimed_on,outstanding_principal,recovered_principal,loan_amount\n"
                   "1,B1,1,1,1997-02-28,2003-04-30,2003-04-30,80.00,0.00,100.00\n");
  CHECK(read_file(work / "rejects.csv").find("3,2,MISSING_VALUE") != std::string::npos);
}
