// A bank for tests: what it knows stands line by line in its configuration, what it is told is appended to
// bank.log beside it, and it misbehaves on demand (faults.hpp). Fields are separated by ';':
//
//   application;ID;talent|employer;BORROWER;APPLIED_ON;FEN;PURPOSE;yes|no (secured);yes|no (guaranteed)
//   issue;APPLICATION;disbursed;LOAN;DISBURSED_ON;FEN;DUE_ON   issue;APPLICATION;declined;WHY   (else pending)
//   event;ID;KIND;LOAN;ON;FEN;COSTS;OVERDUE_DAYS;CLASS;DUE_ON          (KIND and CLASS as numbers)
//   claim;ID;LOAN;BORROWER;DISBURSED_ON;DEFAULTED_ON;CLAIMED_ON;OUTSTANDING_FEN;RECOVERED_FEN
//   many-events;LOAN;COUNT;ON         COUNT repayments of one fen
//   portions;AT_MOST   each poll hands over 1 to AT_MOST records, however many are welcome
//   takes-no;NOTICE     notices of this kind (decision, issue, settled, scored) are not taken
//   doom;MILLISECONDS  the process is killed with SIGKILL that long after open()
//   fault;CALL;FAULT
// Records dated after the day of the poll are held back.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "tests/plugins/adapters/scripted_bank.hpp"

namespace scripted {
namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream in(line);
  for (std::string cell; std::getline(in, cell, ';');) cells.push_back(cell);
  cells.resize(12);
  return cells;
}

sdk::Day day(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned date = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%u", &year, &month, &date) != 3) {
    throw sdk::Error(sdk::Result::bad_config, sdk::Retry::never, "not a day: " + text, "script");
  }
  // Days from the civil calendar, as in Howard Hinnant's "chrono-compatible date algorithms".
  const int y = year - (month <= 2 ? 1 : 0);
  const int era = (y >= 0 ? y : y - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(y - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return sdk::Day(sdk::Day::duration(era * 146097 + static_cast<int>(day_of_era) - 719468));
}

std::int64_t number(const std::string& text) { return text.empty() ? 0 : std::stoll(text); }

}  // namespace

Bank::Bank(const sdk::Opening& opening, const sdk::Call&) : folder_(opening.base_directory) {
  std::stringstream in(opening.config);
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    const std::vector<std::string> cells = split(line);
    if (cells[0] == "fault") {
      faults_[cells[1]] = cells[2];
    } else if (cells[0] == "portions") {
      portions_ = static_cast<std::uint32_t>(number(cells[1]));
    } else if (cells[0] == "takes-no") {
      not_taken_.insert(cells[1]);
    } else if (cells[0] == "doom") {
      std::thread([after = std::chrono::milliseconds(number(cells[1]))] {
        std::this_thread::sleep_for(after);
        std::raise(SIGKILL);
      }).detach();
    } else if (cells[0] == "many-events") {
      for (std::int64_t i = 0; i < number(cells[2]); ++i) {
        events_.push_back({sdk::EventKind::repayment, "M-" + std::to_string(i), cells[1], day(cells[3]), 0, {1}, {}, {}, {}, i});
      }
    } else if (cells[0] == "application") {
      applications_.push_back({cells[1], cells[2] == "talent" ? sdk::BorrowerKind::talent : sdk::BorrowerKind::employer, cells[3],
                               day(cells[4]), {number(cells[5])}, cells[6], cells[7] == "yes", cells[8] == "yes", {}, {}, {}});
    } else if (cells[0] == "issue") {
      issues_[cells[1]] = cells;
    } else if (cells[0] == "event") {
      add_event(cells);
    } else if (cells[0] == "claim") {
      claims_.push_back({cells[1], cells[2], cells[3], {}, day(cells[4]), day(cells[5]), day(cells[6]), {number(cells[7])}, {number(cells[8])}, {}});
    } else {
      throw sdk::Error(sdk::Result::bad_config, sdk::Retry::never, "unknown line: " + line, "script");
    }
  }
}

