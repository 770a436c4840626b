// The recoveries file: every row is booked, known already, or rejected with a code.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/settlement/touched_claims.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

struct BookedRow {
  RecoveryRow row;
  RecoveryOutcome outcome;
};

class Reading {
 public:
  Reading(CsvReader& reader, RejectsFile* rejects)
      : rejects_(rejects), columns_(reader.columns({"recovery_id", "claim_id", "received_on", "amount", "costs"})),
        header_cells_(reader.header().size()) {
    if (reader.has_column("bank_id")) bank_column_ = reader.columns({"bank_id"}).front();
  }

  // The row's contents, or nullopt once it was rejected.
  std::optional<RecoveryRow> parse(const CsvRow& raw) {
    if (raw.fault != RowFault::none) {
      const bool has_key = raw.cells.size() > columns_[0];
      reject(raw.line, has_key ? raw.cells[columns_[0]] : "", RowCode::malformed_row, fault_sentence(raw, header_cells_));
      return std::nullopt;
    }
    static constexpr const char* names[] = {"recovery_id", "claim_id", "received_on", "amount", "costs"};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (cell(raw, i).empty()) {
        return refuse(raw, RowCode::missing_value, {fmt::format("{} 为空", names[i]), fmt::format("{} has no value", names[i])});
      }
    }
    const auto day = parse_day(cell(raw, 2));
    if (!day) return refuse(raw, RowCode::bad_date, {fmt::format("received_on {}，应为 YYYY-MM-DD 的实际日期", quoted(cell(raw, 2))),
                                                     fmt::format("received_on {}: allowed is a real day YYYY-MM-DD", quoted(cell(raw, 2)))});
    const auto amount = parse_yuan(cell(raw, 3)), costs = parse_yuan(cell(raw, 4));
    if (!amount || !costs) {
      const char* name = !amount ? "amount" : "costs";
      const std::string found = quoted(cell(raw, !amount ? 3 : 4));
      return refuse(raw, RowCode::bad_amount, {fmt::format("{} {}，应为至多两位小数的元，如 1234.56", name, found),
                                               fmt::format("{} {}: allowed are decimal yuan such as 1234.56", name, found)});
    }
    RecoveryRow row{.id = RecoveryId(cell(raw, 0)), .claim = ClaimId(cell(raw, 1)), .bank = {}, .received_on = *day, .amount = *amount, .costs = *costs};
    if (bank_column_ && !raw.cells[*bank_column_].empty()) row.bank = BankId(raw.cells[*bank_column_]);
    return row;
  }

  void reject(std::uint64_t line, std::string_view key, RowCode code, const Text& message) {
    ++rejected_;
    if (rejects_ != nullptr) rejects_->add(line, key, word(code), message);
  }
  std::uint64_t rejected() const { return rejected_; }

 private:
  const std::string& cell(const CsvRow& raw, std::size_t column) const { return raw.cells[columns_[column]]; }
  std::nullopt_t refuse(const CsvRow& raw, RowCode code, const Text& message) {
    reject(raw.line, cell(raw, 0), code, message);
    return std::nullopt;
  }

  RejectsFile* rejects_;
  std::vector<std::size_t> columns_;
  std::optional<std::size_t> bank_column_;
  std::size_t header_cells_;
  std::uint64_t rejected_ = 0;
};

void write_returns(const std::vector<BookedRow>& rows, OutputFile& file) {
  std::vector<PayerId> payers;  // in the order in which they first appear
  for (const BookedRow& booked : rows) {
    for (const PayerReturn& part : booked.outcome.returns) {
      if (std::find(payers.begin(), payers.end(), part.payer) == payers.end()) payers.push_back(part.payer);
    }
  }
  std::string out;
  RowText row(out);
  for (const char* column : {"recovery_id", "claim_id", "bank_id", "received_on", "amount", "costs"}) row.plain(column);
  for (const PayerId& payer : payers) row.text(payer.text() + "_returned");
  row.plain("bank_keeps").end();
  for (const BookedRow& booked : rows) {
    row.text(booked.row.id.text()).text(booked.row.claim.text()).text(booked.outcome.bank.text()).plain(format_day(booked.row.received_on));
    row.plain(format_yuan(booked.row.amount)).plain(format_yuan(booked.row.costs));
    for (const PayerId& payer : payers) {
      const auto& returns = booked.outcome.returns;
      const auto found = std::find_if(returns.begin(), returns.end(), [&](const PayerReturn& part) { return part.payer == payer; });
      row.plain(format_yuan(found == returns.end() ? Fen() : found->amount));
    }
    row.plain(format_yuan(booked.outcome.bank_keeps)).end();
  }
  file.write(out);
}

}  // namespace

RecoverySummary book_recoveries(Transaction& transaction, const RecoveryFiles& files, const RecoveryRules& rules) {
  CsvReader reader(InputFile::open(files.recoveries), files.encoding);
  Reading reading(reader, files.rejects);
  TouchedClaims touched(transaction);
  RecoverySummary summary;
  std::vector<BookedRow> rows;
  std::set<RecoveryId> seen;
  CsvRow raw;
  while (reader.next(raw)) {
    ++summary.rows;
    const auto row = reading.parse(raw);
    if (!row) continue;
    if (seen.contains(row->id)) {
      reading.reject(raw.line, row->id.text(), RowCode::duplicate_key,
                     {"本文件前面已有该追偿编号的有效记录", "an earlier row of this file with this recovery_id was accepted"});
      continue;
    }
    RecoveryOutcome outcome = book_recovery(transaction, *row, rules, touched);
    if (outcome.what == RecoveryOutcome::What::rejected) {
      reading.reject(raw.line, row->id.text(), outcome.code, outcome.message);
      continue;
    }
    seen.insert(row->id);
    if (outcome.what == RecoveryOutcome::What::repeated) ++summary.repeated;
    else {
      ++summary.booked;
      for (const PayerReturn& part : outcome.returns) summary.returned += part.amount;
    }
    rows.push_back({*row, std::move(outcome)});
  }
  summary.rejected = reading.rejected();
  if (summary.booked > 0) {
    record(transaction, {.actor = rules.user.text(), .action = "recover", .subject = files.recoveries,
                         .details = fmt::format("{} booked, {} known, {} rejected, {} returned", summary.booked, summary.repeated,
                                                summary.rejected, format_yuan(summary.returned)), .cite = ""}, touched.seals());
  }
  if (files.returns != nullptr) write_returns(rows, *files.returns);
  return summary;
}

}  // namespace talent_loan
