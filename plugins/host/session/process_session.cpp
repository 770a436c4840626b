#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/field_checks.hpp"
#include "plugins/host/session/session.hpp"
#include "plugins/host/session/wire.hpp"

namespace talent_loan::host {
namespace {

using Clock = std::chrono::steady_clock;

// What a call may take beyond its deadline before the runner is killed: the adapter gets its chance to say
// itself that time ran out.
constexpr Milliseconds grace{500};
constexpr Milliseconds load_allowed{30'000};

[[noreturn]] void cannot_start(const std::string& what, int error) {
  throw AdapterFailure(AdapterFailure::Kind::not_loaded, Retry::later,
                       {{what, 0, 0, {}}, {fmt::format("无法启动适配器进程：{}", std::strerror(error)), fmt::format("the adapter's process cannot be started: {}", std::strerror(error))}, {},
                        {"检查安装是否完整，进程数和内存是否够用", "check that the installation is complete, and that processes and memory suffice"}});
}

// The process and the socket to it. Destroyed, it is killed and reaped, with whatever it started.
class RunnerProcess {
 public:
  RunnerProcess() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) cannot_start("socketpair", errno);
    socket_ = ends[0];
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
    std::error_code unknown;
    const std::string program = (std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path() / "talent-loan-runner").string();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    for (int descriptor : {0, 1, 2}) ::posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 3);
    std::string name = "talent-loan-runner";
    char* arguments[] = {name.data(), nullptr};
    const int error = ::posix_spawn(&child_, program.c_str(), &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) {
      ::close(socket_);
      cannot_start(program, error);
    }
  }
  ~RunnerProcess() {
    ::close(socket_);
    end();
  }
  RunnerProcess(const RunnerProcess&) = delete;
  RunnerProcess& operator=(const RunnerProcess&) = delete;

  int socket() const { return socket_; }

  // Kills and reaps; gives the status it ended with.
  int end() {
    if (child_ <= 0) return status_;
    ::kill(-child_, SIGKILL);
    ::kill(child_, SIGKILL);
    while (::waitpid(child_, &status_, 0) < 0 && errno == EINTR) continue;
    child_ = 0;
    return status_;
  }
  // Waits for one that has closed its socket to end by itself, to learn how.
  int ended() {
    for (int tries = 0; tries < 100 && child_ > 0; ++tries) {
      if (::waitpid(child_, &status_, WNOHANG) == child_) {
        const pid_t group = std::exchange(child_, 0);
        ::kill(-group, SIGKILL);
        return status_;
      }
      ::usleep(10'000);
    }
    return end();
  }

 private:
  pid_t child_ = 0;
  int socket_ = -1;
  int status_ = 0;
};

class ProcessSession final : public AdapterSession {
 public:
  ProcessSession(const LibraryFile& library, const RunnerLimits& limits, AdapterLog log) : library_(library), limits_(limits), log_(std::move(log)) {
    const LoadOrder order{library.path, library.sha256, library.stored_path, limits.memory_bytes, limits.cpu_seconds, limits.open_files, limits.file_bytes};
    exchange<Nothing>(CallId::load, order, load_allowed);
  }

