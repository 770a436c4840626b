#include "bank-adapters/flat-file/inbox.hpp"

#include <catch2/catch.hpp>

#include "bank-adapters/common/encoding.hpp"
#include "tests/bank-adapters/flat-file/exchange.hpp"

using namespace talent_loan::adapters;
using namespace talent_loan::adapters::flat_file;
using flat_file_tests::Exchange;
using flat_file_tests::refusal;

namespace {

constexpr std::int32_t late = 2932896;  // 9999-12-31

const std::string pipe_events =
    "events:\n  files: 'EV_{YYYYMMDD}.txt'\n  header: false\n  delimiter: '|'\n  quoting: false\n  number_of_columns: 5\n  ok: {count: 1, amount: 2, sha256: 3}\n"
    "  when: {column: 1, is: D}\n  trailer: {when: {column: 1, is: T}, count: 2, amount: 3}\n  total_of: amount\n  dates: YYYYMMDD\n"
    "  fields: {loan_id: 2, happened_on: 3, amount: 4, kind: {column: 5, values: {'1': repayment, '2': recovery}}}\n";

// What is there to read: "loan:line", "!code:line" for rejects.
std::string all(Inbox& inbox, std::int32_t as_of = late) {
  std::string text;
  for (Row row; inbox.next(row, as_of);) {
    if (row.kind == Row::Kind::values) text += row.values[2].text + ":" + std::to_string(row.line) + " ";
    if (row.kind == Row::Kind::rejected) text += "!" + std::to_string(static_cast<int>(row.reject->code)) + ":" + std::to_string(row.line) + " ";
  }
  return text;
}

std::string day_file(const std::string& loan) { return "H|header\nD|" + loan + "1|20200526|10.00|1\nD|" + loan + "2|20200526|5.50|2\nT|2|15.50\n"; }

struct Fixture {
  Exchange exchange;
  Config config = exchange.config(pipe_events);
  Inbox inbox{*config.events, config.folders};
};

}  // namespace

TEST_CASE("a day's file is read when its flag is there, and its totals hold") {
  Fixture f;
  f.exchange.put("in/EV_20200526.txt", day_file("A"));
  f.inbox.seek({});
  CHECK(all(f.inbox).empty());
  f.exchange.put("in/EV_20200526.txt.ok", "2|15.50|" + sha256_of(day_file("A")) + "\n");
  CHECK(all(f.inbox) == "A1:2 A2:3 ");
}

TEST_CASE("a file whose totals, checksum or trailer speak against it is refused whole") {
  struct Case {
    std::string file, flag, says;
  };
  const std::string good = day_file("A");
  const std::string sum = sha256_of(good);
  const Case cases[] = {
      {good, "3|15.50|" + sum, "EV_20200526.txt.ok says \"3\" records, the file has 2"},
      {good, "2|15.51|" + sum, "EV_20200526.txt.ok says a total of \"15.51\", the file adds up to 15.50"},
      {good, "2|15.50|" + std::string(64, 'a'), "the SHA-256 in EV_20200526.txt.ok is not this file's"},
      {good, "", "EV_20200526.txt.ok says \"\" records"},
      {good.substr(0, good.find("T|")), "2|15.50|" + sum, "there is no trailer: the file is not complete"},
      {good + "D|A3|20200526|1.00|1\n", "3|16.50|" + sum, "EV_20200526.txt:5: a record after the trailer"},
      {"D|A1|20200526|ten|1\nT|1|10.00\n", "1|10.00|" + sum, "the file adds up to 0.00 (the amount of line 1 cannot be read for sure: amount is \"ten\"; allowed: yuan"},
      {"D|A1|20200526|1.00|1\nT|2|1.00\n", "1|1.00|" + sum, "EV_20200526.txt:2: the trailer says \"2\" records, the file has 1"},
      {"D|\xFF|20200526|1.00|1\nT|1|1.00\n", "1|1.00|" + sum, "EV_20200526.txt:1: bytes here are not of the configured encoding"},
  };
  for (const Case& one : cases) {
    Fixture f;
    f.exchange.deliver("EV_20200526.txt", one.file, one.flag);
    f.inbox.seek({});
    const std::string text = refusal([&] { all(f.inbox); });
    INFO(text);
    CHECK(text.find(one.says) != std::string::npos);
    // Delivered anew, it is read.
    f.exchange.deliver("EV_20200526.txt", good, "2|15.50|" + sum);
    CHECK(all(f.inbox) == "A1:2 A2:3 ");
  }
}

