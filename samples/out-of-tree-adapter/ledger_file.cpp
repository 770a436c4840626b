// A bank whose core system writes one text file of events and reads one of messages. Its configuration is two
// lines: the file to read, and the file to write. An event is a line `ID LOAN YYYY-MM-DD FEN`: a repayment.
#include <cstdio>
#include <fstream>
#include <sstream>

#include <talent_loan/sdk.hpp>

using namespace talent_loan::sdk;

class LedgerFile : public Adapter {
 public:
  LedgerFile(const Opening& opening, const Call& call) {
    std::istringstream lines(opening.config);
    if (!std::getline(lines, events_) || !std::getline(lines, messages_)) {
      throw Error(Result::bad_config, Retry::never, call.say("配置应为两行：事件文件、消息文件", "two lines are needed: events file, messages file"));
    }
    events_ = opening.base_directory + "/" + events_;
    messages_ = opening.base_directory + "/" + messages_;
  }

  void health(const Call& call) override { open_events(call); }
  void poll_applications(const Call&, const Poll&, Sink<Application>&) override {}  // this bank's come by another way
  void poll_claims(const Call&, const Poll&, Sink<Claim>&) override {}

  void poll_events(const Call& call, const Poll& poll, Sink<Event>& sink) override {
    std::ifstream file = open_events(call);
    std::string line;
    for (std::int64_t number = 1; std::getline(file, line); ++number) {
      if (number <= poll.after.position) continue;
      call.check();
      Event event;
      std::string day;
      std::istringstream cells(line);
      if (!(cells >> event.event_id >> event.loan_id >> day >> event.amount.count) || !parse(day, event.happened_on)) {
        sink.reject({RejectCode::malformed_row, events_, static_cast<std::uint64_t>(number), event.event_id, call.say("应为 编号 贷款 日期 金额", "expected ID LOAN DAY FEN")});
        sink.skip_to({number, {}});
      } else if (event.happened_on > poll.as_of || !sink.deliver(event, {number, {}})) {
        return;
      }
    }
  }

  std::string decision(const Call& call, const Decision& d) override {
    std::string content = "decision " + d.application_id + (d.eligible ? " yes" : " no");
    for (const std::string& reason : d.reasons) content += " " + reason;
    return tell(call, d.key, content);
  }
  Issued issue(const Call&, const IssueRequest&) override { return Issued::pending(); }
  std::string settled(const Call& call, const Settled& s) override { return tell(call, s.key, "settled " + s.claim_id + " " + std::to_string(s.paid.count)); }
  std::string scored(const Call& call, const Scored& s) override { return tell(call, s.key, "scored " + std::to_string(s.year) + " " + s.score); }

 private:
  std::ifstream open_events(const Call& call) const {
    std::ifstream file(events_);
    if (!file) throw Error(Result::unavailable, Retry::later, call.say("无法读取 ", "cannot read ") + events_);
    return file;
  }
  static bool parse(const std::string& text, Day& day) {
    int y = 0, m = 0, d = 0;
    if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2d-%2d", &y, &m, &d) != 3) return false;
    const std::chrono::year_month_day date{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)), std::chrono::day(static_cast<unsigned>(d))};
    if (date.ok()) day = Day(std::chrono::sys_days(date).time_since_epoch());
    return date.ok();
  }
  // The messages file is the bank's memory of keys: the same message again is not written again.
  std::string tell(const Call& call, const std::string& key, const std::string& content) {
    std::ifstream known(messages_);
    for (std::string line; std::getline(known, line);) {
      if (line == key + " " + content) return key;
      if (line.rfind(key + " ", 0) == 0) throw Error(Result::conflict, Retry::never, call.say("同一键内容不同", "the same key with other content"), "content");
    }
    std::ofstream(messages_, std::ios::app) << key << ' ' << content << '\n';
    return key;
  }
  std::string events_, messages_;
};

TALENT_LOAN_EXPORT_ADAPTER("ledger-file", "1.0.0", LedgerFile)
