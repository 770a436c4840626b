#include "bank-adapters/rest-json/client.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>

#include <fmt/format.h>

#include "bank-adapters/common/kit.hpp"
#include "bank-adapters/rest-json/exact_json.hpp"
#include "bank-adapters/rest-json/pipe_signal.hpp"

namespace talent_loan::adapters::rest_json {
namespace {

using sdk::Result;
using sdk::Retry;

// How long before its end a token is no longer used.
constexpr std::chrono::seconds token_margin{30};
// A bank's Retry-After is waited for inside the call up to this long; after that the host comes back later.
constexpr std::int64_t wait_seconds_at_most = 5;

// Whether asking again unchanged is safe to leave to the host's pace, or has to carry the key at once.
Retry again(const Request& request) { return request.key.empty() ? Retry::later : Retry::same_key; }

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string encoded_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) out += fmt::format("{}{}={}", out.empty() ? "" : "&", percent_encoded(name), percent_encoded(value));
  return out;
}

bool is_json_in_utf8(std::string type) {
  std::transform(type.begin(), type.end(), type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::string media = type.substr(0, type.find(';'));
  const std::size_t charset = type.find("charset=");
  const std::string stated = charset == std::string::npos ? "utf-8" : type.substr(charset + 8);
  return (media.find("json") != std::string::npos) && (stated.starts_with("utf-8") || stated.starts_with("\"utf-8\""));
}

}  // namespace

// With it, what the HTTP library does not tell by itself: when a new connection stands, and how much of an answer has
// come before its status is known. The TLS library tells both, on the thread that sends.
struct Client::Connection {
  using Clock = std::chrono::steady_clock;

  Connection(const Server& server) : client(server.host, server.port, server.certificate, server.key) {
    if (!client.is_valid()) return;
    SSL_CTX_set_app_data(client.ssl_context(), this);
    SSL_CTX_set_info_callback(client.ssl_context(), [](const SSL* ssl, int what, int) {
      if ((what & SSL_CB_HANDSHAKE_DONE) != 0) of(ssl).stands();
    });
    SSL_CTX_set_msg_callback(client.ssl_context(), [](int written, int, int type, const void* bytes, std::size_t size, SSL* ssl, void*) {
      if (written == 0 && type == SSL3_RT_HEADER && size == 5) of(ssl).comes(ssl, static_cast<const unsigned char*>(bytes));
    });
  }

  // What follows is one request and its answer. Its time begins with sending; connecting has its own.
  void begin(const Server& server) {
    answer_within_ = std::chrono::milliseconds(server.timeout_milliseconds);
    connecting_ = client.is_socket_open() == 0;
    end_ = Clock::now() + answer_within_ + std::chrono::milliseconds(connecting_ ? server.connect_timeout_milliseconds : 0);
    header_bytes_ = 0;
    in_header_ = true;
  }
  void header_is_read() { in_header_ = false; }
  bool late() const { return Clock::now() > end_.load(); }
  bool header_too_long() const { return header_bytes_ > header_bytes_at_most; }

  httplib::SSLClient client;

 private:
  static constexpr std::size_t header_bytes_at_most = 256 << 10;  // of TLS records: it may share its last one with the body

  static Connection& of(const SSL* ssl) { return *static_cast<Connection*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl))); }
  void stands() {
    if (connecting_) end_ = Clock::now() + answer_within_;
    connecting_ = false;
  }
  void comes(SSL* ssl, const unsigned char* record) {
    if (!in_header_) return;
    header_bytes_ += static_cast<std::size_t>(record[3] << 8 | record[4]);
    if (header_too_long()) ::shutdown(SSL_get_fd(ssl), SHUT_RDWR);
  }

  std::chrono::milliseconds answer_within_{0};
  std::atomic<Clock::time_point> end_{Clock::time_point::max()};  // the watch looks at it
  bool connecting_ = false, in_header_ = false;
  std::size_t header_bytes_ = 0;
};

Client::Client(const Config& config) : config_(config) {}
Client::~Client() {
  const PipeSignalHeld held;  // closing says goodbye to the bank
  connection_.reset();
}

void Client::connect(const sdk::Call& call) {
  const Server& server = config_.server;
  if (!connection_) {
    connection_ = std::make_unique<Connection>(server);
    httplib::SSLClient& client = connection_->client;
    if (!client.is_valid()) {
      connection_.reset();
      throw error(call, Result::bad_config, Retry::never, {"客户端证书或私钥不能使用", "the client certificate or its key cannot be used"}, "server.client_certificate");
    }
    SSL_CTX_set_min_proto_version(client.ssl_context(), TLS1_2_VERSION);
    if (!server.ca.empty()) client.set_ca_cert_path(server.ca);
    client.enable_server_certificate_verification(true);
    client.set_keep_alive(true);
    client.set_follow_location(false);
  }
  const auto within = [&](std::int64_t milliseconds) { return std::chrono::milliseconds(std::max<std::int64_t>(1, std::min(milliseconds, call.milliseconds_left()))); };
  connection_->client.set_connection_timeout(within(server.connect_timeout_milliseconds));
  connection_->client.set_read_timeout(within(server.timeout_milliseconds));
  connection_->client.set_write_timeout(within(server.timeout_milliseconds));
}

