// Requests to the bank over HTTPS and their JSON answers.
#pragma once

#include <talent_loan/sdk.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bank-adapters/rest-json/config.hpp"

namespace talent_loan::adapters::rest_json {

struct Request {
  std::string method = "GET";
  std::string path;  // below the server's base
  std::vector<std::pair<std::string, std::string>> query;
  std::string body;  // empty: none
  std::string content_type = "application/json";
  std::string key;   // idempotency key; empty: none, for requests that change nothing
  bool needs_body = false;  // an answer without a body says nothing
};

class Client {
 public:
  explicit Client(const Config& config);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // The answer to a request that went well. Signs in where that is needed, and once more where the bank no longer
  // takes the token; asks again, with the same key, where that can help. Throws sdk::Error.
  nlohmann::json ask(const sdk::Call& call, const Request& request);

 private:
  struct Connection;
  struct Answer {
    int status = 0;
    std::string body, content_type, retry_after;
  };

  Answer send(const sdk::Call& call, const Request& request, const std::string& authorization);
  void connect(const sdk::Call& call);
  std::string authorization(const sdk::Call& call);
  nlohmann::json judged(const sdk::Call& call, const Request& request, const Answer& answer) const;
  nlohmann::json document_of(const sdk::Call& call, const Request& request, const Answer& answer, bool needs_body) const;

  const Config& config_;
  std::unique_ptr<Connection> connection_;
  std::string token_;  // given by the bank; empty: none
  std::chrono::steady_clock::time_point token_ends_;
};

}  // namespace talent_loan::adapters::rest_json
