// The adapter's configuration: the bank's address and certificates, how to sign in, its resources, and where in
// their JSON the fields stand. docs: README.md beside this file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bank-adapters/common/pages.hpp"
#include "bank-adapters/common/secret.hpp"
#include "bank-adapters/common/verdict.hpp"

namespace talent_loan::adapters::rest_json {

inline constexpr std::string_view schema = "talent-loan/rest-json/1";

struct Server {
  std::string host;
  int port = 443;
  std::string base;  // of all paths: "/talent/v1" or empty
  std::string ca;    // the file of the certificates that sign the server's; empty: the system's
  std::string certificate, key;  // of the client; empty: none
  std::int64_t connect_timeout_milliseconds = 3'000;
  std::int64_t timeout_milliseconds = 15'000;  // of silence, and of a whole answer
  int attempts = 3;
  std::size_t answer_bytes_at_most = 4 << 20;
  std::string key_header = "Idempotency-Key";
};

// How the adapter signs in: a bearer token as it stands, or one that a resource of the bank gives for an
// identifier and a secret (OAuth 2.0, client credentials).
struct SignIn {
  Secret bearer;
  std::string token_path;  // empty: none
  std::string client_id, scope;
  Secret client_secret;
};

// Where answers say how it went, beside the HTTP status. JSON pointers; empty: none.
struct Verdicts {
  std::string code, text, field;
  VerdictTable table;
};

// A resource that is read page by page.
struct Inquiry {
  std::string path;
  OutgoingMap query;
  Records records;
};

// A resource that something is sent to.
struct Notice {
  std::string path;
  bool put = false;  // else POST
  OutgoingMap body;
  std::string receipt;  // JSON pointer; empty: none
  Records answer;       // of issue
};

struct Config {
  Server server;
  SignIn sign_in;
  Verdicts verdicts;
  std::string health_path;
  std::optional<Inquiry> applications, events, claims;
  std::optional<Notice> decisions, issue, settled, scores;
};

// Throws Refused(configuration) with every problem at once. Relative paths of files are below `base`.
Config read_config(std::string_view text, const std::string& name, const std::string& base);

}  // namespace talent_loan::adapters::rest_json
