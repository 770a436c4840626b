// The two banks' notations: one fixed-width in GB18030 with its own codes, one a ledger in UTF-8.
#pragma once

#include <filesystem>

#include "samples/city-year/records.hpp"

namespace talent_loan::sample {

// One file a month and stream, `APPL20200131.txt` and so on, whole yuan and fen as digits, days as YYYYMMDD, an
// `.ok` file with the number of records and their total.
void write_fixed_width_bank(const BankRecords& records, const std::filesystem::path& folder);

// One ledger of all that happened, in the order of days: the format of the adapter in samples/out-of-tree-adapter.
void write_ledger_bank(const BankRecords& records, const std::filesystem::path& folder);

}  // namespace talent_loan::sample
