#include "plugins/host/sync/deliveries.hpp"

#include <fmt/format.h>
#include <talent_loan_adapter.h>

#include "core/assessment/results.hpp"
#include "core/settlement/batch_rows.hpp"
#include "plugins/host/sync/bank_round.hpp"
#include "plugins/host/sync/cursors.hpp"

namespace talent_loan::host {
namespace {

// Rows of `table` (settlement_lines or settlement_rejects) of booked batches that this bank was not told of.
std::string undelivered(std::string_view columns, const char* table) {
  return fmt::format(
      "SELECT b.batch_id, s.batch, s.claim, c.claim_id, c.loan_id, {} FROM {} s JOIN settlement_batches b ON b.number = s.batch"
      " JOIN claims c ON c.number = s.claim WHERE c.bank_id = :bank AND b.status = 'booked' AND NOT EXISTS"
      " (SELECT 1 FROM adapter_deliveries d WHERE d.bank_id = c.bank_id"
      " AND d.delivery_key = 'settled:' || CAST(s.batch AS TEXT) || ':' || CAST(s.claim AS TEXT)) ORDER BY s.batch, s.position",
      columns, table);
}

Delivery<SettledNotice> delivery_of(const Row& row, const BankId& bank) {
  Delivery<SettledNotice> made{fmt::format("settled:{}:{}", row.integer(1), row.integer(2)), {}};
  made.notice.batch_id = row.text(0);
  made.notice.claim_id = row.text(3);
  made.notice.loan_id = row.text(4);
  made.notice.key = stable_key("settled", {bank.text(), made.notice.batch_id, made.notice.claim_id});
  return made;
}

}  // namespace

std::vector<Delivery<SettledNotice>> settled_to_deliver(Transaction& transaction, const BankId& bank) {
  std::vector<Delivery<SettledNotice>> deliveries;
  StoredParts parts(transaction);
  const std::string columns = fmt::format("s.principal_loss_fen, s.bank_bears_fen, {}", line_amount_columns);
  transaction.each(undelivered(columns, "settlement_lines"), {bank}, [&](const Row& row) {
    auto made = delivery_of(row, bank);
    made.notice.accepted = TALENT_LOAN_YES;
    made.notice.policy_version = parts.of(row.integer(7), row.integer(8)).version.text();
    made.notice.principal_loss = row.integer(5);
    made.notice.bank_bears = row.integer(6);
    Fen paid;
    for (const PayerAmount& amount : parts.payers_of_line(row, 7)) {
      paid += amount.pays;
      made.notice.payers.push_back({amount.payer.text(), amount.pays.count(), amount.bears.count()});
    }
    made.notice.paid = paid.count();
    deliveries.push_back(std::move(made));
  });
  transaction.each(undelivered("s.code", "settlement_rejects"), {bank}, [&](const Row& row) {
    auto made = delivery_of(row, bank);
    made.notice.accepted = TALENT_LOAN_NO;
    made.notice.code = row.text(5);
    deliveries.push_back(std::move(made));
  });
  return deliveries;
}

std::uint64_t count_settled_to_deliver(Transaction& transaction, const BankId& bank) {
  std::uint64_t count = 0;
  for (const char* table : {"settlement_lines", "settlement_rejects"}) {
    const auto row = transaction.query_one(fmt::format("SELECT COUNT(*) FROM ({}) AS waiting", undelivered("1", table)), {bank});
    count += static_cast<std::uint64_t>(row->integer(0));
  }
  return count;
}

std::vector<Delivery<ScoredNotice>> scored_to_deliver(Transaction& transaction, const BankId& bank) {
  std::vector<Delivery<ScoredNotice>> deliveries;
  for (const assessment::StoredScore& score : assessment::scores_of_bank(transaction, bank)) {
    const std::string record = fmt::format("scored:{}:{}", score.year, score.run);
    if (delivered(transaction, bank, record)) continue;
    ScoredNotice notice;
    notice.key = stable_key("scored", {bank.text(), std::to_string(score.year), std::to_string(score.run)});
    notice.year = score.year;
    notice.score = score.score;
    notice.rank = static_cast<std::int32_t>(score.rank);
    notice.banks = static_cast<std::int32_t>(score.banks);
    notice.grade = score.grade;
    for (const assessment::StoredPoints& points : score.breakdown) notice.breakdown.push_back({points.indicator, points.points});
    deliveries.push_back({record, std::move(notice)});
  }
  return deliveries;
}

}  // namespace talent_loan::host