  void open(const Opening& opening, Milliseconds allowed) override { exchange<Nothing>(CallId::open, opening, allowed); }
  void close(Milliseconds allowed) override { exchange<Nothing>(CallId::close, Nothing{}, allowed); }
  void health(Milliseconds allowed) override { exchange<Nothing>(CallId::health, Nothing{}, allowed); }
  RawNotices notices(Milliseconds allowed) override { return exchange<RawNotices>(CallId::notices, Nothing{}, allowed); }
  RawPolled<RawApplication> poll_applications(const PollRequest& poll, Milliseconds allowed) override {
    return exchange<RawPolled<RawApplication>>(CallId::poll_applications, poll, allowed);
  }
  RawPolled<RawEvent> poll_events(const PollRequest& poll, Milliseconds allowed) override {
    return exchange<RawPolled<RawEvent>>(CallId::poll_events, poll, allowed);
  }
  RawPolled<RawClaim> poll_claims(const PollRequest& poll, Milliseconds allowed) override {
    return exchange<RawPolled<RawClaim>>(CallId::poll_claims, poll, allowed);
  }
  std::vector<RawAnswer> decision(const std::vector<DecisionNotice>& items, Milliseconds allowed) override {
    return exchange<std::vector<RawAnswer>>(CallId::decision, items, allowed);
  }
  std::vector<RawIssueAnswer> issue(const std::vector<IssueRequest>& items, Milliseconds allowed) override {
    return exchange<std::vector<RawIssueAnswer>>(CallId::issue, items, allowed);
  }
  std::vector<RawAnswer> settled(const std::vector<SettledNotice>& items, Milliseconds allowed) override {
    return exchange<std::vector<RawAnswer>>(CallId::settled, items, allowed);
  }
  std::vector<RawAnswer> scored(const std::vector<ScoredNotice>& items, Milliseconds allowed) override {
    return exchange<std::vector<RawAnswer>>(CallId::scored, items, allowed);
  }

