// talent-loan-runner: one adapter in a process of its own. Started by the host with one socket as descriptor 3;
// reads calls from it, makes them in process, and writes back what came of them. Whatever the adapter does to
// this process, the host only sees an answer, an end, or silence.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <string>

#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/library/shadow.hpp"
#include "plugins/host/session/session.hpp"
#include "plugins/host/session/wire.hpp"

#ifdef TALENT_LOAN_ADDRESS_SANITIZER
// An adapter's crash ends the runner by its signal, and memory beyond the limit is refused, as in every other build.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0:allocator_may_return_null=1";
}
#endif

namespace talent_loan::host {
namespace {

constexpr int socket_descriptor = 3;
constexpr std::size_t log_lines_at_most = 10'000;

// The host has gone or cannot be understood: nobody is left to answer to.
[[noreturn]] void leave() { ::_exit(0); }

void read_exactly(char* into, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::read(socket_descriptor, into, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) leave();
    into += got;
    size -= static_cast<std::size_t>(got);
  }
}

void write_frame(ReplyId id, const std::string& payload) {
  FrameHeader header{static_cast<std::uint32_t>(payload.size()), static_cast<std::uint8_t>(id), {0, 0, 0}, 0};
  std::string frame(reinterpret_cast<const char*>(&header), sizeof header);
  frame += payload;
  std::size_t sent = 0;
  while (sent < frame.size()) {
    const ssize_t written = ::write(socket_descriptor, frame.data() + sent, frame.size() - sent);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) leave();
    sent += static_cast<std::size_t>(written);
  }
}

// The soft limit speaks through a signal of its own, which tells the host which it was; the hard one, a little behind
// it, holds where an adapter catches that signal.
void limit(int what, std::uint64_t value, std::uint64_t behind = 0) {
  if (value == 0) return;
  const rlimit both{value, value + behind};
  ::setrlimit(static_cast<__rlimit_resource_t>(what), &both);
}

void confine(const LoadOrder& order) {
  limit(RLIMIT_AS, order.memory_bytes == 0 ? 0 : order.memory_bytes + bytes_of_shadow());
  limit(RLIMIT_CPU, order.cpu_seconds, 2);
  limit(RLIMIT_FSIZE, order.file_bytes);
  limit(RLIMIT_NOFILE, order.open_files);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

WireFailure wire_failure(const AdapterFailure& failure) {
  const Diagnostic& diagnostic = failure.diagnostics().front();
  return {static_cast<std::int32_t>(failure.kind()), static_cast<std::int32_t>(failure.retry()), diagnostic.place.file, diagnostic.place.field,
          {diagnostic.found.chinese, diagnostic.found.english, diagnostic.allowed.chinese, diagnostic.allowed.english, diagnostic.remedy.chinese, diagnostic.remedy.english}};
}

class Runner {
 public:
  [[noreturn]] void serve() {
    std::string payload;
    while (true) {
      FrameHeader header;
      read_exactly(reinterpret_cast<char*>(&header), sizeof header);
      if (header.size > frame_bytes_at_most) leave();
      payload.resize(header.size);
      read_exactly(payload.data(), payload.size());
      log_lines_ = 0;
      try {
        write_frame(ReplyId::result, answer(static_cast<CallId>(header.id), payload, Milliseconds(header.allowed_milliseconds)));
      } catch (const AdapterFailure& failure) {
        write_frame(ReplyId::failure, encoded(wire_failure(failure)));
      }
    }
  }

 private:
  std::string answer(CallId call, const std::string& payload, Milliseconds allowed) {
    switch (call) {
      case CallId::load: return load(decoded<LoadOrder>(payload));
      case CallId::open: session_->open(decoded<Opening>(payload), allowed); break;
      case CallId::close: session_->close(allowed); break;
      case CallId::health: session_->health(allowed); break;
      case CallId::notices: return encoded(session_->notices(allowed));
      case CallId::poll_applications: return encoded(session_->poll_applications(decoded<PollRequest>(payload), allowed));
      case CallId::poll_events: return encoded(session_->poll_events(decoded<PollRequest>(payload), allowed));
      case CallId::poll_claims: return encoded(session_->poll_claims(decoded<PollRequest>(payload), allowed));
      case CallId::decision: return encoded(session_->decision(decoded<std::vector<DecisionNotice>>(payload), allowed));
      case CallId::issue: return encoded(session_->issue(decoded<std::vector<IssueRequest>>(payload), allowed));
      case CallId::settled: return encoded(session_->settled(decoded<std::vector<SettledNotice>>(payload), allowed));
      case CallId::scored: return encoded(session_->scored(decoded<std::vector<ScoredNotice>>(payload), allowed));
    }
    return encoded(Nothing{});
  }

  std::string load(const LoadOrder& order) {
    confine(order);
    const auto log = [this](std::int32_t level, const std::string& line) {
      if (++log_lines_ <= log_lines_at_most) write_frame(ReplyId::log, encoded(WireLog{level, line}));
    };
    session_ = in_process_session(AdapterLibrary::load({order.path, order.sha256, order.stored_path}), log);
    return encoded(Nothing{});
  }

  std::unique_ptr<AdapterSession> session_;
  std::size_t log_lines_ = 0;
};

}  // namespace
}  // namespace talent_loan::host

int main() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a host that is killed leaves no runner behind
  ::setsid();                          // so that the host can kill whatever the adapter starts
  ::signal(SIGPIPE, SIG_IGN);          // a connection that the bank has closed is an error of one call, not the adapter's end
  ::close_range(4, ~0U, 0);
  ::fcntl(3, F_SETFD, FD_CLOEXEC);
  talent_loan::host::Runner().serve();
}
