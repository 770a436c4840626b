// A row of a claims file to what splitting needs, or to the first reason why it is rejected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/files/cell_values.hpp"
#include "core/files/row_blocks.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

// Where the columns stand in the file. The first eight are in every claims file; the others are read where a
// version of the scheme asks for them and are otherwise unknown columns, ignored.
struct ClaimColumns {
  static constexpr std::size_t always = 8;
  enum Always { claim_id, bank_id, loan_id, borrower_id, disbursed_on, defaulted_on, outstanding_principal, recovered_principal };

  // Throws Failure that names every column the scheme needs and the header lacks.
  ClaimColumns(const CsvHeader& header, const FactsRead& facts);

  std::size_t at[always];
  std::optional<std::size_t> claimed_on;  // must have a value, like the eight
  std::optional<std::size_t> loan_amount;
  std::optional<std::size_t> level;
  std::optional<std::size_t> programme;
  std::optional<std::size_t> tags;
  std::size_t cells;  // of a row

  bool facts() const { return loan_amount || level || programme || tags; }
};

// What a claim's row says, its identifiers as views into the row.
struct ClaimRow {
  std::string_view claim_id;
  std::string_view bank_id;
  std::string_view loan_id;
  GoverningDates dates;
  Fen outstanding;
  Fen recovered;
  LoanFacts facts;
};

// Why a row is rejected.
struct RowRejection {
  RowCode code;
  Text message;
};

// An empty cell is an absent fact. False where the amount or the level is wrong.
bool read_facts(std::string_view loan_amount, std::string_view level, std::string_view programme, std::string_view tags,
                LoanFacts& facts);

// Reads the cells of one row, as many as the header has; `cell(i)` gives column i as CellBytes or CellText.
// False where a value is missing or wrong: explain_claim() then says which.
template <typename Cells>
bool read_claim(const ClaimColumns& columns, const Cells& cell, ClaimRow& row) {
  decltype(cell(0)) cells[ClaimColumns::always];
  bool missing = false;
  for (std::size_t i = 0; i < ClaimColumns::always; ++i) {
    cells[i] = cell(columns.at[i]);
    missing |= cells[i].text().empty();
  }
  const auto disbursed_on = read_day(cells[ClaimColumns::disbursed_on].text());
  const auto defaulted_on = read_day(cells[ClaimColumns::defaulted_on].text());
  const auto outstanding = read_yuan(cells[ClaimColumns::outstanding_principal]);
  const auto recovered = read_yuan(cells[ClaimColumns::recovered_principal]);
  if (missing || !disbursed_on || !defaulted_on || !outstanding || !recovered) return false;
  row.claim_id = cells[ClaimColumns::claim_id].text();
  row.bank_id = cells[ClaimColumns::bank_id].text();
  row.loan_id = cells[ClaimColumns::loan_id].text();
  row.dates = {*disbursed_on, *defaulted_on, std::nullopt};
  row.outstanding = *outstanding;
  row.recovered = *recovered;
  if (columns.claimed_on) {
    row.dates.claimed_on = read_day(cell(*columns.claimed_on).text());
    if (!row.dates.claimed_on) return false;
  }
  if (!columns.facts()) return true;
  const auto text = [&](const std::optional<std::size_t>& column) { return column ? cell(*column).text() : std::string_view(); };
  return read_facts(text(columns.loan_amount), text(columns.level), text(columns.programme), text(columns.tags), row.facts);
}

// The first code that applies to a row that read_claim() refused. `cells`: all of the row's.
RowRejection explain_claim(const ClaimColumns& columns, const std::vector<std::string_view>& cells);

// Checks between the values of a row that was read; both come after DUPLICATE_KEY in the order of codes.
std::optional<RowRejection> out_of_order(const ClaimRow& row);
std::optional<RowRejection> over_recovered(const ClaimRow& row);
RowRejection not_in_force(const ClaimRow& row, GoverningDate governed_by);

}  // namespace talent_loan
