// The adapter `xml-message` against a bank on the loopback that stalls, resets, answers by half, and lies.
#include <catch2/catch.hpp>

#include <map>
#include <mutex>

#include <fmt/format.h>

#include <pugixml.hpp>

#include "bank-adapters/xml-message/document.hpp"
#include "bank-adapters/xml-message/frame.hpp"
#include "tests/bank-adapters/as-host/conformance.hpp"
#include "tests/bank-adapters/as-host/left_out.hpp"
#include "tests/bank-adapters/as-host/loaded_adapter.hpp"
#include "tests/bank-adapters/xml-message/message_bank.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;
using adapters::xml_message::Frame;
using sdk::Result;
using sdk::Retry;

namespace {

std::string config(const MessageBank& bank, const std::string& more = "", int timeout_ms = patient_ms) {
  return fmt::format("schema: talent-loan/xml-message/1\nconnection: {{host: 127.0.0.1, port: {}, timeout_ms: {}, connect_timeout_ms: {}, attempts: 1, length: {{digits: 8}}, encoding: gb18030, message_bytes_at_most: 20000}}\n",
                     bank.port(), timeout_ms, timeout_ms) + R"yaml(
defaults: {dates: YYYYMMDD, amounts: {unit: fen}}
request:
  root: Service
  elements: {Head/SerialNo: message_id, Head/Channel: {constant: TALENT}}
response:
  code: /Service/Head/RetCode
  text: /Service/Head/RetMsg
  field: /Service/Head/Field
  echo: /Service/Head/SerialNo
  codes: {"0000": ok, E100: later, E200: never, E300: conflict, E400: denied, E500: same-key}
health: {elements: {Head/Code: {constant: TL00}}}
events:
  elements: {Head/Code: {constant: TL02}, Body/After: after, Body/Rows: page_size, Body/Date: as_of}
  records: /Service/Body/List/Event
  next: /Service/Body/Next
  page_size: 2
  totals: {count: /Service/Body/Count, amount: /Service/Body/Sum, of: amount}
  fields:
    event_id: "@id"
    kind: {path: Type, values: {HK: repayment, HS: recovery}}
    loan_id: LoanNo
    happened_on: Date
    amount: Amt
    costs: {path: Cost, absent: "0"}
decisions:
  elements: {Head/Code: {constant: TL10}, Head/ReqKey: key, Body/AppNo: application_id, Body/Flag: {field: eligible, values: {"yes": "1", "no": "0"}}, Body/Reason: {field: reasons, join: ","}, Body/Programme: programme, Body/Date: decided_on}
  receipt: /Service/Body/Receipt
issue:
  elements: {Head/Code: {constant: TL11}, Head/ReqKey: key, Body/AppNo: application_id}
  fields:
    outcome: {path: /Service/Body/Result, values: {A: disbursed, R: declined, W: pending}}
    loan_id: /Service/Body/LoanNo
    disbursed_on: /Service/Body/Date
    amount: /Service/Body/Amt
    reason: /Service/Body/Why
)yaml" + more;
}

std::string at(const std::string& xml, const std::string& path) {
  pugi::xml_document document;
  document.load_string(xml.c_str());
  return pugi::xpath_query(path.c_str()).evaluate_string(document);
}

// An answer to `request` with this body.
std::string answer(const std::string& request, const std::string& body, const std::string& code = "0000", const std::string& text = "") {
  return "<?xml version=\"1.0\" encoding=\"GB18030\"?><Service><Head><SerialNo>" + at(request, "/Service/Head/SerialNo") + "</SerialNo><RetCode>" + code +
         "</RetCode><RetMsg>" + text + "</RetMsg></Head><Body>" + body + "</Body></Service>";
}

std::string event(int number) {
  return fmt::format("<Event id=\"E-{0}\"><Type>HK</Type><LoanNo>贷-{0}</LoanNo><Date>20260301</Date><Amt>{1}</Amt><Cost>0</Cost></Event>", number, number * 100);
}

