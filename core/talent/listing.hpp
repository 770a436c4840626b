// One row of a talent list: what it says, and the checks it must pass.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/calendar/calendar.hpp"
#include "core/files/files.hpp"
#include "core/identity/identity.hpp"
#include "core/policy/policy.hpp"
#include "core/talent/programmes.hpp"

namespace talent_loan {

enum class IdentityType { resident = 1, passport, foreign_permanent_resident };
std::optional<IdentityType> parse_identity_type(std::string_view word);
std::string_view word(IdentityType type);

struct Employment {
  std::string code;  // unified social credit code
  std::string name;
  Period period;     // both ends inclusive; no end: still so
};

// A talent's selection for one programme, as a list states it. Holds personal data in the clear.
struct Listing {
  TalentId talent;
  std::string name;
  IdentityType id_type = IdentityType::resident;
  std::string id_number;
  ProgrammeId programme;
  Level level = Level::district;
  Period valid;  // no end: still so
  std::optional<Employment> employment{};
  std::string listed_as{};  // the list's own key, where it is personal and `talent` stands for it (sealed_listing.hpp)
};

// The columns of a list, in the order of the contract.
enum class ListColumn {
  talent_id = 0, name, id_type, id_number, programme, level, valid_from, valid_to,
  employer_code, employer_name, employed_from, employed_to
};
constexpr std::size_t list_columns = 12;
const std::vector<std::string>& list_column_names();

// A row's cells in the order of ListColumn; borrowed from the reader until its next row.
struct ListRow {
  std::uint64_t line = 0;
  Text fault{};  // why the row is no row at all (MALFORMED_ROW); empty: its cells mean something
  std::array<std::string_view, list_columns> cells{};
  bool id_number_was_number = false;  // a workbook's cell that lost its last digits
  std::string_view operator[](ListColumn column) const { return cells[static_cast<std::size_t>(column)]; }
};

// Where rows come from: a CSV file or a workbook.
class ListRows {
 public:
  virtual ~ListRows() = default;
  virtual bool next(ListRow& row) = 0;  // false at the end
};
std::unique_ptr<ListRows> csv_list_rows(CsvReader reader);

// Why a row is not taken: the first code that applies, in the order of the contract.
struct RowProblem {
  RowCode code = RowCode::malformed_row;
  Text message{};  // without unmasked personal data
};

// Checks a row on its own: everything but DUPLICATE_KEY and DATES_OUT_OF_ORDER, which come after it.
// The four employer cells are all empty (no employer is stated), or only `employed_to` is.
std::variant<Listing, RowProblem> read_listing(const ListRow& row, const Programmes& programmes);
// DATES_OUT_OF_ORDER, where a period ends before it begins.
std::optional<RowProblem> dates_out_of_order(const Listing& listing);

// A row's key as it may be shown: some lists use identity numbers as keys, and those are masked.
std::string shown_key(std::string_view key);
// The same for a row's own: it may be the row's passport number, or a name in the wrong cell.
std::string shown_key(const ListRow& row);

}  // namespace talent_loan
