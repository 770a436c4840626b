// Messages between host and runner as bytes: numbers in the machine's order (both ends are one machine), texts
// and lists with a 32-bit count before them. The reader believes nothing: code in a runner may write any bytes.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "plugins/host/session/messages.hpp"

namespace talent_loan::host {

enum class CallId : std::uint8_t {
  load = 1,
  open,
  close,
  health,
  poll_applications,
  poll_events,
  poll_claims,
  decision,
  issue,
  settled,
  scored,
  notices
};
enum class ReplyId : std::uint8_t { result = 1, failure, log };

// A frame: this, then `size` bytes.
struct FrameHeader {
  std::uint32_t size = 0;
  std::uint8_t id = 0;  // CallId or ReplyId
  std::uint8_t reserved[3] = {0, 0, 0};
  std::int64_t allowed_milliseconds = 0;  // of a call
};
constexpr std::uint32_t frame_bytes_at_most = 256u << 20;

// The bytes are no message of this kind. Stays within the host: a session turns it into an AdapterFailure.
class BadWire : public std::exception {
 public:
  const char* what() const noexcept override { return "bad message"; }
};

template <typename T>
concept Message = requires(T& value) { T::fields(value); };

class WireWriter {
 public:
  explicit WireWriter(std::string& out) : out_(out) {}

  template <std::integral Number>
  void put(Number number) {
    out_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  template <typename Item>
  void put(const std::vector<Item>& items) {
    put(static_cast<std::uint32_t>(items.size()));
    for (const Item& item : items) put(item);
  }
  template <Message M>
  void put(const M& message) {
    std::apply([this](const auto&... field) { (this->put(field), ...); }, M::fields(message));
  }

 private:
  std::string& out_;
};

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

  template <std::integral Number>
  void get(Number& number) {
    std::memcpy(&number, take(sizeof number).data(), sizeof number);
  }
  void get(std::string& text) {
    std::uint32_t size = 0;
    get(size);
    text = take(size);
  }
  template <typename Item>
  void get(std::vector<Item>& items) {
    std::uint32_t count = 0;
    get(count);
    if (count > bytes_.size()) throw BadWire();  // every item has at least a byte
    items.clear();
    items.reserve(std::min<std::uint32_t>(count, 4096));  // more only as the bytes for them turn up
    for (std::uint32_t i = 0; i < count; ++i) get(items.emplace_back());
  }
  template <Message M>
  void get(M& message) {
    std::apply([this](auto&... field) { (this->get(field), ...); }, M::fields(message));
  }
  void end() const {
    if (!bytes_.empty()) throw BadWire();
  }

 private:
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) throw BadWire();
    const std::string_view piece = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return piece;
  }
  std::string_view bytes_;
};

template <typename Value>
std::string encoded(const Value& value) {
  std::string out;
  WireWriter(out).put(value);
  return out;
}

template <typename Value>
Value decoded(std::string_view bytes) {
  Value value{};
  WireReader reader(bytes);
  reader.get(value);
  reader.end();
  return value;
}

// What only the wire carries.
struct Nothing {
  std::uint8_t nothing = 0;
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.nothing); }
};

// Which library the runner is to load, and what it may use.
struct LoadOrder {
  std::string path{};
  std::string sha256{};
  std::string stored_path{};
  std::uint64_t memory_bytes = 0;
  std::uint64_t cpu_seconds = 0;
  std::uint64_t open_files = 0;
  std::uint64_t file_bytes = 0;
  template <typename Self>
  static auto fields(Self& self) {
    return std::tie(self.path, self.sha256, self.stored_path, self.memory_bytes, self.cpu_seconds, self.open_files, self.file_bytes);
  }
};

struct WireFailure {
  std::int32_t kind = 0;
  std::int32_t retry = 0;
  std::string file{};
  std::string field{};
  std::vector<std::string> texts{};  // found, allowed, remedy: each Chinese, then English
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.kind, self.retry, self.file, self.field, self.texts); }
};

struct WireLog {
  std::int32_t level = 0;
  std::string line{};
  template <typename Self>
  static auto fields(Self& self) { return std::tie(self.level, self.line); }
};

}  // namespace talent_loan::host