// Five events in pages of two, as an honest bank would send them.
Reply honest_events(const std::string& request, int events = 5) {
  const std::string after = at(request, "/Service/Body/After");
  const int first = after.empty() ? 1 : std::stoi(after.substr(1)) + 1;
  std::string list;
  int count = 0, sum = 0;
  for (int number = first; number <= events && count < 2; ++number, ++count) {
    list += event(number);
    sum += number * 100;
  }
  return {answer(request, fmt::format("<List>{}</List><Next>M{}</Next><Count>{}</Count><Sum>{}</Sum>", list, first + count - 1, count, sum))};
}

sdk::Decision decision() { return {"dec:A-1:1", "D-1", "A-1", true, {}, "zibo-2020-56", "淄博英才计划", {"§4"}, day("2026-03-02")}; }

}  // namespace

TEST_CASE("events come page by page, and again from any cursor") {
  MessageBank bank([](const std::string& request) { return honest_events(request); });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  const auto all = adapter.poll_events();
  REQUIRE(all.records.size() == 5);
  CHECK(all.records[2].event_id == "E-3");
  CHECK(all.records[2].loan_id == "贷-3");
  CHECK(all.records[2].amount.count == 300);
  CHECK(all.records[2].kind == sdk::EventKind::repayment);
  CHECK(all.cursor.position == 5);
  CHECK(at(bank.requests().front(), "/Service/Body/Date") == "20300101");
  CHECK(at(bank.requests().front(), "/Service/Head/Channel") == "TALENT");

  sdk::Cursor cursor;
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) {  // one at a time, in the middle of pages too
    const auto one = adapter.poll_events(cursor, 1);
    for (const sdk::Event& event : one.records) ids.push_back(event.event_id);
    cursor = one.cursor;
  }
  CHECK(ids == std::vector<std::string>{"E-1", "E-2", "E-3", "E-4", "E-5"});
  CHECK(cursor.token == all.cursor.token);
}

TEST_CASE("a page that comes twice, changes, leads back or belies its totals is refused") {
  int variant = 0;
  MessageBank bank([&](const std::string& request) {
    const bool first = at(request, "/Service/Body/After").empty();
    const auto page = [&](const std::string& list, const std::string& rest) { return Reply{answer(request, "<List>" + list + "</List>" + rest)}; };
    switch (variant) {
      case 0: return page(event(1) + event(2), first ? "<Next>M2</Next><Count>2</Count><Sum>300</Sum>" : "<Next>M4</Next><Count>2</Count><Sum>300</Sum>");
      case 1: return first ? page(event(1) + event(2), "<Next>M2</Next><Count>2</Count><Sum>300</Sum>") : page(event(3) + event(4), "<Next>M2</Next><Count>2</Count><Sum>700</Sum>");
      case 2: return page(event(1) + event(2), "<Next>M2</Next><Count>3</Count><Sum>300</Sum>");
      case 3: return page(event(1) + event(2), "<Next>M2</Next><Count>2</Count><Sum>301</Sum>");
      case 4: return page(event(1) + event(2) + event(3), "<Next>M3</Next><Count>3</Count><Sum>600</Sum>");
      default: return page(event(7), "<Next>M2</Next><Count>1</Count><Sum>700</Sum>");
    }
  });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  const auto refused = [&](int number, const std::string& why, const sdk::Cursor& after = {}) {
    variant = number;
    const auto failed = failure_of([&] { adapter.poll_events(after); });
    CHECK(failed.code == Result::bad_data);
    CHECK(failed.field == "events");
    CHECK(failed.text == "events: " + why);
  };
  refused(0, "the same page came twice");
  variant = 0;
  const auto read = adapter.poll_events({}, 2);
  refused(0, "the same page came twice", read.cursor);  // from one poll to the next as well
  refused(1, "the mark of the next page (next) leads back to one that was read: \"M2\"");
  refused(2, "the control total says \"3\" records, there are 2");
  refused(3, "the control total says \"301\", the amounts are 3.00");
  refused(4, "a page of 3 records where 2 were asked for");
  variant = 0;
  const auto half = adapter.poll_events({}, 1);
  refused(5, "a page that was read in part has changed", half.cursor);
}

