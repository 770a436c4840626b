#include "bank-adapters/flat-file/rows.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan::adapters::flat_file {

RowReader::RowReader(ByteSource source, const InputStream& stream, std::string file)
    : stream_(stream), records_(std::move(source), stream.format, file) {
  if (stream.format.fixed_width) return;
  positions_ = stream.columns.resolve(records_.header(), stream.format, file);
  columns_ = stream.format.header ? records_.header().size() : stream.format.columns;
}

void RowReader::skip(std::uint64_t records) {
  for (std::uint64_t i = 0; i < records && records_.next(record_); ++i) {}
}

// The cells that the stream uses, in the order in which they were registered. False where one is lacking.
bool RowReader::project(const Record& record) {
  if (stream_.format.fixed_width) {
    cells_ = record.cells;
    readable_ = record.readable;
    return readable_ == cells_.size();
  }
  cells_.assign(positions_.size(), {});
  readable_ = positions_.size();
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    if (positions_[i] < record.cells.size()) cells_[i] = record.cells[positions_[i]];
    else if (readable_ == positions_.size()) readable_ = i;
  }
  return readable_ == positions_.size();
}

Text RowReader::malformed(const Record& record, bool complete) const {
  Record told = record;
  if (told.fault == RecordFault::none && !complete) told.fault = stream_.format.fixed_width ? record.unreadable : RecordFault::cell_count;
  if (told.fault == RecordFault::none) told.fault = stream_.format.fixed_width ? RecordFault::wrong_length : RecordFault::cell_count;
  return fault_sentence(told, stream_.format);
}

// Its cells are read all the same, as far as they go: for its amount.
void RowReader::reject_malformed(Row& row, bool complete) {
  if (stream_.total_of) {
    cells_.resize(std::max(cells_.size(), stream_.field_cells));
    stream_.fields.read(cells_, row.values);
  }
  row.reject = {RejectCode::malformed_row, "", malformed(record_, complete)};
}

bool RowReader::next(Row& row) {
  if (!records_.next(record_)) return false;
  const Format& format = stream_.format;
  row.number = record_.number;
  row.line = record_.line;
  row.reject.reset();
  row.key.clear();
  project(record_);
  const bool sound = record_.fault == RecordFault::none;
  const bool decidable = sound && readable_ >= stream_.condition_cells;
  if (decidable && stream_.trailer && stream_.trailer->when.holds(cells_)) {
    row.kind = Row::Kind::trailer;
    row.count = stream_.trailer->count ? trimmed(cells_[*stream_.trailer->count], stream_.trailer->padding) : std::string_view();
    row.amount = stream_.trailer->amount ? trimmed(cells_[*stream_.trailer->amount], stream_.trailer->padding) : std::string_view();
    return true;
  }
  // With a header every record has its columns; without, only records of the kind that counts.
  const bool counted = format.fixed_width || columns_ == 0 || record_.cells.size() == columns_;
  const bool decided = decidable && (counted || !format.header);
  if (decided && stream_.when && !stream_.when->holds(cells_)) {
    row.kind = Row::Kind::passed_over;
    return true;
  }
  const bool long_enough = !format.fixed_width || format.record_bytes == 0 || record_.bytes == format.record_bytes ||
                           (format.pad_short_lines && record_.bytes < format.record_bytes);
  const bool complete = readable_ >= stream_.field_cells;
  if (!sound || !counted || !long_enough || !complete) {
    reject_malformed(row, complete);
  } else {
    row.reject = stream_.fields.read(cells_, row.values);
  }
  row.kind = row.reject ? Row::Kind::rejected : Row::Kind::values;
  if (!row.reject) return true;
  row.key = stream_.fields.key(cells_);
  row.amount_of_rejected.reset();
  if (!stream_.total_of) return true;
  const Value& amount = row.values[*stream_.total_of];
  if (amount.present) row.amount_of_rejected = amount.number;
  return true;
}

}  // namespace talent_loan::adapters::flat_file
