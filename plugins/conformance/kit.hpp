// The conformance kit: every rule of the interface as a check that runs against any adapter library. What a bank
// runs before it delivers, and the bureau before it accepts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {

enum class Verdict { passed = 1, failed, skipped, not_applicable };

struct CheckResult {
  std::string id;
  Text reason;
  Verdict verdict = Verdict::passed;
  Text evidence;
};

struct CheckRequest {
  LibraryFile file;
  std::optional<Opening> opening;  // absent: no configuration was given, checks that need one are skipped
  Day as_of;                       // day of the polls
  bool may_write = false;          // run checks that change the bank's side
  std::uint64_t seed = 1;          // of checks that try random input; in their evidence
  Milliseconds allowed{20'000};    // of each check, after which its process is killed
  std::vector<std::string> only;   // ids to run; empty: all
};

// What a check found to be against its rule.
struct RuleBroken {
  Text evidence;
};
// Why a check cannot be judged.
struct CheckSkipped {
  Text why;
};

// Why a rule says nothing about this adapter, by its own declaration.
struct CheckNotApplicable {
  Text why;
};

// Runs in a child process of its own. Throws RuleBroken, CheckSkipped, CheckNotApplicable or AdapterFailure (which counts as broken);
// returns evidence that the rule holds.
using CheckBody = std::function<Text(const CheckRequest& request)>;

struct Check {
  std::string id;
  Text reason;  // the rule in one line, and why it is one
  CheckBody body;
  bool of_file_alone = false;  // loads no library
};

const std::vector<Check>& all_checks();  // in the order of a report

// Runs them, each in a child process that is killed and reaped when it hangs. Where library.loads finds that it
// cannot be loaded, those that load it are skipped unless `only` asks for them: each would fail, or hang, in the same
// way. Throws Failure for an unknown id, naming the nearest. REQUIRES: the calling process has one thread.
std::vector<CheckResult> run_checks(const CheckRequest& request);

std::string text_report(const std::vector<CheckResult>& results, Language language);
std::string json_report(const CheckRequest& request, const std::vector<CheckResult>& results, Language language);

}  // namespace talent_loan::host
