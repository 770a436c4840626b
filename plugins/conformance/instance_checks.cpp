#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include <clocale>
#include <filesystem>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "plugins/conformance/check_lists.hpp"
#include "plugins/conformance/living_threads.hpp"

namespace talent_loan::host {
namespace {

namespace fs = std::filesystem;

std::size_t entries_of(const char* folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

std::string environment() {
  std::string all;
  for (char** variable = environ; *variable != nullptr; ++variable) all += std::string(*variable) + '\n';
  return all;
}

std::string signal_handlers() {
  std::string all;
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) == 0) all += fmt::format("{:x} ", reinterpret_cast<std::uintptr_t>(action.sa_handler));
  }
  return all;
}

Text opens_and_closes(const CheckRequest& request) {
  opened(request)->close(call_allowed);
  return {"打开并关闭", "opened and closed"};
}

Text health_answers(const CheckRequest& request) {
  opened(request)->health(call_allowed);
  return {"银行系统可达", "the bank's system can be reached"};
}

// An error is as good as success; a crash or an error without words is not.
Text refuses_nonsense(const CheckRequest& request) {
  std::mt19937_64 random(request.seed);
  std::string noise(512, '\0');
  for (char& byte : noise) byte = static_cast<char>(' ' + random() % 95);
  int refused = 0;
  for (const std::string& config : {std::string(), std::string("{{{"), std::string("- - -\n\t:"), noise}) {
    Opening opening = request.opening.value_or(Opening{TALENT_LOAN_ENGLISH, "check", {}, "check.yaml", "/"});
    opening.config = config;
    const auto session = unopened(request);
    try {
      session->open(opening, call_allowed);
      session->close(call_allowed);
    } catch (const AdapterFailure& failure) {
      if (failure.kind() != AdapterFailure::Kind::stated) throw;
      ++refused;
    }
  }
  return {fmt::format("4 份无意义配置，说明原因后拒绝 {} 份（种子 {}）", refused, request.seed), fmt::format("4 nonsense configurations, {} refused with a reason (seed {})", refused, request.seed)};
}

Text copies_its_configuration(const CheckRequest& request) {
  if (!request.opening) throw CheckSkipped{{"需要 --config", "needs --config"}};
  const auto session = unopened(request);
  Opening borrowed = *request.opening;
  session->open(borrowed, call_allowed);
  for (std::string* text : {&borrowed.config, &borrowed.bank_id, &borrowed.base_directory, &borrowed.config_path}) std::fill(text->begin(), text->end(), '#');
  session->health(call_allowed);
  session->poll_events({64, {}, request.as_of.days_since_1970()}, call_allowed);
  session->close(call_allowed);
  return {"覆盖配置内存后仍正常", "works after the borrowed configuration was overwritten"};
}

Text two_instances(const CheckRequest& request) {
  const auto first = opened(request);
  const auto second = opened(request);
  first->close(call_allowed);
  second->health(call_allowed);
  second->close(call_allowed);
  return {"先关一个，另一个仍可用", "one closed, the other still works"};
}

Text parallel_instances(const CheckRequest& request) {
  const auto first = opened(request);
  const auto second = opened(request);
  const PollRequest poll{256, {}, request.as_of.days_since_1970()};
  std::size_t counts[2] = {0, 0};
  std::exception_ptr failed;
  std::thread beside([&] {
    try {
      counts[1] = second->poll_events(poll, call_allowed).records.size();
    } catch (const AdapterFailure&) {
      failed = std::current_exception();
    }
  });
  try {
    counts[0] = first->poll_events(poll, call_allowed).records.size();
  } catch (const AdapterFailure&) {
    beside.join();
    throw;
  }
  beside.join();
  if (failed) std::rethrow_exception(failed);
  if (counts[0] != counts[1]) throw RuleBroken{{"两个实例同时读到不同的结果", "two instances side by side read different results"}};
  return {fmt::format("两个实例同时各读到 {} 条", counts[0]), fmt::format("two instances side by side read {} records each", counts[0])};
}

// Alive, or ended and not waited for: either way an entry in the table of processes is taken.
bool has_child_process() {
  siginfo_t told{};
  return ::waitid(P_ALL, 0, &told, WEXITED | WNOHANG | WNOWAIT) == 0;
}