 private:
  [[noreturn]] void fail(AdapterFailure::Kind kind, Retry retry, Text found, Text remedy) const {
    throw AdapterFailure(kind, retry, {{library_.path, 0, 0, {}}, std::move(found), {}, std::move(remedy)});
  }
  [[noreturn]] void timed_out() {
    process_.end();
    fail(AdapterFailure::Kind::timed_out, Retry::same_key, {"超过期限没有答复，适配器进程已终止", "no answer by the deadline; the adapter's process was killed"},
         {"结果未知，下次 talent-loan sync 用同一键再问", "the outcome is unknown; the next talent-loan sync asks again with the same key"});
  }
  // A limit of banks.yaml ended the process. Asking again in this round would only spend it again.
  [[noreturn]] void beyond(const char* key, std::uint64_t limit, const Text& what) const {
    throw AdapterFailure(AdapterFailure::Kind::timed_out, Retry::same_key,
                         {{library_.path, 0, 0, {}}, {"适配器进程" + what.chinese, "the adapter's process " + what.english}, verbatim(fmt::format("limits.{}: {}", key, limit)),
                          {"请适配器的提供者检查；确有需要时在 banks.yaml 中放宽", "have its maker look into it; where there is need for it, raise the limit in banks.yaml"}});
  }
  [[noreturn]] void died() {
    const int status = process_.ended();
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) beyond("cpu_seconds", limits_.cpu_seconds, {"用尽了 CPU 时间", "has used up its CPU time"});
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ) beyond("file_mb", limits_.file_bytes >> 20, {"写出的文件过大", "has written a file that is too large"});
    const Text how = WIFSIGNALED(status) ? Text{fmt::format("适配器进程被信号 {} 终止", WTERMSIG(status)), fmt::format("the adapter's process was ended by signal {}", WTERMSIG(status))}
                                         : Text{fmt::format("适配器进程以 {} 退出", WEXITSTATUS(status)), fmt::format("the adapter's process exited with {}", WEXITSTATUS(status))};
    fail(AdapterFailure::Kind::crashed, Retry::same_key, how,
         {"请适配器的提供者修复；下次 talent-loan sync 会重新启动它", "have its maker mend it; the next talent-loan sync starts it again"});
  }
  [[noreturn]] void garbled() {
    process_.end();
    fail(AdapterFailure::Kind::broke_rules, Retry::never, {"适配器进程的答复无法解读", "the adapter's process sent what cannot be read"},
         {"请适配器的提供者用 talent-loan adapter check 检查", "have its maker run talent-loan adapter check"});
  }

  void wait_for(short events, Clock::time_point deadline) {
    while (true) {
      const auto left = std::chrono::duration_cast<Milliseconds>(deadline - Clock::now()).count();
      if (left <= 0) timed_out();
      pollfd waiting{process_.socket(), events, 0};
      const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<long>(left, 60'000)));
      if (ready > 0) return;
      if (ready < 0 && errno != EINTR) died();
    }
  }

  void send(const char* from, std::size_t size, Clock::time_point deadline) {
    while (size > 0) {
      const ssize_t sent = ::send(process_.socket(), from, size, MSG_NOSIGNAL);
      if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
        wait_for(POLLOUT, deadline);
      } else if (sent < 0) {
        died();
      } else {
        from += sent;
        size -= static_cast<std::size_t>(sent);
      }
    }
  }

  void receive(char* into, std::size_t size, Clock::time_point deadline) {
    while (size > 0) {
      const ssize_t got = ::recv(process_.socket(), into, size, 0);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        wait_for(POLLIN, deadline);
      } else if (got <= 0) {
        died();
      } else {
        into += got;
        size -= static_cast<std::size_t>(got);
      }
    }
  }

  // One frame of the runner. The payload grows as it arrives: a length alone takes no memory.
  ReplyId receive_frame(Clock::time_point deadline) {
    constexpr std::size_t piece = 1 << 20;
    FrameHeader header;
    receive(reinterpret_cast<char*>(&header), sizeof header, deadline);
    if (header.size > frame_bytes_at_most) garbled();
    payload_.clear();
    while (payload_.size() < header.size) {
      const std::size_t begin = payload_.size();
      payload_.resize(std::min<std::size_t>(begin + piece, header.size));
      receive(payload_.data() + begin, payload_.size() - begin, deadline);
    }
    return static_cast<ReplyId>(header.id);
  }

  template <typename Reply, typename Request>
  Reply exchange(CallId call, const Request& request, Milliseconds allowed) {
    const Clock::time_point deadline = Clock::now() + allowed + grace;
    payload_ = encoded(request);
    const FrameHeader header{static_cast<std::uint32_t>(payload_.size()), static_cast<std::uint8_t>(call), {0, 0, 0}, allowed.count()};
    send(reinterpret_cast<const char*>(&header), sizeof header, deadline);
    send(payload_.data(), payload_.size(), deadline);
    try {
      while (true) {
        switch (receive_frame(deadline)) {
          case ReplyId::result: return decoded<Reply>(payload_);
          case ReplyId::failure: rethrow(decoded<WireFailure>(payload_));
          case ReplyId::log: write_log(decoded<WireLog>(payload_)); break;
          default: garbled();
        }
      }
    } catch (const BadWire&) {
      garbled();
    }
  }

  [[noreturn]] void rethrow(const WireFailure& failure) {
    const bool known = failure.kind >= 1 && failure.kind <= static_cast<int>(AdapterFailure::Kind::not_loaded) && failure.retry >= 1 &&
                       failure.retry <= static_cast<int>(Retry::later) && failure.texts.size() == 6;
    if (!known) garbled();
    const auto& texts = failure.texts;
    try {
      const FieldChecks check("failure");
      check.text(failure.file, "file");
      check.text(failure.field, "field");
      for (const std::string& text : texts) check.text(text, "text");
    } catch (const AdapterFailure&) {  // no runner says such a thing: its adapter wrote to the socket itself
      garbled();
    }
    throw AdapterFailure(static_cast<AdapterFailure::Kind>(failure.kind), static_cast<Retry>(failure.retry),
                         {{failure.file, 0, 0, failure.field}, {texts[0], texts[1]}, {texts[2], texts[3]}, {texts[4], texts[5]}});
  }

  void write_log(const WireLog& line) const {
    if (log_) log_(line.level, line.line);
  }

  LibraryFile library_;
  RunnerLimits limits_;
  AdapterLog log_;
  RunnerProcess process_;
  std::string payload_;
};

}  // namespace

std::unique_ptr<AdapterSession> process_session(const LibraryFile& library, const RunnerLimits& limits, AdapterLog log) {
  return std::make_unique<ProcessSession>(library, limits, std::move(log));
}

}  // namespace talent_loan::host
