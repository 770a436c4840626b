#include "core/loss/split_block.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/files/row_sentences.hpp"

namespace talent_loan {
namespace {

// Room that write_text() needs: every byte a quote, two quotes around, an apostrophe.
constexpr std::size_t text_room(std::string_view cell) { return 2 * cell.size() + 3; }

bool begins_formula(std::string_view cell) {
  switch (cell.front()) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r': return true;
    default: return false;
  }
}

char* write_bytes(char* to, std::string_view bytes) {
  std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

// The bytes of RowText::text(). `plain`: the cell is known to need no quotes.
char* write_text(char* to, std::string_view cell, bool plain) {
  if (!plain) {
    std::string text;
    RowText(text).text(cell);
    return write_bytes(to, text);
  }
  if (begins_formula(cell)) *to++ = '\'';
  return write_bytes(to, cell);
}

// The key of a faulty row as far as it can be read.
std::string_view readable_key(std::string_view key) { return key.substr(0, key.find('\0')); }

}  // namespace

char* TextBuffer::room(std::size_t bytes) {
  if (size_ + bytes > capacity_) {
    const std::size_t wanted = std::max(size_ + bytes, capacity_ * 2);
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    if (bytes_) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = wanted;
  }
  return bytes_.get() + size_;
}

SplitBlock::SplitBlock(const SplitRules& rules, bool totals)
    : rules_(rules), want_totals_(totals), payers_(rules.governing.payers().size()), own_(2 * payers_), totals_(payers_) {}

void SplitBlock::prepare() {
  rows_.clear();
  amounts_.clear();
  findings_.clear();
  scanner_.forget();
  line_ = 0;
  if (input.too_long()) {
    add_finding("", {RowCode::malformed_row, fault_sentence(RowFault::too_long, 0, 0)});
    physical_lines_ = 1;
    return;
  }
  const std::string_view text = input.text();
  carriage_returns_ = text.find('\r') != std::string_view::npos;
  index_.build(text);
  const std::uint32_t* delimiter = index_.begin();
  for (std::size_t at = 0; at < text.size();) {
    if (const std::uint32_t* feed = plain_row(at, delimiter)) {
      at = *feed + 1;
      delimiter = feed + 1;
      continue;
    }
    at += scanned_row(at);
    while (delimiter != index_.end() && *delimiter < at) ++delimiter;
  }
  physical_lines_ = line_;
}

// Reads the row that begins at `begin`, whose first delimiter is *delimiter, where it is the usual kind: as many
// plain cells as the header has, every value good. Returns where its line feed stands in the index, or nullptr.
const std::uint32_t* SplitBlock::plain_row(std::size_t begin, const std::uint32_t* delimiter) {
  const std::size_t cells = rules_.columns.cells;
  if (static_cast<std::size_t>(index_.end() - delimiter) < cells) return nullptr;
  const char* const text = input.text().data();
  const std::uint32_t* const feed = delimiter + (cells - 1);
  for (const std::uint32_t* comma = delimiter; comma != feed; ++comma) {
    if (text[*comma] != ',') return nullptr;
  }
  if (text[*feed] != '\n' || *feed + 1 - begin > CsvReader::row_bytes_at_most) return nullptr;
  std::size_t end = *feed;
  bool plain = true;
  if (carriage_returns_) {
    if (end > begin && text[end - 1] == '\r') --end;
    plain = std::memchr(text + begin, '\r', end - begin) == nullptr;
  }
  const auto cell = [&](std::size_t i) {
    const std::size_t from = i == 0 ? begin : delimiter[i - 1] + 1;
    const std::size_t to = i + 1 == cells ? end : delimiter[i];
    return CellBytes{text + from, to - from};
  };
  if (!read_claim(rules_.columns, cell, claim_)) return nullptr;
  add_row(claim_, plain);
  ++line_;
  return feed;
}

// Reads any row, to the letter. Returns its bytes.
std::size_t SplitBlock::scanned_row(std::size_t begin) {
  const std::string_view rest = input.text().substr(begin);
  const RowScan scan = scanner_.scan(rest, true);
  const auto next_line = line_ + static_cast<std::uint32_t>(std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(scan.bytes), '\n'));
  if (!scan.blank) {
    const std::vector<std::string_view>& cells = scanner_.cells();
    const ClaimColumns& columns = rules_.columns;
    const bool counted = cells.size() == columns.cells;
    const RowFault fault = scan.fault == RowFault::none && !counted ? RowFault::cell_count : scan.fault;
    const std::size_t key = columns.at[ClaimColumns::claim_id];
    const std::string_view claim_id = key < cells.size() ? cells[key] : "";
    if (fault != RowFault::none) {
      add_finding(readable_key(claim_id), {RowCode::malformed_row, fault_sentence(fault, cells.size(), columns.cells)});
    } else if (read_claim(columns, [&](std::size_t i) { return CellText{cells[i]}; }, claim_)) {
      add_row(claim_, false);
    } else {
      add_finding(claim_id, explain_claim(columns, cells));
    }
  }
  line_ = next_line;
  return scan.bytes;
}

