// The adapter `database` against a real PostgreSQL, with a role that holds nothing but its grants, and SQLite.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/bank-adapters/as-host/conformance.hpp"
#include "tests/bank-adapters/as-host/left_out.hpp"
#include "tests/bank-adapters/as-host/loaded_adapter.hpp"
#include "tests/bank-adapters/database/bank_database.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;
using sdk::Result;
using sdk::Retry;

namespace {

const std::vector<BankDatabase::Kind> both{BankDatabase::Kind::sqlite, BankDatabase::Kind::postgresql};

std::string application(int seq, const std::string& number, const std::string& day, const std::string& amount = "500000.00") {
  return "INSERT INTO app VALUES (" + std::to_string(seq) + ", '" + number + "', 'P', '370301199001011239', '" + day + "', " + amount + ", 4.35, '01', '0', '0')";
}

std::string repayment(int seq, const std::string& id) {
  return "INSERT INTO ev VALUES (" + std::to_string(seq) + ", '" + id + "', 'repayment', 'L-1', '2026-03-01', NULL, 100.5, NULL, NULL, NULL)";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error(from + " is not there");
  return text.replace(at, from.size(), to);
}

sdk::Decision decision() {
  return {"dec:A-1:1", "D-1", "A-1", true, {}, "zibo-2020-56", "zibo-yingcai", {"§4"}, day("2026-03-02")};
}

sdk::Settled settled() {
  return {"set:B1:C-1", "B1", "C-1", "L-1", true, "", "zibo-2020-56", {100000000}, {80000000}, {20000000}, {{"city", {80000000}, {50000000}}, {"province", {0}, {30000000}}}};
}

}  // namespace

TEST_CASE("records come from the views in the order of the cursor, page by page") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    bank.run(application(7, "A-7", "2026-03-01"));
    bank.run(application(2, "A-2", "20260228", "1000000"));
    LoadedAdapter adapter("database", bank.config(), bank.folder());
    adapter.health();

    const auto first = adapter.poll_applications({}, 1);
    REQUIRE(first.records.size() == 1);
    CHECK(first.records[0].application_id == "A-2");
    CHECK(first.records[0].borrower_id == "370301199001011239");
    CHECK(first.records[0].applied_on == day("2026-02-28"));
    CHECK(first.records[0].amount.count == 100'000'000);
    CHECK(first.records[0].rate->hundred_millionths == 4'350'000);
    CHECK(first.records[0].purpose == "commercialisation");
    CHECK_FALSE(first.records[0].secured);
    CHECK(first.cursor.position == 2);

    const auto second = adapter.poll_applications(first.cursor);
    REQUIRE(second.records.size() == 1);
    CHECK(second.records[0].application_id == "A-7");
    CHECK(adapter.poll_applications(second.cursor).records.empty());
    CHECK(adapter.poll_applications(first.cursor).records.size() == 1);  // nothing is remembered between polls
  }
}

TEST_CASE("events and claims carry what their kind has") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    bank.run(repayment(1, "E-1"));
    bank.run("INSERT INTO ev VALUES (2, 'E-2', 'classification', 'L-1', '2026-03-02', NULL, 12.00, NULL, 'doubtful', NULL)");
    bank.run("INSERT INTO ev VALUES (3, 'E-3', 'recovery', 'L-1', '2026-03-03', NULL, 80.00, 5.25, NULL, NULL)");
    bank.run("INSERT INTO clm VALUES (1, 'C-1', 'L-1', '370301199001011239', '2025-01-01', '2026-01-01', 1000000.00, 0)");
    LoadedAdapter adapter("database", bank.config(), bank.folder());
    const auto events = adapter.poll_events();
    REQUIRE(events.records.size() == 3);
    CHECK(events.records[0].amount.count == 10050);
    CHECK(events.records[1].loan_class == sdk::LoanClass::doubtful);
    CHECK(events.records[1].amount.count == 0);
    CHECK(events.records[2].costs.count == 525);
    const auto claims = adapter.poll_claims();
    REQUIRE(claims.records.size() == 1);
    CHECK(claims.records[0].outstanding_principal.count == 100'000'000);
    CHECK_FALSE(claims.records[0].claimed_on);
  }
}

