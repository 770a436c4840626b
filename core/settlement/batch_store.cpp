// Storing what a batch decided: lines in the order of the claims' numbers, the rest in the order of the batch.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "core/settlement/batch_rows.hpp"
#include "core/settlement/decide.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t lines_ahead = 8;

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

// A line of the batch with what its part's payers pay and bear.
struct StoredLine {
  std::int64_t claim;
  std::int64_t position;
  const AcceptedClaim& accepted;
  std::size_t payers;
  const Fen* pays;
  const Fen* bears;
};

// Lines in the order of the claims' numbers, in which neither claims nor amounts lie in memory: fetched before use.
template <typename Visit>
void each_line(const PreparedBatch& prepared, const std::vector<std::uint32_t>& order, const Visit& visit) {
  const BatchResult& result = prepared.result;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i + 2 * lines_ahead < order.size()) __builtin_prefetch(&result.accepted[order[i + 2 * lines_ahead]]);
    if (i + lines_ahead < order.size()) {
      const AcceptedClaim& soon = result.accepted[order[i + lines_ahead]];
      __builtin_prefetch(&(*prepared.claims)[soon.claim].number);
      __builtin_prefetch(result.amounts.data() + soon.amounts);
    }
    const AcceptedClaim& line = result.accepted[order[i]];
    const std::size_t payers = result.parts[line.part].payers.size();
    const Fen* const pays = result.amounts.data() + line.amounts;
    visit(StoredLine{(*prepared.claims)[line.claim].number, std::int64_t{order[i]} + 1, line, payers, pays, pays + payers});
  }
}

Seal store_lines(Transaction& transaction, std::int64_t batch, const PreparedBatch& prepared, const std::vector<std::uint32_t>& order) {
  return insert_sealed(transaction, "settlement_lines", batch, [&](auto& to) {
    each_line(prepared, order, [&](const StoredLine& line) {
      to.integer(line.claim).integer(batch).integer(line.position).integer(line.accepted.part + 1);
      to.fen(line.accepted.principal_loss).fen(line.accepted.bank_bears);
      for (std::size_t slot = 0; slot < payer_slots; ++slot) {
        to.fen(slot < line.payers ? line.pays[slot] : Fen()).fen(slot < line.payers ? line.bears[slot] : Fen());
      }
      Fen more_pay, more_bear;
      for (std::size_t slot = payer_slots; slot < line.payers; ++slot) more_pay += line.pays[slot], more_bear += line.bears[slot];
      to.fen(more_pay).fen(more_bear).end_row();
    });
  });
}

// What the lines have no slots for.
Seal store_more(Transaction& transaction, std::int64_t batch, const PreparedBatch& prepared, std::vector<std::uint32_t> order) {
  const auto& parts = prepared.result.parts;
  if (std::none_of(parts.begin(), parts.end(), [](const BatchPart& part) { return part.payers.size() > payer_slots; })) order.clear();
  return insert_sealed(transaction, "settlement_line_more", batch, [&](auto& to) {
    each_line(prepared, order, [&](const StoredLine& line) {
      for (std::size_t slot = payer_slots; slot < line.payers; ++slot) {
        to.integer(line.claim).integer(batch).integer(static_cast<std::int64_t>(slot) + 1);
        to.fen(line.pays[slot]).fen(line.bears[slot]).end_row();
      }
    });
  });
}

Seal store_rejects(Transaction& transaction, std::int64_t batch, const std::vector<RejectedClaim>& rejected) {
  return insert_sealed(transaction, "settlement_rejects", batch, [&](auto& to) {
    std::int64_t position = 0;
    for (const RejectedClaim& reject : rejected) {
      to.integer(batch).integer(++position).integer(reject.claim).text(word(reject.rejection.code));
      to.text(reject.rejection.message.chinese).text(reject.rejection.message.english).end_row();
    }
  });
}

Seal store_waiting(Transaction& transaction, std::int64_t batch, const std::vector<WaitingClaim>& waiting) {
  return insert_sealed(transaction, "settlement_waiting", batch, [&](auto& to) {
    std::int64_t position = 0;
    for (const WaitingClaim& claim : waiting) {
      to.integer(batch).integer(++position).integer(claim.claim).text(claim.fund).fen(claim.needed).end_row();
    }
  });
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
