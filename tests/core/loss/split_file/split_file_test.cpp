#include "core/loss/split_file.hpp"

#include <catch2/catch.hpp>

#include "tests/core/loss/split_file/policies.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

struct Outputs {
  std::string lines, rejects, totals;
  SplitSummary summary;
  friend bool operator==(const Outputs& a, const Outputs& b) {
    return a.lines == b.lines && a.rejects == b.rejects && a.totals == b.totals;
  }
};

Outputs split(const std::vector<PolicyVersion>& versions, const std::string& claims, unsigned threads = 1,
              std::size_t block_bytes = RowBlocks::usual_block_bytes, Encoding encoding = Encoding::utf8) {
  const TemporaryFolder folder;
  const SplitPaths paths{folder.write("claims.csv", claims), folder / "lines.csv", folder / "rejects.csv", folder / "totals.csv"};
  SplitOptions options{.encoding = encoding, .language = Language::english, .threads = threads, .block_bytes = block_bytes};
  Outputs out;
  out.summary = split_file(PolicySet(versions), SchemeId("scheme"), paths, options);
  out.lines = read_file(paths.lines);
  out.rejects = read_file(paths.rejects);
  out.totals = read_file(paths.totals);
  return out;
}

const std::string header = "claim_id,bank_id,loan_id,borrower_id,disbursed_on,defaulted_on,outstanding_principal,recovered_principal\n";

