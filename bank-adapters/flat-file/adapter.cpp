// The flat-file adapter's border: polls read day files, answers to the bank become files.
#include <map>

#include <fmt/format.h>
#include <talent_loan/sdk.hpp>

#include "bank-adapters/common/kit.hpp"
#include "bank-adapters/common/records.hpp"
#include "bank-adapters/flat-file/config.hpp"
#include "bank-adapters/flat-file/inbox.hpp"
#include "bank-adapters/flat-file/outbox.hpp"

namespace talent_loan::adapters::flat_file {
namespace {

constexpr std::size_t rejects_at_most = 10'000;  // in one poll; the next goes on

std::int32_t number_of(sdk::Day day) { return day.time_since_epoch().count(); }

sdk::Cursor cursor_of(const Position& position) { return {position.number(), position.token()}; }

class FlatFileAdapter final : public sdk::Adapter {
 public:
  FlatFileAdapter(const sdk::Opening& opening, const sdk::Call& call)
      : config_(stated(call, [&] { return read_config(opening.config, opening.config_path, opening.base_directory); })) {
    open_inbox(config_.applications, applications_);
    open_inbox(config_.events, events_);
    open_inbox(config_.claims, claims_);
    open_inbox(config_.issue_results, issue_results_);
    open_outbox(config_.decisions, decisions_);
    open_outbox(config_.issue_requests, issue_requests_);
    open_outbox(config_.settled, settled_);
    open_outbox(config_.scores, scores_);
  }

  bool takes(sdk::Notice notice) const override {
    switch (notice) {
      case sdk::Notice::decision: return decisions_.has_value();
      case sdk::Notice::issue: return issue_requests_ || issue_results_;
      case sdk::Notice::settled: return settled_.has_value();
      case sdk::Notice::scored: return scores_.has_value();
    }
    return true;
  }

  void health(const sdk::Call& call) override {
    stated(call, [&] { files_in(config_.folders.in); });
  }

  void poll_applications(const sdk::Call& call, const sdk::Poll& poll, sdk::Sink<sdk::Application>& sink) override {
    read(call, poll, applications_, sink, [](const Row& row, const Inbox&, sdk::Application& application) {
      application = to_application(row.values);
      return Dated{application.applied_on, std::nullopt};
    });
  }

  void poll_events(const sdk::Call& call, const sdk::Poll& poll, sdk::Sink<sdk::Event>& sink) override {
    read(call, poll, events_, sink, [](const Row& row, const Inbox& inbox, sdk::Event& event) {
      auto reject = to_event(row.values, origin(inbox, row), inbox.position().number(), event);
      return Dated{event.happened_on, std::move(reject)};
    });
  }

  void poll_claims(const sdk::Call& call, const sdk::Poll& poll, sdk::Sink<sdk::Claim>& sink) override {
    read(call, poll, claims_, sink, [](const Row& row, const Inbox&, sdk::Claim& claim) {
      claim = to_claim(row.values);
      claim.line = row.line;
      return Dated{claim.claimed_on.value_or(claim.defaulted_on), std::nullopt};
    });
  }

  void decisions(const sdk::Call& call, const std::vector<sdk::Decision>& items, sdk::Receipts& receipts) override {
    tell(call, *decisions_, items, receipts);
  }
  void settlements(const sdk::Call& call, const std::vector<sdk::Settled>& items, sdk::Receipts& receipts) override {
    tell(call, *settled_, items, receipts);
  }
  void scores(const sdk::Call& call, const std::vector<sdk::Scored>& items, sdk::Receipts& receipts) override {
    tell(call, *scores_, items, receipts);
  }

