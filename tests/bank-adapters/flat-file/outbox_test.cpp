#include "bank-adapters/flat-file/outbox.hpp"

#include <catch2/catch.hpp>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/flat-file/storage.hpp"
#include "tests/bank-adapters/flat-file/exchange.hpp"

using namespace talent_loan::adapters;
using namespace talent_loan::adapters::flat_file;
using flat_file_tests::Exchange;
using flat_file_tests::refusal;

namespace {

constexpr std::int32_t day = 18408;  // 2020-05-26

const std::string delimited =
    "settled:\n  file: 'ST_{YYYYMMDD}_{N}.csv'\n  ok: {count: 1, amount: 2, sha256: 3}\n  total_of: paid\n"
    "  columns:\n    - {name: 理赔号, field: claim_id}\n    - {name: 结果, field: accepted, values: {yes: 通过, no: 拒绝}}\n    - {name: 市级, field: pays.city}\n"
    "    - {name: 省级, field: pays.province}\n    - {name: 合计, field: paid, amounts: {thousands: ','}}\n  trailer: [{constant: T}, {total: count}, {total: amount}]\n";

OutRecord settled(const std::string& key, const std::string& claim, std::int64_t fen) {
  return {key, {{"claim_id", claim}, {"accepted", std::string("yes")}, {"paid", OutgoingFen{fen}}, {"pays.city", OutgoingFen{fen}}}, ""};
}

struct Fixture {
  explicit Fixture(const std::string& yaml = delimited) : config(exchange.config(yaml)) {}
  Exchange exchange;
  Config config;
  Outbox outbox{*config.settled, config.folders};
};

}  // namespace

TEST_CASE("a batch becomes one whole file in the bank's form, then its flag") {
  Fixture f;
  const auto answers = f.outbox.send({settled("k1", "C\"1", 123456), settled("k2", "C,2", 50)}, day);
  CHECK(answers[0].file == "ST_20200526_000001.csv");
  const std::string text = "理赔号,结果,市级,省级,合计\n\"C\"\"1\",通过,1234.56,0.00,\"1,234.56\"\n\"C,2\",通过,0.50,0.00,0.50\nT,2,1235.06\n";
  CHECK(f.exchange.text("out/ST_20200526_000001.csv") == text);
  CHECK(f.exchange.text("out/ST_20200526_000001.csv.ok") == "2|1235.06|" + sha256_of(text) + "\n");
  CHECK(f.exchange.names("out").size() == 2);
}

TEST_CASE("the same key sends nothing again, and with other content is refused by its field") {
  Fixture f;
  f.outbox.send({settled("k1", "C1", 100)}, day);
  CHECK(f.outbox.send({settled("k1", "C1", 100)}, day + 1)[0].file == "ST_20200526_000001.csv");
  Outbox another(*f.config.settled, f.config.folders);
  const auto answers = another.send({settled("k1", "C1", 101), settled("k2", "C2", 5)}, day);
  REQUIRE(answers[0].problems.size() == 1);
  CHECK(answers[0].problems[0].place.field == "paid");
  CHECK(answers[0].why == Refusal::conflict);
  CHECK(answers[1].file == "ST_20200526_000002.csv");
  CHECK(f.exchange.text("out/ST_20200526_000002.csv").find("C1") == std::string::npos);
}

TEST_CASE("a crash between writing a batch down and publishing it publishes it once") {
  Fixture f;
  f.outbox.send({settled("k1", "C1", 100)}, day);
  const std::string file = f.exchange.text("out/ST_20200526_000001.csv");
  const std::string flag = f.exchange.text("out/ST_20200526_000001.csv.ok");
  const std::string journal = f.exchange.text("state/settled.sent").substr(1);
  // As the crash leaves it: written down, not published, a line of the journal cut.
  std::filesystem::remove_all(f.exchange.path("out"));
  f.exchange.put("state/settled.sent", "\n" + journal.substr(0, 20));
  f.exchange.put("state/settled.pending", "ST_20200526_000001.csv\n" + std::to_string(journal.size()) + "\n" + std::to_string(flag.size()) + "\n" + journal + flag + file);
  Outbox another(*f.config.settled, f.config.folders);
  const auto answers = another.send({settled("k1", "C1", 100), settled("k2", "C2", 5)}, day);
  CHECK(answers[0].file == "ST_20200526_000001.csv");
  CHECK(answers[1].file == "ST_20200526_000002.csv");
  CHECK(f.exchange.text("out/ST_20200526_000001.csv") == file);
  CHECK(f.exchange.text("out/ST_20200526_000001.csv.ok") == flag);
  CHECK_FALSE(f.exchange.has("state/settled.pending"));
}

TEST_CASE("fixed-width files count bytes of their encoding, and what does not fit is never cut") {
  Fixture f(
      "settled:\n  file: 'S{N}.DAT'\n  format: fixed-width\n  encoding: gb18030\n  line_ends: crlf\n  amounts: {unit: fen}\n"
      "  columns: [{constant: D, width: 1}, {field: claim_id, width: 8}, {field: paid, width: 10, align: right, pad: '0'}]\n");
  const auto answers = f.outbox.send({settled("k1", "理赔1", 123456), settled("k2", "理赔理赔理赔", 1)}, day);
  CHECK(f.exchange.text("out/S000001.DAT") == *encoded(Encoding::gb18030, "D理赔1   0000123456\r\n"));
  REQUIRE(answers[1].problems.size() == 1);
  CHECK(sentence(answers[1].problems[0], Language::english) == "claim_id: \"理赔理赔理赔\" has 12 bytes; allowed: at most 8 bytes");
}

TEST_CASE("without quotes a value that holds the delimiter is refused, not bent") {
  Fixture f("settled:\n  file: 'S{N}.txt'\n  delimiter: '|'\n  quoting: false\n  header: false\n  columns: [{field: claim_id}]\n");
  const auto answers = f.outbox.send({settled("k1", "a|b", 1), settled("k2", "ab", 1)}, day);
  CHECK(answers[0].problems.size() == 1);
  CHECK(f.exchange.text("out/S000001.txt") == "ab\n");
}

TEST_CASE("a word that the bank has no word for is refused") {
  Fixture f("settled:\n  file: 'S{N}.txt'\n  columns: [{field: accepted, values: {no: '0'}}]\n");
  CHECK(f.outbox.send({settled("k1", "a", 1)}, day)[0].problems.size() == 1);
}

TEST_CASE("a folder that cannot be written to is named and nothing is left behind") {
  Fixture f;
  f.exchange.put("out", "a file where the folder should be");
  CHECK(refusal([&] { f.outbox.send({settled("k1", "C1", 100)}, day); }).find("/out") != std::string::npos);
  std::filesystem::remove(f.exchange.path("out"));
  CHECK(f.outbox.send({settled("k1", "C1", 100)}, day)[0].file == "ST_20200526_000001.csv");
  CHECK(f.exchange.names("out").size() == 2);
}
