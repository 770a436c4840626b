// config/banks.yaml: which adapter speaks for which bank, and how it is run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/identity/identity.hpp"
#include "core/message/message.hpp"
#include "plugins/host/library/signature.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {

enum class Isolation { process = 1, in_process };

// When a bank that fails round after round is left alone for a while, and for how long.
struct BreakerRule {
  int failures = 5;                          // failed rounds in a row that open it; 0: it never opens
  std::chrono::minutes pause{15};            // before the first trial; twice as long after every trial that fails
  std::chrono::minutes pause_at_most{1440};
};

struct BankBinding {
  BankId id;
  Text name;
  std::string adapter;                        // a name or a path, see find_library()
  std::optional<std::string> pin;             // library_sha256
  std::optional<SignatureRule> signature;     // who must have signed it; with a pin both must hold
  bool unchecked_refused = false;             // `unchecked_libraries: refuse`
  Isolation isolation = Isolation::process;
  RunnerLimits limits;         // of its runner
  std::string config;          // the adapter's configuration, verbatim; may be empty
  std::string config_path;     // where it came from
  std::string base_directory;  // absolute; what relative paths in it are relative to
  bool serves_several = false;  // its claims may name other banks
  Milliseconds timeout{60'000};  // of every call
  int attempts = 3;              // of a call that the adapter says may be asked again
  BreakerRule breaker;
  Place place;                   // of the binding in banks.yaml
  std::optional<Diagnostic> kept_out{};  // a file that only this bank needs is missing or unreadable: it is not asked
};

// Reads CONFIG_DIRECTORY/banks.yaml and the configurations it names. Throws Failure with every error of banks.yaml at
// once; what is wrong with a bank's own files stands in `kept_out`.
std::vector<BankBinding> load_banks(const std::string& config_directory);

// What banks.yaml calls its banks, whatever else it says of them; empty where there is no such file.
std::map<BankId, Text> load_bank_names(const std::string& config_directory);

// What is said of a binding whose library nothing vouches for: no pin, no signature, and not the program's own.
// nullopt: something does, or there is no library to speak of.
std::optional<Text> unchecked_library(const BankBinding& binding, const std::string& config_directory);

// Writes the hash of each binding's library as it is now into banks.yaml, and nothing else: comments and
// layout stay. Returns one line per bank for people. An empty `banks`: all but those whose libraries are signed,
// which may change without being pinned again. Throws Failure for an unknown bank.
std::vector<Text> pin_libraries(const std::string& config_directory, const std::vector<std::string>& banks);

}  // namespace talent_loan::host
