// One opened adapter, wherever it runs: in this process, or in a runner process of its own. The caller cannot
// tell which, but for what it costs when the adapter misbehaves.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/message/message.hpp"
#include "plugins/host/session/messages.hpp"

namespace talent_loan::host {

using Milliseconds = std::chrono::milliseconds;

enum class Retry { never = 1, same_key, later };

// A call that brought nothing. What it had handed over until then is not used.
class AdapterFailure : public Failure {
 public:
  enum class Kind {
    stated = 1,     // the adapter said why, with code and text
    broke_rules,    // what it handed over is against the interface
    crashed,        // its process died
    timed_out,      // no answer by the deadline: the outcome is unknown
    not_loaded,     // there is no library to call, or it was refused
  };
  AdapterFailure(Kind kind, Retry retry, Diagnostic diagnostic)
      : Failure(std::move(diagnostic)), kind_(kind), retry_(retry) {}
  Kind kind() const { return kind_; }
  Retry retry() const { return retry_; }

 private:
  Kind kind_;
  Retry retry_;
};

// An adapter's own statement as a failure; broke_rules where the statement itself is against the interface.
AdapterFailure stated_failure(const RawError& error);

// A line that an adapter wrote to the host's log; `level` is talent_loan_log_level.
using AdapterLog = std::function<void(std::int32_t level, const std::string& line)>;

// Throws AdapterFailure from every call. Not for two threads at once; different sessions may run side by side.
// `allowed` is how long the call may take. Destroyed open, a session is closed with a short deadline.
class AdapterSession {
 public:
  virtual ~AdapterSession() = default;
  virtual void open(const Opening& opening, Milliseconds allowed) = 0;
  virtual void close(Milliseconds allowed) = 0;  // the session can be opened again after it
  virtual void health(Milliseconds allowed) = 0;
  virtual RawNotices notices(Milliseconds allowed) = 0;  // what the adapter takes; allowed for each kind
  virtual RawPolled<RawApplication> poll_applications(const PollRequest& poll, Milliseconds allowed) = 0;
  virtual RawPolled<RawEvent> poll_events(const PollRequest& poll, Milliseconds allowed) = 0;
  virtual RawPolled<RawClaim> poll_claims(const PollRequest& poll, Milliseconds allowed) = 0;
  // REQUIRES of the four: 1 to TALENT_LOAN_BATCH_AT_MOST items with different keys.
  virtual std::vector<RawAnswer> decision(const std::vector<DecisionNotice>& items, Milliseconds allowed) = 0;
  virtual std::vector<RawIssueAnswer> issue(const std::vector<IssueRequest>& items, Milliseconds allowed) = 0;
  virtual std::vector<RawAnswer> settled(const std::vector<SettledNotice>& items, Milliseconds allowed) = 0;
  virtual std::vector<RawAnswer> scored(const std::vector<ScoredNotice>& items, Milliseconds allowed) = 0;
};

class AdapterLibrary;

struct LibraryFile;

// What a runner may use; one that goes beyond is ended, or refused what it asks for. 0: no limit. Its standard input,
// output and error are /dev/null, and beside the socket to the host it inherits no descriptor.
struct RunnerLimits {
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  std::uint64_t cpu_seconds = 600;
  std::uint64_t open_files = 256;
  std::uint64_t file_bytes = std::uint64_t{1} << 30;  // of any one file it writes
};

// Calls through a runner process of its own (talent-loan-runner beside the program), which is killed at the
// deadline of a call. Whatever the adapter does, only its own process dies of it; after such a failure the
// session is of no more use and a new one starts a new process.
std::unique_ptr<AdapterSession> process_session(const LibraryFile& library, const RunnerLimits& limits, AdapterLog log);

// Calls into this process: fastest, for trusted code. A crash or an endless loop takes the host with it.
std::unique_ptr<AdapterSession> in_process_session(std::shared_ptr<const AdapterLibrary> library, AdapterLog log);

}  // namespace talent_loan::host
