// The adapter `xml-message`: every call is a message of XML and its answer.
#include <random>

#include <fmt/format.h>

#include "bank-adapters/common/kit.hpp"
#include "bank-adapters/xml-message/document.hpp"
#include "bank-adapters/xml-message/exchange.hpp"

namespace talent_loan::adapters::xml_message {
namespace {

// What the path finds. Where it finds several nodes none of them is the value: an amount that stands twice would be booked
// as its first.
std::string only_value(const pugi::xml_node& node, const pugi::xpath_query& query, const std::string& path) {
  const std::size_t found = query.return_type() == pugi::xpath_type_node_set ? query.evaluate_node_set(node).size() : 1;
  if (found <= 1) return query.evaluate_string(node);
  throw Refused(Refusal::data, {.place = {.field = path},
                                .found = {fmt::format("报文中有 {} 处", found), fmt::format("stands {} times in the message", found)},
                                .allowed = {"一处；路径可用 [1] 指明哪一处", "once; a path with [1] says which"}});
}

std::string value_at(const pugi::xml_node& node, const std::string& path) {
  return path.empty() ? std::string() : only_value(node, pugi::xpath_query(path.c_str()), path);
}

class XmlMessageAdapter final : public sdk::Adapter {
 public:
  XmlMessageAdapter(const sdk::Opening& opening, const sdk::Call& call)
      : bank_(opening.bank_id), config_(stated(call, [&] { return read_config(opening.config, opening.config_path); })) {}

  bool takes(sdk::Notice notice) const override { return states(config_, notice); }

  void health(const sdk::Call& call) override {
    if (!config_.health) {
      throw error(call, sdk::Result::bad_config, sdk::Retry::never, {"配置没有 health，无从探询银行", "the configuration has no health message to ask the bank with"}, "health");
    }
    stated(call, [&] {
      pugi::xml_document document;
      ask(call, *config_.health, {}, document);
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
      pugi::xml_document document;
      ask(call, config_.issue->elements, outgoing(request), document);
      const Records& records = config_.issue->records;
      std::vector<Value> values;
      auto reject = records.fields.read(cells_at(document, compiled(records.sources), records.sources), values);
      return read_issued(call, request, std::move(reject), values);
    });
  }

 private:
  using Queries = std::vector<pugi::xpath_query>;

  static Queries compiled(const std::vector<std::string>& paths) {
    Queries queries;
    for (const std::string& path : paths) queries.emplace_back(path.c_str());
    return queries;
  }

  static std::vector<std::string> cells_at(const pugi::xml_node& node, const Queries& queries, const std::vector<std::string>& paths) {
    std::vector<std::string> cells;
    cells.reserve(queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) cells.push_back(only_value(node, queries[i], paths[i]));
    return cells;
  }

  // A number that no other message of this bank has.
  std::string next_message_id() {
    return fmt::format("{:08x}{:08x}", first_id_, ++messages_);
  }

  // Sends one message and reads the answer, which must be about it and say that it went well.
  void ask(const sdk::Call& call, const OutgoingMap& elements, const Outgoing& item, pugi::xml_document& document) {
    repeated(call, config_.connection.attempts, [&] {
      const std::string id = next_message_id();
      auto cells = config_.envelope.elements.render({{"message_id", id}, {"sent_on", OutgoingDay{today_in_china()}}, {"bank_id", bank_}});
      for (auto& cell : elements.render(item)) cells.push_back(std::move(cell));
      const std::string answer = exchange(call, config_.connection, written(config_.envelope.root, cells, config_.connection.encoding));
      read(answer, config_.connection.encoding, document);
      const std::string echoed = value_at(document, config_.verdicts.echo);
      if (!config_.verdicts.echo.empty() && echoed != id) {
        throw error(call, sdk::Result::bad_data, sdk::Retry::same_key,
                    {fmt::format("回答的是另一报文 {}", shown(echoed)), fmt::format("the answer is to another message, {}", shown(echoed))}, "response.echo");
      }
      const std::string code = value_at(document, config_.verdicts.code);
      judge(call, config_.verdicts.table.of(code), code, value_at(document, config_.verdicts.text), value_at(document, config_.verdicts.field));
    });
  }

  template <typename Record>
  void poll_one(const sdk::Call& call, const std::optional<Inquiry>& inquiry, const sdk::Poll& poll, sdk::Sink<Record>& sink) {
    if (!inquiry) return;
    const Records& records = inquiry->records;
    const Queries queries = compiled(records.sources);
    const pugi::xpath_query each(records.records.c_str());
    stated(call, [&] {
      poll_pages(call, records, poll, sink, [&](const std::string& mark) {
        pugi::xml_document document;
        ask(call, inquiry->elements, page_request(mark, records.page_size, poll.as_of), document);
        Page page;
        for (const pugi::xpath_node& node : each.evaluate_node_set(document)) page.rows.push_back(cells_at(node.node(), queries, records.sources));
        page.next = value_at(document, records.next);
        if (!records.count.empty()) page.count = value_at(document, records.count);
        if (!records.amount.empty()) page.amount = value_at(document, records.amount);
        return page;
      });
    });
  }

  template <typename Item>
  std::string tell(const sdk::Call& call, const Notice& notice, const Item& item) {
    return stated(call, [&] {
      pugi::xml_document document;
      ask(call, notice.elements, outgoing(item), document);
      return shortened(value_at(document, notice.receipt));
    });
  }

  std::string bank_;
  Config config_;
  unsigned first_id_ = std::random_device()();
  unsigned messages_ = 0;
};

}  // namespace
}  // namespace talent_loan::adapters::xml_message

TALENT_LOAN_EXPORT_ADAPTER("xml-message", "1.0.0", talent_loan::adapters::xml_message::XmlMessageAdapter)
