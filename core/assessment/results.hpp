// The results of a year in the database: what reports show, and what goes back to each bank through its
// adapter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/assessment/scoring.hpp"
#include "core/store/database.hpp"

namespace talent_loan::assessment {

struct StoredPoints {
  std::string indicator;
  std::string title;        // the indicator's id where the table gives no title
  std::string value;        // as people read it
  std::string points;       // exact decimal: "13.75"
  std::string full_points;  // empty where the table states none
};

// One bank's result of one year.
struct StoredScore {
  int year = 0;
  std::int64_t run = 0;  // (year, run, bank) is a key that never changes its content
  BankId bank;
  std::int64_t rank = 0;   // from 1
  std::int64_t banks = 0;  // how many were ranked
  std::string score;       // exact decimal
  std::string grade;       // may be empty
  std::vector<StoredPoints> breakdown;
};

struct StoredRun {
  std::int64_t number = 0;
  int year = 0;
  std::string table_id;
  std::string title;
  std::int64_t banks = 0;
};

// Stores the result of a year and gives its run. The same result as the year's last run is not stored again.
StoredRun store(Transaction& transaction, int year, const Table& table, const Values& values,
                const Scoring& scoring, const std::string& user);

// The run that is a year's result: its last one.
std::optional<StoredRun> run_of_year(Transaction& transaction, int year);
// Best first.
std::vector<StoredScore> scores_of_run(Transaction& transaction, const StoredRun& run);
// A bank's result of every year it was ranked in, oldest first.
std::vector<StoredScore> scores_of_bank(Transaction& transaction, const BankId& bank);

}  // namespace talent_loan::assessment