TEST_CASE("a record that is none is reported and passed over") {
  MessageBank bank([](const std::string& request) {
    if (!at(request, "/Service/Body/After").empty()) return Reply{answer(request, "<List/><Next>M2</Next><Count>0</Count><Sum>0</Sum>")};
    return Reply{answer(request, "<List><Event id=\"E-1\"><Type>XX</Type><LoanNo>L</LoanNo><Date>20260301</Date><Amt>1</Amt></Event>" + event(2) + "</List><Next>M2</Next><Count>2</Count><Sum>201</Sum>")};
  });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  const auto polled = adapter.poll_events();
  REQUIRE(polled.rejects.size() == 1);
  CHECK(polled.rejects[0].code == sdk::RejectCode::bad_value);
  CHECK(polled.rejects[0].key == "E-1");
  CHECK(polled.records.size() == 1);
  CHECK(polled.cursor.position == 2);
}

TEST_CASE("a bank that stalls, resets, closes or answers by half leaves the outcome unknown: same key") {
  Reply::How how = Reply::How::stall;
  MessageBank bank([&](const std::string& request) {
    Reply reply{answer(request, "<Receipt>R</Receipt>")};
    reply.how = how;
    return reply;
  });
  LoadedAdapter adapter("xml-message", config(bank, "", impatient_ms), "/");
  const auto failed = [&](Reply::How behaviour) {
    how = behaviour;
    return *adapter.decision({decision()})[0].failed;
  };
  const auto start = std::chrono::steady_clock::now();
  CHECK(failed(Reply::How::stall).code == Result::timed_out);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
  CHECK(failed(Reply::How::reset).code == Result::unavailable);
  CHECK(failed(Reply::How::silent_close).code == Result::unavailable);
  const auto half = failed(Reply::How::half);
  CHECK(half.code == Result::unavailable);
  CHECK(half.retry == Retry::same_key);
  CHECK(half.text.find("bytes came") != std::string::npos);
}

TEST_CASE("a length that lies is found out") {
  std::string length;
  bool trailing = false;
  MessageBank bank([&](const std::string& request) {
    Reply reply{answer(request, "<Receipt>R</Receipt>") + (trailing ? "   " : "")};
    reply.length = length;
    return reply;
  });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  const auto failed = [&](const std::string& lie) {
    length = lie;
    return *adapter.decision({decision()})[0].failed;
  };
  CHECK(failed("00000040").code == Result::bad_data);     // shorter: XML that breaks off
  CHECK(failed("00019999").code == Result::unavailable);  // longer than what comes before the bank closes
  CHECK(failed("99999999").text.find("allowed: 1 to 20000") != std::string::npos);
  CHECK(failed("00000000").code == Result::bad_data);
  CHECK(failed("<Service").code == Result::bad_data);
  length.clear();
  trailing = true;
  CHECK_FALSE(adapter.decision({decision()})[0].failed);
}

