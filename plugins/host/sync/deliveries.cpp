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
std::string undelivered(const char* columns, const char* table) {
  return fmt::format(
      "SELECT b.batch_id, r.batch, r.claim, c.claim_id, c.loan_id, {} FROM {} r JOIN settlement_batches b ON b.number = r.batch"
      " JOIN claims c ON c.number = r.claim WHERE c.bank_id = :bank AND b.status = 'booked' AND NOT EXISTS"
      " (SELECT 1 FROM adapter_deliveries d WHERE d.bank_id = c.bank_id"
      " AND d.delivery_key = 'settled:' || CAST(r.batch AS TEXT) || ':' || CAST(r.claim AS TEXT)) ORDER BY r.batch, r.position",
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
  transaction.each(undelivered("r.policy_version, r.principal_loss_fen, r.bank_bears_fen, r.shares", "settlement_lines"), {bank}, [&](const Row& row) {
    auto made = delivery_of(row, bank);
    made.notice.accepted = TALENT_LOAN_YES;
    made.notice.policy_version = row.text(5);
    made.notice.principal_loss = row.integer(6);
    made.notice.bank_bears = row.integer(7);
    Fen paid;
    for (const PayerAmount& amount : parse_shares(row.text(8))) {
      paid += amount.pays;
      made.notice.payers.push_back({amount.payer.text(), amount.pays.count(), amount.bears.count()});
    }
    made.notice.paid = paid.count();
    deliveries.push_back(std::move(made));
  });
  transaction.each(undelivered("r.code", "settlement_rejects"), {bank}, [&](const Row& row) {
    auto made = delivery_of(row, bank);
    made.notice.accepted = TALENT_LOAN_NO;
    made.notice.code = row.text(5);
    deliveries.push_back(std::move(made));
  });
  return deliveries;
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
