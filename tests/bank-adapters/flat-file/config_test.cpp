#include <catch2/catch.hpp>

#include "tests/bank-adapters/flat-file/exchange.hpp"

using namespace talent_loan::adapters::flat_file;
using flat_file_tests::Exchange;
using flat_file_tests::refusal;

namespace {

const std::string fields =
    "  fields: {claim_id: id, loan_id: id, borrower_id: id, disbursed_on: d, defaulted_on: d, outstanding_principal: a, recovered_principal: {constant: '0'}}\n";

std::string problems(const std::string& yaml) {
  const Exchange exchange;
  return refusal([&] { exchange.config(yaml); });
}

}  // namespace

TEST_CASE("a configuration is read whole, defaults first") {
  const Exchange exchange;
  const Config config = exchange.config("defaults: {encoding: gb18030, delimiter: '|', ok: {count: 1}}\nclaims:\n  files: 'C_{YYYYMMDD}.txt'\n  ok: none\n" + fields +
                                        "events:\n  files: e.txt\n  encoding: utf8\n  fields: {kind: k, loan_id: l, happened_on: d, amount: a}\n");
  REQUIRE(config.claims);
  CHECK(config.claims->format.encoding == talent_loan::adapters::Encoding::gb18030);
  CHECK_FALSE(config.claims->ok);
  CHECK(config.events->format.delimiter == "|");
  CHECK(config.events->format.encoding == talent_loan::adapters::Encoding::utf8);
  CHECK(config.events->ok->count == 0);
  CHECK(config.folders.in == exchange.path("in"));
  CHECK(config.folders.state == exchange.path("state"));
}

TEST_CASE("every mistake is named with line, column, key, what is allowed and the nearest word") {
  const std::string text = problems("claims:\n  files: '../C.txt'\n  format: delimted\n  delimiter: ''\n  encodng: utf8\n" + fields +
                                    "  trailer: {count: 1}\n  when: {column: id, is: a, over: 1}\nclaim: {}\n");
  for (const char* expected : {
           "bank.yaml:4:10: claims.files: \"../C.txt\"; allowed: a file name without /",
           "bank.yaml:5:11: claims.format: \"delimted\"; allowed: delimited, fixed-width (is it delimited?)",
           "bank.yaml:6:14: claims.delimiter: \"\"; allowed: 1 to 4 bytes",
           "bank.yaml:7:3: claims.encodng: unknown key",
           "(is it encoding?)",
           "claims.trailer.when: nothing says which record is the trailer",
           "claims.when: the condition is not clear; allowed: one of is, is_not, over, any, all",
           "bank.yaml:11:1: claim: unknown key",
       }) {
    INFO(text);
    CHECK(text.find(expected) != std::string::npos);
  }
}

TEST_CASE("folders stay below the configuration's unless they are absolute") {
  CHECK(refusal([] { read_config("schema: talent-loan/flat-file/1\nfolders: {in: a/../../b}\n", "b.yaml", "/x"); }).find("folders.in: \"a/../../b\"") != std::string::npos);
  CHECK(read_config("schema: talent-loan/flat-file/1\nfolders: {in: /y/in}\n", "b.yaml", "/x").folders.in == "/y/in");
  CHECK(refusal([] { read_config("schema: talent-loan/flat-file/1\n", "b.yaml", "/x"); }).find("folders is missing") != std::string::npos);
}

TEST_CASE("files to the bank do not go where its own are read from") {
  const auto said = [](const std::string& folders, const std::string& more) {
    return refusal([&] { read_config("schema: talent-loan/flat-file/1\nfolders: " + folders + "\n" + more, "b.yaml", "/x"); });
  };
  for (const char* folders : {"{in: a, out: a}", "{in: a/, out: ./a}", "{in: /x/a, out: a}"}) {
    INFO(folders);
    CHECK_THAT(said(folders, ""), Catch::Contains("b.yaml:2:") && Catch::Contains("folders.out: ") && Catch::Contains("is the same folder as in; allowed: another folder"));
  }
  const std::string decisions = "decisions:\n  file: 'D_{N}.txt'\n  columns: [{field: key}]\n";
  CHECK_THAT(said("{in: out}", decisions), Catch::Contains("folders.out: \"out\" is the same folder as in"));
  CHECK(said("{in: out}", "").empty());  // a bank's own name for it, where nothing is sent
  CHECK(said("{in: a, out: a/b}", decisions).empty());
}

TEST_CASE("a column beyond the number of columns is refused, but a trailer may have more") {
  const auto stream = [](const std::string& amount, const std::string& when, const std::string& trailer) {
    return "events:\n  files: e.txt\n  header: false\n  number_of_columns: 5\n  when: {column: " + when + ", is: D}\n  trailer: {when: {column: 1, is: T}, count: " + trailer +
           "}\n  fields: {loan_id: 2, happened_on: 3, amount: " + amount + ", kind: {column: 5, values: {'1': repayment}}}\n";
  };
  CHECK(problems(stream("4", "1", "9")).empty());
  CHECK_THAT(problems(stream("6", "1", "2")), Catch::Contains("events.fields.amount: ") && Catch::Contains("5"));
  CHECK_THAT(problems(stream("4", "6", "2")), Catch::Contains("events.when.column: ") && Catch::Contains("5"));
}

TEST_CASE("names of day files carry a day and a number, and never a way out of the folder") {
  const auto pattern = NamePattern::compile("LN_{YYYYMMDD}_{N}.txt");
  REQUIRE(pattern);
  CHECK(pattern->match("LN_20200526_12.txt")->number == 12);
  CHECK_FALSE(pattern->match("LN_20200230_12.txt"));
  CHECK_FALSE(pattern->match("LN_20200526_.txt"));
  CHECK_FALSE(pattern->match("LN_20200526_1.txt.ok"));
  CHECK(pattern->make(0, 7) == "LN_19700101_000007.txt");
  CHECK(NamePattern::compile("{YYYY-MM-DD}.csv")->match("2020-05-26.csv"));
  for (const char* bad : {"", "a/b", "..", ".hidden", "{M/D/YYYY}", "{D}", "{N", "{N}{N}", "{X}", "a\nb"}) {
    INFO(bad);
    CHECK_FALSE(NamePattern::compile(bad));
  }
}

TEST_CASE("a fixed-width field is found by its bytes, never by a name") {
  const std::string text = problems("claims:\n  files: c.txt\n  format: fixed-width\n" + fields);
  CHECK(text.find("claims.fields.claim_id: a fixed-width field is found by its bytes; allowed: {at: FIRST BYTE, width: BYTES}") != std::string::npos);
}

TEST_CASE("a total needs to know what it adds up") {
  CHECK(problems("claims:\n  files: c.txt\n  ok: {amount: 2}\n" + fields).find("there is a total amount, but no total_of; allowed: outstanding_principal") != std::string::npos);
}

TEST_CASE("files to the bank name their columns, widths and numbers") {
  const std::string text = problems("decisions:\n  file: d.txt\n  format: fixed-width\n  columns: [{field: application}, {constant: x, field: key, width: 3}]\n");
  CHECK(text.find("decisions.file: \"d.txt\"; allowed: a file name with {N}") != std::string::npos);
  CHECK(text.find("decisions.columns[0].field: \"application\"") != std::string::npos);
  CHECK(text.find("decisions.columns[0].width: a fixed-width column needs a width") != std::string::npos);
  CHECK(text.find("decisions.columns[1]: the column's source is not clear") != std::string::npos);
}