Client::Answer Client::send(const sdk::Call& call, const Request& request, const std::string& authorization) {
  call.check();
  const PipeSignalHeld held;
  connect(call);
  const Server& server = config_.server;
  httplib::Request raw;
  raw.method = request.method;
  raw.path = server.base + request.path;
  if (!request.query.empty()) raw.path += "?" + encoded_pairs(request.query);
  raw.set_header("Accept", "application/json");
  raw.set_header("Accept-Encoding", "identity");
  if (!authorization.empty()) raw.set_header("Authorization", authorization);
  if (!request.key.empty()) raw.set_header(server.key_header, request.key);
  if (!request.body.empty()) raw.set_header("Content-Type", request.content_type);
  raw.body = request.body;
  Answer answer;
  bool too_long = false, bodiless = false;
  Connection& connection = *connection_;
  connection.begin(server);
  const auto take_head = [&](const httplib::Response& response) {
    answer.status = response.status;
    answer.content_type = response.get_header_value("Content-Type");
    answer.retry_after = response.get_header_value("Retry-After");
  };
  raw.response_handler = [&](const httplib::Response& response) {
    connection.header_is_read();
    take_head(response);
    // The library would wait for the body of these, which never comes.
    bodiless = response.status == 205 || response.status == 304;
    return !bodiless;
  };
  raw.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    too_long = answer.body.size() + size > server.answer_bytes_at_most;
    if (!too_long) answer.body.append(data, size);
    return !too_long && !connection.late();
  };
  httplib::Error outcome;
  {
    const auto stop = [&connection] {
      const PipeSignalHeld held_here;  // this is the watch's own thread
      connection.client.stop();
    };
    const CallWatch watch(call, stop, [&connection] { return connection.late(); });
    const httplib::Result result = connection.client.send(raw);
    outcome = bodiless ? httplib::Error::Success : result.error();
    if (result) take_head(*result);  // one without a body, 204, is told only here
  }
  if (bodiless) connection_->client.stop();
  // Whoever says "not now" may hang up while we wait: the next attempt dials anew instead of failing on a dead line.
  if (answer.status >= 400) connection_->client.stop();
  if (outcome == httplib::Error::Success) return answer;
  const bool too_late = connection.late(), header_too_long = connection.header_too_long();
  connection_.reset();  // the next request begins with a new one
  const std::string place = fmt::format("{} {}:{}{}", request.method, server.host, server.port, server.base + request.path);
  const auto fail = [&](Result result, Retry retry, const Text& why, const char* field) {
    throw error(call, result, retry, {place + "：" + why.chinese, place + ": " + why.english}, field);
  };
  if (call.cancelled()) fail(Result::cancelled, again(request), {"主机已取消本次调用", "the host cancelled the call"}, "");
  if (call.milliseconds_left() <= 0) fail(Result::timed_out, Retry::same_key, {"已超过本次调用的期限", "the deadline of the call has passed"}, "");
  if (too_long) fail(Result::bad_data, Retry::never, {fmt::format("回答超过 {} 字节", server.answer_bytes_at_most), fmt::format("the answer is over {} bytes", server.answer_bytes_at_most)}, "server.answer_bytes_at_most");
  if (header_too_long) fail(Result::bad_data, Retry::never, {"回答的头过长", "the head of the answer is too long"}, "");
  const bool unconnected = outcome == httplib::Error::Connection || outcome == httplib::Error::ConnectionTimeout || outcome == httplib::Error::SSLConnection;
  if (too_late && !unconnected) fail(Result::timed_out, again(request), {"回答未在时限内到齐", "the answer did not come whole in time"}, "server.timeout_ms");
  switch (outcome) {
    case httplib::Error::SSLServerVerification:
      fail(Result::denied, Retry::never, {"服务器证书不可信：不是 ca 所签，或名称不符", "the server's certificate is not to be trusted: not signed by `ca`, or for another name"}, "server.ca");
      break;
    case httplib::Error::SSLLoadingCerts: fail(Result::bad_config, Retry::never, {"证书文件不能使用", "the certificates cannot be used"}, "server.ca"); break;
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
    case httplib::Error::SSLConnection: fail(Result::unavailable, Retry::later, {"不能连接", "cannot connect"}, "server.url"); break;
    default: fail(Result::unavailable, again(request), {"没有收到完整的回答（" + httplib::to_string(outcome) + "）", "no whole answer came (" + httplib::to_string(outcome) + ")"}, ""); break;
  }
  return answer;
}

