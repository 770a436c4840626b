#include "core/settlement/batch_files.hpp"

#include <algorithm>

#include "core/settlement/batch_rows.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t flush_at = 1 << 18;

void header_of(RowText& row, const BatchRecord& batch, std::initializer_list<std::string_view> first) {
  for (const std::string_view column : first) row.plain(column);
  for (const PayerId& payer : batch.payers) row.text(payer.text() + "_pays").text(payer.text() + "_bears");
  row.plain("bank_bears").end();
}

// The payers' cells in the order of the columns; one that the row does not have gets 0.00.
template <typename Amounts>
void payer_cells(RowText& row, const BatchRecord& batch, const Amounts& amounts_of) {
  for (const PayerId& payer : batch.payers) {
    const auto [pays, bears] = amounts_of(payer);
    row.plain(format_yuan(pays)).plain(format_yuan(bears));
  }
}

void total_row(RowText& row, const BatchRecord& batch, const std::string& bank, const BankTotal& total) {
  row.text(bank).plain(std::to_string(total.claims)).plain(format_yuan(total.principal_loss));
  payer_cells(row, batch, [&](const PayerId& payer) {
    const auto found = total.payers.find(payer);
    return found == total.payers.end() ? std::pair(Fen(), Fen()) : std::pair(found->second.pays, found->second.bears);
  });
  row.plain(format_yuan(total.bank_bears)).end();
}

}  // namespace

void write_lines(Transaction& transaction, const BatchRecord& batch, OutputFile& file) {
  std::string out;
  RowText row(out);
  header_of(row, batch, {"claim_id", "bank_id", "loan_id", "policy_version", "principal_loss"});
  each_line(transaction, batch.number, [&](const StoredLine& line) {
    row.text(line.claim_id.text()).text(line.bank.text()).text(line.loan.text()).text(line.version.text());
    row.plain(format_yuan(line.principal_loss));
    payer_cells(row, batch, [&](const PayerId& payer) {
      const auto found = std::find_if(line.payers.begin(), line.payers.end(), [&](const PayerAmount& p) { return p.payer == payer; });
      return found == line.payers.end() ? std::pair(Fen(), Fen()) : std::pair(found->pays, found->bears);
    });
    row.plain(format_yuan(line.bank_bears)).end();
    if (out.size() >= flush_at) file.write(out), out.clear();
  });
  file.write(out);
}

void add_rejects(Transaction& transaction, const BatchRecord& batch, RejectsFile& file) {
  transaction.each(
      "SELECT c.claim_id, r.code, r.chinese, r.english FROM settlement_rejects r JOIN claims c ON c.number = r.claim"
      " WHERE r.batch = :batch ORDER BY r.position",
      {batch.number}, [&](const Row& row) { file.add(0, row.text(0), row.text(1), {row.text(2), row.text(3)}); });
}

void write_totals(Transaction& transaction, const BatchRecord& batch, OutputFile& file) {
  std::string out;
  RowText row(out);
  header_of(row, batch, {"bank_id", "claims", "principal_loss"});
  BankTotal all;
  for (const auto& [bank, total] : stored_totals(transaction, batch.number)) {
    total_row(row, batch, bank.text(), total);
    all.claims += total.claims;
    all.principal_loss += total.principal_loss;
    all.bank_bears += total.bank_bears;
    for (const auto& [payer, amounts] : total.payers) {
      all.payers[payer].pays += amounts.pays;
      all.payers[payer].bears += amounts.bears;
    }
  }
  total_row(row, batch, "TOTAL", all);
  file.write(out);
}

void write_payments(Transaction& transaction, const BatchRecord& batch, OutputFile& file) {
  std::string out;
  RowText row(out);
  for (const char* column : {"payment_id", "batch_id", "as_of", "bank_id", "payer", "fund", "amount", "currency", "status"}) row.plain(column);
  row.end();
  for (const Payment& payment : stored_payments(transaction, batch.number)) {
    row.text(payment.id).text(batch.batch.text()).plain(format_day(batch.as_of)).text(payment.bank.text()).text(payment.payer.text());
    row.text(payment.fund).plain(format_yuan(payment.amount)).plain("CNY").plain(payment.status).end();
  }
  file.write(out);
}

}  // namespace talent_loan
