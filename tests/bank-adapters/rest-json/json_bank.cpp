#include "tests/bank-adapters/rest-json/json_bank.hpp"

#include <httplib.h>
#include <poll.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "tests/bank-adapters/rest-json/loopback.hpp"

namespace talent_loan::testing {

struct JsonBank::Server {
  Server(const std::string& certificate, const std::string& key, const char* client_ca) : server(certificate.c_str(), key.c_str(), client_ca) {}

  httplib::SSLServer server;
  std::function<Told(const Asked&)> handle;
  int port = 0;
  std::atomic<bool> over{false};
  mutable std::mutex mutex;
  std::vector<Asked> asked;
  std::thread thread;

  void answer(const httplib::Request& request, httplib::Response& response) {
    Asked question{request.method, request.path, request.body, request.get_header_value("Authorization"), request.get_header_value("Idempotency-Key"), {}};
    for (const auto& [name, value] : request.params) question.query[name] = value;
    {
      const std::lock_guard lock(mutex);
      asked.push_back(question);
    }
    const Told told = handle(question);
    response.status = told.status;
    for (const auto& [name, value] : told.headers) response.set_header(name, value);
    switch (told.how) {
      case Told::How::answer: response.set_content(told.body, told.type); return;
      case Told::How::stall:
        while (!over) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return;
      case Told::How::half:
        response.set_content_provider(told.body.size(), told.type.c_str(), [body = told.body](std::size_t, std::size_t, httplib::DataSink& sink) {
          sink.write(body.data(), body.size() / 2);
          return false;
        });
        return;
      case Told::How::trickle:  // a byte now and then, for ever
        response.set_content_provider(1'000'000, told.type.c_str(), [this](std::size_t, std::size_t, httplib::DataSink& sink) {
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
          return sink.write(" ", 1) && !over;
        });
        return;
    }
  }
};

JsonBank::JsonBank(const TemporaryFolder& folder, const std::string& name, const std::string& client_ca, std::function<Told(const Asked&)> handle)
    : server_(std::make_unique<Server>(folder / (name + ".pem"), folder / (name + ".key"), client_ca.empty() ? nullptr : client_ca.c_str())) {
  server_->handle = std::move(handle);
  const auto answer = [this](const httplib::Request& request, httplib::Response& response) { server_->answer(request, response); };
  server_->server.Get(".*", answer);
  server_->server.Post(".*", answer);
  server_->server.Put(".*", answer);
  server_->server.set_keep_alive_timeout(1);
  server_->port = server_->server.bind_to_any_port("127.0.0.1");
  if (server_->port <= 0) throw std::runtime_error("no port on the loopback");
  // The server has had the whole process ignore SIGPIPE: only its own threads may, or the adapter under test is spared
  // what a host that cares for no signals would see.
  std::signal(SIGPIPE, SIG_DFL);
  server_->thread = std::thread([this] {
    hold_pipe_signal();
    server_->server.listen_after_bind();
  });
  while (!server_->server.is_running()) std::this_thread::yield();
}

JsonBank::~JsonBank() {
  server_->over = true;
  server_->server.stop();
  server_->thread.join();
}

int JsonBank::port() const { return server_->port; }

std::vector<Asked> JsonBank::asked() const {
  const std::lock_guard lock(server_->mutex);
  return server_->asked;
}

struct ResettingPort::Listener {
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port = 0;
  std::atomic<bool> over{false};
  std::thread thread;
};

ResettingPort::ResettingPort() : listener_(std::make_unique<Listener>()) {
  listener_->port = listen_on_loopback(listener_->socket);
  listener_->thread = std::thread([this] {
    while (!listener_->over) {
      pollfd waiting{listener_->socket, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept(listener_->socket, nullptr, nullptr);
      const linger at_once{1, 0};
      ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      ::close(connection);
    }
  });
}

ResettingPort::~ResettingPort() {
  listener_->over = true;
  listener_->thread.join();
  ::close(listener_->socket);
}

int ResettingPort::port() const { return listener_->port; }

}  // namespace talent_loan::testing
