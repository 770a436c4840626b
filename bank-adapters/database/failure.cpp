#include "bank-adapters/database/failure.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <fmt/format.h>

#include "bank-adapters/common/kit.hpp"
#include "bank-adapters/database/link.hpp"

namespace talent_loan::adapters::database {
namespace {

using sdk::Result;
using sdk::Retry;

// What the database said, as far as it can hold no values of a row: those may be personal. Never failure.what(),
// to which SOCI adds the bound values, and of the message no line but the first.
std::string first_line(const soci::soci_error& failure) {
  if (const auto* postgresql = dynamic_cast<const soci::postgresql_soci_error*>(&failure)) {
    const std::string state = postgresql->sqlstate();
    // Bad values and errors that the bank's own functions raise are told with the value.
    if (state.starts_with("22") || state.starts_with("P0")) return "SQLSTATE " + state;
  }
  const std::string message = failure.get_error_message();
  return message.substr(0, message.find('\n'));
}

enum class Kind { lost, denied, unknown_name, wrong_type, busy, interrupted, other };

Kind kind_of_sqlstate(const std::string& state) {
  const std::string group = state.substr(0, 2);
  if (state == "42501" || group == "28") return Kind::denied;
  if (state == "42P01" || state == "42703" || state == "3F000") return Kind::unknown_name;
  if (group == "42" || group == "22") return Kind::wrong_type;
  if (state == "57014") return Kind::interrupted;
  if (group == "08" || group == "57") return Kind::lost;
  if (group == "53" || group == "40" || group == "55") return Kind::busy;
  return Kind::other;
}

Kind kind_of_sqlite(int result, const std::string& message) {
  switch (result & 0xFF) {
    case SQLITE_AUTH:
    case SQLITE_PERM:
    case SQLITE_READONLY: return Kind::denied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Kind::busy;
    case SQLITE_INTERRUPT: return Kind::interrupted;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR: return Kind::lost;
    case SQLITE_MISMATCH: return Kind::wrong_type;
    default: break;
  }
  // SQLite has no codes of its own for these.
  if (message.find("no such") != std::string::npos) return Kind::unknown_name;
  if (message.find("prohibited") != std::string::npos || message.find("not authorized") != std::string::npos) return Kind::denied;
  return Kind::other;
}

Kind kind_of(const soci::soci_error& failure) {
  if (const auto* postgresql = dynamic_cast<const soci::postgresql_soci_error*>(&failure)) return kind_of_sqlstate(postgresql->sqlstate());
  if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&failure)) return kind_of_sqlite(sqlite->result(), sqlite->get_error_message());
  return Kind::other;
}

std::string place(const Connection& settings) {
  return settings.postgresql ? fmt::format("{}:{}/{}", settings.host, settings.port, settings.database) : settings.file;
}

}  // namespace

sdk::Error no_such_file(const sdk::Call& call, const Connection& settings) {
  return error(call, Result::unavailable, Retry::later, {"没有数据库文件 " + settings.file, "there is no database file " + settings.file}, "connection.sqlite.file");
}

sdk::Error connect_failure(const sdk::Call& call, const Connection& settings, const soci::soci_error& failure, bool answers) {
  if (call.cancelled()) return error(call, Result::cancelled, Retry::later, {"主机已取消本次调用", "the host cancelled the call"});
  if (answers) {
    return error(call, Result::denied, Retry::never,
                 {fmt::format("数据库 {} 拒绝用户 {}：{}；请核对用户、口令与访问规则", place(settings), settings.user, first_line(failure)),
                  fmt::format("database {} refuses user {}: {}; check the user, the password and the access rules", place(settings), settings.user, first_line(failure))},
                 "connection");
  }
  return error(call, Result::unavailable, Retry::later,
               {fmt::format("不能连接数据库 {}：{}", place(settings), first_line(failure)), fmt::format("database {} cannot be reached: {}", place(settings), first_line(failure))},
               "connection");
}

sdk::Error statement_failure(const sdk::Call& call, const Statement& statement, const soci::soci_error& failure, bool broken) {
  // What was written may stand there all the same.
  const Retry again = statement.writes ? Retry::same_key : Retry::later;
  const Kind kind = broken ? Kind::lost : kind_of(failure);
  const std::string& about = statement.about;
  const std::string said = first_line(failure);
  if (kind == Kind::lost || kind == Kind::interrupted) {
    if (call.cancelled()) return error(call, Result::cancelled, again, {"主机已取消本次调用", "the host cancelled the call"});
    if (call.milliseconds_left() <= 0) {
      return error(call, Result::timed_out, Retry::same_key, {fmt::format("{}：到期限仍无回答", about), fmt::format("{}: no answer before the deadline", about)});
    }
  }
  switch (kind) {
    case Kind::lost:
    case Kind::interrupted:
    case Kind::busy:
      return error(call, Result::unavailable, again, {fmt::format("{}：{}", about, said), fmt::format("{}: {}", about, said)});
    case Kind::denied:
      return error(call, Result::denied, Retry::never,
                   {fmt::format("没有 {} 的权限（{}）；请银行授予 {}", about, said, statement.writes ? "INSERT" : "SELECT"),
                    fmt::format("no permission on {} ({}); ask the bank to grant {}", about, said, statement.writes ? "INSERT" : "SELECT")},
                   statement.field);
    case Kind::unknown_name:
      return error(call, Result::bad_config, Retry::never,
                   {fmt::format("{}：{}；请核对表、视图与列的名称（区分大小写）", about, said), fmt::format("{}: {}; check the names of tables, views and columns, capitals included", about, said)},
                   statement.field);
    case Kind::wrong_type:
      return error(call, Result::bad_data, Retry::later,
                   {fmt::format("{}：列的类型不合：{}", about, said), fmt::format("{}: a column has the wrong type: {}", about, said)}, statement.field);
    case Kind::other: break;
  }
  return error(call, Result::bad_data, again, {fmt::format("{}：数据库报错：{}", about, said), fmt::format("{}: the database says: {}", about, said)}, statement.field);
}

}  // namespace talent_loan::adapters::database
