// Internal to core (loan and settlement): filing records of which the key decides whether they are new, repeated or in conflict.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/loan/book.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

// A table whose first two columns are its key, the first of them the bank.
struct RecordTable {
  const char* name;
  std::vector<std::string> columns;
  std::size_t not_compared = 0;  // so many last columns: sealing the same text twice gives other bytes
  // A column that tells where the record stood among others, not what it says: not compared, the first stands.
  std::size_t place_column = std::string::npos;
};

// The cells of a record in the order of the table's columns.
using Cells = std::vector<Value>;

// Columns that are filled for new rows only and never compared: a running number.
struct Numbering {
  const char* column = nullptr;  // null: the table has none
};

// Files every row whose `filings` entry is still `accepted`: new keys are inserted, known ones compared cell by
// cell. REQUIRES: rows and filings of the same length.
void file_rows(Transaction& transaction, const RecordTable& table, const Numbering& numbering,
               const std::vector<Cells>& rows, std::vector<Filing>& filings);

// "column, column": for a SELECT in the order of `columns`.
std::string column_list(const RecordTable& table);

// A rejection of a value that can never be right.
Filing rejected(std::string field, Text message);

std::string joined(const std::vector<std::string>& words);       // with '|'
std::vector<std::string> separated(const std::string& text);     // the opposite; empty text: none

// Throws Failure: the database holds a word that this program did not write.
[[noreturn]] void unknown_word(std::string_view text);

extern const RecordTable application_table;
extern const RecordTable decision_table;
extern const RecordTable loan_table;
extern const RecordTable event_table;
extern const RecordTable claim_table;

Cells cells_of(const Application& application);
Cells cells_of(const Decision& decision, const BankId& bank, const ApplicationId& application);
Cells cells_of(const Loan& loan);
Cells cells_of(const LoanEvent& event);
Cells cells_of(const Claim& claim);

// From a row selected in the order of the table's columns, beginning at column `first`.
Application application_from(const Row& row);
Decision decision_from(const Row& row, std::size_t first);
Loan loan_from(const Row& row, std::size_t first = 0);
LoanEvent event_from(const Row& row, std::size_t first = 0);

}  // namespace talent_loan
