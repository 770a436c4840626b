// The adapter `database`: records from views, answers into one table.
#include <fmt/format.h>

#include "bank-adapters/common/kit.hpp"
#include "bank-adapters/common/pages.hpp"
#include "bank-adapters/database/poller.hpp"

namespace talent_loan::adapters::database {
namespace {

Link::Allowed allowed(const Config& config) {
  Link::Allowed names;
  for (const auto* stream : {&config.applications, &config.events, &config.claims, &config.issue_results}) {
    if (*stream) names.views.insert((*stream)->view.plain);
  }
  if (config.returns) {
    names.views.insert(config.returns->view.plain);
    names.table = config.returns->table.plain;
  }
  return names;
}

class DatabaseAdapter final : public sdk::Adapter {
 public:
  DatabaseAdapter(const sdk::Opening& opening, const sdk::Call& call)
      : config_(stated(call, [&] { return read_config(opening.config, opening.config_path, opening.base_directory); })),
        link_(config_.connection, allowed(config_)) {}

  bool takes(sdk::Notice notice) const override {
    const std::optional<Returns>& returns = config_.returns;
    switch (notice) {
      case sdk::Notice::decision: return returns && returns->decisions;
      case sdk::Notice::issue: return config_.issue_results || (returns && returns->issue_requests);
      case sdk::Notice::settled: return returns && returns->settled;
      case sdk::Notice::scored: return returns && returns->scores;
    }
    return true;
  }

