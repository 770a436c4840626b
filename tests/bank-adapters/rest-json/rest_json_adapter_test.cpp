// The adapter `rest-json` against an HTTPS bank on the loopback with its own certificate authority.
#include <atomic>
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bank-adapters/common/problem.hpp"
#include "bank-adapters/rest-json/exact_json.hpp"
#include "tests/bank-adapters/as-host/conformance.hpp"
#include "tests/bank-adapters/as-host/left_out.hpp"
#include "tests/bank-adapters/as-host/loaded_adapter.hpp"
#include "tests/bank-adapters/rest-json/certificates.hpp"
#include "tests/bank-adapters/rest-json/json_bank.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;
using sdk::Result;
using sdk::Retry;

namespace {

// With a client's certificate and a token, too.
struct Files : BankFiles {
  Files() {
    authority.issue(folder, "client", "");
    folder.write("token", "open-sesame\n");
  }
};

constexpr const char* bearer = "sign_in: {bearer: {file: token}}\n";

std::string config(int port, const std::string& sign_in = bearer, const std::string& server = "ca: ca.pem, attempts: 1", int timeout_ms = patient_ms) {
  return fmt::format("schema: talent-loan/rest-json/1\nserver: {{url: 'https://127.0.0.1:{}/v1', connect_timeout_ms: {}, timeout_ms: {}, answer_bytes_at_most: 20000, {}}}\n{}", port, timeout_ms, timeout_ms, server, sign_in) + R"yaml(
health: {path: /health}
response: {text: /message, field: /field}
events:
  path: /events
  query: {after: after, limit: page_size, until: as_of}
  records: /items
  next: /next
  page_size: 2
  totals: {count: /count, amount: /sum, of: amount}
  fields:
    event_id: /id
    kind: {pointer: /type, values: {REPAY: repayment, RECOVER: recovery}}
    loan_id: /loan/no
    happened_on: /on
    amount: /amount
    costs: /costs
decisions:
  path: /decisions
  body: {/applicationNo: application_id, /eligible: {field: eligible, as: boolean}, /reasons: {field: reasons, join: ","}, /policy/version: policy_version, /decidedOn: decided_on}
  receipt: /receiptNo
issue:
  path: /loans
  method: PUT
  body: {/applicationNo: application_id}
  fields:
    application_id: /applicationNo
    outcome: {pointer: /state, values: {PAID: disbursed, NO: declined, WAIT: pending}}
    loan_id: /loanNo
    disbursed_on: /paidOn
    amount: /amount
    rate: {pointer: /rate, rates: fraction}
    reason: /why
scores: {path: /scores, body: {/year: {field: year, as: number}, /score: score}}
)yaml";
}

std::string event(int number) { return fmt::format(R"({{"id":"E-{0}","type":"REPAY","loan":{{"no":"贷-{0}"}},"on":"2026-03-01","amount":{0}.10,"costs":null}})", number); }

// Five events in pages of two, as an honest bank would send them.
Told honest_events(const Asked& asked) {
  const auto after = asked.query.find("after");
  const int first = after == asked.query.end() ? 1 : std::stoi(after->second.substr(1)) + 1;
  std::string items;
  int count = 0, sum = 0;
  for (int number = first; number <= 5 && count < 2; ++number, ++count, sum += number * 100 + 10 - 100) items += (count > 0 ? "," : "") + event(number);
  return {200, fmt::format(R"({{"items":[{}],"next":"M{}","count":{},"sum":{}.{:02}}})", items, first + count - 1, count, sum / 100, sum % 100)};
}

sdk::Decision decision() { return {"dec:A-1:1", "D-1", "A-1", true, {"X", "Y"}, "zibo-2020-56", "zibo-yingcai", {"§4"}, day("2026-03-02")}; }

}  // namespace

TEST_CASE("events come page by page over HTTPS, with a bearer token") {
  Files files;
  JsonBank bank(files.folder, "server", "", honest_events);
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  const auto all = adapter.poll_events();
  REQUIRE(all.records.size() == 5);
  CHECK(all.records[3].event_id == "E-4");
  CHECK(all.records[3].loan_id == "贷-4");
  CHECK(all.records[3].amount.count == 410);
  CHECK(all.cursor.position == 5);
  CHECK(adapter.poll_events(all.cursor).records.empty());
  sdk::Cursor cursor;
  for (int i = 1; i <= 5; ++i) {
    const auto one = adapter.poll_events(cursor, 1);
    REQUIRE(one.records.size() == 1);
    CHECK(one.records[0].event_id == "E-" + std::to_string(i));
    cursor = one.cursor;
  }
  const Asked first = bank.asked().front();
  CHECK(first.path == "/v1/events");
  CHECK(first.authorization == "Bearer open-sesame");
  CHECK(first.query.at("limit") == "2");
  CHECK(first.query.at("until") == "2030-01-01");
  CHECK(first.query.count("after") == 0);
}

