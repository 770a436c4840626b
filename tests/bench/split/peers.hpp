// What users have today for the same work: the same claims, checks and splits in SQL.
#pragma once

#include <optional>
#include <string>

namespace talent_loan::bench {

// The scripts read `claims` and write lines.csv, rejects.csv and totals.csv into `folder`. They know two versions
// of one scheme as constants, where talent-loan reads policy files. Both check what SQL reasonably checks: values
// there, dates as they are written, amounts with at most two decimals and no sign, keys once among accepted rows,
// order of dates, recovered within outstanding, a version in force; codes in the same order, rows in input order.
std::string duckdb_script(const std::string& claims, const std::string& folder, unsigned threads);
std::string sqlite_script(const std::string& claims, const std::string& folder);

// DuckDB's shared library: `given` where not empty, else below node_modules of the working directory or the
// build (npm install @duckdb/node-bindings-linux-x64 brings it), else as the system finds it.
std::optional<std::string> find_duckdb(const std::string& given);
std::string duckdb_version(const std::string& library);

// Runs a script in this process; the bench starts itself again for it, so that a whole process is measured.
int run_duckdb(const std::string& library, const std::string& script_path);

}  // namespace talent_loan::bench
