// What one bank says of the city-year: the records that its core system would write out, before any notation.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "samples/city-year/year.hpp"

namespace talent_loan::sample {

// Cells by the field's name; a value that is absent is not in the map.
struct Record {
  Day dated;  // the day on which the bank writes it
  std::map<std::string, std::string> texts;
  std::map<std::string, Fen> amounts;
  std::map<std::string, Day> days;
};

struct BankRecords {
  std::vector<Record> applications;
  std::vector<Record> issue_results;
  std::vector<Record> events;
  std::vector<Record> claims;
};

// In the order in which things happened.
BankRecords records_of(const City& city, const std::string& bank_id);

}  // namespace talent_loan::sample