TEST_CASE("a page that comes twice, or belies its totals, or is no list, is refused") {
  Files files;
  Told told;
  JsonBank bank(files.folder, "server", "", [&](const Asked&) { return told; });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  const auto refused = [&](const std::string& body, const std::string& why) {
    told.body = body;
    const auto failed = failure_of([&] { adapter.poll_events(); });
    CHECK(failed.code == Result::bad_data);
    INFO(failed.text);
    CHECK(failed.text.find(why) != std::string::npos);
  };
  const std::string two = "[" + event(1) + "," + event(2) + "]";
  refused(R"({"items":)" + two + R"(,"next":"M2","count":3,"sum":3.20})", "the control total says \"3\" records, there are 2");
  refused(R"({"items":)" + two + R"(,"next":"M2","count":2,"sum":3.2001})", "the control total says \"3.2001\"");
  refused(R"({"items":{},"next":"M2","count":2,"sum":3.20})", "holds no list at /items");
  refused(R"({"items":[],"items":[]})", "stands twice");
  refused(R"({"items":[)", "no JSON in UTF-8");
  refused("{\"items\":[\"\xB4\xFB\"]}", "no JSON in UTF-8");
  told.body = R"({"items":)" + two + R"(,"next":"M2","count":2,"sum":3.20})";
  const auto first = adapter.poll_events({}, 2);
  told.body = R"({"items":)" + two + R"(,"next":"M4","count":2,"sum":3.20})";
  CHECK(failure_of([&] { adapter.poll_events(first.cursor); }).text == "events: the same page came twice");
}

TEST_CASE("money keeps the digits it was written with") {
  using adapters::rest_json::read_exact;
  using adapters::rest_json::text_at;
  const auto document = read_exact(R"({"a":123456789012345.67,"b":1e2,"c":[1,"x",null],"d":{"e":0.10},"f":98765432109876543210})");
  CHECK(text_at(document, "/a") == "123456789012345.67");
  CHECK(text_at(document, "/b") == "1e2");
  CHECK(text_at(document, "/c") == "1|x|");
  CHECK(text_at(document, "/d/e") == "0.10");
  CHECK(text_at(document, "/f") == "98765432109876543210");
  CHECK(text_at(document, "/none/at/all") == "");
  CHECK_THROWS_AS(read_exact(std::string(100, '[')), adapters::Refused);
  CHECK_THROWS_AS(read_exact(std::string("{}\0rest", 7)), adapters::Refused);
  CHECK_THROWS_WITH(text_at(document, "/d"), Catch::Contains("/d: {…}; allowed: a text"));
  CHECK_THROWS_AS(text_at(read_exact(R"([1,[2]])"), ""), adapters::Refused);
}

TEST_CASE("a pointer finds what is there, and nothing where there is nothing, whatever it asks for") {
  const nlohmann::json document = adapters::rest_json::read_exact(R"({"a":[10,{"b/c":null,"~":[1,2]}],"":7})");
  const std::pair<const char*, const char*> asked[] = {{"/a/0", "10"}, {"/a/1/~0", "1|2"}, {"/a/1/b~1c", ""}, {"/", "7"}, {"/a/2", ""}, {"/a/00", ""}, {"/a/-", ""},
                                                       {"/a/99999999999999999999", ""}, {"/a/0/b", ""}, {"/b", ""}};
  for (const auto& [pointer, text] : asked) {
    INFO(pointer);
    CHECK(adapters::rest_json::text_at(document, pointer) == text);
  }
}

