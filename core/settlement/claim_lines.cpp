#include "core/settlement/claim_lines.hpp"

namespace talent_loan {
namespace {

std::vector<std::int64_t> batches_with(Transaction& transaction, std::int64_t claim, const std::string& also = "") {
  std::vector<std::int64_t> batches;
  transaction.each("SELECT s.batch FROM settlement_lines s JOIN settlement_batches b ON b.number = s.batch WHERE s.claim = :claim" + also + " ORDER BY s.batch", {claim},
                   [&](const Row& row) { batches.push_back(row.integer(0)); });
  return batches;
}

}  // namespace

std::vector<ClaimLine> lines_of_claim(Transaction& transaction, std::int64_t claim) {
  std::vector<ClaimLine> lines;
  for (const std::int64_t batch : batches_with(transaction, claim)) lines.push_back({batch, find_line(transaction, batch, claim).value()});
  return lines;
}

std::vector<CompensatedLine> compensated_lines(Transaction& transaction, const ClaimId& claim, const std::optional<BankId>& bank) {
  std::vector<std::pair<std::int64_t, Day>> claims;
  transaction.each("SELECT number, defaulted_on, bank_id FROM claims WHERE claim_id = :claim ORDER BY number", {claim}, [&](const Row& row) {
    if (!bank || bank->text() == row.text(2)) claims.emplace_back(row.integer(0), row.day(1));
  });
  std::vector<CompensatedLine> lines;
  for (const auto& [number, defaulted_on] : claims) {
    for (const std::int64_t batch : batches_with(transaction, number, " AND b.status = 'booked'")) lines.push_back({defaulted_on, find_line(transaction, batch, number).value()});
  }
  return lines;
}

}  // namespace talent_loan
