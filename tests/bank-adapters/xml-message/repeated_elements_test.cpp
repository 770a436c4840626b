// An element that stands where one is expected, but twice.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/bank-adapters/as-host/loaded_adapter.hpp"
#include "tests/bank-adapters/xml-message/message_bank.hpp"

using namespace talent_loan::testing;
namespace sdk = talent_loan::sdk;

namespace {

std::string config(const MessageBank& bank, const char* amount) {
  return fmt::format("schema: talent-loan/xml-message/1\nconnection: {{host: 127.0.0.1, port: {}, timeout_ms: {}, length: {{digits: 8}}, encoding: gb18030}}\n",
                     bank.port(), patient_ms) +
         R"yaml(
request: {root: Service, elements: {Head/Code: {constant: TL}}}
response: {code: /Service/RetCode, text: /Service/RetMsg, codes: {"0": ok}}
events:
  elements: {After: after}
  records: /Service/Event
  next: /Service/Next
  page_size: 10
  fields: {event_id: "@id", kind: {constant: repayment}, loan_id: LoanNo, happened_on: Date, amount: )yaml" + amount + "}\n";
}

Reply event_of(const std::string& amounts) {
  return {"<Service><RetCode>0</RetCode><RetMsg/><Event id=\"E-1\"><LoanNo>L-1</LoanNo><Date>2026-03-01</Date>" + amounts + "</Event></Service>"};
}

}  // namespace

TEST_CASE("an amount that stands twice is refused by its path, unless the path says which") {
  std::string amounts;
  MessageBank bank([&](const std::string&) { return event_of(amounts); });
  const auto amount = [&](const char* path) {
    LoadedAdapter adapter("xml-message", config(bank, path), "/");
    return adapter.poll_events().records.at(0).amount.count;
  };
  amounts = "<Amt>12.50</Amt>";
  CHECK(amount("Amt") == 1250);
  amounts = "<Amt>0.01</Amt><Amt>32988.83</Amt>";
  CHECK(amount("'Amt[2]'") == 3298883);
  LoadedAdapter adapter("xml-message", config(bank, "Amt"), "/");
  const auto refused = failure_of([&] { adapter.poll_events(); });
  CHECK(refused.code == sdk::Result::bad_data);
  CHECK(refused.field == "Amt");
  CHECK_THAT(refused.text, Catch::Contains("stands 2 times in the message"));
}