TEST_CASE("a record that is refused counts in the totals with its amount, and the others go on") {
  struct Case {
    std::string records, amount, reads;
  };
  const Case cases[] = {
      {"D|A1|20210229|10.00|1\nD|A2|20200526|5.50|2\n", "15.50", "!3:1 A2:2 "},
      {"D|A1|20200526|10.00|9\nD|A2|20200526|5.50|2\n", "15.50", "!6:1 A2:2 "},
      {"D|A1|20200526|ten|1\nD|A2|20200526|5.50|2\n", "5.50", "!4:1 A2:2 "},      // the bank counts none either
      {"D|A1|20200526|10.00|1|x\nD|A2|20200526|5.50|2\n", "15.50", "!1:1 A2:2 "},  // a cell too many, after the amount
      {"D|A1|20200526\nD|A2|20200526|5.50|2\n", "5.50", "!1:1 A2:2 "},
  };
  for (const Case& one : cases) {
    INFO(one.records);
    Fixture f;
    const std::string file = one.records + "T|2|" + one.amount + "\n";
    f.exchange.deliver("EV_20200526.txt", file, "2|" + one.amount + "|" + sha256_of(file));
    f.inbox.seek({});
    CHECK(all(f.inbox) == one.reads);
  }
}

TEST_CASE("a total that is wrong beside a refused record names that record only where its amount is in doubt") {
  struct Case {
    std::string record, says;
  };
  const Case cases[] = {
      {"D|A1|20210229|10.00|1", "\"16.00\", the file adds up to 15.50"},
      {"D|A1|20210229|ten|1", "\"16.00\", the file adds up to 5.50 (the amount of line 1 cannot be read for sure: happened_on is \"20210229\""},
      {"D|A1|20200526|10.00|1|x", "\"16.00\", the file adds up to 15.50 (the amount of line 1 cannot be read for sure: the row has 6 cells"},
  };
  for (const Case& one : cases) {
    Fixture f;
    f.exchange.deliver("EV_20200526.txt", one.record + "\nD|A2|20200526|5.50|2\nT|2|16.00\n", "2|16.00|");
    f.inbox.seek({});
    const std::string text = refusal([&] { all(f.inbox); });
    INFO(text);
    CHECK(text.find("EV_20200526.txt:3: the trailer says a total of " + one.says) != std::string::npos);
    if (one.says.ends_with("15.50")) CHECK(text.ends_with(one.says));
  }
}

TEST_CASE("files are read by day, one that comes late after those that were there, and each position again") {
  Fixture f;
  const auto deliver = [&](const std::string& name, const std::string& loan) { f.exchange.deliver(name, day_file(loan), "2|15.50|" + sha256_of(day_file(loan))); };
  deliver("EV_20200528.txt", "C");
  deliver("EV_20200526.txt", "A");
  f.inbox.seek({});
  CHECK(all(f.inbox) == "A1:2 A2:3 C1:2 C2:3 ");
  const Position end = f.inbox.position();
  deliver("EV_20200527.txt", "B");
  CHECK(all(f.inbox) == "B1:2 B2:3 ");

  Inbox another(*f.config.events, f.config.folders);
  another.seek(end);
  CHECK(all(another) == "B1:2 B2:3 ");
  CHECK(f.exchange.names("archive") == std::vector<std::string>{"EV_20200526.txt", "EV_20200526.txt.ok"});
  another.seek({});
  CHECK(all(another) == "A1:2 A2:3 C1:2 C2:3 B1:2 B2:3 ");
}

TEST_CASE("a poll stops after any record and goes on behind it, in this process or the next") {
  Fixture f;
  f.exchange.deliver("EV_20200526.txt", day_file("A"), "2|15.50|" + sha256_of(day_file("A")));
  f.inbox.seek({});
  Row row;
  do REQUIRE(f.inbox.next(row, late));
  while (row.kind != Row::Kind::values);
  const Position middle = f.inbox.position();
  CHECK(Position::from_token(middle.token())->number() == middle.number());
  Inbox another(*f.config.events, f.config.folders);
  another.seek(middle);
  CHECK(all(another) == "A2:3 ");
  another.seek(middle);
  CHECK(all(another) == "A2:3 ");
}

TEST_CASE("a day that has not come is not read") {
  Fixture f;
  f.exchange.deliver("EV_20200526.txt", day_file("A"), "2|15.50|" + sha256_of(day_file("A")));
  f.inbox.seek({});
  const std::int32_t day = 18408;  // 2020-05-26
  CHECK(all(f.inbox, day - 1).empty());
  CHECK(all(f.inbox, day) == "A1:2 A2:3 ");
}

TEST_CASE("a file that changed after it was taken in is refused, as is a cursor of another ledger") {
  Fixture f;
  f.exchange.deliver("EV_20200526.txt", day_file("A"), "2|15.50|" + sha256_of(day_file("A")));
  f.inbox.seek({});
  all(f.inbox);
  const Position end = f.inbox.position();
  f.exchange.put("in/EV_20200526.txt", day_file("X"));
  Inbox another(*f.config.events, f.config.folders);
  CHECK(refusal([&] { another.seek(end); }).find("the file was changed after it was taken in") != std::string::npos);
  f.exchange.put("in/EV_20200526.txt", day_file("A"));
  Inbox third(*f.config.events, f.config.folders);
  Position foreign = end;
  foreign.sha256 = std::string(64, '0');
  CHECK(refusal([&] { third.seek(foreign); }).find("the cursor stands at file 1, which the ledger does not know") != std::string::npos);
  f.exchange.put("state/events.ledger", "1\tx\n");
  Inbox fourth(*f.config.events, f.config.folders);
  CHECK(refusal([&] { fourth.seek({}); }).find("the ledger of files is damaged") != std::string::npos);
}

