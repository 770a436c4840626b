#include "core/report/csv_rows.hpp"

namespace talent_loan {

CsvRows::CsvRows(std::vector<ReportColumn> columns, OutputFile& out) : ReportRows(std::move(columns)), out_(out), row_(line_) {
  for (const ReportColumn& column : this->columns()) row_.plain(column.key);
  write_row_end();
}

void CsvRows::write_cell(std::size_t, const ReportCell& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) row_.text(*text);
  else if (const auto* number = std::get_if<std::int64_t>(&cell)) row_.plain(std::to_string(*number));
  else if (const auto* amount = std::get_if<Fen>(&cell)) row_.plain(format_yuan(*amount));
  else if (const auto* day = std::get_if<Day>(&cell)) row_.plain(format_day(*day));
  else row_.plain("");
}

void CsvRows::write_row_end() {
  if (total_) return;
  row_.end();
  out_.write(line_);
  line_.clear();
}

}  // namespace talent_loan
