// Storing what a batch decided: lines in the order of the claims' numbers, the rest in the order of the batch.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "core/settlement/batch_rows.hpp"
#include "core/settlement/decide.hpp"

namespace talent_loan {
namespace {

std::string fund_of(const BatchPart& part, const std::vector<std::string>& opened) {
  const auto& fund = part.version->compensation.fund;
  const bool open = fund && std::find(opened.begin(), opened.end(), fund->name) != opened.end();
  return open ? fund->name : std::string();
}

void store_parts(Transaction& transaction, std::int64_t batch, const std::vector<BatchPart>& parts) {
  BulkInsert rows(transaction, "settlement_parts", {"batch", "part", "bank_id", "policy_version"});
  for (std::size_t i = 0; i < parts.size(); ++i) {
    rows.integer(batch).integer(static_cast<std::int64_t>(i) + 1).text(parts[i].bank.text()).text(parts[i].version->version.text()).end_row();
  }
  rows.finish();
  BulkInsert payers(transaction, "settlement_part_payers", {"batch", "part", "slot", "payer"});
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::size_t slot = 0; slot < parts[i].payers.size(); ++slot) {
      payers.integer(batch).integer(static_cast<std::int64_t>(i) + 1).integer(static_cast<std::int64_t>(slot) + 1);
      payers.text(parts[i].payers[slot].text()).end_row();
    }
  }
  payers.finish();
}

// Accepted claims by the numbers of their claims, each with its place in the batch.
std::vector<std::uint32_t> accepted_by_number(const PreparedBatch& prepared) {
  const auto& accepted = prepared.result.accepted;
  std::vector<std::uint32_t> of_claim(prepared.claims->size(), OpenClaims::none);
  for (std::uint32_t i = 0; i < accepted.size(); ++i) of_claim[accepted[i].claim] = i;
  std::vector<std::uint32_t> order;
  order.reserve(accepted.size());
  for (const std::uint32_t claim : prepared.claims->by_number()) {
    if (of_claim[claim] != OpenClaims::none) order.push_back(of_claim[claim]);
  }
  return order;
}

Seal store_lines(Transaction& transaction, std::int64_t batch, const PreparedBatch& prepared, const std::vector<std::uint32_t>& order) {
  const BatchResult& result = prepared.result;
  SealedInsert insert(transaction, "settlement_lines", batch);
  for (const std::uint32_t place : order) {
    const AcceptedClaim& line = result.accepted[place];
    const std::size_t payers = result.parts[line.part].payers.size();
    const Fen* const pays = result.amounts.data() + line.amounts;
    const Fen* const bears = pays + payers;
    insert.integer((*prepared.claims)[line.claim].number).integer(batch).integer(place + 1).integer(line.part + 1);
    insert.fen(line.principal_loss).fen(line.bank_bears);
    for (std::size_t slot = 0; slot < payer_slots; ++slot) insert.fen(slot < payers ? pays[slot] : Fen()).fen(slot < payers ? bears[slot] : Fen());
    Fen more_pay, more_bear;
    for (std::size_t slot = payer_slots; slot < payers; ++slot) more_pay += pays[slot], more_bear += bears[slot];
    insert.fen(more_pay).fen(more_bear).end_row();
  }
  return insert.finish();
}

// What the lines have no slots for.
Seal store_more(Transaction& transaction, std::int64_t batch, const PreparedBatch& prepared, const std::vector<std::uint32_t>& order) {
  const BatchResult& result = prepared.result;
  SealedInsert more(transaction, "settlement_line_more", batch);
  for (const std::uint32_t place : order) {
    const AcceptedClaim& line = result.accepted[place];
    const std::size_t payers = result.parts[line.part].payers.size();
    for (std::size_t slot = payer_slots; slot < payers; ++slot) {
      more.integer((*prepared.claims)[line.claim].number).integer(batch).integer(static_cast<std::int64_t>(slot) + 1);
      more.fen(result.amounts[line.amounts + slot]).fen(result.amounts[line.amounts + payers + slot]).end_row();
    }
  }
  return more.finish();
}

Seal store_rejects(Transaction& transaction, std::int64_t batch, const std::vector<RejectedClaim>& rejected) {
  SealedInsert insert(transaction, "settlement_rejects", batch);
  std::int64_t position = 0;
  for (const RejectedClaim& reject : rejected) {
    insert.integer(batch).integer(++position).integer(reject.claim).text(word(reject.rejection.code));
    insert.text(reject.rejection.message.chinese).text(reject.rejection.message.english).end_row();
  }
  return insert.finish();
}

Seal store_waiting(Transaction& transaction, std::int64_t batch, const std::vector<WaitingClaim>& waiting) {
  SealedInsert insert(transaction, "settlement_waiting", batch);
  std::int64_t position = 0;
  for (const WaitingClaim& claim : waiting) {
    insert.integer(batch).integer(++position).integer(claim.claim).text(claim.fund).fen(claim.needed).end_row();
  }
  return insert.finish();
}

// Sums of one part, with a payer's place in it for its name.
struct PartTotal {
  std::int64_t claims = 0;
  Fen principal_loss;
  Fen bank_bears;
  std::vector<PayerTotal> payers{};
};

