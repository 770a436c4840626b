// The adapter `rest-json`: every call is a request over HTTPS and its JSON answer.
#include "bank-adapters/common/kit.hpp"
#include "bank-adapters/rest-json/client.hpp"
#include "bank-adapters/rest-json/exact_json.hpp"

namespace talent_loan::adapters::rest_json {
namespace {

nlohmann::json member_of(const OutgoingMap::Cell& cell) {
  const auto refuse = [&](Text found, Text allowed) -> nlohmann::json {
    throw Refused(Refusal::data, {.place = {.field = cell.target}, .found = std::move(found), .allowed = std::move(allowed)});
  };
  if (cell.text.empty()) return nullptr;
  switch (cell.form) {
    case OutgoingMap::Form::text: break;
    case OutgoingMap::Form::number: {
      // Whole numbers only: a decimal would pass through binary floating point on the bank's side.
      const auto number = parse_count(cell.text, INT64_MAX);
      return number ? nlohmann::json(*number) : refuse({shown(cell.text), shown(cell.text)}, {"整数", "a whole number"});
    }
    case OutgoingMap::Form::boolean:
      if (cell.text == "true" || cell.text == "yes") return true;
      if (cell.text == "false" || cell.text == "no") return false;
      return refuse({shown(cell.text), shown(cell.text)}, {"yes 或 no", "yes or no"});
  }
  return cell.text;
}

class RestJsonAdapter final : public sdk::Adapter {
 public:
  RestJsonAdapter(const sdk::Opening& opening, const sdk::Call& call)
      : config_(stated(call, [&] { return read_config(opening.config, opening.config_path, opening.base_directory); })), client_(config_) {}

  bool takes(sdk::Notice notice) const override { return states(config_, notice); }

  void health(const sdk::Call& call) override {
    if (config_.health_path.empty()) {
      throw error(call, sdk::Result::bad_config, sdk::Retry::never, {"配置没有 health，无从探询银行", "the configuration has no health resource to ask the bank with"}, "health");
    }
    stated(call, [&] {
      Request request;
      request.path = config_.health_path;
      client_.ask(call, request);
    });
  }

  void poll_applications(const sdk::Call& call, const sdk::Poll& poll, sdk::Sink<sdk::Application>& sink) override {
    poll_one(call, config_.applications, poll, sink);
  }
  void poll_events(const sdk::Call& call, const sdk::Poll& poll, sdk::Sink<sdk::Event>& sink) override {
    poll_one(call, config_.events, poll, sink);
  }
  void poll_claims(const sdk::Call& call, const sdk::Poll& poll, sdk::Sink<sdk::Claim>& sink) override {
    poll_one(call, config_.claims, poll, sink);
  }

  std::string decision(const sdk::Call& call, const sdk::Decision& item) override { return tell(call, *config_.decisions, item); }
  std::string settled(const sdk::Call& call, const sdk::Settled& item) override { return tell(call, *config_.settled, item); }
  std::string scored(const sdk::Call& call, const sdk::Scored& item) override { return tell(call, *config_.scores, item); }

  sdk::Issued issue(const sdk::Call& call, const sdk::IssueRequest& request) override {
    return stated(call, [&] {
      const nlohmann::json answer = send(call, *config_.issue, request.key, outgoing(request), true);
      const Records& records = config_.issue->answer;
      std::vector<Value> values;
      auto reject = records.fields.read(cells_at(answer, records.sources), values);
      return read_issued(call, request, std::move(reject), values);
    });
  }

 private:
  static std::vector<std::string> cells_at(const nlohmann::json& record, const std::vector<std::string>& pointers) {
    std::vector<std::string> cells;
    cells.reserve(pointers.size());
    for (const std::string& pointer : pointers) cells.push_back(text_at(record, pointer));
    return cells;
  }

  nlohmann::json send(const sdk::Call& call, const Notice& notice, const std::string& key, const Outgoing& item, bool needs_body) {
    nlohmann::json body = nlohmann::json::object();
    for (const OutgoingMap::Cell& cell : notice.body.render(item)) put(body, cell.target, member_of(cell));
    Request request;
    request.method = notice.put ? "PUT" : "POST";
    request.path = notice.path;
    request.body = body.dump();
    request.key = key;
    request.needs_body = needs_body;
    return client_.ask(call, request);
  }

  template <typename Record>
  void poll_one(const sdk::Call& call, const std::optional<Inquiry>& inquiry, const sdk::Poll& poll, sdk::Sink<Record>& sink) {
    if (!inquiry) return;
    const Records& records = inquiry->records;
    stated(call, [&] {
      poll_pages(call, records, poll, sink, [&](const std::string& mark) {
        Request request;
        request.path = inquiry->path;
        request.needs_body = true;
        for (const OutgoingMap::Cell& cell : inquiry->query.render(page_request(mark, records.page_size, poll.as_of))) {
          if (!cell.text.empty()) request.query.emplace_back(cell.target, cell.text);
        }
        return page_of(call, records, client_.ask(call, request));
      });
    });
  }

  static Page page_of(const sdk::Call& call, const Records& records, const nlohmann::json& document) {
    const nlohmann::json* const list = value_at(document, records.records);
    if (list == nullptr || !list->is_array()) {
      throw error(call, sdk::Result::bad_data, sdk::Retry::later,
                  {records.key + "：回答中没有列表 " + records.records, records.key + ": the answer holds no list at " + records.records}, records.key + ".records");
    }
    Page page;
    for (const nlohmann::json& record : *list) page.rows.push_back(cells_at(record, records.sources));
    page.next = text_at(document, records.next);
    if (!records.count.empty()) page.count = text_at(document, records.count);
    if (!records.amount.empty()) page.amount = text_at(document, records.amount);
    return page;
  }

  template <typename Item>
  std::string tell(const sdk::Call& call, const Notice& notice, const Item& item) {
    return stated(call, [&] {
      const nlohmann::json answer = send(call, notice, item.key, outgoing(item), false);
      return notice.receipt.empty() ? std::string() : shortened(text_at(answer, notice.receipt));
    });
  }

  Config config_;
  Client client_;
};

}  // namespace
}  // namespace talent_loan::adapters::rest_json

TALENT_LOAN_EXPORT_ADAPTER("rest-json", "1.0.0", talent_loan::adapters::rest_json::RestJsonAdapter)
