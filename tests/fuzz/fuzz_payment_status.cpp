// Any bytes as a payment status report: refused with a sentence, or applied to payments that are in the books.
#include "core/files/files.hpp"
#include "core/settlement/payment_message.hpp"
#include "core/store/audit.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan;
using fuzz::require;

namespace {

Database& books() {
  static Database database = [] {
    Database made = Database::open("sqlite://:memory:");
    Transaction transaction = made.write();
    transaction.execute("INSERT INTO settlement_batches (number, batch_id, scheme, as_of, status, payers, cite, prepared_by, prepared_at)"
                        " VALUES (1, 'b', 's', '2020-12-31', 'booked', 'city', '', 'u', '')");
    for (const std::int64_t payment : {1, 2}) {
      transaction.execute("INSERT INTO settlement_payments (payment_id, batch, position, bank_id, payer, fund, amount_fen, status)"
                          " VALUES (:id, 1, :position, 'bank', 'city', '', 12345, 'instructed')",
                          {"P" + std::to_string(payment), payment});
    }
    // Reports are read only where the payments are what the trail sealed.
    record(transaction, {.actor = "u", .action = "settle book", .subject = "b", .details = "", .cite = ""},
           {seal_rows(transaction, "settlement_batches", 1), seal_rows(transaction, "settlement_payments", 1)});
    transaction.commit();
    return made;
  }();
  return database;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Transaction transaction = books().write();  // never committed
  try {
    const auto summary = apply_status_report(transaction, std::string(reinterpret_cast<const char*>(data), size), "report.xml", UserId("u"));
    const auto count = transaction.query_one("SELECT COUNT(*) FROM settlement_payments WHERE status = 'paid'")->integer(0);
    require(count <= summary.paid + summary.repeated, "only what was told is paid");
    transaction.each("SELECT status_reason FROM settlement_payments", {},
                     [](const Row& row) { require(invalid_utf8_at(row.text(0)) == std::string_view::npos, "reasons are UTF-8"); });
    const auto reports = transaction.query_one("SELECT COUNT(*) FROM payment_reports")->integer(0);
    require(reports == summary.paid + summary.failed, "every final status is kept as a report");
    require(reports == 0 || !verify_audit(transaction).broken, "what was kept is sealed");
  } catch (const Failure& failure) {
    require(!failure.diagnostics().empty() && !failure.diagnostics().front().sentence(Language::english).empty(), "a refusal says why");
  }
  return 0;
}
