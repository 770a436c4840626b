// A bank's core that speaks XML messages behind a length, on a port of the loopback, and that misbehaves on
// demand. Its messages are GB18030 with eight digits of length.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace talent_loan::testing {

// What the bank does with one request.
struct Reply {
  enum class How { answer, stall, reset, half, silent_close };
  std::string body{};          // UTF-8 text of the answer
  How how = How::answer;
  std::string length{};        // in place of the true one, where not empty
  bool in_utf8 = false;        // instead of GB18030
};

class MessageBank {
 public:
  // `handle` gets the request as UTF-8 text; calls may come from several threads at once.
  explicit MessageBank(std::function<Reply(const std::string& request)> handle);
  MessageBank(const MessageBank&) = delete;
  MessageBank& operator=(const MessageBank&) = delete;
  ~MessageBank();

  std::uint16_t port() const { return port_; }
  std::vector<std::string> requests() const;  // all that came whole, as UTF-8

 private:
  void serve(int connection);
  void send_reply(int connection, const Reply& reply);

  std::function<Reply(const std::string&)> handle_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::list<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace talent_loan::testing
