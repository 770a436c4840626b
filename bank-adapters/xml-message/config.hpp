// The adapter's configuration: where the bank listens, how its messages are made, and where in its answers the
// fields stand. docs: README.md beside this file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/pages.hpp"
#include "bank-adapters/common/verdict.hpp"
#include "bank-adapters/xml-message/frame.hpp"

namespace talent_loan::adapters::xml_message {

inline constexpr std::string_view schema = "talent-loan/xml-message/1";

struct Connection {
  std::string host;
  std::int64_t port = 0;
  std::int64_t connect_timeout_milliseconds = 3'000;
  std::int64_t timeout_milliseconds = 15'000;  // from the first byte sent to the last received
  int attempts = 3;                            // of each message, where asking again can help
  Frame frame;
  std::size_t message_bytes_at_most = 4 << 20;  // of an answer
  Encoding encoding = Encoding::utf8;
};

// What all messages share.
struct Envelope {
  std::string root;
  OutgoingMap elements;  // of constants, `message_id`, `sent_on` and `bank_id`
};

// Where every answer says how it went. The texts are XPath from the document's top; empty: none.
struct Verdicts {
  std::string code, text, field;
  std::string echo;  // must repeat the request's message_id
  VerdictTable table;
};

// A message that asks for records.
struct Inquiry {
  OutgoingMap elements;
  Records records;
};

// A message that tells the bank something.
struct Notice {
  OutgoingMap elements;
  std::string receipt;  // XPath; empty: none
};

struct Config {
  Connection connection;
  Envelope envelope;
  Verdicts verdicts;
  std::optional<OutgoingMap> health;  // elements; empty: connecting is enough
  std::optional<Inquiry> applications, events, claims, issue;
  std::optional<Notice> decisions, settled, scores;
};

// Throws Refused(configuration) with every problem at once.
Config read_config(std::string_view text, const std::string& name);

}  // namespace talent_loan::adapters::xml_message
