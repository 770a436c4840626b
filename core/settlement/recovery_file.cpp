// The recoveries file: every row is booked, known already, or rejected with a code.
#include <algorithm>

#include <fmt/format.h>

#include "core/files/key_set.hpp"
#include "core/files/row_sentences.hpp"
#include "core/settlement/recovery_books.hpp"
#include "core/settlement/touched_claims.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t rows_at_once = 4096;

// A row of the file: its contents, or why they cannot be read.
struct ReadRow {
  std::uint64_t line = 0;
  std::optional<RecoveryRow> row{};
  std::string key{};
  RowCode code = RowCode::bad_value;
  Text message{};
};

class Reading {
 public:
  explicit Reading(CsvReader& reader)
      : columns_(reader.columns({"recovery_id", "claim_id", "received_on", "amount", "costs"})),
        header_cells_(reader.header().size()) {
    if (reader.has_column("bank_id")) bank_column_ = reader.columns({"bank_id"}).front();
  }

  ReadRow parse(const CsvRow& raw) const {
    if (raw.fault != RowFault::none) return refuse(raw, RowCode::malformed_row, fault_sentence(raw, header_cells_));
    static constexpr const char* names[] = {"recovery_id", "claim_id", "received_on", "amount", "costs"};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (cell(raw, i).empty()) {
        return refuse(raw, RowCode::missing_value, missing_value(names[i]));
      }
    }
    const auto day = parse_day(cell(raw, 2));
    if (!day) return refuse(raw, RowCode::bad_date, bad_date("received_on", cell(raw, 2)));
    const auto amount = parse_yuan(cell(raw, 3)), costs = parse_yuan(cell(raw, 4));
    if (!amount) return refuse(raw, RowCode::bad_amount, bad_amount("amount", cell(raw, 3)));
    if (!costs) return refuse(raw, RowCode::bad_amount, bad_amount("costs", cell(raw, 4)));
    RecoveryRow row{.id = RecoveryId(cell(raw, 0)), .claim = ClaimId(cell(raw, 1)), .bank = {}, .received_on = *day, .amount = *amount, .costs = *costs};
    if (bank_column_ && !raw.cells[*bank_column_].empty()) row.bank = BankId(raw.cells[*bank_column_]);
    return {.line = raw.line, .row = std::move(row)};
  }

 private:
  const std::string& cell(const CsvRow& raw, std::size_t column) const { return raw.cells[columns_[column]]; }
  ReadRow refuse(const CsvRow& raw, RowCode code, Text message) const {
    const bool has_key = raw.cells.size() > columns_[0];
    return {.line = raw.line, .row = {}, .key = has_key ? cell(raw, 0) : "", .code = code, .message = std::move(message)};
  }

  std::vector<std::size_t> columns_;
  std::optional<std::size_t> bank_column_;
  std::size_t header_cells_;
};

// The returns file. Its columns are the payers in the order in which they first appear, so it is written at the end:
// until then a row is its text up to the amounts, and the amounts.
class Returns {
 public:
  void add(const RecoveryRow& row, const RecoveryOutcome& outcome) {
    RowText(text_).text(row.id.text()).text(row.claim.text()).text(outcome.bank.text()).plain(format_day(row.received_on))
        .plain(format_yuan(row.amount)).plain(format_yuan(row.costs));
    text_ends_.push_back(text_.size());
    const std::size_t begin = amounts_.size();
    for (const PayerReturn& part : outcome.returns) {
      const std::size_t column = column_of(part.payer);
      amounts_.resize(std::max(amounts_.size(), begin + column + 1));
      amounts_[begin + column] = part.amount;
    }
    amounts_.push_back(outcome.bank_keeps);
    amount_ends_.push_back(amounts_.size());
  }

  void write(OutputFile& file) const {
    std::string out;
    RowText header(out);
    for (const char* column : {"recovery_id", "claim_id", "bank_id", "received_on", "amount", "costs"}) header.plain(column);
    for (const PayerId& payer : payers_) header.text(payer.text() + "_returned");
    header.plain("bank_keeps").end();
    std::size_t text = 0, amount = 0;
    for (std::size_t i = 0; i < text_ends_.size(); ++i) {
      out.append(text_, text, text_ends_[i] - text);
      for (std::size_t column = 0; column < payers_.size(); ++column) {
        const bool there = amount + column + 1 < amount_ends_[i];
        out += ',' + format_yuan(there ? amounts_[amount + column] : Fen());
      }
      out += ',' + format_yuan(amounts_[amount_ends_[i] - 1]) + '\n';
      text = text_ends_[i];
      amount = amount_ends_[i];
      if (out.size() >= flush_at) file.write(out), out.clear();
    }
    file.write(out);
  }

