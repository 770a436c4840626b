// The indicators of the loan book, fed by a real settlement with its recoveries, a reversal and a second batch.
#include <catch2/catch.hpp>

#include "core/assessment/loan_book.hpp"
#include "core/settlement/recovery.hpp"
#include "tests/core/settlement/book_fixture.hpp"

using namespace talent_loan;
using namespace talent_loan::assessment;
using namespace talent_loan::testing;

namespace {

std::string figures(Bureau& bureau, int year, const char* bank) {
  std::string yaml = "schema: talent-loan/assessment/1\nid: t\nindicators:\n";
  for (const char* name : {"balance", "npl_ratio", "compensated", "recovered"}) {
    yaml += fmt::format("  - {{id: {0}, source: loan-book/{0}, formula: {{kind: bands, bands: [{{points: 1}}]}}}}\n", name);
  }
  const Table table = parse_table(yaml, "t.yaml");
  Values values(table);
  Transaction transaction = bureau.database().read();
  add_loan_book(transaction, year, table, values);
  std::string out;
  for (std::size_t i = 0; i < values.indicators().size(); ++i) {
    out += fmt::format("{}{}={}", i == 0 ? "" : " ", values.indicators()[i], values.at(i, *values.bank_index(bank))->shown());
  }
  return out;
}

void write(Bureau& bureau, const std::function<void(Transaction&)>& change) {
  Transaction transaction = bureau.database().write();
  change(transaction);
  transaction.commit();
}

}  // namespace

TEST_CASE("compensated and recovered follow what was settled, reversed and recovered in the year") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.bad_claim("icbc", "B", 500);
    bureau.bad_claim("ccb", "C", 300);
    CHECK(figures(bureau, 2020, "icbc") == "balance=1500 npl_ratio=0 compensated=0 recovered=0");
    bureau.settle_batch("wrong", "2020-12-20");
    write(bureau, [](Transaction& transaction) { reverse(transaction, {.batch = BatchId("wrong"), .reversal = "r", .why = "w", .user = UserId("checker")}); });
    CHECK(figures(bureau, 2020, "icbc") == "balance=1500 npl_ratio=0 compensated=0 recovered=0");
    bureau.settle_batch("right", "2020-12-31");
    write(bureau, [&](Transaction& transaction) {
      const RecoveryRules rules{.policies = &bureau.policies(), .user = UserId("maker")};
      const auto recover = [&](const char* id, const char* claim, const char* on, std::int64_t amount) {
        REQUIRE(book_recovery(transaction, {.id = RecoveryId(id), .claim = ClaimId(claim), .bank = {}, .received_on = day(on), .amount = yuan(amount), .costs = yuan(1)}, rules).what ==
                RecoveryOutcome::What::booked);
      };
      recover("R1", "A", "2020-12-30", 40);
      recover("R2", "A", "2020-12-31", 60);
      recover("R3", "C", "2020-12-31", 30);
      recover("R4", "B", "2021-01-01", 50);
      reverse_recovery(transaction, {RecoveryId("R2"), "R2-x", "bounced"}, rules);
    });
    CHECK(figures(bureau, 2020, "icbc") == "balance=1500 npl_ratio=0 compensated=1200 recovered=40");
    CHECK(figures(bureau, 2020, "ccb") == "balance=300 npl_ratio=0 compensated=240 recovered=30");
    CHECK(figures(bureau, 2021, "icbc") == "balance=1500 npl_ratio=0 compensated=0 recovered=50");
  });
}