Text leaves_nothing_behind(const CheckRequest& request) {
  const auto use = [&] {
    const auto session = opened(request);
    session->health(call_allowed);
    session->poll_events({64, {}, request.as_of.days_since_1970()}, call_allowed);
    session->close(call_allowed);
  };
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // a process whose parent has ended comes to this one and not to init
  use();  // the first use may set up what a library sets up once
  const std::size_t threads = living_threads();
  const std::size_t descriptors = entries_of("/proc/self/fd");
  use();
  const std::size_t threads_after = living_threads();
  const std::size_t descriptors_after = entries_of("/proc/self/fd");
  if (threads_after > 1) throw RuleBroken{{fmt::format("关闭后仍有 {} 个线程", threads_after - 1), fmt::format("{} threads are left after close", threads_after - 1)}};
  if (descriptors_after > descriptors) throw RuleBroken{{fmt::format("关闭后多出 {} 个文件描述符", descriptors_after - descriptors), fmt::format("{} descriptors are left after close", descriptors_after - descriptors)}};
  if (has_child_process()) throw RuleBroken{{"关闭后仍有它启动的进程", "a process that it started is left after close"}};
  return {fmt::format("{} 个线程，{} 个文件描述符，前后相同，没有子进程", threads, descriptors), fmt::format("{} threads and {} descriptors before and after, no process", threads, descriptors)};
}

Text leaves_the_process_alone(const CheckRequest& request) {
  const std::string locale = std::setlocale(LC_ALL, nullptr);
  const std::string directory = fs::current_path().string();
  const std::string variables = environment();
  const std::string signals = signal_handlers();
  const auto session = opened(request);
  session->poll_events({64, {}, request.as_of.days_since_1970()}, call_allowed);
  session->close(call_allowed);
  if (locale != std::setlocale(LC_ALL, nullptr)) throw RuleBroken{{"改变了区域设置", "changed the locale"}};
  if (directory != fs::current_path().string()) throw RuleBroken{{"改变了工作目录", "changed the working directory"}};
  if (variables != environment()) throw RuleBroken{{"改变了环境变量", "changed the environment"}};
  if (signals != signal_handlers()) throw RuleBroken{{"改变了信号处理", "changed signal handlers"}};
  return {"区域、目录、环境、信号均未变", "locale, directory, environment and signals unchanged"};
}

// What stands on standard output belongs to the program: a report, rows for the next program.
Text leaves_standard_output_alone(const CheckRequest& request) {
  const int output = ::memfd_create("standard output", MFD_CLOEXEC);
  const int kept = ::dup(STDOUT_FILENO);
  std::fflush(stdout);
  ::dup2(output, STDOUT_FILENO);
  const auto session = opened(request);
  session->health(call_allowed);
  session->poll_events({64, {}, request.as_of.days_since_1970()}, call_allowed);
  session->close(call_allowed);
  std::fflush(stdout);
  ::dup2(kept, STDOUT_FILENO);
  const off_t written = ::lseek(output, 0, SEEK_END);
  ::close(kept);
  ::close(output);
  if (written != 0) throw RuleBroken{{fmt::format("向标准输出写了 {} 字节", written), fmt::format("wrote {} bytes to standard output", written)}};
  return {"标准输出上没有任何内容", "nothing on standard output"};
}

}  // namespace

std::vector<Check> instance_checks() {
  return {
      {"instance.open-close", {"按配置打开，再关闭", "opens with its configuration, and closes"}, opens_and_closes},
      {"instance.health", {"health 说明银行系统是否可达", "health says whether the bank's system can be reached"}, health_answers},
      {"instance.nonsense-config", {"无意义的配置不致崩溃，拒绝要说明原因", "a nonsense configuration is refused with a reason, or taken, but never a crash"}, refuses_nonsense},
      {"instance.borrowed-memory", {"调用结束后不再使用主机的内存", "memory of the host is not used after its call"}, copies_its_configuration},
      {"instance.two-at-once", {"实例互不相干：一个进程可为几家银行打开", "instances are independent: a process may open several"}, two_instances},
      {"instance.side-by-side", {"不同实例可在不同线程上同时被调用", "different instances may be called at once on different threads"}, parallel_instances},
      {"instance.leaves-nothing", {"关闭后不留线程、进程和文件描述符，否则主机会被慢慢耗尽", "no thread, process and descriptor outlives close, or the host runs out of them"}, leaves_nothing_behind},
      {"instance.process-alone", {"不改变区域设置、目录、环境、信号：进程不是它的", "locale, directory, environment and signals stay: the process is not its own"}, leaves_the_process_alone},
      {"instance.silent-output", {"不向标准输出写任何内容：那是主机的报表", "nothing is written to standard output: what stands there is the host's"}, leaves_standard_output_alone},
      {"instance.later-host", {"主机的结构可以更大：按 struct_size 取元素，多出的字段不看", "a host of a later version passes larger structs: elements lie struct_size apart, fields not known are not looked at"}, works_with_a_later_host},
  };
}

}  // namespace talent_loan::host