TEST_CASE("a row that is no record is reported and passed over") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    bank.run("INSERT INTO app VALUES (1, 'A-1', 'P', '370301199001011239', '2026-02-30', 500000.00, 4.35, '01', '0', '0')");
    bank.run("INSERT INTO app VALUES (2, 'A-2', 'P', NULL, '2026-02-28', 500000.00, 4.35, '01', '0', '0')");
    bank.run("INSERT INTO app VALUES (3, 'A-3', 'X', '370301199001011239', '2026-02-28', 500000.00, NULL, '01', '0', '0')");
    bank.run(application(4, "A-4", "2026-02-28"));
    LoadedAdapter adapter("database", bank.config(), bank.folder());
    const auto polled = adapter.poll_applications();
    REQUIRE(polled.records.size() == 1);
    REQUIRE(polled.rejects.size() == 3);
    CHECK(polled.rejects[0].code == sdk::RejectCode::bad_date);
    CHECK(polled.rejects[0].source == "v_app");
    CHECK(polled.rejects[0].line == 1);
    CHECK(polled.rejects[0].key == "A-1");
    CHECK(polled.rejects[1].code == sdk::RejectCode::missing_value);
    CHECK(polled.rejects[2].code == sdk::RejectCode::bad_value);
    CHECK(polled.cursor.position == 4);
  }
}

TEST_CASE("nothing is handed over before its day, nor what stands behind it") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    bank.run(application(1, "A-1", "2026-03-01"));
    bank.run(application(2, "A-2", "2026-03-05"));
    bank.run(application(3, "A-3", "2026-03-02"));
    LoadedAdapter adapter("database", bank.config(), bank.folder());
    const auto early = adapter.poll_applications({}, 10, "2026-03-04");
    CHECK(early.records.size() == 1);
    CHECK(early.cursor.position == 1);
    CHECK(adapter.poll_applications(early.cursor, 10, "2026-03-05").records.size() == 2);
  }
}

TEST_CASE("a cursor column that repeats, went back or is NULL is found and named") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    for (int seq = 1; seq <= 3; ++seq) bank.run(repayment(seq, "E-" + std::to_string(seq)));
    LoadedAdapter adapter("database", bank.config(), bank.folder());

    bank.run(repayment(3, "E-4"));
    const auto twice = failure_of([&] { adapter.poll_events(); });
    CHECK(twice.code == Result::bad_data);
    CHECK(twice.field == "events.cursor");
    CHECK(twice.text == "v_ev: the cursor column seq has the value 3 twice");
    // Also where the page ends between the two rows.
    CHECK(failure_of([&] { adapter.poll_events({2, {}}, 1); }).code == Result::bad_data);
    bank.run("DELETE FROM ev WHERE ev_id = 'E-4'");

    const auto back = failure_of([&] { adapter.poll_events({9, {}}); });
    CHECK(back.text == "v_ev: the cursor column seq went back: its highest value is 3, and 9 has been read");
    bank.run("INSERT INTO ev VALUES (NULL, 'E-5', 'repayment', 'L-1', '2026-03-01', NULL, 1, NULL, NULL, NULL)");
    CHECK(failure_of([&] { adapter.poll_events({3, {}}); }).text.find("is NULL or not above 0") != std::string::npos);
  }
}

