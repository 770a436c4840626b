// Payment messages: valid against the published schemas, control sums, ids that recur in the books, and the
// bank's answer read back.
#include <catch2/catch.hpp>

#include "tests/plugins/host/commands/office.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr const char* accounts =
    "city: {zh: 淄博市, en: Zibo}\n"
    "payers: [{id: city, name: {zh: 市财政, en: city}, account: \"3703001\", agent: \"102453000011\"}]\n"
    "banks:\n"
    "  - {id: icbc, name: {zh: \"工行 <淄博> & 分行\", en: ICBC}, account: \"3703777\", agent: \"102453000022\"}\n"
    "  - {id: ccb, name: {zh: 建行, en: CCB}, account: \"3703888\", agent: \"105453000033\"}\n";

std::string schema(const std::string& name) { return std::string(TALENT_LOAN_SOURCE_DIR) + "/tests/data/iso20022/" + name; }

// A report on payments: id, status, and an amount where told.
std::string report(const std::vector<std::array<std::string, 3>>& items) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.11\"><CstmrPmtStsRpt>"
      "<GrpHdr><MsgId>S1</MsgId><CreDtTm>2021-01-04T09:00:00</CreDtTm></GrpHdr>"
      "<OrgnlGrpInfAndSts><OrgnlMsgId>b</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.10</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
      "<OrgnlPmtInfAndSts><OrgnlPmtInfId>b-D1</OrgnlPmtInfId>";
  for (const auto& [id, status, amount] : items) {
    xml += "<TxInfAndSts><OrgnlEndToEndId>" + id + "</OrgnlEndToEndId><TxSts>" + status + "</TxSts>";
    if (status == "RJCT") xml += "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>";
    if (!amount.empty()) xml += "<OrgnlTxRef><Amt><InstdAmt Ccy=\"CNY\">" + amount + "</InstdAmt></Amt></OrgnlTxRef>";
    xml += "</TxInfAndSts>";
  }
  return xml + "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>\n";
}

void settled(Office& office) {
  office.bureau().bad_claim("icbc", "A", 1000);
  office.bureau().bad_claim("ccb", "B", 500);
  auto arguments = office.settle_arguments("b");
  arguments.insert(arguments.end(), {"--message", office.path("pay.xml")});
  const Ran ran = office.run(arguments);
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
}

Ran read_back(Office& office, const std::string& xml) {
  return office.run({"settle", "payment-status", "--report", office.write("status.xml", xml)});
}

}  // namespace

TEST_CASE("the payment message is valid, adds up and repeats byte for byte") {
  Office office(accounts);
  settled(office);
  const Ran lint = run_command("xmllint", {"--noout", "--schema", schema("pain.001.001.10.xsd"), office.path("pay.xml")});
  INFO(lint.err);
  CHECK(lint.exit == 0);
  const std::string message = office.file("pay.xml");
  INFO(message);
  for (const char* part : {"<NbOfTxs>2</NbOfTxs>", "<CtrlSum>1200.00</CtrlSum>", "<EndToEndId>b-0001</EndToEndId>", "<EndToEndId>b-0002</EndToEndId>",
                           "<InstdAmt Ccy=\"CNY\">800.00</InstdAmt>", "工行 &lt;淄博&gt; &amp; 分行"}) {
    CHECK(contains(message, part));
  }
  CHECK(contains(office.file("b-payments.csv"), "b-0001"));
  auto arguments = office.settle_arguments("b");
  arguments.insert(arguments.end(), {"--message", office.path("pay.xml")});
  REQUIRE(office.run(arguments).exit == 0);
  CHECK(office.file("pay.xml") == message);
}

TEST_CASE("a party without an account is named, and nothing is booked") {
  Office office;
  office.bureau().bad_claim("icbc", "A", 1000);
  auto arguments = office.settle_arguments("b");
  arguments.insert(arguments.end(), {"--message", office.path("pay.xml")});
  const Ran ran = office.run(arguments);
  CHECK(ran.exit == 1);
  CHECK(contains(ran.err, "payers.city, banks.icbc"));
  CHECK(office.bureau().balances().empty());
}

TEST_CASE("a status report marks payments paid or failed, once") {
  Office office(accounts);
  settled(office);
  const std::string xml = report({{"b-0001", "ACSC", "400.00"}, {"b-0002", "RJCT", ""}});
  office.write("status.xml", xml);
  const Ran lint = run_command("xmllint", {"--noout", "--schema", schema("pain.002.001.11.xsd"), office.path("status.xml")});
  INFO(lint.err);
  CHECK(lint.exit == 0);
  const Ran first = read_back(office, xml);
  INFO(first.err);
  REQUIRE(first.exit == 0);
  CHECK(contains(first.err, "1 paid, 1 failed"));
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  CHECK(contains(office.file("b-payments.csv"), "b-0001,b,2020-12-31,ccb,city,,400.00,CNY,paid\n"));
  CHECK(contains(office.file("b-payments.csv"), "b-0002,b,2020-12-31,icbc,city,,800.00,CNY,failed\n"));
  CHECK(contains(read_back(office, xml).err, "2 known already"));
  auto again = office.settle_arguments("b");  // only what failed is instructed again
  again.insert(again.end(), {"--message", office.path("again.xml")});
  REQUIRE(office.run(again).exit == 0);
  CHECK_FALSE(contains(office.file("again.xml"), "b-0001"));
  CHECK(contains(office.file("again.xml"), "<CtrlSum>800.00</CtrlSum>"));
  REQUIRE(read_back(office, report({{"b-0002", "ACCC", ""}})).exit == 0);
}

TEST_CASE("a report that cannot be right marks nothing") {
  Office office(accounts);
  settled(office);
  for (const std::string& xml :
       {std::string("<x/>"), std::string("not xml"), std::string(), report({}), report({{"b-0001", "ACSC", ""}, {"b-0009", "ACSC", ""}}), report({{"b-0001", "ACSC", "400.01"}}),
        std::string("<!DOCTYPE Document [<!ENTITY id \"b-0001\">]>") + report({{"&id;", "ACSC", ""}}).substr(39)}) {
    INFO(xml);
    CHECK(read_back(office, xml).exit == 1);
  }
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  CHECK_FALSE(contains(office.file("b-payments.csv"), "paid\n"));
  REQUIRE(read_back(office, report({{"b-0001", "ACSC", ""}})).exit == 0);
  CHECK(read_back(office, report({{"b-0001", "RJCT", ""}})).exit == 1);
}