void SplitBlock::add_row(const ClaimRow& claim, bool plain) {
  Row row{.claim_id = claim.claim_id,
          .bank_id = claim.bank_id,
          .loan_id = claim.loan_id,
          .hash = rules_.hasher(claim.claim_id),
          .loss = Fen(0),
          .bank_bears = Fen(0),
          .rules = rules_.governing.of(claim.dates),
          .line = line_,
          .finding = 0,
          .plain = plain,
          .accepted = false};
  std::optional<RowRejection> finding;
  if (claim.dates.defaulted_on < claim.dates.disbursed_on) {
    finding = out_of_order(claim);
  } else if (claim.recovered > claim.outstanding) {
    finding = over_recovered(claim);
  } else if (row.rules == nullptr) {
    finding = not_in_force(claim, rules_.governing.governed_by());
  }
  amounts_.resize(amounts_.size() + 2 * payers_);
  if (finding) {
    findings_.push_back({line_, finding->code, std::string(claim.claim_id), std::move(finding->message)});
    row.finding = static_cast<std::uint32_t>(findings_.size());
  } else {
    row.loss = principal_loss(claim.outstanding, claim.recovered);
    split(row);
  }
  rows_.push_back(row);
}

void SplitBlock::add_finding(std::string_view key, RowRejection rejection) {
  amounts_.resize(amounts_.size() + 2 * payers_);
  findings_.push_back({line_, rejection.code, std::string(key), std::move(rejection.message)});
  rows_.push_back({.claim_id = {},
                   .bank_id = {},
                   .loan_id = {},
                   .hash = 0,
                   .loss = Fen(0),
                   .bank_bears = Fen(0),
                   .rules = nullptr,
                   .line = line_,
                   .finding = static_cast<std::uint32_t>(findings_.size()),
                   .plain = false,
                   .accepted = false});
}

void SplitBlock::split(Row& row) {
  Fen* const amounts = amounts_.data() + amounts_.size() - 2 * payers_;
  const LossSplitter& splitter = row.rules->splitter;
  if (row.rules->columns_are_own) {
    row.bank_bears = splitter.split(claim_.facts, row.loss, amounts, amounts + payers_);
    return;
  }
  const std::vector<std::size_t>& columns = row.rules->columns;
  row.bank_bears = splitter.split(claim_.facts, row.loss, own_.data(), own_.data() + columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    amounts[columns[i]] = own_[i];
    amounts[payers_ + columns[i]] = own_[columns.size() + i];
  }
}

void SplitBlock::settle(KeySet& accepted) {
  rejected_.clear();
  accepted_ = 0;
  constexpr std::size_t ahead = 16;  // rows whose place in the set is fetched while others are looked up
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (i + ahead < rows_.size()) accepted.prefetch(rows_[i + ahead].hash);
    Row& row = rows_[i];
    if (row.finding != 0 && findings_[row.finding - 1].code < RowCode::duplicate_key) {
      rejected_.push_back(std::move(findings_[row.finding - 1]));
    } else if (row.finding != 0 ? accepted.contains(row.hash, row.claim_id) : !accepted.insert(row.hash, row.claim_id)) {
      rejected_.push_back({row.line, RowCode::duplicate_key, std::string(row.claim_id), duplicate_key("claim_id")});
    } else if (row.finding != 0) {
      rejected_.push_back(std::move(findings_[row.finding - 1]));
    } else {
      row.accepted = true;
      ++accepted_;
    }
  }
}

void SplitBlock::render() {
  lines_.clear();
  const Fen* amounts = amounts_.data();
  for (const Row& row : rows_) {
    if (row.accepted) {
      const std::size_t room = text_room(row.claim_id) + text_room(row.bank_id) + text_room(row.loan_id) +
                               row.rules->version_cell.size() + (2 * payers_ + 2) * (yuan_room + 1) + 4;
      lines_.end_at(write_line(lines_.room(room), row, amounts));
      if (want_totals_) totals_.add(row.bank_id, row.loss, amounts, amounts + payers_, row.bank_bears);
    }
    amounts += 2 * payers_;
  }
}

char* SplitBlock::write_line(char* to, const Row& row, const Fen* amounts) const {
  for (const std::string_view cell : {row.claim_id, row.bank_id, row.loan_id}) {
    to = write_text(to, cell, row.plain);
    *to++ = ',';
  }
  to = write_bytes(to, row.rules->version_cell);
  *to++ = ',';
  to = write_yuan(to, row.loss);
  *to++ = ',';
  for (std::size_t i = 0; i < payers_; ++i) {
    to = write_yuan(to, amounts[i]);
    *to++ = ',';
    to = write_yuan(to, amounts[payers_ + i]);
    *to++ = ',';
  }
  to = write_yuan(to, row.bank_bears);
  *to++ = '\n';
  return to;
}

}  // namespace talent_loan