TEST_CASE("a cursor or amount column of the wrong type is an error, not a guess") {
  BankDatabase bank(BankDatabase::Kind::postgresql);
  bank.run("CREATE TABLE odd AS SELECT '1'::text AS seq, 'E-1' AS ev_id, 'repayment' AS kind, 'L-1' AS loan_no, '2026-03-01' AS happened, 0 AS days, 'many' AS amt, NULL AS cost, NULL AS cls, NULL AS due");
  bank.run("GRANT SELECT ON odd TO talent_loan");
  LoadedAdapter by_text("database", replaced(bank.config(), "view: v_ev", "view: odd"), bank.folder());
  const auto wrong = failure_of([&] { by_text.poll_events(); });
  CHECK(wrong.code == Result::bad_data);
  CHECK(wrong.text.find("a column has the wrong type") != std::string::npos);

  bank.run("ALTER TABLE odd ALTER seq TYPE bigint USING seq::bigint");
  const auto polled = by_text.poll_events();
  CHECK(polled.records.empty());
  REQUIRE(polled.rejects.size() == 1);
  CHECK(polled.rejects[0].code == sdk::RejectCode::bad_amount);
}

TEST_CASE("the bank is told once, and the same key with other content names the field") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    LoadedAdapter adapter("database", bank.config(), bank.folder());
    for (int i = 0; i < 2; ++i) {
      const auto answers = adapter.decision({decision()});
      INFO((answers[0].failed ? answers[0].failed->text : ""));
      REQUIRE_FALSE(answers[0].failed);
      CHECK(answers[0].receipt == "R-1");
    }
    CHECK(bank.text("SELECT CAST(COUNT(*) AS TEXT) FROM tl_return") == "1");
    CHECK(bank.text("SELECT kind || '/' || subject || '/' || flag FROM tl_return") == "decision/A-1/Y");
    CHECK(bank.text("SELECT codes FROM tl_return") == "NULL");
    CHECK(bank.text("SELECT CAST(on_day AS TEXT) FROM tl_return") == "2026-03-02");

    sdk::Decision other = decision();
    other.eligible = false;
    other.reasons = {"LEVEL_TOO_LOW", "COLLATERAL_TAKEN"};
    const auto refused = adapter.decision({other});
    REQUIRE(refused[0].failed);
    CHECK(refused[0].failed->code == Result::conflict);
    CHECK(refused[0].failed->retry == Retry::never);
    CHECK(refused[0].failed->field == "eligible");

    CHECK_FALSE(adapter.settled({settled()})[0].failed);
    CHECK_FALSE(adapter.settled({settled()})[0].failed);  // NUMERIC(18,4) holds 1000000.0000, which is the same amount
    sdk::Settled less = settled();
    less.payers[0].pays = {79999999};
    CHECK(adapter.settled({less})[0].failed->field == "pays.city");
    CHECK_FALSE(adapter.scored({{"score:2026:bank-1", 2026, "87.25", 1, 12, "A", {{"loans", "13.75"}}}})[0].failed);
    CHECK(bank.text("SELECT note FROM tl_return WHERE kind = 'score'") == "87.25");
  }
}

TEST_CASE("a request to lend is written once, and its answer is read from the bank's view") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    LoadedAdapter adapter("database", bank.config(), bank.folder());
    sdk::IssueRequest request{"iss:A-1", "A-1", "D-1", day("2026-03-02")};
    CHECK(adapter.issue({request})[0].issued.outcome == sdk::IssueOutcome::pending);
    request.as_of = day("2026-03-04");  // a later day under the same key
    bank.run("INSERT INTO res VALUES ('A-1', 'Y', 'L-9', '2026-03-04', 480000, NULL)");
    const auto answers = adapter.issue({request, {"iss:A-2", "A-2", "D-2", day("2026-03-04")}});
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].issued.outcome == sdk::IssueOutcome::disbursed);
    CHECK(answers[0].issued.loan_id == "L-9");
    CHECK(answers[0].issued.amount.count == 48'000'000);
    CHECK(answers[1].issued.outcome == sdk::IssueOutcome::pending);
    request.as_of = day("2026-03-03");
    CHECK(adapter.issue({request})[0].issued.outcome == sdk::IssueOutcome::pending);  // not before its day
    bank.run("INSERT INTO res VALUES ('A-2', 'N', NULL, NULL, NULL, '额度不足')");
    const auto declined = adapter.issue({{"iss:A-2", "A-2", "D-2", day("2026-03-04")}});
    CHECK(declined[0].issued.outcome == sdk::IssueOutcome::declined);
    CHECK(declined[0].issued.reason == "额度不足");
    bank.run("INSERT INTO res VALUES ('A-2', 'Y', 'L-10', '2026-03-04', 1, NULL)");
    CHECK(adapter.issue({{"iss:A-2", "A-2", "D-2", day("2026-03-04")}})[0].failed->code == Result::bad_data);
  }
}