  // A bank of files answers later: the request is written once, and is pending until a record of
  // `issue_results` tells what became of it.
  void issues(const sdk::Call& call, const std::vector<sdk::IssueRequest>& items, sdk::IssueAnswers& answers) override {
    if (!issue_results_) {
      throw sdk::Error(sdk::Result::bad_config, sdk::Retry::never,
                       call.say("配置没有 issue_results：无从知道银行是否放款", "the configuration has no issue_results: nothing would tell whether the bank lends"), "issue_results");
    }
    stated(call, [&] { read_issue_results(call); });
    std::vector<Outbox::Answer> sent(items.size());
    if (issue_requests_) {
      std::vector<OutRecord> records;
      for (const sdk::IssueRequest& item : items) records.push_back({item.key, outgoing(item), "as_of"});
      sent = stated(call, [&] { return issue_requests_->send(records, today_in_china()); });
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!sent[i].problems.empty()) answers.refuse(items[i].key, error(Refused(sent[i].why, sent[i].problems), language_of(call)));
      else answer_issue(call, items[i], answers);
    }
  }

  // Never asked: the batches above take their place.
  std::string decision(const sdk::Call&, const sdk::Decision&) override { return {}; }
  sdk::Issued issue(const sdk::Call&, const sdk::IssueRequest&) override { return sdk::Issued::pending(); }
  std::string settled(const sdk::Call&, const sdk::Settled&) override { return {}; }
  std::string scored(const sdk::Call&, const sdk::Scored&) override { return {}; }

 private:
  // A record's own day, or why it is none after all.
  struct Dated {
    sdk::Day day;
    std::optional<Reject> reject;
  };

  struct IssueResult {
    sdk::Issued issued;
    std::string content;  // of its values, to notice a second one that says something else
    std::string place;
    std::string contradicted_at;
  };

  void open_inbox(const std::optional<InputStream>& stream, std::optional<Inbox>& inbox) {
    if (stream) inbox.emplace(*stream, config_.folders);
  }
  void open_outbox(const std::optional<OutputStream>& stream, std::optional<Outbox>& outbox) {
    if (stream) outbox.emplace(*stream, config_.folders);
  }

  // "FILE:LINE", the id of an event whose bank gives none; where that is too long, the file by its hash.
  static std::string origin(const Inbox& inbox, const Row& row) {
    std::string id = fmt::format("{}:{}", inbox.file(), row.line);
    return id.size() <= TALENT_LOAN_ID_BYTES_AT_MOST ? id : fmt::format("{}:{}", inbox.position().sha256.substr(0, 32), row.line);
  }

  template <typename Record, typename Make>
  void read(const sdk::Call& call, const sdk::Poll& poll, std::optional<Inbox>& inbox, sdk::Sink<Record>& sink, Make make) {
    if (!inbox) return;
    const auto after = Position::from_token(poll.after.token);
    if (!after || after->number() != poll.after.position) {
      throw sdk::Error(sdk::Result::bad_request, sdk::Retry::never, call.say("游标不是本适配器给出的", "the cursor is none that this adapter gave"), "after");
    }
    bool handed_over = false;
    try {
      inbox->seek(*after);
      read_rows(call, poll, *inbox, sink, make, handed_over);
      for (const Text& note : inbox->take_notes()) call.log(sdk::LogLevel::info, note.in(language_of(call)));
    } catch (const Refused& refused) {
      // What came before a file that is refused counts; the next poll begins at that file and says so.
      if (!handed_over) throw error(refused, language_of(call));
    }
  }