TEST_CASE("the wrong charset, a DTD and entities are refused") {
  std::function<Reply(const std::string&)> reply;
  MessageBank bank([&](const std::string& request) { return reply(request); });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  const auto refused = [&](const std::string& why, std::function<Reply(const std::string&)> how) {
    reply = std::move(how);
    const auto failed = adapter.decision({decision()})[0].failed;
    REQUIRE(failed);
    CHECK(failed->code == Result::bad_data);
    INFO(failed->text);
    CHECK(failed->text.find(why) != std::string::npos);
  };
  refused("no GB18030 text", [](const std::string& request) {
    Reply utf8{answer(request, "<Receipt>回执</Receipt>\xFF")};
    utf8.in_utf8 = true;
    return utf8;
  });
  refused("declares the encoding \"utf-8\"", [](const std::string& request) {
    std::string text = answer(request, "<Receipt>R</Receipt>");
    return Reply{text.replace(text.find("GB18030"), 7, "UTF-8")};
  });
  refused("holds a DTD", [](const std::string&) { return Reply{"<!DOCTYPE Service [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Service>&x;</Service>"}; });
  refused("holds the entity", [](const std::string& request) { return Reply{answer(request, "<Receipt>&x;</Receipt>")}; });
  // A zero would cut the text where it stands, and half a surrogate pair is none.
  for (const char* reference : {"&#0;", "&#x0;", "&#xD800;", "&#x110000;", "&#99999999;", "&#1;"}) {
    refused("holds the entity", [&](const std::string& request) { return Reply{answer(request, std::string("<Receipt>123") + reference + "456</Receipt>")}; });
  }
  // A declaration is no place for references: the parser would put what they stand for into its values, and a value may run on.
  for (const char* declaration : {"<?xml version=\"&#x2EA22F;\"?>", "<?XML version='1.0' encoding='GB18030&#x41;'?>", "<?xml version='?><!-- &#x2EA22F; -->'/>", "<?xml version='1.0'"}) {
    refused("XML declaration is none: \"<?", [&](const std::string& request) {
      const std::string text = answer(request, "<Receipt>R</Receipt>");
      return Reply{declaration + text.substr(text.find("?>") + 2)};
    });
  }
  refused("nests too deeply", [](const std::string&) {
    std::string open, close;
    for (int i = 0; i < 100; ++i) open += "<a>", close += "</a>";
    return Reply{open + close};
  });
  refused("is no XML", [](const std::string&) { return Reply{"<Service><Head></Service>"}; });
  for (const std::string& more : {std::string("\0x", 2), std::string("more"), std::string("<Second/>")}) refused("is no XML: it h", [&](const std::string& request) { return Reply{answer(request, "") + more}; });
  refused("stands twice: \"Receipt/@a\"", [](const std::string& request) { return Reply{answer(request, "<Receipt a='1' a='2'>R</Receipt>")}; });
  refused("to another message", [](const std::string&) { return Reply{answer("<Service><Head><SerialNo>other</SerialNo></Head></Service>", "")}; });
}

TEST_CASE("a declaration in other quotes, none, and another instruction are taken") {
  std::string declaration;
  MessageBank bank([&](const std::string& request) {
    const std::string text = answer(request, "<Receipt>R-1</Receipt>");
    return Reply{declaration + text.substr(text.find("?>") + 2)};
  });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  for (const char* each : {"<?xml version='1.0' encoding='gbk' standalone='yes' ?>\n", "", "<?xml-stylesheet href=\"a?b=1&c=2\"?>"}) {
    declaration = each;
    INFO(declaration);
    CHECK_FALSE(adapter.decision({decision()})[0].failed);
  }
}

TEST_CASE("the bank's codes decide whether asking again can help") {
  std::string code = "0000";
  MessageBank bank([&](const std::string& request) {
    std::string text = answer(request, "<Receipt>回执-1</Receipt>", code, "余额不足");
    text.insert(text.find("</Head>"), "<Field>amount</Field>");
    return Reply{text};
  });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  adapter.health();
  const auto taken = adapter.decision({decision()});
  CHECK(taken[0].receipt == "回执-1");
  const std::string request = bank.requests().back();
  CHECK(at(request, "/Service/Head/ReqKey") == "dec:A-1:1");
  CHECK(at(request, "/Service/Body/Flag") == "1");
  CHECK(at(request, "/Service/Body/Programme") == "淄博英才计划");
  CHECK(at(request, "/Service/Body/Date") == "20260302");
  const std::vector<std::tuple<std::string, Result, Retry>> table{
      {"E100", Result::unavailable, Retry::later}, {"E200", Result::bad_data, Retry::never},  {"E300", Result::conflict, Retry::never},
      {"E400", Result::denied, Retry::never},      {"E500", Result::timed_out, Retry::same_key}, {"9999", Result::bad_data, Retry::never}};
  for (const auto& [said, result, retry] : table) {
    code = said;
    const auto failed = adapter.decision({decision()})[0].failed;
    INFO(said);
    REQUIRE(failed);
    CHECK(failed->code == result);
    CHECK(failed->retry == retry);
    CHECK(failed->field == "amount");
    CHECK(failed->text == "the bank answers code \"" + said + "\": \"余额不足\"");
  }
}

