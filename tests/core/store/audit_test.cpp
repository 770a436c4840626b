#include <catch2/catch.hpp>

#include "core/store/audit.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using talent_loan::testing::FreshDatabases;

namespace {

AuditHead write_trail(Database& database, int entries) {
  Transaction transaction = database.write();
  for (int i = 1; i <= entries; ++i) record(transaction, {"clerk", "talents import", "list " + std::to_string(i), "rows: 3", "§4"});
  transaction.commit();
  Transaction look = database.read();
  const AuditReport report = verify_audit(look);
  REQUIRE_FALSE(report.broken);
  return report.head;
}

std::string verdict_after(Database& database, const std::vector<std::string>& tampering, const std::optional<AuditHead>& noted = std::nullopt) {
  Transaction transaction = database.write();  // never committed: each tampering starts from the whole trail
  for (const std::string& sql : tampering) transaction.execute(sql);
  const AuditReport report = verify_audit(transaction, noted);
  return report.broken ? report.broken->english : "whole";
}

}  // namespace

TEST_CASE("an untouched trail is whole, empty ones too") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    {
      Transaction look = database.read();
      CHECK_FALSE(verify_audit(look).broken);
    }
    const AuditHead head = write_trail(database, 5);
    CHECK(head.sequence == 5);
    CHECK(head.hash.size() == 64);
    CHECK(verdict_after(database, {}, head) == "whole");
  }
}

TEST_CASE("every kind of tampering with the trail is found at its first entry") {
  const char* copy = "INSERT INTO audit_entries (sequence, recorded_at, actor, action, subject, details, cite, hash) "
                     "SELECT 6, recorded_at, actor, action, subject, details, cite, hash FROM audit_entries WHERE sequence = 5";
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    const AuditHead head = write_trail(database, 5);
    for (const char* field : {"recorded_at", "actor", "action", "subject", "details", "cite", "hash"}) {
      CHECK(verdict_after(database, {std::string("UPDATE audit_entries SET ") + field + " = 'forged' WHERE sequence = 3"}).starts_with("entry 3: "));
    }
    // Moving a character from one field into the next keeps their concatenation.
    CHECK(verdict_after(database, {"UPDATE audit_entries SET actor = 'cler', action = 'ktalents import' WHERE sequence = 2"}).starts_with("entry 2: "));
    CHECK(verdict_after(database, {"DELETE FROM audit_entries WHERE sequence = 3"}) == "entry 3: was removed");
    CHECK(verdict_after(database, {"DELETE FROM audit_entries WHERE sequence = 1"}) == "entry 1: was removed");
    CHECK(verdict_after(database, {"DELETE FROM audit_entries WHERE sequence = 5"}) == "entry 5: was cut off the end");
    CHECK(verdict_after(database, {"DELETE FROM audit_entries", "DELETE FROM audit_head"}, head) ==
          "entry 5: the head that was noted is missing: the trail was cut");
    CHECK(verdict_after(database, {copy}).starts_with("entry 6: "));
    CHECK(verdict_after(database, {"UPDATE audit_entries SET sequence = 100 WHERE sequence = 2", "UPDATE audit_entries SET sequence = 2 WHERE sequence = 3",
                                   "UPDATE audit_entries SET sequence = 3 WHERE sequence = 100"}).starts_with("entry 2: "));
    CHECK(verdict_after(database, {"DELETE FROM audit_head"}).starts_with("entry 5: "));
    CHECK(verdict_after(database, {}, AuditHead{4, "another"}).starts_with("entry 4: differs"));
    CHECK(verdict_after(database, {}) == "whole");
  }
}

TEST_CASE("an entry of a transaction that is not committed is not in the trail") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    {
      Transaction transaction = database.write();
      record(transaction, {"clerk", "settle", "batch 1", "", ""});
    }
    Transaction look = database.read();
    CHECK(verify_audit(look).head.sequence == 0);
  }
}