TEST_CASE("the bank is told with the key, and its HTTP status decides whether asking again can help") {
  Files files;
  Told told{200, R"({"receiptNo":"R-7"})"};
  JsonBank bank(files.folder, "server", "", [&](const Asked&) { return told; });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  adapter.health();
  const auto answer = adapter.decision({decision()})[0];
  INFO((answer.failed ? answer.failed->text : "accepted"));
  CHECK(answer.receipt == "R-7");
  const Asked asked = bank.asked().back();
  CHECK(asked.method == "POST");
  CHECK(asked.key == "dec:A-1:1");
  const auto body = nlohmann::json::parse(asked.body);
  CHECK(body["eligible"] == true);
  CHECK(body["policy"]["version"] == "zibo-2020-56");
  CHECK(body["reasons"] == "X,Y");
  CHECK_FALSE(adapter.scored({{"score:2026:b", 2026, "87.25", 1, 12, "", {}}})[0].failed);
  CHECK(nlohmann::json::parse(bank.asked().back().body)["year"] == 2026);
  check_left_out(adapter, {sdk::Notice::settled});

  const std::vector<std::tuple<int, Result, Retry>> table{
      {400, Result::bad_data, Retry::never},     {401, Result::denied, Retry::never},      {403, Result::denied, Retry::never},
      {404, Result::not_found, Retry::never},    {409, Result::conflict, Retry::never},    {429, Result::unavailable, Retry::later},
      {500, Result::timed_out, Retry::same_key}, {503, Result::unavailable, Retry::later}, {302, Result::bad_data, Retry::never}};
  for (const auto& [status, result, retry] : table) {
    told = {status, R"({"message":"不行","field":"eligible"})"};
    const auto failed = adapter.decision({decision()})[0].failed;
    INFO(status);
    REQUIRE(failed);
    CHECK(failed->code == result);
    CHECK(failed->retry == retry);
    CHECK(failed->field == "eligible");
    CHECK(failed->text == fmt::format("POST /v1/decisions: the bank answers code \"HTTP {}\": \"不行\"", status));
  }
}

TEST_CASE("a request to lend is answered disbursed, declined or pending") {
  Files files;
  Told told;
  JsonBank bank(files.folder, "server", "", [&](const Asked&) { return told; });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  const auto ask = [&](const std::string& body) {
    told.body = body;
    return adapter.issue({{"iss:A-1", "A-1", "D-1", day("2026-03-02")}})[0];
  };
  CHECK(ask(R"({"state":"WAIT"})").issued.outcome == sdk::IssueOutcome::pending);
  const auto paid = ask(R"({"applicationNo":"A-1","state":"PAID","loanNo":"L-1","paidOn":"2026-03-02","amount":500000.00,"rate":0.0435})");
  CHECK(paid.issued.outcome == sdk::IssueOutcome::disbursed);
  CHECK(paid.issued.amount.count == 50'000'000);
  CHECK(paid.issued.rate->hundred_millionths == 4'350'000);
  CHECK(bank.asked().back().method == "PUT");
  CHECK(ask(R"({"state":"NO","why":"额度不足"})").issued.reason == "额度不足");
  CHECK(ask(R"({"applicationNo":"A-2","state":"WAIT"})").issued.outcome == sdk::IssueOutcome::pending);
  CHECK(ask(R"({"applicationNo":"A-2","state":"NO","why":"x"})").failed->field == "application_id");
  CHECK(ask(R"({"state":"MAYBE"})").failed->code == Result::bad_data);
}

TEST_CASE("a bank that stalls, trickles, answers by half or resets leaves the outcome unknown") {
  Files files;
  Told told{200, R"({"receiptNo":"R-7 and some more of it"})"};
  JsonBank bank(files.folder, "server", "", [&](const Asked&) { return told; });
  LoadedAdapter adapter("rest-json", config(bank.port(), bearer, "ca: ca.pem, attempts: 1", impatient_ms), files.path());
  const auto failed = [&](Told::How how) {
    told.how = how;
    return *adapter.decision({decision()})[0].failed;
  };
  const auto start = std::chrono::steady_clock::now();
  CHECK(failed(Told::How::half).code == Result::unavailable);
  CHECK(failed(Told::How::half).retry == Retry::same_key);
  CHECK(failed(Told::How::trickle).code == Result::timed_out);
  const auto stalled = failed(Told::How::stall);
  CHECK(stalled.retry == Retry::same_key);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(15));

  ResettingPort resetting;
  LoadedAdapter cut("rest-json", config(resetting.port()), files.path());
  const auto reset = failure_of([&] { cut.health(); });
  CHECK(reset.code == Result::unavailable);
  CHECK(reset.retry == Retry::later);
}

