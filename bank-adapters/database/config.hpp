// The adapter's configuration: which of the bank's views and columns are which records and fields, and the one
// table that it writes to. docs: README.md beside this file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank-adapters/common/fields.hpp"
#include "bank-adapters/common/outgoing.hpp"
#include "bank-adapters/common/secret.hpp"

namespace talent_loan::adapters::database {

inline constexpr std::string_view schema = "talent-loan/database/1";

// A name of the bank's, checked and in double quotes: the only thing of a configuration that becomes SQL text.
// Letters, digits, `_`, `$` and whatever is not ASCII, not beginning with a digit; at most 63 bytes, as in
// PostgreSQL. Names are taken exactly as written, capitals included.
struct Name {
  std::string plain;   // "talent_loan.events"
  std::string quoted;  // "\"talent_loan\".\"events\""
};

// One view of the bank: records in the order of its cursor column, a whole number above 0 that only grows.
struct InputStream {
  std::string key;  // in the configuration: "events"
  Name view;
  Name cursor;      // empty for issue results, which are looked up by application
  std::vector<Name> columns;
  std::optional<std::size_t> application;  // issue results: which column is the application's identifier
  FieldMap fields;
};

struct OutputStream {
  std::string key;  // in the configuration: "returns.decisions"
  OutgoingMap columns;
};

// The table that the bank is told through, and the view in which it can be read what stands there.
struct Returns {
  Name table, view, key;
  Name receipt;  // a column of the view; empty: none
  std::optional<OutputStream> decisions, issue_requests, settled, scores;
};

struct Connection {
  bool postgresql = false;
  // PostgreSQL.
  std::string host, database, user, tls, ca;
  std::int64_t port = 5432;
  Secret password;
  // SQLite: absolute.
  std::string file;
  std::int64_t timeout_milliseconds = 10'000;  // to connect; for SQLite, to wait for a lock
};

struct Config {
  Connection connection;
  std::optional<InputStream> applications, events, claims, issue_results;
  std::optional<Returns> returns;
};

// Throws Refused(configuration) with every problem at once. Relative paths are below `base`.
Config read_config(std::string_view text, const std::string& name, const std::string& base);

}  // namespace talent_loan::adapters::database
