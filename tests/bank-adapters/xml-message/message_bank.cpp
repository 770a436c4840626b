#include "tests/bank-adapters/xml-message/message_bank.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

#include <stdexcept>

#include "bank-adapters/common/encoding.hpp"

namespace talent_loan::testing {
namespace {

constexpr std::size_t length_digits = 8;

bool read_all(int connection, std::string& into) {
  for (std::size_t got = 0; got < into.size();) {
    const ssize_t more = ::recv(connection, into.data() + got, into.size() - got, 0);
    if (more <= 0) return false;
    got += static_cast<std::size_t>(more);
  }
  return true;
}

void send_all(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

MessageBank::MessageBank(std::function<Reply(const std::string&)> handle) : handle_(std::move(handle)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port on the loopback");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] {
    while (!over_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection >= 0) connections_.emplace_back([this, connection] { serve(connection); });
    }
  });
}

MessageBank::~MessageBank() {
  over_ = true;
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
  ::close(listener_);
}

std::vector<std::string> MessageBank::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void MessageBank::serve(int connection) {
  std::string length(length_digits, '\0');
  if (read_all(connection, length)) {
    std::string bytes(std::stoul(length), '\0');
    std::string request;
    adapters::Decoder decoder(adapters::Encoding::gb18030);
    if (read_all(connection, bytes) && decoder.append(bytes, request)) {
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      send_reply(connection, handle_(request));
    }
  }
  ::close(connection);
}

void MessageBank::send_reply(int connection, const Reply& reply) {
  const std::string body = reply.in_utf8 ? reply.body : adapters::encoded(adapters::Encoding::gb18030, reply.body).value();
  const std::string length = reply.length.empty() ? fmt::format("{:0{}}", body.size(), length_digits) : reply.length;
  switch (reply.how) {
    case Reply::How::silent_close: return;
    case Reply::How::reset: {
      const linger at_once{1, 0};
      ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return;
    }
    case Reply::How::half: return send_all(connection, (length + body).substr(0, length_digits + body.size() / 2));
    case Reply::How::answer: send_all(connection, length + body); return;
    case Reply::How::stall: break;
  }
  // Until the other side gives up.
  for (char byte = 0; !over_;) {
    pollfd waiting{connection, POLLIN, 0};
    if (::poll(&waiting, 1, 20) > 0 && ::recv(connection, &byte, 1, 0) <= 0) return;
  }
}

}  // namespace talent_loan::testing