 private:
  static constexpr std::size_t flush_at = 1 << 18;

  std::size_t column_of(const PayerId& payer) {
    const auto found = std::find(payers_.begin(), payers_.end(), payer);
    if (found != payers_.end()) return static_cast<std::size_t>(found - payers_.begin());
    payers_.push_back(payer);
    return payers_.size() - 1;
  }

  std::vector<PayerId> payers_;
  std::string text_;
  std::vector<std::size_t> text_ends_;
  std::vector<Fen> amounts_;  // of each row by column, then what the bank keeps
  std::vector<std::size_t> amount_ends_;
};

class Booking {
 public:
  Booking(Transaction& transaction, const RecoveryFiles& files, const RecoveryRules& rules)
      : files_(files), touched_(transaction), books_(transaction, rules, touched_), accepted_(hasher_) {}

  void book(const std::vector<ReadRow>& rows) {
    std::vector<RecoveryRow> readable;
    for (const ReadRow& read : rows) {
      if (read.row) readable.push_back(*read.row);
    }
    books_.load(readable);
    for (const ReadRow& read : rows) {
      ++summary_.rows;
      if (read.row) book(read.line, *read.row);
      else reject(read.line, read.key, read.code, read.message);
    }
    books_.store();
  }
  const RecoverySummary& summary() const { return summary_; }
  const Returns& returns() const { return returns_; }
  std::vector<Seal> seals() { return touched_.seals(); }

 private:
  void book(std::uint64_t line, const RecoveryRow& row) {
    const std::uint64_t hash = hasher_(row.id.text());
    if (accepted_.contains(hash, row.id.text())) {
      reject(line, row.id.text(), RowCode::duplicate_key,
             {"本文件前面已有该追偿编号的有效记录", "an earlier row of this file with this recovery_id was accepted"});
      return;
    }
    const RecoveryOutcome outcome = books_.book(row);
    if (outcome.what == RecoveryOutcome::What::rejected) return reject(line, row.id.text(), outcome.code, outcome.message);
    accepted_.insert(hash, row.id.text());
    if (outcome.what == RecoveryOutcome::What::repeated) {
      ++summary_.repeated;
    } else {
      ++summary_.booked;
      for (const PayerReturn& part : outcome.returns) summary_.returned += part.amount;
    }
    if (files_.returns != nullptr) returns_.add(row, outcome);
  }

  void reject(std::uint64_t line, std::string_view key, RowCode code, const Text& message) {
    ++summary_.rejected;
    if (files_.rejects != nullptr) files_.rejects->add(line, key, word(code), message);
  }

  const RecoveryFiles& files_;
  TouchedClaims touched_;
  RecoveryBooks books_;
  KeyHasher hasher_;
  KeySet accepted_;
  Returns returns_;
  RecoverySummary summary_;
};

}  // namespace

RecoverySummary book_recoveries(Transaction& transaction, const RecoveryFiles& files, const RecoveryRules& rules) {
  CsvReader reader(InputFile::open(files.recoveries), files.encoding);
  const Reading reading(reader);
  Booking booking(transaction, files, rules);
  std::vector<ReadRow> rows;
  CsvRow raw;
  while (reader.next(raw)) {
    rows.push_back(reading.parse(raw));
    if (rows.size() < rows_at_once) continue;
    booking.book(rows);
    rows.clear();
  }
  booking.book(rows);
  const RecoverySummary& summary = booking.summary();
  if (summary.booked > 0) {
    record(transaction, {.actor = rules.user.text(), .action = "recover", .subject = files.recoveries,
                         .details = fmt::format("{} booked, {} known, {} rejected, {} returned", summary.booked, summary.repeated,
                                                summary.rejected, format_yuan(summary.returned)), .cite = ""}, booking.seals());
  }
  if (files.returns != nullptr) booking.returns().write(*files.returns);
  return summary;
}

}  // namespace talent_loan
