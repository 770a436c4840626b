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

// A report on payments: id, status, and an amount where told. `group`: what is said of the whole message.
std::string report(const std::vector<std::array<std::string, 3>>& items, const std::string& group = "") {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.11\"><CstmrPmtStsRpt>"
      "<GrpHdr><MsgId>S1</MsgId><CreDtTm>2021-01-04T09:00:00</CreDtTm></GrpHdr>"
      "<OrgnlGrpInfAndSts><OrgnlMsgId>b</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.10</OrgnlMsgNmId>" +
      group +
      "</OrgnlGrpInfAndSts>"
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

TEST_CASE("the message holds the longest names, accounts and ids that its schema takes, in Chinese too") {
  std::string name, batch;
  for (int i = 0; i < 140; ++i) name += "淄";
  for (int i = 0; i < 24; ++i) batch += "批";
  Office office("city: {zh: " + name + ", en: Zibo}\npayers: [{id: city, name: {zh: " + name + ", en: city}, account: \"" + std::string(34, '1') + "\", agent: \"" + std::string(35, '2') +
                "\"}]\nbanks: [{id: icbc, name: {zh: 工行, en: ICBC}, account: \"3\", agent: \"4\"}]\n");
  office.bureau().bad_claim("icbc", "A", 1000);
  REQUIRE(office.run({"settle", "--batch", batch, "--as-of", "2020-12-31", "--message", office.path("pay.xml")}).exit == 0);
  const Ran lint = run_command("xmllint", {"--noout", "--schema", schema("pain.001.001.10.xsd"), office.path("pay.xml")});
  INFO(lint.err << office.file("pay.xml"));
  CHECK(lint.exit == 0);
  CHECK(contains(office.file("pay.xml"), "<EndToEndId>" + batch + "-0001</EndToEndId>"));
}

TEST_CASE("what no payment message can hold is named, and nothing is booked") {
  std::string too_long;
  for (int i = 0; i < 141; ++i) too_long += "淄";
  for (const std::string& bank : {"name: {zh: " + too_long + ", en: x}, account: \"3\"", "name: {zh: 行, en: x}, account: \"" + std::string(35, '3') + "\"",
                                  std::string("name: {zh: \"a\\x01b\", en: x}, account: \"3\"")}) {
    Office office("payers: [{id: city, name: {zh: 市财政, en: city}, account: \"1\", agent: \"2\"}]\nbanks: [{id: icbc, agent: \"4\", " + bank + "}]\n");
    office.bureau().bad_claim("icbc", "A", 1000);
    const Ran ran = office.run({"settle", "--batch", "b", "--as-of", "2020-12-31", "--message", office.path("pay.xml")});
    INFO(bank << ran.err);
    CHECK(ran.exit == 1);
    CHECK(contains(ran.err, "banks.icbc"));
    CHECK(office.bureau().balances().empty());
  }
}

TEST_CASE("a message sent anew after a report has an id of its own and the same end-to-end ids") {
  Office office(accounts);
  settled(office);
  CHECK(contains(office.file("pay.xml"), "<MsgId>b</MsgId>"));
  REQUIRE(read_back(office, report({{"b-0001", "ACSC", ""}, {"b-0002", "RJCT", ""}})).exit == 0);
  REQUIRE(office.run({"settle", "--batch", "b", "--as-of", "2020-12-31", "--message", office.path("again.xml")}).exit == 0);
  const std::string again = office.file("again.xml");
  INFO(again);
  CHECK(contains(again, "<MsgId>b-M3</MsgId>"));
  CHECK(contains(again, "<PmtInfId>b-M3-D1</PmtInfId>"));
  CHECK(contains(again, "<EndToEndId>b-0002</EndToEndId>"));
  CHECK(run_command("xmllint", {"--noout", "--schema", schema("pain.001.001.10.xsd"), office.path("again.xml")}).exit == 0);
}

TEST_CASE("what is on its way is not sent again, and what failed again goes out under yet another id") {
  Office office(accounts);
  settled(office);
  const auto sent_anew = [&] {
    REQUIRE(office.run({"settle", "--batch", "b", "--as-of", "2020-12-31", "--message", office.path("again.xml")}).exit == 0);
    return office.file("again.xml");
  };
  REQUIRE(read_back(office, report({{"b-0001", "RJCT", ""}, {"b-0002", "PDNG", ""}})).exit == 0);
  const std::string second = sent_anew();
  CHECK((contains(second, "<MsgId>b-M2</MsgId>") && contains(second, ">b-0001<") && !contains(second, ">b-0002<")));
  std::string again = report({{"b-0001", "RJCT", ""}});
  again.replace(again.find("<OrgnlMsgId>b<"), 14, "<OrgnlMsgId>b-M2<");
  CHECK(contains(read_back(office, again).err, "0 paid, 1 failed"));
  CHECK(contains(sent_anew(), "<MsgId>b-M3</MsgId>"));
  CHECK(contains(read_back(office, again).err, "0 paid, 0 failed"));
  CHECK(contains(sent_anew(), "<MsgId>b-M3</MsgId>"));
  CHECK(office.run({"audit", "verify"}).exit == 0);
}

TEST_CASE("a status of the whole message counts for each payment, where none is told by itself") {
  Office office(accounts);
  settled(office);
  const auto whole = [](const std::string& group) {
    std::string xml = report({}, group);
    const std::size_t at = xml.find("<OrgnlPmtInfAndSts>");
    return xml.erase(at, xml.find("</OrgnlPmtInfAndSts>") + 20 - at);
  };
  const std::string rejected = whole("<OrgnlNbOfTxs>2</OrgnlNbOfTxs><OrgnlCtrlSum>1200.00</OrgnlCtrlSum><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Prtry>X9</Prtry></Rsn></StsRsnInf>");
  office.write("status.xml", rejected);
  const Ran lint = run_command("xmllint", {"--noout", "--schema", schema("pain.002.001.11.xsd"), office.path("status.xml")});
  INFO(lint.err);
  CHECK(lint.exit == 0);
  const Ran ran = read_back(office, rejected);
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(contains(ran.err, "0 paid, 2 failed"));
  CHECK(contains(read_back(office, whole("<GrpSts>ACSC</GrpSts>")).err, "2 paid, 0 failed"));
  CHECK(contains(read_back(office, whole("<GrpSts>PART</GrpSts>")).err, "no transaction status"));
  std::string other = whole("<GrpSts>RJCT</GrpSts>");
  other.replace(other.find("<OrgnlMsgId>b<"), 14, "<OrgnlMsgId>x<");
  CHECK(contains(read_back(office, other).err, "no batch whose first message"));
}

TEST_CASE("statuses on the way are counted and mark nothing; unknown ones are refused") {
  Office office(accounts);
  settled(office);
  for (const char* status : {"ACCP", "ACSP", "PDNG", "RCVD", "ACWC"}) {
    const Ran ran = read_back(office, report({{"b-0001", status, ""}}));
    CHECK(ran.exit == 0);
    CHECK(contains(ran.err, "0 paid, 0 failed, 1 pending"));
  }
  for (const char* status : {"XXXX", "acsc", "", "ACSC "}) {
    const Ran ran = read_back(office, report({{"b-0001", "ACSC", ""}, {"b-0002", status, ""}}));
    INFO(status);
    CHECK(ran.exit == 1);
    CHECK(contains(ran.err, "unknown status"));
  }
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  CHECK_FALSE(contains(office.file("b-payments.csv"), "paid\n"));
}

TEST_CASE("a report whose sums, currency or repetitions do not fit marks nothing and says what it found") {
  Office office(accounts);
  settled(office);
  const auto refused = [&](const std::string& xml, const std::string& why) {
    const Ran ran = read_back(office, xml);
    INFO(xml << ran.err);
    CHECK(ran.exit == 1);
    CHECK(contains(ran.err, why));
  };
  refused(report({{"b-0001", "ACSC", ""}}, "<OrgnlCtrlSum>1200.01</OrgnlCtrlSum>"), "the books say 2 of 1200.00");
  refused(report({{"b-0001", "ACSC", ""}}, "<OrgnlNbOfTxs>3</OrgnlNbOfTxs>"), "the books say 2 of 1200.00");
  refused(report({{"b-0001", "RJCT", ""}, {"b-0001", "ACSC", ""}}), "told as both");
  std::string dollars = report({{"b-0001", "ACSC", "400.00"}});
  dollars.replace(dollars.find("CNY"), 3, "USD");
  refused(dollars, "told in \"USD\"");
  refused(report({{"b-9999", "ACSC", ""}}), "no payment");
  refused(report({{"b-0001", "ACSC", ""}}, "<GrpSts>RJCT</GrpSts>"), "its group or the whole message as \"RJCT\"");
  std::string contradicted = report({}, "<GrpSts>RJCT</GrpSts>");
  contradicted.replace(contradicted.find("<OrgnlPmtInfId>b-D1</OrgnlPmtInfId>"), 35, "<OrgnlPmtInfId>b-D1</OrgnlPmtInfId><PmtInfSts>ACSC</PmtInfSts>");
  refused(contradicted, "its group or the whole message as \"ACSC\"");
  REQUIRE(read_back(office, report({{"b-0001", "ACSC", ""}}, "<OrgnlNbOfTxs>02</OrgnlNbOfTxs><OrgnlCtrlSum>1200.000</OrgnlCtrlSum><GrpSts>PART</GrpSts>")).exit == 0);
}

TEST_CASE("hostile reports are refused: entities, depth, size, other encodings") {
  Office office(accounts);
  settled(office);
  const std::string good = report({{"b-0001", "ACSC", ""}});
  const std::string body = good.substr(good.find("<Document"));
  std::string laughs = "<!DOCTYPE Document [<!ENTITY a \"b-0001\">";
  for (char c = 'b'; c < 'k'; ++c) laughs += std::string("<!ENTITY ") + c + " \"&" + char(c - 1) + ";&" + char(c - 1) + ";\">";
  std::string named = body;
  named.replace(named.find(">b-0001<") + 1, 6, "&j;");
  std::string outside = body;
  outside.replace(outside.find(">b-0001<") + 1, 6, "&x;");
  std::string deep;
  for (int i = 0; i < 300000; ++i) deep += "<a>";
  std::string wide = good + "<!--" + std::string(5 << 20, ' ') + "-->";
  std::string utf16("\xFF\xFE", 2);
  for (const char c : good) utf16 += c, utf16 += '\0';
  std::string latin = good;
  latin.replace(latin.find("S1"), 2, "\xE9");
  for (const std::string& xml : {laughs + "]>" + named, "<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>" + outside, deep, deep + body, wide, utf16, latin, good + std::string("\0", 1), body.substr(0, body.size() - 20)}) {
    const Ran ran = read_back(office, xml);
    INFO(xml.substr(0, 300) << ran.err);
    CHECK(ran.exit == 1);
    CHECK(ran.err.size() < 1000);
  }
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  CHECK_FALSE(contains(office.file("b-payments.csv"), "paid\n"));
  REQUIRE(read_back(office, good).exit == 0);
}
