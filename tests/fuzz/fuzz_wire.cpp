// Any bytes as a message between host and runner: no message, or one that is written as it was read; and whatever a
// runner may send is believed or refused by name, never more.
#include <optional>

#include "plugins/host/session/checks.hpp"
#include "plugins/host/session/wire.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan;
using namespace talent_loan::host;
using fuzz::require;

namespace {

template <typename Value>
std::optional<Value> message(std::string_view bytes) {
  try {
    Value read = decoded<Value>(bytes);
    require(encoded(read) == bytes, "a message is written as it was read");
    return read;
  } catch (const BadWire&) {
    return std::nullopt;
  }
}

template <typename Body>
void believed(Body body) {
  try {
    body();
  } catch (const AdapterFailure& failure) {
    require(!failure.diagnostics().empty() && !failure.diagnostics().front().sentence(Language::english).empty(), "a refusal says why");
    require(invalid_utf8_at(failure.diagnostics().front().sentence(Language::chinese)) == std::string_view::npos, "in UTF-8");
  }
}

const BankId bank("bank");
const PollRequest from{4096, {1, "after 0"}, 18'000};
const std::vector<IssueRequest> issues{{.key = "k1", .as_of = from.as_of}, {.key = "k2", .as_of = from.as_of}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::uint8_t kind = input.byte();
  const std::string_view bytes = input.rest();
  switch (kind % 16) {
    case 0: if (const auto read = message<RawPolled<RawApplication>>(bytes)) believed([&] { checked(*read, from, bank); }); break;
    case 1: if (const auto read = message<RawPolled<RawEvent>>(bytes)) believed([&] { checked(*read, from, bank); }); break;
    case 2: if (const auto read = message<RawPolled<RawClaim>>(bytes)) {
        believed([&] { checked(*read, from, bank, true); });
        believed([&] { stated(*read, from, bank, false); });
      }
      break;
    case 3: if (const auto read = message<std::vector<RawAnswer>>(bytes)) believed([&] { checked(*read, {"k1", "k2"}); }); break;
    case 4: if (const auto read = message<std::vector<RawIssueAnswer>>(bytes)) believed([&] { checked(*read, issues); }); break;
    case 5: if (const auto read = message<RawError>(bytes)) believed([&] { throw stated_failure(*read); }); break;
    case 6: message<WireFailure>(bytes); break;
    case 7: message<WireLog>(bytes); break;
    case 8: message<LoadOrder>(bytes); break;
    case 9: message<Opening>(bytes); break;
    case 10: message<PollRequest>(bytes); break;
    case 11: message<std::vector<DecisionNotice>>(bytes); break;
    case 12: message<std::vector<IssueRequest>>(bytes); break;
    case 13: message<std::vector<SettledNotice>>(bytes); break;
    case 14: message<std::vector<ScoredNotice>>(bytes); break;
    default:
      message<Nothing>(bytes);
      if (const auto read = message<RawNotices>(bytes)) believed([&] { checked(*read); });
      break;
  }
  return 0;
}
