#include "core/settlement/batch_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/store/bulk_read.hpp"

namespace talent_loan {
namespace {

[[noreturn]] void refuse_damaged(std::int64_t batch) {
  throw Failure({fmt::format("批次（序号 {}）的明细损坏", batch), fmt::format("the lines of the batch numbered {} are damaged", batch)},
                {"请用 audit verify 检查", "check it with audit verify"});
}

std::vector<StoredPart> read_parts(Transaction& transaction, std::int64_t batch) {
  std::vector<StoredPart> parts;
  transaction.each("SELECT part, bank_id, policy_version FROM settlement_parts WHERE batch = :batch ORDER BY part", {batch}, [&](const Row& row) {
    if (row.integer(0) != std::ssize(parts) + 1) refuse_damaged(batch);
    parts.push_back({row.id<BankId>(1), row.id<VersionId>(2), {}});
  });
  transaction.each("SELECT part, slot, payer FROM settlement_part_payers WHERE batch = :batch ORDER BY part, slot", {batch}, [&](const Row& row) {
    const auto part = static_cast<std::size_t>(row.integer(0)) - 1;
    if (part >= parts.size() || row.integer(1) != std::ssize(parts[part].payers) + 1) refuse_damaged(batch);
    parts[part].payers.push_back(row.id<PayerId>(2));
  });
  return parts;
}

// Part, claims, loss, what the bank bears, what each slot's payer pays and bears: summed part by part where the server
// can do so without sending a million lines, line by line where they lie in this process and need not be sorted first.
std::string select_line_sums(bool on_server) {
  std::string sql = on_server ? "SELECT s.part, COUNT(*)" : "SELECT s.part, 1";
  for (const char* column : {"principal_loss", "bank_bears", "pays_1", "bears_1", "pays_2", "bears_2", "pays_3", "bears_3"}) {
    sql += fmt::format(fmt::runtime(on_server ? ", CAST(SUM(s.{}_fen) AS BIGINT)" : ", s.{}_fen"), column);
  }
  return sql + " FROM settlement_lines s WHERE s.batch = :batch" + (on_server ? " GROUP BY s.part" : "");
}

// Sums of one part's lines, its payers by slot.
struct LineSums {
  std::int64_t claims = 0;
  Fen principal_loss;
  Fen bank_bears;
  std::vector<PayerTotal> payers{};
};

}  // namespace

const StoredPart& StoredParts::of(std::int64_t batch, std::int64_t part) {
  auto found = parts_.find(batch);
  if (found == parts_.end()) found = parts_.emplace(batch, read_parts(transaction_, batch)).first;
  if (part < 1 || part > std::ssize(found->second)) refuse_damaged(batch);
  return found->second[static_cast<std::size_t>(part) - 1];
}

std::vector<PayerAmount> StoredParts::payers_of_line(const Row& row, std::size_t first) {
  const std::int64_t batch = row.integer(first);
  const StoredPart& part = of(batch, row.integer(first + 1));
  std::vector<PayerAmount> payers;
  for (std::size_t slot = 0; slot < std::min(part.payers.size(), payer_slots); ++slot) {
    payers.push_back({part.payers[slot], row.fen(first + 3 + 2 * slot), row.fen(first + 4 + 2 * slot)});
  }
  for (std::size_t slot = payer_slots; slot < part.payers.size(); ++slot) payers.push_back({part.payers[slot], Fen(), Fen()});
  if (payers.size() > payer_slots) add_more(row.integer(first + 2), batch, payers);
  return payers;
}

void StoredParts::add_more(std::int64_t claim, std::int64_t batch, std::vector<PayerAmount>& payers) {
  transaction_.each("SELECT slot, pays_fen, bears_fen FROM settlement_line_more WHERE claim = :claim AND batch = :batch", {claim, batch},
                    [&](const Row& more) {
                      const auto slot = static_cast<std::size_t>(more.integer(0)) - 1;
                      if (slot >= payers.size()) refuse_damaged(batch);
                      payers[slot].pays = more.fen(1);
                      payers[slot].bears = more.fen(2);
                    });
}

void check_totals(const BatchTotals& totals) {
  for (const auto& [bank, total] : totals) {
    Fen borne = total.bank_bears, paid = total.bank_bears;
    for (const auto& [payer, amounts] : total.payers) borne += amounts.bears, paid += amounts.pays;
    if (borne == total.principal_loss && paid == total.principal_loss) continue;
    throw Failure({"银行 " + bank.text() + " 的合计与损失不符", "the totals of bank " + bank.text() + " do not add up to its losses"},
                  {"这是程序错误，请报告", "this is an error of the program; please report it"});
  }
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

// A batch's lines one by one, kept in one line so that its texts keep their memory.
class LineReader {
 public:
  LineReader(Transaction& transaction, std::int64_t batch) : LineReader(transaction, batch, " ORDER BY s.position", {batch}) {}
  LineReader(Transaction& transaction, std::int64_t batch, std::int64_t claim)
      : LineReader(transaction, batch, " AND s.claim = :claim", {batch, claim}) {}

  bool next() {
    if (!rows_.next()) return false;
    const StoredPart& part = parts_.of(batch_, rows_.integer(1));
    line.claim = rows_.integer(2);
    line.principal_loss = rows_.fen(line_amount_column_count);
    line.bank_bears = rows_.fen(line_amount_column_count + 1);
    if (&part != part_) take_part(part);
    if (line.bank.text() != rows_.text(line_amount_column_count + 2)) refuse_damaged(batch_);
    line.claim_id = ClaimId(std::string(rows_.text(line_amount_column_count + 3)));
    line.loan = LoanId(std::string(rows_.text(line_amount_column_count + 4)));
    for (std::size_t slot = 0; slot < std::min(line.payers.size(), payer_slots); ++slot) {
      line.payers[slot].pays = rows_.fen(3 + 2 * slot);
      line.payers[slot].bears = rows_.fen(4 + 2 * slot);
    }
    if (line.payers.size() > payer_slots) parts_.add_more(line.claim, batch_, line.payers);
    return true;
  }

  StoredLine line;

 private:
  LineReader(Transaction& transaction, std::int64_t batch, const char* which, const std::vector<Value>& values)
      : parts_(transaction), batch_(batch),
        rows_(transaction,
              fmt::format("SELECT {}, s.principal_loss_fen, s.bank_bears_fen, c.bank_id, c.claim_id, c.loan_id FROM settlement_lines s"
                          " JOIN claims c ON c.number = s.claim WHERE s.batch = :batch{}",
                          line_amount_columns, which),
              values) {}

  void take_part(const StoredPart& part) {
    part_ = &part;
    line.bank = part.bank;
    line.version = part.version;
    line.payers.clear();
    for (const PayerId& payer : part.payers) line.payers.push_back({payer, Fen(), Fen()});
  }

  StoredParts parts_;
  std::int64_t batch_;
  BulkRead rows_;
  const StoredPart* part_ = nullptr;
};

void each_line(Transaction& transaction, std::int64_t batch, const std::function<void(const StoredLine&)>& visit) {
  LineReader lines(transaction, batch);
  while (lines.next()) visit(lines.line);
}

std::optional<StoredLine> find_line(Transaction& transaction, std::int64_t batch, std::int64_t claim) {
  LineReader lines(transaction, batch, claim);
  return lines.next() ? std::optional(lines.line) : std::nullopt;
}

BatchTotals totals_of_lines(Transaction& transaction, std::int64_t batch) {
  const std::vector<StoredPart> parts = read_parts(transaction, batch);
  std::vector<LineSums> sums(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) sums[i].payers.resize(std::max(parts[i].payers.size(), payer_slots));
  const auto of = [&](std::int64_t part) -> LineSums& {
    if (part < 1 || part > std::ssize(sums)) refuse_damaged(batch);
    return sums[static_cast<std::size_t>(part) - 1];
  };
  BulkRead rows(transaction, select_line_sums(transaction.postgresql()), {batch});
  while (rows.next()) {
    LineSums& sum = of(rows.integer(0));
    sum.claims += rows.integer(1);
    sum.principal_loss += rows.fen(2);
    sum.bank_bears += rows.fen(3);
    for (std::size_t slot = 0; slot < payer_slots; ++slot) {
      sum.payers[slot].pays += rows.fen(4 + 2 * slot);
      sum.payers[slot].bears += rows.fen(5 + 2 * slot);
    }
  }
  transaction.each(
      "SELECT s.part, m.slot, CAST(SUM(m.pays_fen) AS BIGINT), CAST(SUM(m.bears_fen) AS BIGINT) FROM settlement_line_more m"
      " JOIN settlement_lines s ON s.claim = m.claim AND s.batch = m.batch WHERE m.batch = :batch GROUP BY s.part, m.slot",
      {batch}, [&](const Row& row) {
        LineSums& sum = of(row.integer(0));
        const auto slot = static_cast<std::size_t>(row.integer(1)) - 1;
        if (slot >= sum.payers.size()) refuse_damaged(batch);
        sum.payers[slot].pays += row.fen(2);
        sum.payers[slot].bears += row.fen(3);
      });
  BatchTotals totals;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    BankTotal& bank = totals[parts[p].bank];
    bank.claims += sums[p].claims;
    bank.principal_loss += sums[p].principal_loss;
    bank.bank_bears += sums[p].bank_bears;
    for (std::size_t slot = 0; slot < parts[p].payers.size(); ++slot) {
      bank.payers[parts[p].payers[slot]].pays += sums[p].payers[slot].pays;
      bank.payers[parts[p].payers[slot]].bears += sums[p].payers[slot].bears;
    }
  }
  return totals;
}

}  // namespace talent_loan
