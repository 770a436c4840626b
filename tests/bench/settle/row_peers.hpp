// What plain databases take to keep a million claims: one line and three postings each, in one durable transaction.
// Nothing is read, checked or split: the amounts are made up on the way.
#pragma once

#include <cstdint>
#include <string>

namespace talent_loan::bench {

// Prepared statements, write-ahead log, synchronous = FULL.
void write_rows_to_sqlite(const std::string& path, std::int64_t claims);
std::string duckdb_rows_script(const std::string& path, std::int64_t claims);
// COPY in text form.
void copy_rows_to_postgresql(const std::string& url, std::int64_t claims);

}  // namespace talent_loan::bench
