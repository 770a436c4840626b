// The scripted bank's functions, each with the faults it can be told to commit, below the kit: what the kit
// would never let through is exactly what the host must survive.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "plugins/host/session/wire.hpp"
#include "tests/plugins/adapters/scripted_bank.hpp"

namespace scripted {
namespace {

namespace border = sdk::border;
namespace host = talent_loan::host;

const talent_loan_adapter_table& honest() {
  static constexpr std::string_view name = TALENT_LOAN_ADAPTER_TABLE_1;
  return *static_cast<const talent_loan_adapter_table*>(border::table<Bank>({name.data(), name.size()}));
}

const talent_loan_notices_table& honest_notices() {
  static constexpr std::string_view name = TALENT_LOAN_NOTICES_TABLE_1;
  return *static_cast<const talent_loan_notices_table*>(border::table<Bank>({name.data(), name.size()}));
}

std::string fault_of(talent_loan_instance* instance, const char* call) {
  return static_cast<const Bank&>(*border::instance_of(instance).adapter).fault_of(call);
}

talent_loan_result state(const talent_loan_call* call, talent_loan_result code, talent_loan_retry retry, const char* text) {
  auto error = border::sized<talent_loan_error>();
  error.code = code;
  error.retry = retry;
  error.text = {text, std::string_view(text).size()};
  call->fail(call, &error);
  return code;
}

// Code in a runner can find the socket to the host and write to it what it likes.
void forge(const std::string& fault) {
  constexpr int socket_to_host = 3;
  std::string payload(16, '\xFF');
  auto reply = host::ReplyId::result;
  if (fault == "forge-words") {
    reply = host::ReplyId::failure;
    payload = host::encoded(host::WireFailure{1, 1, "x.so", "", {"\x1b[2J", "\x1b[2J", "", "", "", ""}});
  }
  host::FrameHeader header{static_cast<std::uint32_t>(payload.size()), static_cast<std::uint8_t>(reply), {0, 0, 0}, 0};
  if (fault == "forge-size") header.size = UINT32_MAX;
  if (fault == "forge-half") header.size = 1000;
  const std::string frame = std::string(reinterpret_cast<const char*>(&header), sizeof header) + payload;
  if (::write(socket_to_host, frame.data(), frame.size()) < 0 || fault == "forge-half") std::_Exit(0);
}

std::string folder_of(talent_loan_instance* instance) { return static_cast<const Bank&>(*border::instance_of(instance).adapter).folder(); }

// How often it was asked, this time included; over all processes, because the count stands in a file.
std::size_t times(const std::string& file) {
  std::ofstream(file, std::ios::app) << 'x';
  return static_cast<std::size_t>(std::filesystem::file_size(file));
}

void write_all(int descriptor, std::size_t bytes) {
  const std::string block(std::size_t{1} << 20, 'x');
  for (std::size_t written = 0; written < bytes; written += block.size()) {
    if (::write(descriptor, block.data(), block.size()) < 0) return;
  }
}

// Faults in what a process may use. 0: go on.
talent_loan_result overuse(const talent_loan_call* call, const std::string& fault, const std::string& folder) {
  if (fault == "print") write_all(STDOUT_FILENO, 8 << 20), write_all(STDERR_FILENO, 8 << 20);
  if (fault == "write-much") write_all(::open((folder + "/much.bin").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600), 64 << 20);
  if (fault == "write-much-quietly") {
    std::signal(SIGXFSZ, SIG_IGN);
    write_all(::open((folder + "/much.bin").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600), 64 << 20);
  }
  if (fault == "spin-quietly") {
    std::signal(SIGXCPU, SIG_IGN);
    while (true) std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  if (fault == "open-many") {
    std::vector<int> opened;
    for (int descriptor = 0; opened.size() < 100'000 && (descriptor = ::open("/dev/null", O_RDONLY)) >= 0;) opened.push_back(descriptor);
    const std::string said = "opened " + std::to_string(opened.size());
    for (std::size_t spare = 0; spare < 2 && !opened.empty(); ++spare, opened.pop_back()) ::close(opened.back());  // a sanitizer's checks take a pipe
    return state(call, TALENT_LOAN_INTERNAL, TALENT_LOAN_RETRY_NEVER, said.c_str());
  }
  if (fault == "descriptors") {
    std::string open;
    for (int descriptor = 0; descriptor < 1000; ++descriptor) {
      if (::fcntl(descriptor, F_GETFD) >= 0) open += " " + std::to_string(descriptor);
    }
    return state(call, TALENT_LOAN_INTERNAL, TALENT_LOAN_RETRY_NEVER, ("descriptors:" + open + ".").c_str());
  }
  return 0;
}

// Faults that any call can commit. 0: go on.
talent_loan_result misbehave(const talent_loan_call* call, const std::string& fault, const std::string& folder) {
  if (fault == "crash-once" && times(folder + "/crashes") == 1) std::raise(SIGSEGV);
  if (fault == "unavailable-twice" && times(folder + "/calls") <= 2) return state(call, TALENT_LOAN_UNAVAILABLE, TALENT_LOAN_RETRY_LATER, "not now");
  if (fault == "crash") std::raise(SIGSEGV);
  if (fault == "abort") std::abort();
  if (fault == "exit") std::_Exit(0);
  if (fault == "hang") {
    while (true) std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  if (fault == "spin") {
    while (true) std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  if (fault == "hog") {
    std::vector<std::string> held;
    while (true) held.emplace_back(std::size_t{16} << 20, 'x');
  }
  if (fault.starts_with("forge")) forge(fault);
  if (fault == "throw") throw std::runtime_error("thrown across the line");
  if (fault == "throw-int") throw 42;
  if (fault == "unknown-result") return 99;
  if (fault == "zero-result") return 0;
  if (fault == "silent-error") return TALENT_LOAN_UNAVAILABLE;
  if (fault == "empty-error") return state(call, TALENT_LOAN_UNAVAILABLE, TALENT_LOAN_RETRY_LATER, "");
  if (fault == "unavailable") return state(call, TALENT_LOAN_UNAVAILABLE, TALENT_LOAN_RETRY_LATER, "the bank is closed");
  if (fault == "denied") return state(call, TALENT_LOAN_DENIED, TALENT_LOAN_RETRY_NEVER, "the password has expired");
  if (fault == "broken-error") return state(call, TALENT_LOAN_UNAVAILABLE, TALENT_LOAN_RETRY_LATER, "\xff\xfe");
  if (fault == "other-code") return state(call, TALENT_LOAN_UNAVAILABLE, TALENT_LOAN_RETRY_LATER, "one thing"), TALENT_LOAN_DENIED;
  return overuse(call, fault, folder);
}

// What a call may not do to the process it runs in. All of these go on and answer as if nothing were wrong.
void meddle(const std::string& fault) {
  if (fault == "leak") std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();
  if (fault == "leave-process" && ::fork() == 0) {
    while (true) ::pause();
  }
  // Its parent is gone when close() returns, so it is nobody's child but whoever adopts it.
  if (fault == "leave-daemon") {
    const pid_t between = ::fork();
    if (between == 0 && ::fork() != 0) ::_exit(0);
    while (between == 0) ::pause();
    ::waitpid(between, nullptr, 0);
  }
  if (fault == "closed-pipe") {
    int ends[2];
    if (::pipe(ends) != 0) return;
    ::close(ends[0]);
    (void)!::write(ends[1], "x", 1);
    ::close(ends[1]);
  }
  if (fault == "print") (void)!::write(1, "hello\n", 6);
  if (fault == "meddle") ::setenv("TALENT_LOAN_MEDDLED", "yes", 1);
  if (fault == "slow") std::this_thread::sleep_for(std::chrono::milliseconds(2500));
}

const char* borrowed_config = nullptr;  // for "borrow": kept after open() has returned

talent_loan_application sample(const talent_loan_application&) {
  static const std::string id = "X-1";
  static const std::string borrower = "11010519491231002X";
  static const std::string purpose = "innovation";
  auto out = border::sized<talent_loan_application>();
  out.application_id = border::c(id);
  out.borrower_kind = TALENT_LOAN_BORROWER_TALENT;
  out.borrower_id = border::c(borrower);
  out.amount = 100;
  out.rate = -1;
  out.purpose = border::c(purpose);
  out.secured = out.guaranteed = TALENT_LOAN_NO;
  return out;
}
talent_loan_event sample(const talent_loan_event&) {
  static const std::string id = "X-1";
  auto out = border::sized<talent_loan_event>();
  out.kind = TALENT_LOAN_EVENT_REPAYMENT;
  out.event_id = out.loan_id = border::c(id);
  out.amount = 100;
  out.due_on = TALENT_LOAN_NO_DAY;
  return out;
}
talent_loan_claim sample(const talent_loan_claim&) {
  static const std::string id = "X-1";
  auto out = border::sized<talent_loan_claim>();
  out.claim_id = out.loan_id = out.borrower_id = border::c(id);
  out.claimed_on = TALENT_LOAN_NO_DAY;
  out.outstanding_principal = 100;
  out.loan_amount = -1;
  return out;
}

void set_amount(talent_loan_application& record, std::int64_t amount) { record.amount = amount; }
void set_amount(talent_loan_event& record, std::int64_t amount) { record.amount = amount; }
void set_amount(talent_loan_claim& record, std::int64_t amount) { record.outstanding_principal = amount; }
void set_day(talent_loan_application& record, std::int32_t day) { record.applied_on = day; }
void set_day(talent_loan_event& record, std::int32_t day) { record.happened_on = day; }
void set_day(talent_loan_claim& record, std::int32_t day) { record.disbursed_on = day; }
// The day by which a record is held back until its day has come.
void set_dated(talent_loan_application& record, std::int32_t day) { record.applied_on = day; }
void set_dated(talent_loan_event& record, std::int32_t day) { record.happened_on = day; }
void set_dated(talent_loan_claim& record, std::int32_t day) { record.claimed_on = day; }
std::int32_t day_after(const talent_loan_poll* poll) { return poll->as_of + 1; }
void set_id(talent_loan_application& record, talent_loan_text id) { record.application_id = id; }
void set_id(talent_loan_event& record, talent_loan_text id) { record.event_id = id; }
void set_id(talent_loan_claim& record, talent_loan_text id) { record.claim_id = id; }
void set_word(talent_loan_application& record) { record.borrower_kind = 77; }
void set_word(talent_loan_event& record) { record.kind = 77; }
void set_word(talent_loan_claim& record) { record.defaulted_on = 77'000'000; }

// A record of a later version, with fields after those this host knows.
template <typename Record>
struct Larger {
  Record known;
  char later[64];
};

// Hands over one record, wrong in the way that is asked for; false: no such fault.
template <typename CRecord, typename CSink>
bool hand_over(const std::string& fault, const talent_loan_poll* poll, const CSink* sink) {
  CRecord record = sample(CRecord{});
  auto after = border::sized<talent_loan_cursor>();
  after.position = poll->after->position + 1;
  const char broken[] = "\xff\xfe";
  const std::string endless(8192, 'x');
  if (fault == "small-struct") record.struct_size = 8;
  else if (fault == "huge-struct") record.struct_size = 1u << 30;
  else if (fault == "bad-word") set_word(record);
  else if (fault == "bad-utf8") set_id(record, {broken, 2});
  else if (fault == "null-text") set_id(record, {nullptr, 5});
  else if (fault == "long-text") set_id(record, border::c(endless));
  else if (fault == "negative") set_amount(record, -1);
  else if (fault == "overflow") set_amount(record, INT64_MAX);
  else if (fault == "no-such-day") set_day(record, INT32_MAX);
  else if (fault == "from-the-future") set_dated(record, day_after(poll));
  else if (fault == "exact-sizes" && poll->struct_size == sizeof *poll) return false;
  else if (fault == "exact-sizes") return true;  // and nothing is handed over to a host of a later version
  else if (fault == "cursor-back") after.position = poll->after->position - 1;
  else if (fault == "cursor-still") after.position = poll->after->position;
  else if (fault == "no-cursor") return sink->take(sink, &record, 1, nullptr), true;
  else if (fault == "null-records") return sink->take(sink, nullptr, 1, &after), true;
  else if (fault == "too-many") {
    const std::vector<CRecord> many(poll->at_most + 1, record);
    return sink->take(sink, many.data(), many.size(), &after), true;
  } else if (fault == "larger-struct") {
    if (poll->after->position > 0) return true;
    Larger<CRecord> larger[2] = {{record, {}}, {record, {}}};
    larger[0].known.struct_size = larger[1].known.struct_size = sizeof larger[0];
    return sink->take(sink, &larger[0].known, 2, &after), true;
  } else if (fault == "odd-struct") {
    record.struct_size += 1;
  } else if (fault == "mixed-structs") {
    std::vector<CRecord> two(2, record);
    two[1].struct_size += 8;
    return sink->take(sink, two.data(), two.size(), &after), true;
  } else if (fault == "other-thread") {
    std::thread([&] { sink->take(sink, &record, 1, &after); }).join();
    return true;
  } else {
    return false;
  }
  sink->take(sink, &record, 1, &after);
  return true;
}

const talent_loan_event_sink* remembered_sink = nullptr;  // for "late": used after its call has ended

template <typename CSink, typename CRecord, typename Function>
talent_loan_result faulty_poll(Function function, const char* name, const talent_loan_call* call, talent_loan_instance* instance,
                               const talent_loan_poll* poll, const CSink* sink) {
  const std::string fault = fault_of(instance, name);
  if (const talent_loan_result result = misbehave(call, fault, folder_of(instance)); result != 0 || fault == "zero-result") return result;
  meddle(fault);
  static int polls = 0;
  if (fault == "forgetful" && ++polls > 1) return TALENT_LOAN_OK;
  if (hand_over<CRecord>(fault, poll, sink)) return TALENT_LOAN_OK;
  if constexpr (std::is_same_v<CSink, talent_loan_event_sink>) {
    if (fault == "late") remembered_sink = sink;
  }
  return function(call, instance, poll, sink);
}

talent_loan_text another_loan() {
  static std::atomic<int> loans{0};
  static thread_local std::string loan;
  loan = "X-" + std::to_string(++loans);
  return border::c(loan);
}

// What is wrong with an answer to a request to lend; false: no such fault.
bool spoil(const std::string& fault, talent_loan_issue_answer& answer) {
  static const std::string loan = "X-1";
  answer.outcome = TALENT_LOAN_DISBURSED;
  answer.loan_id = border::c(loan);
  answer.amount = 100;
  answer.rate = -1;
  answer.due_on = TALENT_LOAN_NO_DAY;
  if (fault == "bad-word") answer.outcome = 77;
  else if (fault == "negative") answer.amount = -1;
  else if (fault == "overflow") answer.amount = INT64_MAX;
  else if (fault == "no-such-day") answer.disbursed_on = INT32_MAX;
  else if (fault == "from-the-future") answer.disbursed_on = 47'481;  // 2099-12-31
  else if (fault == "no-reason") answer.outcome = TALENT_LOAN_DECLINED;
  else if (fault == "fickle") answer.loan_id = another_loan();
  else return answer.outcome = TALENT_LOAN_PENDING, false;
  return true;
}
bool spoil(const std::string& fault, talent_loan_answer& answer) {
  static const char broken[] = "\xff\xfe";
  static std::atomic<int> receipts{0};
  static thread_local std::string receipt;
  receipt = "R-" + std::to_string(++receipts);
  answer.receipt = border::c(receipt);
  if (fault != "bad-receipt") return false;
  answer.receipt = {broken, 2};
  return true;
}

template <typename CSink>
bool answer_wrongly(const std::string& fault, talent_loan_text key, const CSink* sink) {
  using Answer = std::conditional_t<std::is_same_v<CSink, talent_loan_answer_sink>, talent_loan_answer, talent_loan_issue_answer>;
  auto answer = border::sized<Answer>();
  answer.result = TALENT_LOAN_OK;
  answer.key = key;
  const char broken[] = "\xff\xfe";
  const std::string other = "another-key";
  const std::string why = "the ledger is closed";
  auto error = border::sized<talent_loan_error>();
  error.code = TALENT_LOAN_UNAVAILABLE;
  error.retry = TALENT_LOAN_RETRY_LATER;
  error.text = border::c(why);
  if (spoil(fault, answer) || fault == "forgetful") return sink->take(sink, &answer, 1), true;
  if (fault == "no-answer") return true;
  if (fault == "null-answers") return sink->take(sink, nullptr, 1), true;
  if (fault == "twice") return sink->take(sink, &answer, 1), sink->take(sink, &answer, 1), true;
  if (fault == "unknown-key") return answer.key = border::c(other), sink->take(sink, &answer, 1), true;
  if (fault == "bad-utf8") return answer.key = {broken, 2}, sink->take(sink, &answer, 1), true;
  if (fault == "small-struct") return answer.struct_size = 8, sink->take(sink, &answer, 1), true;
  if (fault == "silent-item") return answer.result = TALENT_LOAN_UNAVAILABLE, sink->take(sink, &answer, 1), true;
  if (fault == "refused-item") return answer.result = error.code, answer.error = &error, sink->take(sink, &answer, 1), true;
  if (fault == "other-thread") return std::thread([&] { sink->take(sink, &answer, 1); }).join(), true;
  return false;
}

template <typename CSink, typename Item, typename Function>
talent_loan_result faulty_tell(Function function, const char* name, const talent_loan_call* call, talent_loan_instance* instance,
                               const Item* items, std::size_t count, const CSink* sink) {
  const std::string fault = fault_of(instance, name);
  if (const talent_loan_result result = misbehave(call, fault, folder_of(instance)); result != 0 || fault == "zero-result") return result;
  meddle(fault);
  if (answer_wrongly(fault, items->key, sink)) return TALENT_LOAN_OK;
  const talent_loan_result result = function(call, instance, items, count, sink);
  // The bank has acted, and the answer never comes.
  if (fault == "crash-after") std::raise(SIGSEGV);
  return result;
}

talent_loan_result open(const talent_loan_call* call, const talent_loan_opening* opening, talent_loan_instance** instance) {
  const std::string config(opening->config.data, opening->config.size);
  const std::size_t at = config.find("fault;open;");
  if (at != std::string::npos) {
    const std::string fault = config.substr(at + 11, config.find('\n', at) - at - 11);
    if (fault == "no-instance") return TALENT_LOAN_OK;
    if (const talent_loan_result result = misbehave(call, fault, std::string(opening->base_directory.data, opening->base_directory.size)); result != 0 || fault == "zero-result") return result;
  }
  borrowed_config = opening->config.data;
  return honest().open(call, opening, instance);
}
talent_loan_result close(const talent_loan_call* call, talent_loan_instance* instance) {
  if (remembered_sink != nullptr) {
    auto after = border::sized<talent_loan_cursor>();
    remembered_sink->take(remembered_sink, nullptr, 0, &after);
    remembered_sink = nullptr;
  }
  const std::string fault = fault_of(instance, "close");
  const std::string folder = folder_of(instance);
  const talent_loan_result closed = honest().close(call, instance);  // it is gone, whatever the call then does
  if (const talent_loan_result result = misbehave(call, fault, folder); result != 0 || fault == "zero-result") return result;
  return closed;
}
talent_loan_result health(const talent_loan_call* call, talent_loan_instance* instance) {
  const std::string fault = fault_of(instance, "health");
  if (const talent_loan_result result = misbehave(call, fault, folder_of(instance)); result != 0 || fault == "zero-result") return result;
  meddle(fault);
  if (fault == "borrow" && *borrowed_config == '#') return state(call, TALENT_LOAN_INTERNAL, TALENT_LOAN_RETRY_NEVER, "the configuration has changed");
  return honest().health(call, instance);
}

// What an adapter may say wrongly of the notices it takes: that it takes none, while it does; one thing and then another.
talent_loan_result takes(const talent_loan_call* call, talent_loan_instance* instance, talent_loan_notice notice, talent_loan_yes_no* answer) {
  const std::string fault = fault_of(instance, "takes");
  if (const talent_loan_result result = misbehave(call, fault, folder_of(instance)); result != 0 || fault == "zero-result") return result;
  static std::atomic<int> asked{0};  // of the four kinds in turn
  if (fault == "deny") return *answer = TALENT_LOAN_NO, TALENT_LOAN_OK;
  if (fault == "waver") return *answer = asked++ / 4 % 2 == 0 ? TALENT_LOAN_YES : TALENT_LOAN_NO, TALENT_LOAN_OK;
  if (fault == "bad-word") return *answer = 77, TALENT_LOAN_OK;
  if (fault == "no-word") return TALENT_LOAN_OK;
  return honest_notices().takes(call, instance, notice, answer);
}

#define POLL(name, CSink, CRecord)                                                                              \
  talent_loan_result name(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_poll* poll, \
                          const CSink* sink) {                                                                  \
    return faulty_poll<CSink, CRecord>(honest().name, #name, call, instance, poll, sink);                       \
  }
POLL(poll_applications, talent_loan_application_sink, talent_loan_application)
POLL(poll_events, talent_loan_event_sink, talent_loan_event)
POLL(poll_claims, talent_loan_claim_sink, talent_loan_claim)

#define TELL(name, Item, CSink)                                                                                     \
  talent_loan_result name(const talent_loan_call* call, talent_loan_instance* instance, const Item* items, size_t count, \
                          const CSink* sink) {                                                                      \
    return faulty_tell<CSink>(honest().name, #name, call, instance, items, count, sink);                            \
  }
TELL(decision, talent_loan_decision, talent_loan_answer_sink)
TELL(issue, talent_loan_issue, talent_loan_issue_answer_sink)
TELL(settled, talent_loan_settled, talent_loan_answer_sink)
TELL(scored, talent_loan_scored, talent_loan_answer_sink)

const void* get_table(talent_loan_text name) {
  static const talent_loan_adapter_table table = {sizeof(talent_loan_adapter_table), 0, &open, &close, &health, &poll_applications,
                                                  &decision, &issue, &poll_events, &poll_claims, &settled, &scored};
  static const talent_loan_notices_table notices = {sizeof(talent_loan_notices_table), 0, &takes};
  const std::string_view asked(name.data, name.size);
  if (asked == TALENT_LOAN_ADAPTER_TABLE_1) return &table;
  return asked == TALENT_LOAN_NOTICES_TABLE_1 ? &notices : nullptr;
}

}  // namespace
}  // namespace scripted

const talent_loan_entry talent_loan_adapter_entry = {TALENT_LOAN_ADAPTER_MAGIC, TALENT_LOAN_ADAPTER_MAJOR, TALENT_LOAN_ADAPTER_MINOR,
                                                     sizeof(talent_loan_entry), {"scripted-bank", 13}, {"1.0", 3}, &scripted::get_table};