  void health(const sdk::Call& call) override {
    stated(call, [&] {
      for (const auto* stream : {&config_.applications, &config_.events, &config_.claims, &config_.issue_results}) {
        if (!*stream) continue;
        std::vector<Name> columns = (*stream)->columns;
        if (!(*stream)->cursor.quoted.empty()) columns.push_back((*stream)->cursor);
        look(call, (*stream)->view, columns, (*stream)->key + ".view");
      }
      if (config_.returns) look(call, config_.returns->view, {config_.returns->key}, "returns.view");
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

  std::string decision(const sdk::Call& call, const sdk::Decision& item) override {
    return tell(call, *config_.returns->decisions, item);
  }
  sdk::Issued issue(const sdk::Call& call, const sdk::IssueRequest& request) override {
    if (!config_.issue_results) {
      throw error(call, sdk::Result::bad_config, sdk::Retry::never,
                  {"配置没有 issue_results：无从知道银行是否放款", "the configuration has no issue_results: nothing would tell whether the bank lends"}, "issue_results");
    }
    if (config_.returns && config_.returns->issue_requests) tell(call, *config_.returns->issue_requests, request);
    return stated(call, [&] { return answer_to(call, request); });
  }
  std::string settled(const sdk::Call& call, const sdk::Settled& item) override {
    return tell(call, *config_.returns->settled, item);
  }
  std::string scored(const sdk::Call& call, const sdk::Scored& item) override {
    return tell(call, *config_.returns->scores, item);
  }

 private:
  // Whether the columns are there and may be read.
  void look(const sdk::Call& call, const Name& view, const std::vector<Name>& columns, const std::string& field) {
    Statement statement;
    statement.sql = fmt::format("SELECT {} FROM {} WHERE 1 = 0", column_list(columns), view.quoted);
    statement.columns = columns.size();
    statement.about = view.plain;
    statement.field = field;
    link_.run(call, statement);
  }

  template <typename Record>
  void poll_one(const sdk::Call& call, const std::optional<InputStream>& stream, const sdk::Poll& poll, sdk::Sink<Record>& sink) {
    if (stream) stated(call, [&] { poll_view(call, link_, *stream, poll, sink); });
  }

  // Writes the item and returns the bank's receipt.
  template <typename Item>
  std::string tell(const sdk::Call& call, const OutputStream& stream, const Item& item) {
    return stated(call, [&] {
      const auto cells = stream.columns.render(outgoing(item));
      write(call, stream, item.key, cells);
      return read_back(call, stream, item.key, cells);
    });
  }

  static void bind(Statement& statement, const std::string& name, const std::string& text) {
    if (text.empty()) statement.values.emplace_back(name, std::nullopt);
    else statement.values.emplace_back(name, text);
  }

  // A row with this key that stands there already stays as it is; read_back() then compares.
  void write(const sdk::Call& call, const OutputStream& stream, const std::string& key, const std::vector<OutgoingMap::Cell>& cells) {
    const Returns& returns = *config_.returns;
    Statement statement;
    std::string columns = returns.key.quoted, values = ":k";
    bind(statement, "k", key);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      columns += fmt::format(", \"{}\"", cells[i].target);
      values += fmt::format(", :v{}", i);
      bind(statement, fmt::format("v{}", i), cells[i].text);
    }
    statement.sql = fmt::format("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING", returns.table.quoted, columns, values);
    statement.about = returns.table.plain;
    statement.field = stream.key;
    statement.writes = true;
    link_.run(call, statement);
  }

  // What stands under the key is what was to be written: the database compares, each column in its own type.
  std::string read_back(const sdk::Call& call, const OutputStream& stream, const std::string& key, const std::vector<OutgoingMap::Cell>& cells) {
    const Returns& returns = *config_.returns;
    Statement statement;
    std::string columns = returns.receipt.quoted.empty() ? "''" : fmt::format("CAST({} AS TEXT)", returns.receipt.quoted);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      columns += fmt::format(", CASE WHEN \"{}\" IS NOT DISTINCT FROM :v{} THEN 'same' ELSE 'other' END", cells[i].target, i);
      bind(statement, fmt::format("v{}", i), cells[i].text);
    }
    bind(statement, "k", key);
    statement.sql = fmt::format("SELECT {} FROM {} WHERE {} = :k LIMIT 2", columns, returns.view.quoted, returns.key.quoted);
    statement.columns = cells.size() + 1;
    statement.rows_at_most = 2;
    statement.about = returns.view.plain;
    statement.field = "returns.view";
    const auto rows = link_.run(call, statement);
    if (rows.size() != 1) {
      const char* chinese = rows.empty() ? "写入的行不在其中；请核对视图，以及表上除幂等键外的唯一约束" : "同一个幂等键有多行；请给该列加唯一约束";
      const char* english = rows.empty() ? "does not show the row that was written; check the view, and unique constraints of the table on other columns than the key"
                                         : "has several rows with one key; put a unique constraint on that column";
      throw error(call, sdk::Result::bad_data, sdk::Retry::never,
                  {fmt::format("{}：{}", returns.view.plain, chinese), fmt::format("{} {}", returns.view.plain, english)}, "returns.key");
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (rows.front()[i + 1] == "same" || cells[i].field == "as_of") continue;  // a request's day is no content
      const std::string field(cells[i].field.empty() ? std::string_view(cells[i].target) : cells[i].field);
      throw error(call, sdk::Result::conflict, sdk::Retry::never,
                  {fmt::format("{}：键 {} 已有另一内容，{} 不同", stream.key, shown(key), field), fmt::format("{}: the key {} stands for other content: {} differs", stream.key, shown(key), field)}, field);
    }
    return rows.front().front();
  }

  // The bank's answer to a request, once it stands in the view.
  sdk::Issued answer_to(const sdk::Call& call, const sdk::IssueRequest& request) {
    const InputStream& stream = *config_.issue_results;
    Statement statement;
    statement.sql = fmt::format("SELECT {} FROM {} WHERE {} = :application LIMIT 2", column_list(stream.columns), stream.view.quoted,
                                stream.columns[*stream.application].quoted);
    statement.values = {{"application", request.application_id}};
    statement.columns = stream.columns.size();
    statement.rows_at_most = 2;
    statement.about = stream.view.plain;
    statement.field = "issue_results.view";
    const auto rows = link_.run(call, statement);
    if (rows.empty()) return sdk::Issued::pending();
    if (rows.size() > 1) {
      throw error(call, sdk::Result::bad_data, sdk::Retry::later,
                  {fmt::format("{}：申请 {} 有多行", stream.view.plain, shown(request.application_id)),
                   fmt::format("{}: application {} has several rows", stream.view.plain, shown(request.application_id))}, "application_id");
    }
    std::vector<Value> values;
    auto reject = read_row(stream, rows.front(), values);
    return read_issued(call, request, std::move(reject), values);
  }

  Config config_;
  Link link_;
};

}  // namespace
}  // namespace talent_loan::adapters::database

TALENT_LOAN_EXPORT_ADAPTER("database", "1.0.0", talent_loan::adapters::database::DatabaseAdapter)
