#include "bank-adapters/xml-message/exchange.hpp"

#include <boost/asio.hpp>

#include <fmt/format.h>

#include "bank-adapters/common/kit.hpp"

namespace talent_loan::adapters::xml_message {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

// Steps of an exchange that each end in time: at the bank's time limit, the call's deadline, or its cancellation.
class Exchange {
 public:
  Exchange(const sdk::Call& call, const Connection& settings) : call_(call), settings_(settings) {}

  std::string run(std::string_view message) {
    connect();
    end_ = Clock::now() + std::chrono::milliseconds(settings_.timeout_milliseconds);
    const auto prefix = settings_.frame.prefix(message.size());
    if (!prefix) {
      throw error(call_, sdk::Result::bad_config, sdk::Retry::never,
                  {fmt::format("报文 {} 字节，长度前缀写不下", message.size()), fmt::format("a message of {} bytes does not fit its length", message.size())}, "connection.length");
    }
    const std::string bytes = *prefix + std::string(message);
    sent_ = true;  // from here on the bank may act
    step({"发送", "sending"}, [&](auto done) { asio::async_write(socket_, asio::buffer(bytes), done); });
    std::string length(settings_.frame.bytes, '\0');
    read(length, {"等待回答", "waiting for the answer"});
    std::string answer(checked_length(length), '\0');
    read(answer, {"接收回答", "receiving the answer"});
    return answer;
  }

 private:
  sdk::Retry again() const { return sent_ ? sdk::Retry::same_key : sdk::Retry::later; }

  Text place(const Text& doing) const {
    const std::string peer = fmt::format("{}:{}", settings_.host, settings_.port);
    return {fmt::format("{} {}", peer, doing.chinese), fmt::format("{}, {}", peer, doing.english)};
  }

  // Starts one operation and runs it to its end. `start` is given the handler to pass on.
  template <typename Start>
  void step(const Text& doing, Start start) {
    std::optional<boost::system::error_code> result;
    start([&](boost::system::error_code code, auto&&...) { result = code; });
    context_.restart();
    while (!result) {
      context_.run_one_for(std::chrono::milliseconds(10));
      if (result || (!call_.cancelled() && call_.milliseconds_left() > 0 && Clock::now() < end_)) continue;
      boost::system::error_code ignored;  // the operation ends either way
      resolver_.cancel();
      socket_.close(ignored);
      context_.run();
      give_up(doing);
    }
    if (!*result) return;
    const Text at = place(doing);
    throw error(call_, sdk::Result::unavailable, again(),
                {fmt::format("{}：{}", at.chinese, result->message()), fmt::format("{}: {}", at.english, result->message())}, "connection");
  }

  [[noreturn]] void give_up(const Text& doing) const {
    const Text at = place(doing);
    if (call_.cancelled()) throw error(call_, sdk::Result::cancelled, again(), {at.chinese + "：主机已取消本次调用", at.english + ": the host cancelled the call"});
    if (call_.milliseconds_left() <= 0) {
      throw error(call_, sdk::Result::timed_out, sdk::Retry::same_key, {at.chinese + "：已超过本次调用的期限", at.english + ": the deadline of the call has passed"});
    }
    throw error(call_, sent_ ? sdk::Result::timed_out : sdk::Result::unavailable, again(),
                {at.chinese + "：超时", at.english + ": no answer in time"}, sent_ ? "connection.timeout_ms" : "connection.connect_timeout_ms");
  }

  void connect() {
    end_ = Clock::now() + std::chrono::milliseconds(settings_.connect_timeout_milliseconds);
    tcp::resolver::results_type found;
    step({"解析地址", "resolving the address"}, [&](auto done) {
      resolver_.async_resolve(settings_.host, std::to_string(settings_.port), [&found, done](boost::system::error_code code, tcp::resolver::results_type results) mutable {
        found = std::move(results);
        done(code);
      });
    });
    step({"连接", "connecting"}, [&](auto done) { asio::async_connect(socket_, found, done); });
  }

  void read(std::string& into, const Text& doing) {
    std::size_t got = 0;
    try {
      step(doing, [&](auto done) {
        asio::async_read(socket_, asio::buffer(into), [&got, done](boost::system::error_code code, std::size_t bytes) mutable {
          got = bytes;
          done(code);
        });
      });
    } catch (const sdk::Error& failed) {
      if (failed.code() == sdk::Result::cancelled || got == into.size() || got == 0) throw;
      const Text at = place(doing);
      throw error(call_, failed.code(), failed.retry(),
                  {fmt::format("{}：{} 字节中只到了 {} 字节（{}）", at.chinese, into.size(), got, failed.text()),
                   fmt::format("{}: {} of {} bytes came ({})", at.english, got, into.size(), failed.text())}, failed.field());
    }
  }

  std::size_t checked_length(const std::string& prefix) const {
    const auto length = settings_.frame.message_bytes(prefix);
    if (length && *length > 0 && *length <= settings_.message_bytes_at_most) return static_cast<std::size_t>(*length);
    const std::string found = length ? fmt::format("{}", *length) : shown(prefix);
    throw error(call_, sdk::Result::bad_data, again(),
                {fmt::format("回答的长度为 {}；应为：1 至 {}", found, settings_.message_bytes_at_most), fmt::format("the answer's length is {}; allowed: 1 to {}", found, settings_.message_bytes_at_most)}, "connection.length");
  }

  const sdk::Call& call_;
  const Connection& settings_;
  asio::io_context context_;
  tcp::resolver resolver_{context_};
  tcp::socket socket_{context_};
  Clock::time_point end_;
  bool sent_ = false;
};

}  // namespace

std::string exchange(const sdk::Call& call, const Connection& settings, std::string_view message) {
  call.check();
  return Exchange(call, settings).run(message);
}

}  // namespace talent_loan::adapters::xml_message