std::vector<PartTotal> part_totals(const BatchResult& result) {
  std::vector<PartTotal> totals(result.parts.size());
  for (std::size_t i = 0; i < totals.size(); ++i) totals[i].payers.resize(result.parts[i].payers.size());
  for (const AcceptedClaim& line : result.accepted) {
    PartTotal& total = totals[line.part];
    ++total.claims;
    total.principal_loss += line.principal_loss;
    total.bank_bears += line.bank_bears;
    const Fen* const pays = result.amounts.data() + line.amounts;
    const Fen* const bears = pays + total.payers.size();
    for (std::size_t i = 0; i < total.payers.size(); ++i) {
      total.payers[i].pays += pays[i];
      total.payers[i].bears += bears[i];
      total.payers[i].reimburses += std::max(Fen(), bears[i] - pays[i]);
    }
  }
  return totals;
}

BatchTotals totals_of(const BatchResult& result, const std::vector<PartTotal>& parts) {
  BatchTotals totals;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    BankTotal& bank = totals[result.parts[p].bank];
    bank.claims += parts[p].claims;
    bank.principal_loss += parts[p].principal_loss;
    bank.bank_bears += parts[p].bank_bears;
    for (std::size_t i = 0; i < parts[p].payers.size(); ++i) {
      PayerTotal& total = bank.payers[result.parts[p].payers[i]];
      total.pays += parts[p].payers[i].pays;
      total.bears += parts[p].payers[i].bears;
      total.reimburses += parts[p].payers[i].reimburses;
    }
  }
  return totals;
}

void store_totals(Transaction& transaction, std::int64_t batch, const BatchTotals& totals) {
  BulkInsert banks(transaction, "settlement_bank_totals", {"batch", "bank_id", "claims", "principal_loss_fen", "bank_bears_fen"});
  for (const auto& [bank, total] : totals) {
    banks.integer(batch).text(bank.text()).integer(total.claims).fen(total.principal_loss).fen(total.bank_bears).end_row();
  }
  banks.finish();
  BulkInsert payers(transaction, "settlement_payer_totals", {"batch", "bank_id", "payer", "pays_fen", "bears_fen", "reimburses_fen"});
  for (const auto& [bank, total] : totals) {
    for (const auto& [payer, amounts] : total.payers) {
      payers.integer(batch).text(bank.text()).text(payer.text()).fen(amounts.pays).fen(amounts.bears).fen(amounts.reimburses).end_row();
    }
  }
  payers.finish();
}

void store_payments(Transaction& transaction, const BatchRecord& batch, const BatchResult& result, const std::vector<PartTotal>& parts) {
  const auto column = [&](const PayerId& payer) {
    return std::find(batch.payers.begin(), batch.payers.end(), payer) - batch.payers.begin();
  };
  std::map<std::tuple<BankId, std::ptrdiff_t, std::string>, Fen> amounts;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const BatchPart& part = result.parts[p];
    const std::string fund = fund_of(part, result.opened_funds);
    for (std::size_t i = 0; i < part.payers.size(); ++i) {
      const Fen pays = parts[p].payers[i].pays;
      if (pays > Fen()) amounts[{part.bank, column(part.payers[i]), fund}] += pays;
    }
  }
  BulkInsert insert(transaction, "settlement_payments",
                    {"payment_id", "batch", "position", "bank_id", "payer", "fund", "amount_fen", "status"});
  std::int64_t position = 0;
  for (const auto& [key, amount] : amounts) {
    const auto& [bank, payer, fund] = key;
    ++position;
    insert.text(fmt::format("{}-{:04}", batch.batch.text(), position)).integer(batch.number).integer(position);
    insert.text(bank.text()).text(batch.payers[static_cast<std::size_t>(payer)].text()).text(fund).fen(amount).text("prepared").end_row();
  }
  insert.finish();
}

void store_share_use(Transaction& transaction, std::int64_t batch, const ShareUse& use, Day as_of) {
  for (const auto& [share, amount] : use) {
    transaction.execute("INSERT INTO settlement_share_use (batch, year, share, amount_fen) VALUES (:batch, :year, :share, :amount)",
                        {batch, as_of.year(), share, amount});
  }
}

}  // namespace

std::vector<Seal> store_result(Transaction& transaction, const BatchRecord& batch, const PreparedBatch& prepared) {
  const BatchResult& result = prepared.result;
  const std::vector<PartTotal> parts = part_totals(result);
  const BatchTotals totals = totals_of(result, parts);
  check_totals(totals);
  const std::vector<std::uint32_t> order = accepted_by_number(prepared);
  std::vector<Seal> seals{store_lines(transaction, batch.number, prepared, order), store_more(transaction, batch.number, prepared, order),
                          store_rejects(transaction, batch.number, result.rejected), store_waiting(transaction, batch.number, result.waiting)};
  store_parts(transaction, batch.number, result.parts);
  store_totals(transaction, batch.number, totals);
  store_payments(transaction, batch, result, parts);
  store_share_use(transaction, batch.number, result.share_use, batch.as_of);
  for (const char* table : {"settlement_batches", "settlement_parts", "settlement_part_payers", "settlement_bank_totals", "settlement_payer_totals",
                            "settlement_share_use", "settlement_payments"}) {
    seals.push_back(seal_rows(transaction, table, batch.number));
  }
  return seals;
}

}  // namespace talent_loan
