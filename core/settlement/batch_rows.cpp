#include "core/settlement/batch_rows.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include <fmt/format.h>

namespace talent_loan {
namespace {

std::string fund_of(const DecidedClaim& decided, const std::vector<std::string>& opened) {
  const auto& fund = decided.split.version->compensation.fund;
  const bool open = fund && std::find(opened.begin(), opened.end(), fund->name) != opened.end();
  return open ? fund->name : std::string();
}

Seal store_lines(Transaction& transaction, std::int64_t batch, const std::vector<DecidedClaim>& accepted) {
  SealedInsert insert(transaction, "settlement_lines", batch);
  std::int64_t position = 0;
  for (const DecidedClaim& decided : accepted) {
    const ClaimSplit& split = decided.split;
    insert.integer(batch).integer(++position).integer(decided.claim).text(split.version->version.text());
    insert.fen(split.principal_loss).text(shares_text(split.payers)).fen(split.bank_bears).end_row();
  }
  return insert.finish();
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

BatchTotals totals_of(const std::vector<DecidedClaim>& accepted) {
  BatchTotals totals;
  for (const DecidedClaim& decided : accepted) {
    BankTotal& bank = totals[decided.bank];
    ++bank.claims;
    bank.principal_loss += decided.split.principal_loss;
    bank.bank_bears += decided.split.bank_bears;
    for (const PayerAmount& payer : decided.split.payers) {
      PayerTotal& total = bank.payers[payer.payer];
      total.pays += payer.pays;
      total.bears += payer.bears;
      total.reimburses += std::max(Fen(), payer.bears - payer.pays);
    }
  }
  return totals;
}

// Asserted where it is computed: what payers bear and the bank bears is the loss.
void check_totals(const BatchTotals& totals) {
  for (const auto& [bank, total] : totals) {
    Fen borne = total.bank_bears, paid = total.bank_bears;
    for (const auto& [payer, amounts] : total.payers) borne += amounts.bears, paid += amounts.pays;
    if (borne == total.principal_loss && paid == total.principal_loss) continue;
    throw Failure({"银行 " + bank.text() + " 的合计与损失不符", "the totals of bank " + bank.text() + " do not add up to its losses"},
                  {"这是程序错误，请报告", "this is an error of the program; please report it"});
  }
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

void store_payments(Transaction& transaction, const BatchRecord& batch, const BatchResult& result) {
  const auto column = [&](const PayerId& payer) {
    return std::find(batch.payers.begin(), batch.payers.end(), payer) - batch.payers.begin();
  };
  std::map<std::tuple<BankId, std::ptrdiff_t, std::string>, Fen> amounts;
  for (const DecidedClaim& decided : result.accepted) {
    const std::string fund = fund_of(decided, result.opened_funds);
    for (const PayerAmount& payer : decided.split.payers) {
      if (payer.pays > Fen()) amounts[{decided.bank, column(payer.payer), fund}] += payer.pays;
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

std::vector<Seal> store_result(Transaction& transaction, const BatchRecord& batch, const BatchResult& result, Day as_of) {
  std::vector<Seal> seals{store_lines(transaction, batch.number, result.accepted), store_rejects(transaction, batch.number, result.rejected),
                          store_waiting(transaction, batch.number, result.waiting)};
  const BatchTotals totals = totals_of(result.accepted);
  check_totals(totals);
  store_totals(transaction, batch.number, totals);
  store_payments(transaction, batch, result);
  store_share_use(transaction, batch.number, result.share_use, as_of);
  for (const char* table : {"settlement_batches", "settlement_bank_totals", "settlement_payer_totals", "settlement_share_use", "settlement_payments"}) {
    seals.push_back(seal_rows(transaction, table, batch.number));
  }
  return seals;
}

void require_untouched_batch(Transaction& transaction, std::int64_t batch) {
  for (const CoveredTable& table : covered_tables()) {
    if (table.name.starts_with("settlement_")) require_untouched(transaction, table.name, batch);
  }
}

BatchTotals stored_totals(Transaction& transaction, std::int64_t batch) {
  BatchTotals totals;
  transaction.each("SELECT bank_id, claims, principal_loss_fen, bank_bears_fen FROM settlement_bank_totals WHERE batch = :batch",
                   {batch}, [&](const Row& row) {
                     BankTotal& total = totals[row.id<BankId>(0)];
                     total.claims = row.integer(1);
                     total.principal_loss = row.fen(2);
                     total.bank_bears = row.fen(3);
                   });
  transaction.each("SELECT bank_id, payer, pays_fen, bears_fen, reimburses_fen FROM settlement_payer_totals WHERE batch = :batch", {batch},
                   [&](const Row& row) {
                     totals[row.id<BankId>(0)].payers[row.id<PayerId>(1)] = {row.fen(2), row.fen(3), row.fen(4)};
                   });
  return totals;
}

std::vector<Payment> stored_payments(Transaction& transaction, std::int64_t batch) {
  std::vector<Payment> payments;
  transaction.each(
      "SELECT payment_id, bank_id, payer, fund, amount_fen, status FROM settlement_payments WHERE batch = :batch ORDER BY position",
      {batch}, [&](const Row& row) {
        payments.push_back({row.text(0), row.id<BankId>(1), row.id<PayerId>(2), row.text(3), row.fen(4), row.text(5)});
      });
  return payments;
}

void each_line(Transaction& transaction, std::int64_t batch, const std::function<void(const StoredLine&)>& visit) {
  transaction.each(
      "SELECT s.claim, c.bank_id, c.claim_id, c.loan_id, s.policy_version, s.principal_loss_fen, s.shares, s.bank_bears_fen"
      " FROM settlement_lines s JOIN claims c ON c.number = s.claim WHERE s.batch = :batch ORDER BY s.position",
      {batch}, [&](const Row& row) {
        visit({.claim = row.integer(0), .bank = row.id<BankId>(1), .claim_id = row.id<ClaimId>(2), .loan = row.id<LoanId>(3),
               .version = row.id<VersionId>(4), .principal_loss = row.fen(5), .payers = parse_shares(row.text(6)),
               .bank_bears = row.fen(7)});
      });
}

std::string shares_text(const std::vector<PayerAmount>& payers) {
  std::string text;
  for (const PayerAmount& payer : payers) {
    fmt::format_to(std::back_inserter(text), "{}{}={}/{}", text.empty() ? "" : "|", payer.payer.text(), payer.pays.count(),
                   payer.bears.count());
  }
  return text;
}

std::vector<PayerAmount> parse_shares(const std::string& text) {
  std::vector<PayerAmount> payers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char* const name_end = std::find(at, end, '=');
    std::int64_t pays = 0, bears = 0;
    const auto first = std::from_chars(std::min(name_end + 1, end), end, pays);
    const auto second = std::from_chars(std::min(first.ptr + 1, end), end, bears);
    if (first.ec != std::errc() || second.ec != std::errc() || *first.ptr != '/') {
      throw Failure({"结算明细损坏：" + quoted(text), "a settlement line is damaged: " + quoted(text)},
                    {"请用 audit verify 检查", "check it with audit verify"});
    }
    payers.push_back({PayerId(std::string(at, name_end)), Fen(pays), Fen(bears)});
    at = second.ptr == end ? end : second.ptr + 1;
  }
  return payers;
}

}  // namespace talent_loan
