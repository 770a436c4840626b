// Any bytes as what an adapter in the host's own process hands over (fuzzed_adapter.cpp makes structs of them; the
// first byte picks the call): believed, or refused as a failure with words, and the session lives on.
#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/checks.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan;
using namespace talent_loan::host;
using fuzz::require;

namespace {

const BankId bank("bank");
const PollRequest from{8, {1, "after 0"}, 18'000};
constexpr Milliseconds allowed{10'000};

const std::vector<std::string> keys{"k1", "k2"};
const std::vector<IssueRequest> issues{{.key = "k1", .as_of = from.as_of}, {.key = "k2", .as_of = from.as_of}};

void call(AdapterSession& session, std::uint8_t which) {
  switch (which % 8) {
    case 0: session.health(allowed); break;
    case 1: checked(session.poll_applications(from, allowed), from, bank); break;
    case 2: checked(session.poll_events(from, allowed), from, bank); break;
    case 3: checked(session.poll_claims(from, allowed), from, bank, false); break;
    case 4: checked(session.decision({{.key = "k1"}, {.key = "k2"}}, allowed), keys); break;
    case 5: checked(session.issue(issues, allowed), issues); break;
    case 6: checked(session.settled({{.key = "k1"}, {.key = "k2"}}, allowed), keys); break;
    default: checked(session.scored({{.key = "k1"}, {.key = "k2"}}, allowed), keys); break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto library = AdapterLibrary::load(store_library(FUZZED_ADAPTER, std::nullopt));
  const auto session = in_process_session(library, [](std::int32_t, const std::string&) {});
  session->open({TALENT_LOAN_ENGLISH, "bank", {reinterpret_cast<const char*>(data), size}, "", "/"}, allowed);
  try {
    call(*session, size > 0 ? data[0] : 0);
  } catch (const AdapterFailure& failure) {
    require(!failure.diagnostics().front().sentence(Language::english).empty(), "a refusal says why");
    require(invalid_utf8_at(failure.diagnostics().front().sentence(Language::chinese)) == std::string_view::npos, "in UTF-8");
  }
  session->close(allowed);
  return 0;
}
