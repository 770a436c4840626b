#include "core/store/connection.hpp"

#include <fmt/format.h>

namespace talent_loan {

// An explicit instantiation may name a private member: so the parts of core/store reach the connection without
// being named, one by one, in the header that everybody includes.
Connection* connection_behind(const Transaction& transaction);
template <Connection* Transaction::*Member>
struct Reach {
  friend Connection* connection_behind(const Transaction& transaction) { return transaction.*Member; }
};
template struct Reach<&Transaction::connection_>;

namespace {

// PostgreSQL tells the values of the row it refuses in its DETAIL and CONTEXT lines; those may be personal data.
std::string first_line(std::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
}

}  // namespace

std::string masked_url(const std::string& url) {
  std::string out = url;
  const std::size_t scheme = out.find("://");
  if (scheme == std::string::npos) return out;
  const std::size_t end_of_host = std::min(out.find_first_of("/?", scheme + 3), out.size());
  const std::size_t at = out.rfind('@', end_of_host);
  const std::size_t colon = out.find(':', scheme + 3);
  if (at != std::string::npos && at > scheme && colon < at) out.replace(colon + 1, at - colon - 1, "***");
  const std::size_t word = out.find("password=");
  if (word != std::string::npos) {
    const std::size_t start = word + 9;
    const std::size_t end = std::min(out.find('&', start), out.size());
    out.replace(start, end - start, "***");
  }
  return out;
}

std::string native_sql(const Connection& connection, std::string_view sql) {
  constexpr std::string_view by_bytes = " COLLATE \"C\"";
  std::string native(sql);
  if (connection.postgresql) return native;
  for (std::size_t at = native.find(by_bytes); at != std::string::npos; at = native.find(by_bytes, at)) native.erase(at, by_bytes.size());
  return native;
}

Connection& Connection::of(const Transaction& transaction) { return *connection_behind(transaction); }

sqlite_api::sqlite3* Connection::sqlite_handle() {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

PGconn* Connection::postgresql_handle() {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

void Connection::run(const std::string& sql) {
  try {
    session << sql;
  } catch (const soci::soci_error& error) {
    fail(error, sql);
  }
}

void Connection::fail(const std::exception& error, std::string_view sql) const {
  const auto* known = dynamic_cast<const soci::soci_error*>(&error);
  // Never known->what(): SOCI adds the bound values to it.
  std::string message = known != nullptr ? first_line(known->get_error_message()) : std::string(error.what());
  if (!sql.empty()) message += fmt::format(" [{}]", sql.substr(0, 120));
  fail_native(message);
}

void Connection::fail_native(std::string_view message) const {
  throw Failure({fmt::format("数据库 {}：{}", shown_url, message), fmt::format("database {}: {}", shown_url, message)}, {});
}

}  // namespace talent_loan