TEST_CASE("values are values: SQL in an identifier stays text") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    LoadedAdapter adapter("database", bank.config(), bank.folder());
    sdk::Decision nasty = decision();
    nasty.application_id = "x'); DROP TABLE tl_return; --";
    nasty.programme = ":k";
    CHECK_FALSE(adapter.decision({nasty})[0].failed);
    CHECK(bank.text("SELECT subject FROM tl_return") == nasty.application_id);
  }
}

TEST_CASE("beyond its grants the adapter reaches nothing") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    bank.run("INSERT INTO payroll VALUES ('secret')");
    if (kind == BankDatabase::Kind::postgresql) {
      LoadedAdapter adapter("database", replaced(bank.config(), "view: v_ev", "view: ev"), bank.folder());
      const auto denied = failure_of([&] { adapter.health(); });
      CHECK(denied.code == Result::denied);
      CHECK(denied.retry == Retry::never);
      CHECK(denied.field == "events.view");
      CHECK(denied.text.find("ask the bank to grant SELECT") != std::string::npos);
      bank.run("REVOKE INSERT ON tl_return FROM talent_loan");
      CHECK(adapter.decision({decision()})[0].failed->code == Result::denied);
    } else {
      // A trigger of the bank's may do what the adapter itself may not.
      bank.run("CREATE TRIGGER noted AFTER INSERT ON tl_return BEGIN INSERT INTO payroll VALUES (NEW.subject); DELETE FROM payroll WHERE name = 'secret'; END");
      LoadedAdapter adapter("database", bank.config(), bank.folder());
      CHECK_FALSE(adapter.decision({decision()})[0].failed);
      CHECK(bank.text("SELECT name FROM payroll") == "A-1");
    }
  }
}

TEST_CASE("a column that does not exist is a wrong configuration, never a text in its place") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    LoadedAdapter adapter("database", replaced(bank.config(), "application_id: app_no", "application_id: app_nr"), bank.folder());
    const auto wrong = failure_of([&] { adapter.health(); });
    CHECK(wrong.code == Result::bad_config);
    CHECK(wrong.field == "applications.view");
    CHECK(wrong.text.find("app_nr") != std::string::npos);
  }
}

TEST_CASE("a server that is gone, and comes back, costs one call") {
  BankDatabase bank(BankDatabase::Kind::postgresql);
  bank.run(application(1, "A-1", "2026-03-01"));
  LoadedAdapter adapter("database", bank.config(), bank.folder());
  CHECK(adapter.poll_applications().records.size() == 1);
  bank.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'talent_loan' AND datname = current_database()");
  const auto gone = failure_of([&] { adapter.poll_applications(); });
  CHECK(gone.code == Result::unavailable);
  CHECK(gone.retry == Retry::later);
  CHECK(adapter.poll_applications().records.size() == 1);

  LoadedAdapter nowhere("database", replaced(bank.config(), "user: talent_loan", "port: 1, user: talent_loan"), bank.folder());
  const auto unreachable = failure_of([&] { nowhere.health(); });
  CHECK(unreachable.code == Result::unavailable);
}

TEST_CASE("refused credentials are told apart from a server that is away, without the password") {
  BankDatabase bank(BankDatabase::Kind::postgresql);
  bank.files().write("password", "s3cret-of-the-bank\n");
  LoadedAdapter adapter("database", replaced(bank.config(), "user: talent_loan", "user: nobody_here, password: {file: password}"), bank.folder());
  const auto denied = failure_of([&] { adapter.health(); });
  CHECK(denied.code == Result::denied);
  CHECK(denied.retry == Retry::never);
  CHECK(denied.text.find("s3cret") == std::string::npos);

  LoadedAdapter unset("database", replaced(bank.config(), "user: talent_loan", "user: talent_loan, password: {env: TALENT_LOAN_TEST_NOT_SET}"), bank.folder());
  const auto missing = failure_of([&] { unset.health(); });
  CHECK(missing.code == Result::bad_config);
  CHECK(missing.field == "connection.postgresql.password");
}

