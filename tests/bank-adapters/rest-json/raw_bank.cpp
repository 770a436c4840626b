#include "tests/bank-adapters/rest-json/raw_bank.hpp"

#include <openssl/ssl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "tests/bank-adapters/rest-json/loopback.hpp"

namespace talent_loan::testing {
namespace {

class TlsLine final : public RawBank::Line {
 public:
  TlsLine(SSL* ssl, int socket, const std::atomic<bool>& over) : ssl_(ssl), socket_(socket), over_(over) {}
  ~TlsLine() override { close(); }

  std::string read() override {
    std::string bytes(16'384, '\0');
    const int got = SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  bool write(std::string_view bytes) override { return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0; }
  void reset() override {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  bool over() const override { return over_; }

 private:
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  SSL* ssl_;
  int socket_;
  const std::atomic<bool>& over_;
};

}  // namespace

bool RawBank::Line::read_request() {
  std::string request;
  for (;;) {
    const std::string more = read();
    if (more.empty()) return false;
    request += more;
    const std::size_t head = request.find("\r\n\r\n");
    if (head == std::string::npos) continue;
    const std::size_t length = request.find("Content-Length: ");
    const std::size_t body = length < head ? std::stoul(request.substr(length + 16)) : 0;
    if (request.size() >= head + 4 + body) return true;
  }
}

struct RawBank::Listener {
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port = 0;
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  std::function<void(Line&)> script;
  std::atomic<bool> over{false};
  std::thread thread;

  void serve() {
    hold_pipe_signal();
    while (!over) {
      pollfd waiting{socket, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept(socket, nullptr, nullptr);
      const timeval patience{1, 0};  // nobody holds up the end of a test
      ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
      SSL* const ssl = SSL_new(context);
      SSL_set_fd(ssl, connection);
      {
        TlsLine line(ssl, connection, over);
        if (SSL_accept(ssl) == 1) script(line);
      }
      SSL_free(ssl);
    }
  }
};

RawBank::RawBank(const TemporaryFolder& folder, const std::string& name, std::function<void(Line&)> script) : listener_(std::make_unique<Listener>()) {
  listener_->script = std::move(script);
  if (SSL_CTX_use_certificate_file(listener_->context, (folder / (name + ".pem")).c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(listener_->context, (folder / (name + ".key")).c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("no certificate for the bank");
  }
  listener_->port = listen_on_loopback(listener_->socket);
  listener_->thread = std::thread([this] { listener_->serve(); });
}

RawBank::~RawBank() {
  listener_->over = true;
  listener_->thread.join();
  ::close(listener_->socket);
  SSL_CTX_free(listener_->context);
}

int RawBank::port() const { return listener_->port; }

}  // namespace talent_loan::testing
