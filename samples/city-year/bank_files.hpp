// The two banks' notations: one fixed-width in GB18030 with its own codes, one delimited in UTF-8.
#pragma once

#include <filesystem>

#include "samples/city-year/records.hpp"

namespace talent_loan::sample {

// One file a month and stream, `APPL20200131.txt` and so on, whole yuan and fen as digits, days as YYYYMMDD, an
// `.ok` file with the number of records and their total.
void write_fixed_width_bank(const BankRecords& records, const std::filesystem::path& folder);

// One file a month and stream, `applications-20200131.csv` and so on, cells between |, a first line of names.
void write_delimited_bank(const BankRecords& records, const std::filesystem::path& folder);

}  // namespace talent_loan::sample
