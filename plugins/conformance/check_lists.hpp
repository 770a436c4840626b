// Internal to plugins/conformance: the checks by what they look at, and what they share.
#pragma once

#include <memory>
#include <utility>

#include "plugins/conformance/kit.hpp"

namespace talent_loan::host {

std::vector<Check> library_checks();   // the file and its entry, before any call
std::vector<Check> instance_checks();  // open, close, health, and what they may not leave behind
std::vector<Check> poll_checks();
std::vector<Check> tell_checks();      // decision, issue, settled, scored: they change the bank's side

// The body of instance.later-host, which calls the library itself: sessions pass structs of this version.
Text works_with_a_later_host(const CheckRequest& request);

// An opened session. Throws CheckSkipped where no configuration was given.
std::unique_ptr<AdapterSession> opened(const CheckRequest& request);
std::unique_ptr<AdapterSession> unopened(const CheckRequest& request);

constexpr const char* loading_check = "library.loads";

constexpr Milliseconds call_allowed{15'000};

}  // namespace talent_loan::host
