// The connection to the bank's database: opened when first needed, opened anew after it broke, cut off when the
// call's time is up. It runs SELECT on the configured views and INSERT into the one table, nothing else; values
// are bound, never part of the SQL.
#pragma once

#include <talent_loan/sdk.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bank-adapters/database/config.hpp"

namespace talent_loan::adapters::database {

// One statement. `about` is the view or table, and `field` the configuration's key, for messages.
struct Statement {
  std::string sql;  // parameters are written `:name`
  // nullopt: NULL.
  std::vector<std::pair<std::string, std::optional<std::variant<std::int64_t, std::string>>>> values;
  std::size_t columns = 0;  // that it returns, each of them text
  std::size_t rows_at_most = 1;
  std::string about;
  std::string field;
  bool writes = false;
};

class Link {
 public:
  // What SQLite, which has no roles, lets this connection touch. PostgreSQL's grants do the same there.
  struct Allowed {
    std::set<std::string> views;
    std::string table;
  };

  Link(const Connection& settings, Allowed allowed);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();

  // Rows of texts, NULL as "". Throws sdk::Error. At most `rows_at_most` rows.
  std::vector<std::vector<std::string>> run(const sdk::Call& call, const Statement& statement);

 private:
  struct Session;
  void connect(const sdk::Call& call);

  const Connection& settings_;
  Allowed allowed_;
  std::unique_ptr<Session> session_;
};

}  // namespace talent_loan::adapters::database