std::string Client::authorization(const sdk::Call& call) {
  const SignIn& sign_in = config_.sign_in;
  if (sign_in.bearer.stated()) return "Bearer " + sign_in.bearer.value();
  if (sign_in.token_path.empty()) return {};
  if (token_.empty() || std::chrono::steady_clock::now() >= token_ends_) {
    Request request;
    request.method = "POST";
    request.path = sign_in.token_path;
    request.content_type = "application/x-www-form-urlencoded";
    std::vector<std::pair<std::string, std::string>> form{{"grant_type", "client_credentials"}, {"client_id", sign_in.client_id}, {"client_secret", sign_in.client_secret.value()}};
    if (!sign_in.scope.empty()) form.emplace_back("scope", sign_in.scope);
    request.body = encoded_pairs(form);
    const Answer answer = send(call, request, "");
    if (answer.status == 400 || answer.status == 401 || answer.status == 403) {
      throw error(call, Result::denied, Retry::never,
                  {fmt::format("银行不接受 client_id {} 的密钥（HTTP {}）", sign_in.client_id, answer.status), fmt::format("the bank does not take the secret of client_id {} (HTTP {})", sign_in.client_id, answer.status)}, "sign_in.token");
    }
    const nlohmann::json document = judged(call, request, answer);
    token_ = text_at(document, "/access_token");
    const auto seconds = parse_count(text_at(document, "/expires_in"), 86'400 * 365);
    token_ends_ = std::chrono::steady_clock::now() + (seconds ? std::max(std::chrono::seconds(0), std::chrono::seconds(*seconds) - token_margin) : std::chrono::hours(1));
    if (token_.empty()) throw error(call, Result::bad_data, Retry::later, {"登录的回答没有 access_token", "the answer to the sign-in has no access_token"}, "sign_in.token");
  }
  return "Bearer " + token_;
}

nlohmann::json Client::ask(const sdk::Call& call, const Request& request) {
  return repeated(call, config_.server.attempts, [&] {
    Answer answer = send(call, request, authorization(call));
    if (answer.status == 401) {
      // A token that ended early, or a secret that was changed in its file: once with a fresh one.
      token_.clear();
      answer = send(call, request, authorization(call));
    }
    const auto wait = parse_count(answer.retry_after, wait_seconds_at_most);
    if ((answer.status == 429 || answer.status == 503) && wait && *wait * 1000 < call.milliseconds_left()) pause(call, std::chrono::seconds(*wait));
    return judged(call, request, answer);
  });
}

nlohmann::json Client::document_of(const sdk::Call& call, const Request& request, const Answer& answer, bool needs_body) const {
  const auto refuse = [&](const Text& why) {
    throw error(call, Result::bad_data, again(request), {request.path + "：" + why.chinese, request.path + ": " + why.english}, "");
  };
  if (answer.body.empty()) {
    if (needs_body) refuse({fmt::format("回答（HTTP {}）没有正文", answer.status), fmt::format("the answer (HTTP {}) has no body", answer.status)});
    return nlohmann::json::object();
  }
  if (!is_json_in_utf8(answer.content_type)) {
    refuse({"回答的类型为 " + shown(answer.content_type) + "；应为：application/json，UTF-8", "the answer's type is " + shown(answer.content_type) + "; allowed: application/json in UTF-8"});
  }
  try {
    return read_exact(answer.body);
  } catch (const Refused& refused) {
    refuse({refused.sentences(Language::chinese), refused.sentences(Language::english)});
  }
  return {};
}

nlohmann::json Client::judged(const sdk::Call& call, const Request& request, const Answer& answer) const {
  const Verdicts& verdicts = config_.verdicts;
  const std::string status = fmt::format("HTTP {}", answer.status), place = fmt::format("{} {}", request.method, config_.server.base + request.path);
  if (answer.status >= 200 && answer.status < 300) {
    // The token's resource follows its own standard.
    const bool coded = !verdicts.code.empty() && request.path != config_.sign_in.token_path && request.path != config_.health_path;
    nlohmann::json document = document_of(call, request, answer, coded || request.needs_body);
    if (coded) {
      const std::string code = text_at(document, verdicts.code);
      judge(call, verdicts.table.of(code), code, verdicts.text.empty() ? "" : text_at(document, verdicts.text), verdicts.field.empty() ? "" : text_at(document, verdicts.field), place);
    }
    return document;
  }
  std::string said, field;
  if (is_json_in_utf8(answer.content_type)) {
    try {
      const nlohmann::json document = read_exact(answer.body);
      if (!verdicts.text.empty()) said = text_at(document, verdicts.text);
      if (!verdicts.field.empty()) field = text_at(document, verdicts.field);
    } catch (const Refused&) {
      said = "…";  // what cannot be read is not told on
    }
  }
  Verdict verdict = Verdict::never;
  switch (answer.status) {
    case 401:
    case 403: verdict = Verdict::denied; break;
    case 404: verdict = Verdict::not_found; break;
    case 409: verdict = Verdict::conflict; break;
    case 425:
    case 429:
    case 503: verdict = Verdict::later; break;
    case 408:
    case 500:
    case 502:
    case 504: verdict = request.key.empty() ? Verdict::later : Verdict::same_key; break;
    default: break;
  }
  judge(call, verdict, status, said, field, place);
  return {};
}

}  // namespace talent_loan::adapters::rest_json
