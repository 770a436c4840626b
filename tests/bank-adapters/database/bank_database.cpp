#include "tests/bank-adapters/database/bank_database.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <sstream>

#include "tests/support/databases.hpp"

namespace talent_loan::testing {
namespace {

// The same words make the bank's tables in both databases.
constexpr const char* tables = R"sql(
CREATE TABLE app (seq BIGINT, app_no TEXT, cust_type TEXT, cert_no TEXT, apply_date TEXT, amt NUMERIC(18,2), rate NUMERIC(9,6), purpose_code TEXT, coll TEXT, guar TEXT);
CREATE VIEW v_app AS SELECT * FROM app;
CREATE TABLE ev (seq BIGINT, ev_id TEXT, kind TEXT, loan_no TEXT, happened TEXT, days INTEGER, amt NUMERIC(18,2), cost NUMERIC(18,2), cls TEXT, due TEXT);
CREATE VIEW v_ev AS SELECT * FROM ev;
CREATE TABLE clm (seq BIGINT, claim_no TEXT, loan_no TEXT, cert_no TEXT, paid_out TEXT, bad_since TEXT, outstanding NUMERIC(18,2), recovered NUMERIC(18,2));
CREATE VIEW v_clm AS SELECT * FROM clm;
CREATE TABLE res (app_no TEXT, outcome TEXT, loan_no TEXT, paid_on TEXT, amt NUMERIC(18,2), why TEXT);
CREATE VIEW v_res AS SELECT * FROM res;
CREATE TABLE tl_return (req_key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, subject TEXT, flag TEXT, codes TEXT, on_day DATE, loss NUMERIC(18,4), city NUMERIC(18,2), note TEXT, receipt TEXT DEFAULT 'R-1');
CREATE VIEW v_return AS SELECT * FROM tl_return;
CREATE TABLE payroll (name TEXT);
)sql";

constexpr const char* streams = R"yaml(
defaults: {dates: [YYYY-MM-DD, YYYYMMDD]}
applications:
  view: v_app
  cursor: seq
  fields:
    application_id: app_no
    borrower_kind: {column: cust_type, values: {P: talent, E: employer}}
    borrower_id: cert_no
    applied_on: apply_date
    amount: amt
    rate: rate
    purpose: {column: purpose_code, values: {"01": commercialisation, "02": innovation}}
    secured: {column: coll, values: {"0": "no", "1": "yes"}}
    guaranteed: {column: guar, values: {"0": "no", "1": "yes"}}
events:
  view: v_ev
  cursor: seq
  fields: {event_id: ev_id, kind: kind, loan_id: loan_no, happened_on: happened, overdue_days: days, amount: amt, costs: cost, loan_class: cls, due_on: due}
claims:
  view: v_clm
  cursor: seq
  fields: {claim_id: claim_no, loan_id: loan_no, borrower_id: cert_no, disbursed_on: paid_out, defaulted_on: bad_since, outstanding_principal: outstanding, recovered_principal: recovered}
issue_results:
  view: v_res
  fields:
    application_id: app_no
    outcome: {column: outcome, values: {Y: disbursed, N: declined}}
    loan_id: loan_no
    disbursed_on: paid_on
    amount: amt
    reason: why
returns:
  table: tl_return
  view: v_return
  key: req_key
  receipt: receipt
  decisions: {columns: {kind: {constant: decision}, subject: application_id, flag: {field: eligible, values: {"yes": Y, "no": N}}, codes: {field: reasons, join: ","}, on_day: decided_on}}
  issue_requests: {columns: {kind: {constant: issue}, subject: application_id, note: decision_id, on_day: as_of}}
  settled: {columns: {kind: {constant: settled}, subject: claim_id, flag: accepted, codes: code, loss: principal_loss, city: pays.city}}
  scores: {columns: {kind: {constant: score}, subject: year, note: score}}
)yaml";

}  // namespace

BankDatabase::BankDatabase(Kind kind) : kind_(kind), administrator_(std::make_unique<soci::session>()) {
  if (kind == Kind::sqlite) {
    administrator_->open(soci::sqlite3, "db=" + (folder_ / "bank.db"));
  } else {
    const std::string url = postgres().fresh_database();
    name_ = url.substr(url.rfind('/', url.find("?host=")) + 1, url.find("?host=") - url.rfind('/', url.find("?host=")) - 1);
    administrator_->open(soci::postgresql, url);
  }
  std::istringstream lines{std::string(tables)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) run(line);
  }
  if (kind == Kind::sqlite) return;
  run("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talent_loan') THEN CREATE ROLE talent_loan LOGIN; END IF; END $$");
  run("GRANT SELECT ON v_app, v_ev, v_clm, v_res, v_return TO talent_loan");
  run("GRANT INSERT ON tl_return TO talent_loan");
}

BankDatabase::~BankDatabase() = default;

void BankDatabase::run(const std::string& sql) { *administrator_ << sql; }

std::string BankDatabase::text(const std::string& sql) {
  std::string value;
  soci::indicator indicator = soci::i_ok;
  *administrator_ << sql, soci::into(value, indicator);
  return indicator == soci::i_ok ? value : "NULL";
}

std::string BankDatabase::connection() const {
  if (kind_ == Kind::sqlite) return "connection: {sqlite: {file: bank.db}, timeout_ms: 1000}\n";
  return "connection: {postgresql: {host: " + postgres().socket_folder() + ", database: " + name_ + ", user: talent_loan}, timeout_ms: 5000}\n";
}

std::string BankDatabase::config() const { return "schema: talent-loan/database/1\n" + connection() + streams; }

}  // namespace talent_loan::testing
