#include "core/store/covered_tables.hpp"

#include <algorithm>

#include "core/message/message.hpp"

namespace talent_loan {

const std::vector<CoveredTable>& covered_tables() {
  static const std::vector<CoveredTable> tables{
      {"settlement_batches", "number", true,
       {"number", "batch_id", "scheme", "as_of", "status", "payers", "cite", "prepared_by", "prepared_at", "booked_by", "booked_at",
        "reversal_id", "reversed_by", "reversed_at", "reversed_because"},
       {}},
      {"settlement_lines", "batch", true,
       {"claim", "batch", "position", "part", "principal_loss_fen", "bank_bears_fen", "pays_1_fen", "bears_1_fen", "pays_2_fen", "bears_2_fen",
        "pays_3_fen", "bears_3_fen", "more_pay_fen", "more_bear_fen"},
       {{"claim"}}},
      {"settlement_line_more", "batch", true, {"claim", "batch", "slot", "pays_fen", "bears_fen"}, {{"claim"}, {"slot"}}},
      {"settlement_parts", "batch", true, {"batch", "part", "bank_id", "policy_version"}, {{"part"}}},
      {"settlement_part_payers", "batch", true, {"batch", "part", "slot", "payer"}, {{"part"}, {"slot"}}},
      {"settlement_rejects", "batch", true, {"batch", "position", "claim", "code", "chinese", "english"}, {{"position"}}},
      {"settlement_waiting", "batch", true, {"batch", "position", "claim", "fund", "needed_fen"}, {{"position"}}},
      {"settlement_bank_totals", "batch", true, {"batch", "bank_id", "claims", "principal_loss_fen", "bank_bears_fen"}, {{"bank_id", true}}},
      {"settlement_payer_totals", "batch", true,
       {"batch", "bank_id", "payer", "pays_fen", "bears_fen", "reimburses_fen"},
       {{"bank_id", true}, {"payer", true}}},
      {"settlement_share_use", "batch", true, {"batch", "year", "share", "amount_fen"}, {{"share", true}}},
      {"settlement_payments", "batch", true,
       {"payment_id", "batch", "position", "bank_id", "payer", "fund", "amount_fen", "status", "status_reason"},
       {{"position"}}},
      {"payment_reports", "batch", true,
       {"batch", "payment_id", "number", "status", "reason", "source", "reported_by", "reported_at"},
       {{"payment_id", true}, {"number"}}},
      {"journal_entries", "number", false, {"number", "posted_on", "kind", "reference", "description", "cite", "reverses"}, {}},
      {"journal_postings", "entry", false, {"entry", "position", "account", "amount_fen"}, {{"position"}}},
      {"fund_deposits", "entry", false, {"fund", "reference", "amount_fen", "received_on", "source", "entry"}, {}},
      {"recoveries", "claim", true,
       {"recovery_id", "number", "claim", "received_on", "amount_fen", "costs_fen", "entry", "reversal_id", "reversed_because",
        "booked_by", "booked_at", "reversed_by", "reversed_at"},
       {{"number"}}},
      {"recovery_returns", "claim", true, {"recovery", "payer", "claim", "amount_fen"}, {{"recovery", true}, {"payer", true}}},
      {"claim_closings", "claim", true,
       {"claim", "number", "ground", "closed_on", "why", "closed_by", "closed_at", "reopened_because", "reopened_by", "reopened_at"},
       {{"number"}}},
      {"assessment_reward_rounds", "year", true,
       {"year", "run", "sum_fen", "divided_by", "parts", "paid_from", "posted_on", "entry"},
       {}},
      {"assessment_rewards", "year", true, {"year", "bank_id", "amount_fen"}, {{"bank_id", true}}},
  };
  return tables;
}

const CoveredTable& covered_table(std::string_view name) {
  const auto& tables = covered_tables();
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const CoveredTable& table) { return table.name == name; });
  if (found != tables.end()) return *found;
  throw Failure({"审计记录不涵盖表 " + quoted(name), "the audit trail covers no table " + quoted(name)},
                {"请使用较新的 talent-loan", "use a newer talent-loan"});
}

}  // namespace talent_loan
