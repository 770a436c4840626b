#include "tests/simulator/books.hpp"

#include <fmt/format.h>

#include "core/ledger/fund.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/store/audit.hpp"

namespace talent_loan::simulator {
namespace {

// A sorted text of one side, so that a difference can be shown.
using Facts = std::map<std::string, std::string>;

void add(Facts& facts, std::string key, std::string value) { facts.emplace(std::move(key), std::move(value)); }

std::string compare(const Facts& real, const Facts& model) {
  for (const auto& [key, value] : model) {
    const auto found = real.find(key);
    if (found == real.end()) return fmt::format("{}: the model has {}, the books nothing", key, value);
    if (found->second != value) return fmt::format("{}: the model has {}, the books {}", key, value, found->second);
  }
  for (const auto& [key, value] : real) {
    if (!model.contains(key)) return fmt::format("{}: the books have {}, the model nothing", key, value);
  }
  return "";
}

std::string claim_name(const std::string& bank, const std::string& claim) { return "claim " + bank + " " + claim; }

Facts facts_of(const Model& model) {
  Facts facts;
  for (const auto& [account, balance] : model.accounts) add(facts, "account " + account, std::to_string(balance));
  for (const auto& [reference, deposit] : model.deposits) add(facts, "deposit " + reference, std::to_string(deposit.first));
  for (const auto& [id, batch] : model.batches) {
    add(facts, "batch " + id, fmt::format("{} {} of {}: {} accepted, {} rejected, {} waiting", batch.status, batch.reversal, day_text(batch.as_of),
                                          batch.accepted.size(), batch.rejected.size(), batch.waiting.size()));
    std::map<std::string, std::int64_t> payments;
    for (std::size_t i = 0; i < batch.lines.size(); ++i) {
      for (const auto& [payer, amounts] : batch.lines[i].payers) payments[std::get<1>(batch.accepted[i]) + " from " + payer] += amounts.pays;
    }
    const char* status = batch.status == "booked" ? "instructed" : batch.status == "reversed" ? "cancelled" : "prepared";
    for (const auto& [key, amount] : payments) {
      if (amount > 0) add(facts, "payment " + id + " " + key, fmt::format("{} {} {}", amount, batch.from_fund ? "fund" : "", status));
    }
  }
  for (const auto& [key, claim] : model.claims) {
    const auto& [day, bank, id] = key;
    std::string decided = "undecided";
    if (!claim.batch.empty()) decided = claim.batch + (claim.code.empty() ? fmt::format(" loss {} bank bears {}", claim.line.loss, claim.line.bank_bears) : " " + claim.code);
    add(facts, claim_name(bank, id), decided);
    for (const auto& [recovery, amounts] : claim.recoveries) {
      add(facts, "recovery " + recovery, fmt::format("{} {} {} {}", id, amounts.amount, amounts.costs, amounts.reversed ? "reversed" : ""));
    }
    for (const auto& [payer, amount] : claim.returned) {
      if (amount != 0) add(facts, fmt::format("returned to {} on {} {}", payer, bank, id), std::to_string(amount));
    }
  }
  return facts;
}

void read_batches(Transaction& look, Facts& facts) {
  for (const BatchRecord& batch : batches(look)) {
    const BatchCounts counts = count_claims(look, batch);
    add(facts, "batch " + batch.batch.text(), fmt::format("{} {} of {}: {} accepted, {} rejected, {} waiting", word(batch.status), batch.reversal,
                                                          format_day(batch.as_of), counts.accepted, counts.rejected, counts.waiting));
    for (const Payment& payment : stored_payments(look, batch.number)) {
      add(facts, fmt::format("payment {} {} from {}", batch.batch.text(), payment.bank.text(), payment.payer.text()),
          fmt::format("{} {} {}", payment.amount.count(), payment.fund, payment.status));
    }
  }
}

void read_claims(Transaction& look, Facts& facts) {
  look.each("SELECT bank_id, claim_id FROM claims", {}, [&](const Row& row) { facts[claim_name(row.text(0), row.text(1))] = "undecided"; });
  // A claim that two lines compensate shows as one key too many.
  look.each("SELECT c.bank_id, c.claim_id, b.batch_id, s.principal_loss_fen, s.bank_bears_fen FROM settlement_lines s JOIN claims c ON c.number = s.claim"
            " JOIN settlement_batches b ON b.number = s.batch WHERE b.status <> 'reversed'",
            {}, [&](const Row& row) {
              std::string& decided = facts[claim_name(row.text(0), row.text(1))];
              decided = (decided == "undecided" ? "" : decided + " and ") + fmt::format("{} loss {} bank bears {}", row.text(2), row.integer(3), row.integer(4));
            });
  look.each("SELECT c.bank_id, c.claim_id, b.batch_id, r.code FROM settlement_rejects r JOIN claims c ON c.number = r.claim"
            " JOIN settlement_batches b ON b.number = r.batch WHERE b.status <> 'reversed'",
            {}, [&](const Row& row) {
              std::string& decided = facts[claim_name(row.text(0), row.text(1))];
              decided = (decided == "undecided" ? "" : decided + " and ") + row.text(2) + " " + row.text(3);
            });
}

void read_recoveries(Transaction& look, Facts& facts) {
  look.each("SELECT r.recovery_id, c.claim_id, r.amount_fen, r.costs_fen, r.reversal_id FROM recoveries r JOIN claims c ON c.number = r.claim", {},
            [&](const Row& row) {
              add(facts, "recovery " + row.text(0), fmt::format("{} {} {} {}", row.text(1), row.integer(2), row.integer(3), row.null(4) ? "" : "reversed"));
            });
  look.each("SELECT c.bank_id, c.claim_id, r.payer, CAST(SUM(r.amount_fen) AS BIGINT) FROM recovery_returns r JOIN claims c ON c.number = r.claim"
            " GROUP BY c.bank_id, c.claim_id, r.payer",
            {}, [&](const Row& row) {
              if (row.integer(3) != 0) add(facts, fmt::format("returned to {} on {} {}", row.text(2), row.text(0), row.text(1)), std::to_string(row.integer(3)));
            });
}

// What must hold whatever the model says.
std::string broken_rule(Transaction& look, const Model& model) {
  const FundStatus fund = fund_status(look, "fund");
  if (fund.balance.negative() || fund.available().negative()) return "the fund is below zero";
  for (const auto& [key, claim] : model.claims) {
    if (claim.batch.empty() || !claim.code.empty()) continue;
    std::int64_t borne = claim.line.bank_bears;
    for (const auto& [payer, amounts] : claim.line.payers) {
      borne += amounts.bears;
      const auto back = claim.returned.find(payer);
      if (back != claim.returned.end() && (back->second < 0 || back->second > amounts.bears)) return payer + " got back more than it bore";
    }
    if (claim.line.paid() > claim.line.loss || claim.line.bank_bears < 0 || borne != claim.line.loss) return "a loss is not paid once and whole";
  }
  return "";
}

}  // namespace

std::string difference(Database& database, const Model& model) {
  Transaction look = database.read();
  Facts real;
  for (const AccountBalance& account : trial_balance(look)) {
    if (account.balance.count() != 0) add(real, "account " + account.account, std::to_string(account.balance.to_fen().count()));
  }
  look.each("SELECT reference, amount_fen FROM fund_deposits", {}, [&](const Row& row) { add(real, "deposit " + row.text(0), std::to_string(row.integer(1))); });
  read_batches(look, real);
  read_claims(look, real);
  read_recoveries(look, real);
  if (const std::string differs = compare(real, facts_of(model)); !differs.empty()) return differs;
  return broken_rule(look, model);
}

std::string difference_in_lines(Database& database, const Model& model, const std::string& id) {
  Transaction look = database.read();
  const auto stored = find_batch(look, BatchId(id));
  if (!stored) return "batch " + id + " is missing";
  const ModelBatch& batch = model.batches.at(id);
  std::string differs;
  std::size_t at = 0;
  each_line(look, stored->number, [&](const StoredLine& line) {
    if (at == batch.lines.size() || !differs.empty()) return;
    const ModelLine& expected = batch.lines[at];
    std::string real = fmt::format("{} {} {} {}", line.claim_id.text(), line.version.text(), line.principal_loss.count(), line.bank_bears.count());
    std::string ours = fmt::format("{} {} {} {}", std::get<2>(batch.accepted[at]), expected.version, expected.loss, expected.bank_bears);
    std::map<std::string, Amounts> amounts;
    for (const PayerAmount& payer : line.payers) amounts[payer.payer.text()] = {payer.pays.count(), payer.bears.count()};
    for (const auto& [payer, amount] : amounts) real += fmt::format(" {} {}/{}", payer, amount.pays, amount.bears);
    for (const auto& [payer, amount] : expected.payers) ours += fmt::format(" {} {}/{}", payer, amount.pays, amount.bears);
    if (real != ours) differs = fmt::format("line {} of batch {}: the model has {}, the books {}", at + 1, id, ours, real);
    ++at;
  });
  return differs.empty() && at != batch.lines.size() ? "batch " + id + " has another number of lines" : differs;
}

std::string audit_verdict(Database& database) {
  Transaction look = database.read();
  const AuditReport report = verify_audit(look);
  return report.broken ? report.broken->english : "";
}

}  // namespace talent_loan::simulator