// Code of each rejected row, in order: "3 BAD_DATE C2".
std::vector<std::string> codes(const std::string& rejects) {
  std::vector<std::string> out;
  const TemporaryFolder folder;
  CsvReader reader(InputFile::open(folder.write("rejects.csv", rejects)));
  CsvRow row;
  while (reader.next(row)) out.push_back(row.cells[0] + " " + row.cells[2] + " " + row.cells[1]);
  return out;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("the worked examples, as lines and totals") {
  const Outputs out = split(zibo(), header +
                                        "C1,icbc,L1,B1,2020-06-01,2020-11-01,1000000.00,0.00\n"
                                        "C2,abc,L2,B2,2020-06-01,2020-11-01,0.01,0\n"
                                        "C3,icbc,L3,B3,2020-06-01,2020-11-01,333333.34,0.01\n"
                                        "C4,icbc,L4,B4,2020-05-25,2020-11-01,1500000.00,500000.00\n");
  CHECK(out.lines ==
        "claim_id,bank_id,loan_id,policy_version,principal_loss,city_pays,city_bears,province_pays,province_bears,bank_bears\n"
        "C1,icbc,L1,zibo-2020-56,1000000.00,800000.00,500000.00,0.00,300000.00,200000.00\n"
        "C2,abc,L2,zibo-2020-56,0.01,0.00,0.00,0.00,0.00,0.01\n"
        "C3,icbc,L3,zibo-2020-56,333333.33,266666.66,166666.67,0.00,99999.99,66666.67\n"
        "C4,icbc,L4,before,1000000.00,500000.00,200000.00,0.00,300000.00,500000.00\n");
  CHECK(out.totals ==
        "bank_id,claims,principal_loss,city_pays,city_bears,province_pays,province_bears,bank_bears\n"
        "abc,1,0.01,0.00,0.00,0.00,0.00,0.01\n"
        "icbc,3,2333333.33,1566666.66,866666.67,0.00,699999.99,766666.67\n"
        "TOTAL,4,2333333.34,1566666.66,866666.67,0.00,699999.99,766666.68\n");
  CHECK(out.rejects == "line,key,code,message\n");
}

TEST_CASE("every code a claims file can earn, each row the first that applies") {
  struct Case {
    const char* row;
    const char* code;  // empty: accepted
  };
  const Case cases[] = {
      {"C0,icbc,L,B,2020-06-01,2020-11-01,100.00,0.00", ""},
      {"C1,icbc,L,B,2020-06-01,2020-11-01,100.00", "MALFORMED_ROW"},
      {"C1,icbc,L,B,2020-06-01,2020-11-01,100.00,0.00,", "MALFORMED_ROW"},
      {"C1,ic\"bc,L,B,2020-06-01,2020-11-01,100.00,0.00", "MALFORMED_ROW"},
      {"C1,icbc,L,B,2020-06-01,2020-11-01,100.00,", "MISSING_VALUE"},
      {"C1,,L,B,2020/06/01,2020-11-01,100.00,0.00", "MISSING_VALUE"},
      {"C1,icbc,L,,2020-06-01,2020-11-01,100.00,0.00", "MISSING_VALUE"},
      {",icbc,L,B,2020-06-01,2020-11-01,100.00,0.00", "MISSING_VALUE"},
      {"C1,icbc,L,B,2020/06/01,2020-11-01,1e3,0.00", "BAD_DATE"},
      {"C1,icbc,L,B,2020-06-31,2020-11-01,100.00,0.00", "BAD_DATE"},
      {"C1,icbc,L,B,2020-06-01, 2020-11-01,100.00,0.00", "BAD_DATE"},
      {"C1,icbc,L,B,2020-06-01,2020-11-01,-100.00,0.00", "BAD_AMOUNT"},
      {"C1,icbc,L,B,2020-06-01,2020-11-01,100.001,0.00", "BAD_AMOUNT"},
      {"C1,icbc,L,B,2020-06-01,2020-11-01,1000000000000000.00,0.00", "BAD_AMOUNT"},
      {"C1,icbc,L,B,2020-06-01,2020-11-01,100.00,\"1,0\"", "BAD_AMOUNT"},
      {"C0,icbc,L,B,2020-06-01,2020-11-01,100.00,x", "BAD_AMOUNT"},
      {"C0,icbc,L,B,2020-06-01,2020-11-01,100.00,0.00", "DUPLICATE_KEY"},
      {"C0,icbc,L,B,2020-11-01,2020-06-01,100.00,0.00", "DUPLICATE_KEY"},
      {"C0,icbc,L,B,2020-06-01,2020-11-01,100.00,200.00", "DUPLICATE_KEY"},
      {"\"C0\",icbc,L,B,2031-06-01,2031-11-01,100.00,0.00", "DUPLICATE_KEY"},
      {"C1,icbc,L,B,2020-11-01,2020-06-01,100.00,200.00", "DATES_OUT_OF_ORDER"},
      {"C1,icbc,L,B,2031-06-01,2031-11-01,100.00,100.01", "RECOVERED_OVER_OUTSTANDING"},
      {"C1,icbc,L,B,2018-11-30,2020-11-01,100.00,0.00", "NO_POLICY_IN_FORCE"},
      {"C1,icbc,L,B,2021-01-01,2021-11-01,100.00,0.00", "NO_POLICY_IN_FORCE"},
      {"C1,icbc,L,B,2020-06-01,2020-06-01,100.00,100.00", ""},  // all the rows before it were rejected
      {"C1,icbc,L,B,2020-06-01,2020-06-01,100.00,100.00", "DUPLICATE_KEY"},
      {"c1,icbc,L,B,2020-12-31,2021-06-01,100,1.5", ""},
  };
  std::string claims = header;
  Codes expected;
  std::size_t line = 1;
  for (const Case& each : cases) {
    claims += std::string(each.row) + "\n";
    ++line;
    if (*each.code == '\0') continue;
    const std::string row = each.row;
    const std::string key = row.starts_with('"') ? "C0" : row.substr(0, row.find(','));
    expected.push_back(std::to_string(line) + " " + each.code + " " + key);
  }
  for (const unsigned threads : {1U, 2U, 8U}) {
    for (const std::size_t block : {std::size_t{1}, std::size_t{100}, RowBlocks::usual_block_bytes}) {
      const Outputs out = split(zibo(), claims, threads, block);
      CHECK(codes(out.rejects) == expected);
      CHECK(out.summary.lines == 3);
      CHECK(out.summary.rejects == expected.size());
      CHECK(out.summary.rows == std::size(cases));
    }
  }
}

TEST_CASE("a rejected row is told what was found and what is allowed, and nothing about the borrower") {
  const Outputs out = split(zibo(), header + "C1,icbc,L,370303199001011234,2020/06/01,2020-11-01,1e3,0.00\n"
                                             "C2,icbc,L,370303199001011234,2020-06-01,2020-11-01,1e3,0.00\n"
                                             "C3,icbc,L,370303199001011234,2020-06-01,,1.00,0.00\n");
  CHECK(out.rejects ==
        "line,key,code,message\n"
        "2,C1,BAD_DATE,\"disbursed_on is \"\"2020/06/01\"\"; a real calendar day is needed, as in 2020-05-26\"\n"
        "3,C2,BAD_AMOUNT,\"outstanding_principal is \"\"1e3\"\"; yuan are needed, 1 to 15 digits and at most two decimals, no sign, "
        "blank, separator or exponent\"\n"
        "4,C3,MISSING_VALUE,defaulted_on is empty; it must have a value\n");
}

TEST_CASE("columns stand in any order, others are ignored, line ends and a byte-order mark are tolerated") {
  const std::string expected = split(zibo(), header + "C1,icbc,L1,B1,2020-06-01,2020-11-01,10.00,1.00\n").lines;
  CHECK(split(zibo(), "\xEF\xBB\xBFnote,recovered_principal,outstanding_principal,defaulted_on,disbursed_on,borrower_id,loan_id,bank_id,"
                      "claim_id\r\n\"any, \"\"text\"\"\",1.00,10.00,2020-11-01,2020-06-01,B1,L1,icbc,C1\r\n")
            .lines == expected);
  CHECK(split(zibo(), "level,loan_amount," + header + "nonsense,x,C1,icbc,L1,B1,2020-06-01,2020-11-01,10.00,1.00").lines == expected);
  const std::string chinese = header + "C1,工商银行,L1,B1,2020-06-01,2020-11-01,10.00,1.00\n";
  CHECK(split(zibo(), utf8_to_gb18030(chinese), 2, 100, Encoding::gb18030) == split(zibo(), chinese));
}

TEST_CASE("identifiers with commas, quotes, line breaks and formulas leave as safe CSV") {
  const Outputs out = split(zibo(), header + "=1+1,\"a,b\",\"say \"\"hi\"\"\",B,2020-06-01,2020-11-01,10.00,1.00\n"
                                             "\"C\n2\",a\rb,-L,B,2020-06-01,2020-11-01,10.00,1.00\n"
                                             "C3,TOTAL,L,B,2020-06-01,2020-11-01,10.00,1.00\n"
                                             "C3,x,L,B,2020-06-01,2020-11-01,10.00,1.00\n");
  CHECK(out.lines.substr(out.lines.find('\n') + 1) ==
        "'=1+1,\"a,b\",\"say \"\"hi\"\"\",zibo-2020-56,9.00,7.20,4.50,0.00,2.70,1.80\n"
        "\"C\n2\",\"a\rb\",'-L,zibo-2020-56,9.00,7.20,4.50,0.00,2.70,1.80\n"
        "C3,TOTAL,L,zibo-2020-56,9.00,7.20,4.50,0.00,2.70,1.80\n");
  CHECK(codes(out.rejects) == Codes{"6 DUPLICATE_KEY C3"});
  CHECK(out.totals.substr(out.totals.find('\n') + 1) ==
        "TOTAL,1,9.00,7.20,4.50,0.00,2.70,1.80\n\"a\rb\",1,9.00,7.20,4.50,0.00,2.70,1.80\n"
        "\"a,b\",1,9.00,7.20,4.50,0.00,2.70,1.80\nTOTAL,3,27.00,21.60,13.50,0.00,8.10,5.40\n");
}

TEST_CASE("totals beyond 64 bits are exact") {
  std::string claims = header;
  for (int i = 0; i < 200; ++i) {
    claims += "C" + std::to_string(i) + ",icbc,L,B,2020-06-01,2020-11-01,999999999999999.99,0.00\n";
  }
  const std::string totals = split(zibo(), claims, 2, 1000).totals;
  CHECK(totals.ends_with("TOTAL,200,199999999999999998.00,159999999999999998.00,100000000000000000.00,0.00,59999999999999998.00,"
                         "40000000000000000.00\n"));
}

TEST_CASE("columns that the versions read must be there, all are named, and nothing is written") {
  std::vector<PolicyVersion> versions = zibo();
  versions[0].compensation.shares[0].when.level_at_most = Level::district;
  versions[1].compensation.shares[0].tiers.front().when.loan_amount_at_most = Fen(100);
  versions[1].governed_by = GoverningDate::claimed_on;
  const TemporaryFolder folder;
  const std::string claims = folder.write("claims.csv", "bank_id,claim_id\nicbc,C1\n");
  try {
    split_file(PolicySet(versions), SchemeId("scheme"), {claims, folder / "lines.csv", folder / "rejects.csv", folder / "totals.csv"}, {});
    FAIL("columns are missing");
  } catch (const Failure& failed) {
    std::string fields;
    for (const Diagnostic& diagnostic : failed.diagnostics()) fields += diagnostic.place.field + " ";
    CHECK(fields == "loan_id borrower_id disbursed_on defaulted_on outstanding_principal recovered_principal claimed_on loan_amount level ");
  }
  CHECK(folder.names() == std::vector<std::string>{"claims.csv"});
}

TEST_CASE("conditions read their columns; empty cells are absent facts and wrong ones are rejected") {
  std::vector<PolicyVersion> versions{version("v", "2020-01-01", "", {share("city", Ratio::percent(50)), share("district", Ratio::percent(20))})};
  versions[0].compensation.shares[1].when.level_at_most = Level::municipal;
  Condition listed{};
  listed.tag = "key-list";
  versions[0].compensation.shares[1].bonuses = {{listed, Ratio::percent(10)}};
  const Outputs out = split(versions, "level,tags," + header + "district,,C1,b,l,x,2020-06-01,2020-11-01,100,0\n"
                                                               "district,other|key-list,C2,b,l,x,2020-06-01,2020-11-01,100,0\n"
                                                               "national,key-list,C3,b,l,x,2020-06-01,2020-11-01,100,0\n"
                                                               ",key-list,C4,b,l,x,2020-06-01,2020-11-01,100,0\n"
                                                               "District,key-list,C5,b,l,x,2020-06-01,2020-11-01,100,0\n");
  CHECK(out.lines.substr(out.lines.find('\n') + 1) ==
        "C1,b,l,v,100.00,50.00,50.00,20.00,20.00,30.00\n"
        "C2,b,l,v,100.00,50.00,50.00,30.00,30.00,20.00\n"
        "C3,b,l,v,100.00,50.00,50.00,0.00,0.00,50.00\n"
        "C4,b,l,v,100.00,50.00,50.00,0.00,0.00,50.00\n");
  CHECK(codes(out.rejects) == Codes{"6 BAD_VALUE C5"});
}

TEST_CASE("a claim date governs where a version says so, and then it must have a value") {
  std::vector<PolicyVersion> versions = zibo();
  for (PolicyVersion& each : versions) each.governed_by = GoverningDate::claimed_on;
  const std::string claims = "claimed_on," + header + "2020-05-25,C1,b,l,x,2019-06-01,2019-11-01,100,0\n"
                             "2020-05-26,C2,b,l,x,2019-06-01,2019-11-01,100,0\n,C3,b,l,x,2019-06-01,2019-11-01,100,0\n"
                             "26.5.2020,C4,b,l,x,2019-06-01,2019-11-01,100,0\n2021-01-01,C5,b,l,x,2020-06-01,2020-11-01,100,0\n";
  const Outputs out = split(versions, claims);
  CHECK(out.lines.find("C1,b,l,before,") != std::string::npos);
  CHECK(out.lines.find("C2,b,l,zibo-2020-56,") != std::string::npos);
  CHECK(codes(out.rejects) == Codes{"4 MISSING_VALUE C3", "5 BAD_DATE C4", "6 NO_POLICY_IN_FORCE C5"});
}

TEST_CASE("wrong bytes stop the file with their line and leave nothing") {
  const TemporaryFolder folder;
  std::string claims = header;
  for (int i = 0; i < 5000; ++i) claims += "C" + std::to_string(i) + ",b,l,x,2020-06-01,2020-11-01,100,0\n";
  claims += "\xFF\n" + claims.substr(header.size());
  const std::string path = folder.write("claims.csv", claims);
  for (const unsigned threads : {1U, 2U, 8U}) {
    try {
      split_file(PolicySet(zibo()), SchemeId("scheme"), {path, folder / "lines.csv", folder / "rejects.csv", ""},
                 {.threads = threads, .block_bytes = 1000});
      FAIL("the bytes are wrong");
    } catch (const Failure& failed) {
      CHECK(failed.diagnostics().front().place.line == 5002);
    }
    CHECK(folder.names() == std::vector<std::string>{"claims.csv"});
  }
}