  template <typename Record, typename Make>
  void read_rows(const sdk::Call& call, const sdk::Poll& poll, Inbox& inbox, sdk::Sink<Record>& sink, Make make, bool& handed_over) {
    const Language language = language_of(call);
    const std::int32_t as_of = number_of(poll.as_of);
    Record record;
    std::size_t refused = 0;
    for (Row row; refused < rejects_at_most && inbox.next(row, as_of); handed_over = true) {
      if (row.number % 256 == 0) call.check();
      if (row.kind == Row::Kind::values) {
        Dated dated = make(row, inbox, record);
        if (!dated.reject && number_of(dated.day) > as_of) {
          if (!inbox.file_day()) return;  // held back until its day has come
          dated.reject = Reject{RejectCode::bad_date, "", {fmt::format("{} 晚于文件日期", iso_date(number_of(dated.day))), fmt::format("{} is later than the day of its file", iso_date(number_of(dated.day)))}};
        }
        if (!dated.reject) {
          if (!sink.deliver(record, cursor_of(inbox.position()))) return;
          continue;
        }
        sink.reject(told(*dated.reject, language, inbox.file(), row.line, row.values.front().text));
        ++refused;
      } else if (row.kind == Row::Kind::rejected) {
        sink.reject(told(*row.reject, language, inbox.file(), row.line, row.key));
        ++refused;
      }
      sink.skip_to(cursor_of(inbox.position()));
    }
  }

  template <typename Item>
  void tell(const sdk::Call& call, Outbox& outbox, const std::vector<Item>& items, sdk::Receipts& receipts) {
    std::vector<OutRecord> records;
    for (const Item& item : items) records.push_back({item.key, outgoing(item), ""});
    const auto sent = stated(call, [&] { return outbox.send(records, today_in_china()); });
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (sent[i].problems.empty()) receipts.accept(items[i].key, sent[i].file);
      else receipts.refuse(items[i].key, error(Refused(sent[i].why, sent[i].problems), language_of(call)));
    }
  }

  void read_issue_results(const sdk::Call& call) {
    Inbox& inbox = *issue_results_;
    inbox.seek(results_read_);
    for (Row row; inbox.next(row, INT32_MAX);) {
      if (row.number % 256 == 0) call.check();
      if (row.kind == Row::Kind::values) {
        sdk::Issued issued;
        row.reject = to_issued(row.values, issued);
        if (!row.reject) remember(row, inbox, std::move(issued));
      }
      if (row.reject) {
        call.log(sdk::LogLevel::warning, fmt::format("{}:{}: {}", inbox.file(), row.line, row.reject->text.in(language_of(call))));
      }
    }
    results_read_ = inbox.position();
  }

  void remember(const Row& row, const Inbox& inbox, sdk::Issued issued) {
    std::string content;
    for (const Value& value : row.values) content += value.text + '\x1F';
    const std::string place = fmt::format("{}:{}", inbox.file(), row.line);
    const auto [known, is_new] = results_.try_emplace(row.values.front().text, IssueResult{std::move(issued), content, place, ""});
    if (!is_new && known->second.content != content) known->second.contradicted_at = place;
  }

  void answer_issue(const sdk::Call& call, const sdk::IssueRequest& item, sdk::IssueAnswers& answers) const {
    const auto result = results_.find(item.application_id);
    if (result == results_.end()) return answers.answer(item.key, sdk::Issued::pending());
    if (!result->second.contradicted_at.empty()) {
      return answers.refuse(item.key, sdk::Error(sdk::Result::bad_data, sdk::Retry::never,
                                                 call.say(fmt::format("{} 与 {} 对同一申请给出不同结果；请银行更正", result->second.place, result->second.contradicted_at),
                                                          fmt::format("{} and {} tell different results of one application; the bank has to say which holds", result->second.place, result->second.contradicted_at)),
                                                 "outcome"));
    }
    const sdk::Issued& issued = result->second.issued;
    const bool later = issued.disbursed_on && *issued.disbursed_on > item.as_of;
    answers.answer(item.key, later ? sdk::Issued::pending() : issued);
  }

  Config config_;
  std::optional<Inbox> applications_, events_, claims_, issue_results_;
  std::optional<Outbox> decisions_, issue_requests_, settled_, scores_;
  Position results_read_;
  std::map<std::string, IssueResult> results_;  // by application
};

}  // namespace
}  // namespace talent_loan::adapters::flat_file

TALENT_LOAN_EXPORT_ADAPTER("flat-file", "1.0.0", talent_loan::adapters::flat_file::FlatFileAdapter)
