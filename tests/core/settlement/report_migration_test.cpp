// A database in which banks' reports of payments know no batch and no seal, as the program kept them before.
#include <catch2/catch.hpp>

#include "core/settlement/claim_states.hpp"
#include "core/settlement/payment_message.hpp"
#include "core/store/audit.hpp"
#include "tests/core/settlement/book_fixture.hpp"
#include "tests/core/settlement/status_report.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

// Puts the table back as 0015 made it, with reports in no order, and the payments as they say.
void reports_without_batch(Bureau& bureau) {
  Transaction transaction = bureau.database().write();
  for (const char* sql :
       {"DROP TABLE payment_reports",
        "CREATE TABLE payment_reports (payment_id TEXT NOT NULL REFERENCES settlement_payments (payment_id), number BIGINT NOT NULL,"
        " status TEXT NOT NULL CHECK (status IN ('paid', 'failed')), reason TEXT NOT NULL, source TEXT NOT NULL, reported_by TEXT NOT NULL,"
        " reported_at TEXT NOT NULL, PRIMARY KEY (payment_id, number))",
        "INSERT INTO payment_reports VALUES ('b2-0001', 1, 'paid', '', 'third.xml', 'li', '2121-02-01T01:02:03Z')",
        "INSERT INTO payment_reports VALUES ('b1-0001', 2, 'paid', '', 'second.xml', 'li', '2121-01-02T01:02:03Z')",
        "INSERT INTO payment_reports VALUES ('b1-0001', 1, 'failed', 'AC04', 'first.xml', 'li', '2121-01-01T01:02:03Z')",
        "UPDATE settlement_payments SET status = 'paid' WHERE payment_id IN ('b1-0001', 'b2-0001')", "DELETE FROM schema_migrations WHERE number = 17"}) {
    transaction.execute(sql);
  }
  transaction.commit();
}

std::string found_after(Database& database, const char* tampering) {
  Transaction transaction = database.write();
  if (*tampering != '\0') transaction.execute(tampering);
  const AuditReport report = verify_audit(transaction);
  return report.broken ? report.broken->english : "whole";
}

}  // namespace

TEST_CASE("reports that an older program kept get their batch and a seal, and the next one is added to them") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.settle_batch("b1");
    bureau.bad_claim("icbc", "B", 2000);
    bureau.bad_claim("ccb", "C", 3000);
    bureau.settle_batch("b2");
    reports_without_batch(bureau);

    Database migrated = Database::open(bureau.url());

    CHECK(found_after(migrated, "") == "whole");
    CHECK(found_after(migrated, "UPDATE payment_reports SET reason = 'AC06' WHERE reason = 'AC04'")
              .starts_with("table payment_reports (batch=1 payment_id=b1-0001 number=1): was changed"));
    CHECK(found_after(migrated, "DELETE FROM payment_reports WHERE payment_id = 'b2-0001'").starts_with("table payment_reports (batch=2): was removed"));
    Transaction transaction = migrated.write();
    std::string kept;
    transaction.each("SELECT batch || ' ' || payment_id || ' ' || number || ' ' || status || ' ' || reason || ' ' || source || ' ' || reported_by || ' ' || reported_at"
                     " FROM payment_reports ORDER BY batch, payment_id, number",
                     {}, [&](const Row& row) { kept += row.text(0) + "\n"; });
    CHECK(kept ==
          "1 b1-0001 1 failed AC04 first.xml li 2121-01-01T01:02:03Z\n1 b1-0001 2 paid  second.xml li 2121-01-02T01:02:03Z\n"
          "2 b2-0001 1 paid  third.xml li 2121-02-01T01:02:03Z\n");
    const auto history = claim_history(transaction, BankId("icbc"), ClaimId("A"), bureau.policies());
    REQUIRE(history);
    CHECK(history->status.state == ClaimState::paid);
    CHECK(history->changes[4].why.english == "AC04 first.xml");
    CHECK(apply_status_report(transaction, status_report({{"b2-0002", "RJCT"}}), "fourth.xml", UserId("li")).failed == 1);
    CHECK_FALSE(verify_audit(transaction).broken);
  });
}
