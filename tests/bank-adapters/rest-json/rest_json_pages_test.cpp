// The adapter `rest-json` and where a bank says that its pages go on and end.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/bank-adapters/as-host/conformance.hpp"
#include "tests/bank-adapters/as-host/loaded_adapter.hpp"
#include "tests/bank-adapters/rest-json/certificates.hpp"
#include "tests/bank-adapters/rest-json/json_bank.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;
using sdk::Result;

namespace {

using Ids = std::vector<std::string>;

// Pages by their marks: the numbers of its events and what stands behind "next".
struct Pages {
  std::map<std::string, std::pair<std::vector<int>, std::string>> pages;
  TemporaryFolder folder;
  CertificateAuthority authority{"bank authority"};
  std::unique_ptr<JsonBank> bank;

  Pages() {
    authority.write_certificate(folder, "ca");
    authority.issue(folder, "server", "IP:127.0.0.1");
    bank = std::make_unique<JsonBank>(folder, "server", "", [this](const Asked& asked) { return answer(asked); });
  }
  Told answer(const Asked& asked) const {
    if (asked.path == "/health") return {};
    const auto after = asked.query.find("after");
    const bool too_early = asked.query.at("until") < "2026-03-01";
    const auto found = pages.find(after == asked.query.end() ? "" : after->second);
    if (found == pages.end() || too_early) return {200, R"({"items":[]})"};
    std::string items;
    for (const int number : found->second.first) items += fmt::format(R"({}{{"id":"E-{}","loan":"L","on":"2026-03-01","amount":1.00}})", items.empty() ? "" : ",", number);
    return {200, fmt::format(R"({{"items":[{}]{}}})", items, found->second.second)};
  }
  std::string config() const {
    return fmt::format("schema: talent-loan/rest-json/1\nserver: {{url: 'https://127.0.0.1:{}', timeout_ms: {}, ca: ca.pem, attempts: 1}}\n", bank->port(), patient_ms) + R"yaml(
health: {path: /health}
events:
  path: /events
  query: {after: after, until: as_of}
  records: /items
  next: /next
  page_size: 2
  fields: {event_id: /id, kind: {constant: repayment}, loan_id: /loan, happened_on: /on, amount: /amount}
)yaml";
  }
};

// What one poll hands over; the cursor moves on as a host would have it.
Ids next(LoadedAdapter& adapter, sdk::Cursor& cursor, std::uint32_t at_most = 1000) {
  const auto polled = adapter.poll_events(cursor, at_most);
  Ids ids;
  for (const sdk::Event& event : polled.records) ids.push_back(event.event_id);
  if (!ids.empty()) cursor = polled.cursor;
  return ids;
}

}  // namespace

TEST_CASE("a last page may tell no next one: it is read again, and what is new behind it comes once") {
  for (const char* none : {"", R"(,"next":null)", R"(,"next":"")"}) {
    INFO("next: " << none);
    Pages bank;
    LoadedAdapter adapter("rest-json", bank.config(), bank.folder.path().string());
    sdk::Cursor cursor;
    bank.pages = {{"", {{1, 2}, R"(,"next":"M2")"}}, {"M2", {{3}, none}}};
    CHECK(next(adapter, cursor) == Ids{"E-1", "E-2", "E-3"});
    CHECK(next(adapter, cursor).empty());
    bank.pages["M2"] = {{3, 4}, none};  // it grows
    CHECK(next(adapter, cursor) == Ids{"E-4"});
    CHECK(next(adapter, cursor).empty());
    bank.pages["M2"] = {{3, 4}, R"(,"next":"M4")"};  // it is the last no more, and there is nothing yet behind it
    CHECK(next(adapter, cursor).empty());
    bank.pages["M4"] = {{5, 6}, none};
    CHECK(next(adapter, cursor, 1) == Ids{"E-5"});
    CHECK(next(adapter, cursor) == Ids{"E-6"});
    bank.pages["M4"] = {{5, 7}, none};
    CHECK(failure_of([&] { next(adapter, cursor); }).text == "events: a page that was read in part has changed");
  }
}

TEST_CASE("a short last page that tells a next one later does not hold the stream up") {
  Pages bank;
  LoadedAdapter adapter("rest-json", bank.config(), bank.folder.path().string());
  sdk::Cursor cursor;
  bank.pages = {{"", {{1}, ""}}};
  CHECK(next(adapter, cursor) == Ids{"E-1"});
  bank.pages = {{"", {{1}, R"(,"next":"M1")"}}, {"M1", {{2, 3}, R"(,"next":"M3")"}}, {"M3", {{4}, ""}}};
  CHECK(next(adapter, cursor) == Ids{"E-2", "E-3", "E-4"});
  CHECK(next(adapter, cursor).empty());
}

TEST_CASE("a next page that leads back is refused before anything remembers it, and a later sync goes on") {
  Pages bank;
  LoadedAdapter adapter("rest-json", bank.config(), bank.folder.path().string());
  sdk::Cursor cursor;
  bank.pages = {{"", {{1, 2}, R"(,"next":"M2")"}}, {"M2", {{3, 4}, R"(,"next":"M4")"}}, {"M4", {{5, 6}, R"(,"next":"M2")"}}};
  CHECK(next(adapter, cursor, 2) == Ids{"E-1", "E-2"});
  CHECK(next(adapter, cursor, 2) == Ids{"E-3", "E-4"});
  bank.pages["M4"].second = R"(,"next":"M4")";  // the mark polled from
  const auto same = failure_of([&] { next(adapter, cursor); });
  CHECK(same.code == Result::bad_data);
  CHECK(same.text == "events: the mark of the next page (next) leads back to one that was read: \"M4\"");
  bank.pages["M4"].second = R"(,"next":"M6\r\nX: y")";
  CHECK(failure_of([&] { next(adapter, cursor); }).text == "events: the mark of the next page (next) holds control characters: \"M6\\x0D\\x0AX: y\"");
  bank.pages["M4"].second = R"(,"next":"M6")";
  CHECK(next(adapter, cursor) == Ids{"E-5", "E-6"});
  bank.pages["M6"] = {{7, 8}, R"(,"next":"M8")"};
  bank.pages["M8"] = {{9, 10}, R"(,"next":"M6")"};
  CHECK(failure_of([&] { next(adapter, cursor); }).code == Result::bad_data);  // a mark of this poll
}

TEST_CASE("the conformance kit finds nothing against pages that tell no next one at their end") {
  Pages bank;
  bank.pages = {{"", {{1, 2}, R"(,"next":"M2")"}}, {"M2", {{3, 4}, R"(,"next":"M4")"}}, {"M4", {{5}, ""}}};
  check_conformance("rest-json", bank.folder.write("bank.yaml", bank.config()), "2026-12-31");
}