void Bank::add_event(const std::vector<std::string>& cells) {
  sdk::Event event;
  event.event_id = cells[1];
  event.kind = static_cast<sdk::EventKind>(number(cells[2]));
  event.loan_id = cells[3];
  event.happened_on = day(cells[4]);
  event.amount = {number(cells[5])};
  event.costs = {number(cells[6])};
  event.overdue_days = static_cast<int>(number(cells[7]));
  if (!cells[8].empty()) event.loan_class = static_cast<sdk::LoanClass>(number(cells[8]));
  if (!cells[9].empty()) event.due_on = day(cells[9]);
  events_.push_back(event);
}

bool Bank::takes(sdk::Notice notice) const {
  static const std::map<sdk::Notice, std::string> names{
      {sdk::Notice::decision, "decision"}, {sdk::Notice::issue, "issue"}, {sdk::Notice::settled, "settled"}, {sdk::Notice::scored, "scored"}};
  return not_taken_.count(names.at(notice)) == 0;
}

void Bank::health(const sdk::Call&) {}

template <typename Record, typename DatedOn>
void Bank::poll(const std::vector<Record>& records, const sdk::Poll& poll, sdk::Sink<Record>& sink, DatedOn dated_on) {
  std::size_t room = portions_ == 0 ? records.size() : 1 + random_() % portions_;
  for (auto i = static_cast<std::size_t>(poll.after.position); i < records.size() && room > 0; ++i, --room) {
    if (dated_on(records[i]) > poll.as_of) return;
    if (!sink.deliver(records[i], {static_cast<std::int64_t>(i) + 1, "after " + std::to_string(i)})) return;
  }
}

void Bank::poll_applications(const sdk::Call&, const sdk::Poll& from, sdk::Sink<sdk::Application>& sink) {
  poll(applications_, from, sink, [](const sdk::Application& record) { return record.applied_on; });
}
void Bank::poll_events(const sdk::Call&, const sdk::Poll& from, sdk::Sink<sdk::Event>& sink) {
  poll(events_, from, sink, [](const sdk::Event& record) { return record.happened_on; });
}
void Bank::poll_claims(const sdk::Call&, const sdk::Poll& from, sdk::Sink<sdk::Claim>& sink) {
  poll(claims_, from, sink, [](const sdk::Claim& record) { return *record.claimed_on; });
}

// What the bank was told, once per key: the bank's memory is its log.
std::string Bank::note(const std::string& key, const std::string& content) {
  std::ifstream known(folder_ + "/bank.log");
  for (std::string line; std::getline(known, line);) {
    if (!line.starts_with(key + " ")) continue;
    if (line == key + " " + content) return "R-" + key;
    throw sdk::Error(sdk::Result::conflict, sdk::Retry::never, "key used with other content: " + key, "content");
  }
  known.close();
  std::ofstream(folder_ + "/bank.log", std::ios::app) << key << ' ' << content << '\n';
  return "R-" + key;
}

std::string Bank::decision(const sdk::Call&, const sdk::Decision& item) {
  std::string reasons;
  for (const std::string& reason : item.reasons) reasons += " " + reason;
  return note(item.key, "decision " + item.application_id + (item.eligible ? " yes" : " no") + reasons);
}

sdk::Issued Bank::issue(const sdk::Call&, const sdk::IssueRequest& item) {
  const auto found = issues_.find(item.application_id);
  if (found == issues_.end()) return sdk::Issued::pending();
  const std::vector<std::string>& cells = found->second;
  if (cells[2] == "declined") return sdk::Issued::declined(cells[3]);
  if (day(cells[4]) > item.as_of) return sdk::Issued::pending();
  note(item.key, "issue " + item.application_id);
  sdk::Issued issued;
  issued.outcome = sdk::IssueOutcome::disbursed;
  issued.loan_id = cells[3];
  issued.disbursed_on = day(cells[4]);
  issued.amount = {number(cells[5])};
  if (!cells[6].empty()) issued.due_on = day(cells[6]);
  return issued;
}

std::string Bank::settled(const sdk::Call&, const sdk::Settled& item) {
  return note(item.key, "settled " + item.claim_id + " " + item.code + " " + std::to_string(item.paid.count));
}

std::string Bank::scored(const sdk::Call&, const sdk::Scored& item) {
  return note(item.key, "scored " + std::to_string(item.year) + " " + item.score);
}

std::string Bank::fault_of(const std::string& call) const {
  const auto found = faults_.find(call);
  return found == faults_.end() ? std::string() : found->second;
}

}  // namespace scripted