TEST_CASE("a role that is locked while it is at work is refused by name, and works again once it is unlocked") {
  BankDatabase bank(BankDatabase::Kind::postgresql);
  bank.run(application(1, "A-1", "2026-03-01"));
  LoadedAdapter adapter("database", bank.config(), bank.folder());
  CHECK(adapter.poll_applications().records.size() == 1);
  bank.run("ALTER ROLE talent_loan NOLOGIN");
  bank.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'talent_loan' AND datname = current_database()");
  CHECK(failure_of([&] { adapter.poll_applications(); }).code == Result::unavailable);  // cut off in the middle
  CHECK(failure_of([&] { adapter.poll_applications(); }).code == Result::denied);
  bank.run("ALTER ROLE talent_loan LOGIN");
  CHECK(adapter.poll_applications().records.size() == 1);
}

TEST_CASE("text of another encoding rejects its row and nothing after it") {
  BankDatabase bank(BankDatabase::Kind::sqlite);  // PostgreSQL lets no such text in
  bank.run(replaced(repayment(1, "E-1"), "'L-1'", "CAST(x'4CD5C5' AS TEXT)"));
  bank.run(repayment(2, "E-2"));
  LoadedAdapter adapter("database", bank.config(), bank.folder());
  const auto polled = adapter.poll_events();
  REQUIRE(polled.records.size() == 1);
  CHECK(polled.records[0].event_id == "E-2");
  REQUIRE(polled.rejects.size() == 1);
  CHECK(polled.rejects[0].key == "E-1");
}

TEST_CASE("a view that does not answer ends at the deadline, or when the host cancels") {
  BankDatabase bank(BankDatabase::Kind::postgresql);
  bank.run(application(1, "A-1", "2026-03-01"));
  bank.run("CREATE OR REPLACE VIEW v_app AS SELECT app.* FROM app, (SELECT pg_sleep(30)) AS slow");
  LoadedAdapter adapter("database", bank.config(), bank.folder());
  const auto start = std::chrono::steady_clock::now();
  adapter.deadline = std::chrono::milliseconds(300);
  const auto late = failure_of([&] { adapter.poll_applications(); });
  CHECK(late.code == Result::timed_out);
  CHECK(late.retry == Retry::same_key);
  adapter.deadline = std::chrono::milliseconds(20'000);
  adapter.cancel_after = std::chrono::milliseconds(300);
  CHECK(failure_of([&] { adapter.poll_applications(); }).code == Result::cancelled);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(15));
}

TEST_CASE("a database file that is locked or missing is a matter of waiting") {
  BankDatabase bank(BankDatabase::Kind::sqlite);
  LoadedAdapter adapter("database", bank.config(), bank.folder());
  bank.run("BEGIN EXCLUSIVE");
  const auto busy = adapter.decision({decision()});
  REQUIRE(busy[0].failed);
  CHECK(busy[0].failed->code == Result::unavailable);
  CHECK(busy[0].failed->retry == Retry::same_key);
  bank.run("COMMIT");
  CHECK_FALSE(adapter.decision({decision()})[0].failed);

  LoadedAdapter missing("database", replaced(bank.config(), "file: bank.db", "file: other.db"), bank.folder());
  CHECK(failure_of([&] { missing.health(); }).code == Result::unavailable);
}

