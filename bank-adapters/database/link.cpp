#include "bank-adapters/database/link.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/socket.h>

#include <filesystem>

#include <fmt/format.h>

#include "bank-adapters/common/kit.hpp"
#include "bank-adapters/database/failure.hpp"

namespace talent_loan::adapters::database {
namespace {

using sqlite_api::sqlite3;

// For a connection string, where a value stands in quotes.
std::string conninfo_value(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string conninfo(const Connection& settings, std::int64_t milliseconds) {
  std::string text = fmt::format("host={} port={} dbname={} user={} sslmode={} client_encoding=UTF8 application_name=talent-loan",
                                 conninfo_value(settings.host), settings.port, conninfo_value(settings.database),
                                 conninfo_value(settings.user), settings.tls);
  text += fmt::format(" connect_timeout={} tcp_user_timeout={}", (milliseconds + 999) / 1000, settings.timeout_milliseconds);
  if (!settings.ca.empty()) text += " sslrootcert=" + conninfo_value(settings.ca);
  if (settings.password.stated()) text += " password=" + conninfo_value(settings.password.value());
  return text;
}

// SQLite asks this before it does anything on the connection.
int authorize(void* user, int action, const char* first, const char* second, const char*, const char* within) {
  const auto& allowed = *static_cast<const Link::Allowed*>(user);
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_FUNCTION:
    case SQLITE_TRANSACTION: return SQLITE_OK;
    // What a view reads, and what the bank's own triggers do, is the bank's business. A table of which no column is read
    // has an empty one: what SQLite names, outside the view, where it has made the view's query one with ours.
    case SQLITE_READ: return within != nullptr || *second == '\0' || allowed.views.contains(first) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_INSERT: return within != nullptr || allowed.table == first ? SQLITE_OK : SQLITE_DENY;
    default: return within != nullptr ? SQLITE_OK : SQLITE_DENY;
  }
}

}  // namespace

struct Link::Session {
  soci::session sql;
  PGconn* postgresql = nullptr;
  sqlite3* sqlite = nullptr;

  // Makes a statement that runs return with an error. For the watch's thread.
  void interrupt() const {
    if (postgresql != nullptr) ::shutdown(PQsocket(postgresql), SHUT_RDWR);
    if (sqlite != nullptr) sqlite_api::sqlite3_interrupt(sqlite);
  }
};

Link::Link(const Connection& settings, Allowed allowed) : settings_(settings), allowed_(std::move(allowed)) {}
Link::~Link() = default;

void Link::connect(const sdk::Call& call) {
  call.check();
  auto session = std::make_unique<Session>();
  const std::int64_t patience = std::min(settings_.timeout_milliseconds, call.milliseconds_left());
  if (settings_.postgresql) {
    const std::string parameters = conninfo(settings_, patience);
    try {
      session->sql.open(soci::postgresql, parameters);
    } catch (const soci::soci_error& failure) {
      throw connect_failure(call, settings_, failure, PQping(parameters.c_str()) == PQPING_OK);
    }
    session->postgresql = static_cast<soci::postgresql_session_backend*>(session->sql.get_backend())->conn_;
    session->sql << "SET datestyle = 'ISO'";
    // A statement whose call was cut off does not run on in the server.
    if (PQserverVersion(session->postgresql) >= 140'000) session->sql << "SET client_connection_check_interval = '1s'";
  } else {
    if (!std::filesystem::exists(settings_.file)) throw no_such_file(call, settings_);  // SQLite would make an empty one
    try {
      session->sql.open(soci::sqlite3, "db=" + settings_.file);
    } catch (const soci::soci_error& failure) {
      throw connect_failure(call, settings_, failure, false);
    }
    session->sqlite = static_cast<soci::sqlite3_session_backend*>(session->sql.get_backend())->conn_;
    sqlite_api::sqlite3_busy_timeout(session->sqlite, static_cast<int>(patience));
    // Otherwise SQLite takes a name in quotes that is no column for a text, and a slip of the pen for data.
    sqlite_api::sqlite3_db_config(session->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite_api::sqlite3_set_authorizer(session->sqlite, &authorize, &allowed_);
  }
  session_ = std::move(session);
}

std::vector<std::vector<std::string>> Link::run(const sdk::Call& call, const Statement& statement) {
  if (!session_) connect(call);
  call.check();
  std::vector<std::vector<std::string>> columns(statement.columns, std::vector<std::string>(statement.rows_at_most));
  std::vector<std::vector<soci::indicator>> absent(statement.columns, std::vector<soci::indicator>(statement.rows_at_most));
  std::size_t rows = 0;
  // SOCI borrows what it binds until the statement ends.
  struct Bound {
    std::string name;
    std::string text;
    long long number = 0;
    soci::indicator indicator = soci::i_ok;
  };
  std::vector<Bound> values(statement.values.size());
  try {
    const CallWatch watch(call, [session = session_.get()] { session->interrupt(); });
    soci::statement prepared(session_->sql);
    for (std::size_t i = 0; i < statement.columns; ++i) prepared.exchange(soci::into(columns[i], absent[i]));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto& [name, value] = statement.values[i];
      values[i].name = name;
      if (!value) values[i].indicator = soci::i_null;
      if (value && std::holds_alternative<std::int64_t>(*value)) {
        values[i].number = std::get<std::int64_t>(*value);
        prepared.exchange(soci::use(values[i].number, values[i].indicator, values[i].name));
      } else {
        if (value) values[i].text = std::get<std::string>(*value);
        prepared.exchange(soci::use(values[i].text, values[i].indicator, values[i].name));
      }
    }
    prepared.alloc();
    prepared.prepare(statement.sql);
    prepared.define_and_bind();
    const bool some = prepared.execute(true);
    if (some && !columns.empty()) rows = columns.front().size();
  } catch (const soci::soci_error& failure) {
    const bool broken = session_->postgresql != nullptr && PQstatus(session_->postgresql) != CONNECTION_OK;
    const sdk::Error why = statement_failure(call, statement, failure, broken);
    if (broken || call.cancelled() || call.milliseconds_left() <= 0) session_.reset();
    throw why;
  }
  std::vector<std::vector<std::string>> out(rows, std::vector<std::string>(statement.columns));
  for (std::size_t i = 0; i < statement.columns; ++i) {
    for (std::size_t row = 0; row < rows; ++row) {
      if (absent[i][row] == soci::i_ok) out[row][i] = std::move(columns[i][row]);
    }
  }
  return out;
}

}  // namespace talent_loan::adapters::database