TEST_CASE("a request to lend is answered disbursed, declined or pending") {
  std::string body;
  MessageBank bank([&](const std::string& request) { return Reply{answer(request, body)}; });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  const auto ask = [&](const std::string& said) {
    body = said;
    return adapter.issue({{"iss:A-1", "A-1", "D-1", day("2026-03-02")}})[0];
  };
  CHECK(ask("<Result>W</Result>").issued.outcome == sdk::IssueOutcome::pending);
  const auto disbursed = ask("<Result>A</Result><LoanNo>L-1</LoanNo><Date>20260302</Date><Amt>50000000</Amt>");
  CHECK(disbursed.issued.outcome == sdk::IssueOutcome::disbursed);
  CHECK(disbursed.issued.amount.count == 50'000'000);
  CHECK(ask("<Result>A</Result><LoanNo>L-1</LoanNo><Date>20260303</Date><Amt>50000000</Amt>").issued.outcome == sdk::IssueOutcome::pending);
  CHECK(ask("<Result>R</Result><Why>额度不足</Why>").issued.reason == "额度不足");
  const auto lacking = ask("<Result>A</Result><Date>20260302</Date><Amt>50000000</Amt>");
  REQUIRE(lacking.failed);
  CHECK(lacking.failed->field == "loan_id");
}

TEST_CASE("a message is sent again under the same key while that can help") {
  std::atomic<int> asked = 0;
  MessageBank bank([&](const std::string& request) {
    Reply reply{answer(request, "<Receipt>R</Receipt>")};
    if (++asked < 3) reply.how = Reply::How::reset;
    return reply;
  });
  std::string three = config(bank);
  three.replace(three.find("attempts: 1"), 11, "attempts: 3");
  LoadedAdapter adapter("xml-message", three, "/");
  CHECK_FALSE(adapter.decision({decision()})[0].failed);
  CHECK(asked == 3);
  for (const std::string& request : bank.requests()) CHECK(at(request, "/Service/Head/ReqKey") == "dec:A-1:1");
}

