#include <algorithm>

#include "core/report/report.hpp"

namespace talent_loan {

ReportRows& ReportRows::put(const ReportCell& cell) {
  if (const auto* amount = std::get_if<Fen>(&cell)) sums_[column_] += *amount;
  if (const auto* number = std::get_if<std::int64_t>(&cell)) sums_[column_] += Fen(*number);
  write_cell(column_++, cell);
  return *this;
}

void ReportRows::end_row() {
  write_row_end();
  column_ = 0;
  ++rows_;
}

void ReportRows::totals(const std::string& label) {
  if (empty()) return;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    ReportCell sum;
    if (i == 0) sum = std::string_view(label);
    else if (columns_[i].summed && columns_[i].kind == CellKind::count) sum = sums_[i].to_fen().count();
    else if (columns_[i].summed) sum = sums_[i].to_fen();
    write_total(i, sum);
  }
  write_row_end();
}

FenSum ReportRows::sum(std::string_view key) const { return sums_[index_of(key)]; }

std::size_t ReportRows::index_of(std::string_view key) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const ReportColumn& column) { return column.key == key; });
  return static_cast<std::size_t>(found - columns_.begin());
}

}  // namespace talent_loan