TEST_CASE("the conformance kit finds nothing against it") {
  for (const auto kind : both) {
    BankDatabase bank(kind);
    for (int i = 1; i <= 5; ++i) {
      bank.run(application(i, "A-" + std::to_string(i), "2026-03-01"));
      bank.run(repayment(i, "E-" + std::to_string(i)));
      bank.run("INSERT INTO clm VALUES (" + std::to_string(i) + ", 'C-" + std::to_string(i) + "', 'L-1', '370301199001011239', '2025-03-01', '2026-03-01', 100.00, 0)");
    }
    for (const char* asked : {"conformance-application-1-5", "conformance-application-1-5-other"}) {
      bank.run(std::string("INSERT INTO res VALUES ('") + asked + "', 'Y', 'L-9', '2026-03-04', 100, NULL)");
    }
    const std::string file = bank.folder() + "/bank.yaml";
    std::ofstream(file) << bank.config();
    check_conformance("database", file, "2026-12-31");
  }
}

TEST_CASE("the sample works as it is shipped") {
  BankDatabase bank(BankDatabase::Kind::postgresql);
  const std::string folder = std::string(TALENT_LOAN_SOURCE_DIR) + "/bank-adapters/database/";
  bank.run(replaced(read_file(folder + "sample.sql"), "CREATE ROLE talent_loan LOGIN;", ""));  // the role is the server's, and made
  std::string config = read_file(folder + "sample.yaml");
  const std::size_t connection = config.find("connection:");
  config.replace(connection, config.find("defaults:") - connection, bank.connection());
  bank.run("INSERT INTO core_application (app_no, cust_type, cert_no, apply_date, apply_amount, term, year_rate, purpose_code, has_collateral, has_guarantor) VALUES ('A-1', 'E', '91370300MA3C8A0B1X', '2026-03-01', 3000000, 24, 4.35, '02', false, false)");
  bank.run("INSERT INTO core_event (event_no, event_type, loan_no, event_date, five_class) VALUES ('E-1', 'FL', 'L-1', '2026-03-02', '3')");
  LoadedAdapter adapter("database", config, bank.folder());
  adapter.health();
  const auto applications = adapter.poll_applications();
  REQUIRE(applications.records.size() == 1);
  CHECK(applications.records[0].borrower_kind == sdk::BorrowerKind::employer);
  CHECK(applications.records[0].term_months == 24);
  CHECK_FALSE(applications.records[0].guaranteed);
  CHECK(adapter.poll_events().records.at(0).loan_class == sdk::LoanClass::substandard);
  CHECK(adapter.decision({decision()})[0].receipt == "1");
  CHECK(adapter.decision({decision()})[0].receipt == "1");
  CHECK(adapter.settled({settled()})[0].receipt != "1");
}

TEST_CASE("a bank without a table for answers takes no notices but requests to lend, whose answers stand in its view") {
  BankDatabase bank(BankDatabase::Kind::sqlite);
  const std::string whole = bank.config();
  LoadedAdapter without("database", whole.substr(0, whole.find("returns:")), bank.folder());
  check_left_out(without, {sdk::Notice::decision, sdk::Notice::settled, sdk::Notice::scored});
  LoadedAdapter with("database", whole, bank.folder());
  check_left_out(with, {});
}

TEST_CASE("a configuration is refused with everything that is wrong in it") {
  BankDatabase bank(BankDatabase::Kind::sqlite);
  std::string config = replaced(bank.config(), "view: v_app", "view: 'v_app; DROP TABLE app'");
  config = replaced(config, "event_id: ev_id, ", "");
  config = replaced(config, "key: req_key", "key: 'req\"key'");
  config = replaced(config, "note: decision_id", "note: decison_id");
  const auto refused = failure_of([&] { LoadedAdapter("database", config, bank.folder()); });
  CHECK(refused.code == Result::bad_config);
  CHECK(refused.text.find("applications.view") != std::string::npos);
  CHECK(refused.text.find("nothing says where event_id comes from") != std::string::npos);
  CHECK(refused.text.find("returns.key") != std::string::npos);
  CHECK(refused.text.find("is it decision_id?") != std::string::npos);
  CHECK(failure_of([&] { LoadedAdapter("database", replaced(bank.config(), "sqlite: {file: bank.db}", "sqlite: {file: bank.db}, password: {env: X}"), bank.folder()); }).code == Result::bad_config);
}