TEST_CASE("deadline and cancellation end a call that waits") {
  Files files;
  Told told;
  told.how = Told::How::stall;
  JsonBank bank(files.folder, "server", "", [&](const Asked&) { return told; });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  const auto start = std::chrono::steady_clock::now();
  adapter.cancel_after = std::chrono::milliseconds(200);
  CHECK(failure_of([&] { adapter.health(); }).code == Result::cancelled);
  adapter.cancel_after.reset();
  adapter.deadline = std::chrono::milliseconds(200);
  CHECK(failure_of([&] { adapter.health(); }).code == Result::timed_out);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(15));
}

TEST_CASE("the wrong charset, the wrong type and too much of it are refused") {
  Files files;
  Told told;
  JsonBank bank(files.folder, "server", "", [&](const Asked&) { return told; });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  const auto refused = [&](const Told& answer, const std::string& why) {
    told = answer;
    const auto failed = failure_of([&] { adapter.poll_events(); });
    CHECK(failed.code == Result::bad_data);
    INFO(failed.text);
    CHECK(failed.text.find(why) != std::string::npos);
  };
  refused({200, "{}", "application/json; charset=GBK"}, "allowed: application/json in UTF-8");
  refused({200, "<html/>", "text/html"}, "allowed: application/json in UTF-8");
  refused({200, std::string(30'000, ' ')}, "over 20000 bytes");
}

TEST_CASE("a token that ended is fetched anew, once; a refused secret is told without it") {
  Files files;
  int given = 0;
  bool take_all = true;
  JsonBank bank(files.folder, "server", "", [&](const Asked& asked) -> Told {
    if (asked.path == "/v1/oauth/token") {
      if (asked.body.find("client_secret=open-sesame") == std::string::npos) return {401, "{}"};
      return {200, fmt::format(R"({{"access_token":"T{}","expires_in":3600}})", ++given)};
    }
    return asked.authorization == "Bearer T" + std::to_string(given) && take_all ? Told{} : Told{401, "{}"};
  });
  const std::string oauth = "sign_in: {token: {path: /oauth/token, client_id: bureau, client_secret: {file: token}}}\n";
  LoadedAdapter adapter("rest-json", config(bank.port(), oauth), files.path());
  adapter.health();
  adapter.health();
  CHECK(given == 1);
  CHECK(bank.asked().front().body == "grant_type=client_credentials&client_id=bureau&client_secret=open-sesame");
  ++given;  // the bank forgets the token it gave
  adapter.health();
  CHECK(given == 3);
  take_all = false;
  CHECK(failure_of([&] { adapter.health(); }).code == Result::denied);
  files.folder.write("token", "a-wrong-one");
  LoadedAdapter wrong("rest-json", config(bank.port(), oauth), files.path());
  const auto denied = failure_of([&] { wrong.health(); });
  CHECK(denied.code == Result::denied);
  CHECK(denied.retry == Retry::never);
  CHECK(denied.text.find("a-wrong-one") == std::string::npos);
}

TEST_CASE("a bearer token that was changed in its file is taken without a restart") {
  Files files;
  std::string current = "open-sesame";
  JsonBank bank(files.folder, "server", "", [&](const Asked& asked) { return asked.authorization == "Bearer " + current ? Told{} : Told{401, "{}"}; });
  LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
  adapter.health();
  current = "new-word";
  CHECK(failure_of([&] { adapter.health(); }).code == Result::denied);
  files.folder.write("token", current);
  adapter.health();
}

TEST_CASE("a busy bank is asked again with the same key, after the time it asks for") {
  Files files;
  std::atomic<int> asked = 0;
  JsonBank bank(files.folder, "server", "", [&](const Asked&) -> Told {
    const int now = ++asked;
    if (now == 1) return {503, "{}", "application/json", {{"Retry-After", "0"}}};
    if (now == 2) return {429, "{}", "application/json", {{"Retry-After", "1"}}};
    return {200, R"({"receiptNo":"R-7"})"};
  });
  LoadedAdapter adapter("rest-json", config(bank.port(), bearer, "ca: ca.pem, attempts: 3"), files.path());
  const auto start = std::chrono::steady_clock::now();
  const auto answer = adapter.decision({decision()})[0];
  INFO((answer.failed ? answer.failed->text : "accepted"));
  CHECK(answer.receipt == "R-7");
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::seconds(1));
  CHECK(asked == 3);
  for (const Asked& one : bank.asked()) CHECK(one.key == "dec:A-1:1");
}

TEST_CASE("only the configured authority is trusted, for the right name and time, and the bank may ask for a client certificate") {
  Files files;
  CertificateAuthority other("another authority");
  other.issue(files.folder, "stranger", "IP:127.0.0.1");
  files.authority.issue(files.folder, "elsewhere", "IP:127.0.0.9");
  files.authority.issue(files.folder, "expired", "IP:127.0.0.1", -3'600);
  files.authority.issue(files.folder, "old-client", "", -3'600);
  const auto well = [](const Asked&) { return Told{}; };
  for (const char* name : {"stranger", "elsewhere", "expired"}) {
    JsonBank bank(files.folder, name, "", well);
    LoadedAdapter adapter("rest-json", config(bank.port()), files.path());
    const auto denied = failure_of([&] { adapter.health(); });
    INFO(name);
    CHECK(denied.code == Result::denied);
    CHECK(denied.field == "server.ca");
  }
  JsonBank strict(files.folder, "server", files.folder / "ca.pem", well);
  LoadedAdapter stranger("rest-json", config(strict.port()), files.path());
  CHECK(failure_of([&] { stranger.health(); }).code == Result::unavailable);
  LoadedAdapter known("rest-json", config(strict.port(), "", "ca: ca.pem, attempts: 1, client_certificate: {certificate: client.pem, key: client.key}"), files.path());
  known.health();
  LoadedAdapter too_old("rest-json", config(strict.port(), "", "ca: ca.pem, attempts: 1, client_certificate: {certificate: old-client.pem, key: old-client.key}"), files.path());
  CHECK(failure_of([&] { too_old.health(); }).code == Result::unavailable);
}

TEST_CASE("the conformance kit finds nothing against it") {
  Files files;
  std::mutex turn;
  std::map<std::string, std::string> known;  // by key: what was said with it
  const auto honest = [&](const Asked& asked) -> Told {
    if (asked.path == "/v1/health") return {};
    if (asked.path == "/v1/events") {
      const bool too_early = asked.query.at("until") < "2026-03-01";
      return too_early ? Told{200, R"({"items":[],"next":"M0","count":0,"sum":0.00})"} : honest_events(asked);
    }
    const std::lock_guard one(turn);
    const auto [said, fresh] = known.emplace(asked.key, asked.path + asked.body);
    if (said->second != asked.path + asked.body) return {409, R"({"message":"the key was used with other content","field":"body"})"};
    if (asked.path != "/v1/loans") return {200, R"({"receiptNo":"R-)" + asked.key + "\"}"};
    const std::string application = nlohmann::json::parse(asked.body).at("applicationNo");
    return {200, R"({"state":"PAID","loanNo":"L-1","paidOn":"2026-03-01","amount":100.00,"rate":0.04,"applicationNo":")" + application + "\"}"};
  };
  JsonBank bank(files.folder, "server", "", honest);
  check_conformance("rest-json", files.folder.write("bank.yaml", config(bank.port())), "2026-12-31");
}

TEST_CASE("the sample is a configuration") {
  Files files;
  files.authority.write_certificate(files.folder, "bank-ca");
  LoadedAdapter adapter("rest-json", read_file(std::string(TALENT_LOAN_SOURCE_DIR) + "/bank-adapters/rest-json/sample.yaml"), files.path());
  CHECK(adapter.poll_claims().records.empty());  // it has no claims: none come
}

TEST_CASE("a configuration is refused with everything that is wrong in it") {
  Files files;
  std::string wrong = config(443, "sign_in: {bearer: open-sesame}\n", "ca: missing.pem");
  wrong.replace(wrong.find("https:"), 6, "http:");
  wrong.replace(wrong.find("loan_id: /loan/no"), 17, "loan_id: loan/no ");
  wrong.replace(wrong.find("/decidedOn"), 10, "/policy   ");
  const auto refused = failure_of([&] { LoadedAdapter("rest-json", wrong, files.path()); });
  CHECK(refused.code == Result::bad_config);
  INFO(refused.text);
  for (const char* part : {"https://HOST[:PORT][/PATH]", "missing.pem cannot be read", "a secret in the configuration", "no JSON pointer: \"loan/no\"", "it collides with another member"}) {
    CHECK(refused.text.find(part) != std::string::npos);
  }
  CHECK(refused.text.find("open-sesame") == std::string::npos);
}