TEST_CASE("links that lead out of the folder are not read") {
  Fixture f;
  f.exchange.put("secret", day_file("S"));
  std::filesystem::create_symlink(f.exchange.path("secret"), f.exchange.path("in/EV_20200526.txt"));
  f.exchange.put("in/EV_20200526.txt.ok", "2|15.50|" + sha256_of(day_file("S")));
  f.inbox.seek({});
  CHECK(all(f.inbox).empty());
}

TEST_CASE("bad records are refused one by one, with the codes of rows") {
  const Exchange exchange;
  const Config config = exchange.config(
      "events:\n  files: e.csv\n  when: {any: [{column: type, is: D}, {column: amount, over: '0'}]}\n"
      "  fields: {loan_id: loan, happened_on: day, amount: amount, kind: {constant: recovery}}\n");
  Inbox inbox(*config.events, config.folders);
  exchange.put("in/e.csv",
               "amount,day,loan,type\n1.00,2020-05-26,L2,D\n1.00,,L3,D\n1.00,2020-02-30,L4,D\nx,2020-05-26,L5,P\n0,2020-05-26,L6,P\n"
               "1.00,2020-05-26,\"L7,D\n1.00,2020-05-26\n2.00,2020-05-26,L9,P\n0,x,L10,P\n");
  inbox.seek({});
  CHECK(all(inbox) == "L2:2 !2:3 !3:4 !4:5 !1:7 !1:8 L9:9 ");
}

TEST_CASE("a column that a file lacks is named with the nearest that it has") {
  const Exchange exchange;
  const Config config = exchange.config("events:\n  files: e.csv\n  fields: {loan_id: loan, happened_on: day, amount: amount, kind: {constant: recovery}}\n");
  Inbox inbox(*config.events, config.folders);
  exchange.put("in/e.csv", "amont,day,loan,day\n");
  inbox.seek({});
  const std::string text = refusal([&] { all(inbox); });
  CHECK(text.find("e.csv:1: amount: this column is missing; allowed: is it \"amont\"?") != std::string::npos);
  CHECK(text.find("e.csv:1: day: this column stands more than once") != std::string::npos);
}

TEST_CASE("fixed-width GB18030 records of several kinds, with a trailer") {
  const Exchange exchange;
  const Config config = exchange.config(
      "events:\n  files: 'E{YYYYMMDD}.DAT'\n  format: fixed-width\n  encoding: gb18030\n  record_bytes: 37\n  dates: YYYYMMDD\n  amounts: {unit: fen, sign: trailing}\n"
      "  padding: ' 　'\n  when: {at: 1, width: 1, is: D}\n  trailer: {when: {at: 1, width: 1, is: T}, count: {at: 2, width: 6}, amount: {at: 8, width: 15}}\n  total_of: amount\n"
      "  fields: {loan_id: {at: 2, width: 12}, happened_on: {at: 14, width: 8}, amount: {at: 22, width: 12}, kind: {at: 34, width: 4, values: {还款: repayment, 追回: recovery}}}\n");
  const std::string records =
      "H淄博农商行日终文件\n"
      "D贷款0001　　2020052600000001050+还款\n"
      "DL2          2020052600000000050+追回\n"
      "D贷款3       2020052600000000001+追回\n"
      "D短\n";
  exchange.put("in/E20200526.DAT", *encoded(Encoding::gb18030, records + "T00000400000000001101+\n"));
  Inbox inbox(*config.events, config.folders);
  inbox.seek({});
  CHECK(all(inbox) == "贷款0001:2 L2:3 贷款3:4 !1:5 ");
}

TEST_CASE("the examples of the README do what it says") {
  std::ifstream in(TALENT_LOAN_SOURCE_DIR "/bank-adapters/flat-file/README.md");
  std::vector<std::string> blocks;  // schematic, then file and configuration of each example
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  REQUIRE(blocks.size() == 5);
  const Exchange exchange;
  const Config delimited = read_config(blocks[2], "README.md", exchange.root());
  exchange.deliver("EV_20200526.txt", blocks[1], "2|15.50\n");
  Inbox first(*delimited.events, delimited.folders);
  first.seek({});
  CHECK(all(first) == "L1:1 L2:2 ");
  const Exchange other;
  const Config fixed = read_config(blocks[4], "README.md", other.root());
  other.put("in/E20200526.DAT", *encoded(Encoding::gb18030, blocks[3]));
  Inbox second(*fixed.events, fixed.folders);
  second.seek({});
  CHECK(all(second) == "贷款0001:2 ");
}