TEST_CASE("deadline and cancellation end a call in the middle of a message") {
  MessageBank bank([](const std::string& request) {
    Reply reply{answer(request, "")};
    reply.how = Reply::How::stall;
    return reply;
  });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  const auto start = std::chrono::steady_clock::now();
  adapter.deadline = std::chrono::milliseconds(150);
  CHECK(failure_of([&] { adapter.health(); }).code == Result::timed_out);
  adapter.deadline = std::chrono::milliseconds(20'000);
  adapter.cancel_after = std::chrono::milliseconds(150);
  CHECK(failure_of([&] { adapter.health(); }).code == Result::cancelled);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("a bank that is away is asked again later") {
  std::uint16_t port = 0;
  std::string settings;
  {
    MessageBank bank([](const std::string&) { return Reply{}; });
    settings = config(bank);
    port = bank.port();
  }
  LoadedAdapter adapter("xml-message", settings, "/");
  const auto away = failure_of([&] { adapter.health(); });
  CHECK(away.code == Result::unavailable);
  CHECK(away.retry == Retry::later);
  CHECK(away.text.find(std::to_string(port)) != std::string::npos);
}

TEST_CASE("a length is written and read in every form") {
  CHECK(Frame{}.prefix(1234) == "00001234");
  CHECK(Frame{.bytes = 3}.prefix(1234) == std::nullopt);
  CHECK(Frame{.bytes = 6, .counts_itself = true}.prefix(100) == "000106");
  CHECK(Frame{.digits = false, .bytes = 4}.prefix(0x0102) == std::string("\0\0\1\2", 4));
  CHECK(Frame{.digits = false, .bytes = 2, .little_endian = true}.prefix(0x0102) == std::string("\2\1", 2));
  CHECK(Frame{.digits = false, .bytes = 2}.prefix(70'000) == std::nullopt);
  for (const Frame& frame : {Frame{}, Frame{.bytes = 20}, Frame{.digits = false, .bytes = 4}, Frame{.digits = false, .bytes = 8, .little_endian = true},
                             Frame{.digits = false, .bytes = 4, .counts_itself = true}}) {
    CHECK(frame.message_bytes(*frame.prefix(65'432)) == 65'432);
  }
  CHECK(Frame{.counts_itself = true}.message_bytes("00000003") == std::nullopt);
  CHECK(Frame{.digits = false, .bytes = 8}.message_bytes(std::string(8, '\xFF')) == UINT64_MAX);
}

TEST_CASE("messages are written so that their texts stay texts") {
  using adapters::OutgoingMap;
  const auto text = adapters::xml_message::written("S", {{"A/B", "1 < 2 & \"x\" ]]>", OutgoingMap::Form::text, ""}, {"A/C/@id", "贷\"款", OutgoingMap::Form::text, ""}, {"A/D", "", OutgoingMap::Form::text, ""}},
                                                 adapters::Encoding::utf8);
  CHECK(at(text, "/S/A/B") == "1 < 2 & \"x\" ]]>");
  CHECK(at(text, "/S/A/C/@id") == "贷\"款");
  CHECK(at(text, "count(/S/A/D)") == "1");
  CHECK_THROWS(adapters::xml_message::written("S", {{"A", std::string("\x01"), OutgoingMap::Form::text, ""}}, adapters::Encoding::utf8));
}

TEST_CASE("the conformance kit finds nothing against it") {
  std::mutex turn;
  std::map<std::string, std::string> known;  // by key: what was said with it
  MessageBank bank([&](const std::string& request) -> Reply {
    const std::string code = at(request, "/Service/Head/Code");
    if (code == "TL00") return {answer(request, "")};
    if (code == "TL02") {
      if (at(request, "/Service/Body/Date") < "20260301") return {answer(request, "<List></List><Next>M0</Next><Count>0</Count><Sum>0</Sum>")};
      return honest_events(request);
    }
    const std::lock_guard one(turn);
    const std::string said = code + at(request, "/Service/Body");
    const auto [first, fresh] = known.emplace(at(request, "/Service/Head/ReqKey"), said);
    if (first->second != said) {
      std::string refusal = answer(request, "", "E300", "other content");
      return {refusal.insert(refusal.find("</Head>"), "<Field>Body</Field>")};
    }
    if (code == "TL11") return {answer(request, "<Result>A</Result><LoanNo>L-1</LoanNo><Date>20260301</Date><Amt>100</Amt>")};
    return {answer(request, "<Receipt>R-" + at(request, "/Service/Head/ReqKey") + "</Receipt>")};
  });
  const std::string notices =
      "settled: {elements: {Head/Code: {constant: TL12}, Head/ReqKey: key, Body/ClaimNo: claim_id, Body/Paid: paid}}\n"
      "scores: {elements: {Head/Code: {constant: TL13}, Head/ReqKey: key, Body/Year: year, Body/Score: score}}\n";
  TemporaryFolder folder;
  check_conformance("xml-message", folder.write("bank.yaml", config(bank, notices)), "2026-12-31");
}

TEST_CASE("a bank without messages for settlements and scores takes none") {
  MessageBank bank([](const std::string&) { return Reply{}; });
  LoadedAdapter adapter("xml-message", config(bank), "/");
  check_left_out(adapter, {sdk::Notice::settled, sdk::Notice::scored});
}

TEST_CASE("the sample is a configuration") {
  LoadedAdapter adapter("xml-message", read_file(std::string(TALENT_LOAN_SOURCE_DIR) + "/bank-adapters/xml-message/sample.yaml"), "/");
  CHECK(adapter.poll_claims().records.empty());  // it has no claims: none come
}

TEST_CASE("a configuration is refused with everything that is wrong in it") {
  MessageBank bank([](const std::string&) { return Reply{}; });
  std::string wrong = config(bank, "scores: {elements: {'Head Code': year, Body/Score: score}}\n");
  wrong.replace(wrong.find("length: {digits: 8}"), 19, "length: {digits: 8, bytes: 4}");
  wrong.replace(wrong.find("loan_id: LoanNo"), 15, "loan_id: 'Loan['");
  wrong.replace(wrong.find("E100: later"), 11, "E100: latr");
  const auto refused = failure_of([&] { LoadedAdapter("xml-message", wrong, "/"); });
  CHECK(refused.code == Result::bad_config);
  for (const char* part : {"connection.length", "no XPath: \"Loan[\"", "is it later?", "scores.elements.Head Code", "no element carries the idempotency key"}) {
    INFO(refused.text);
    CHECK(refused.text.find(part) != std::string::npos);
  }
}
