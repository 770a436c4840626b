// What a report of a year's assessment is made from; everything is borrowed for the call.
#pragma once

#include <map>
#include <string>

#include "core/assessment/scoring.hpp"

namespace talent_loan {

struct AssessmentView {
  const assessment::Table& table;
  const assessment::Values& values;
  const assessment::Scoring& scoring;
  std::optional<int> year{};                   // absent: the table's, if it says one
  std::map<std::string, std::string> names{};  // of banks, by id; a bank without one is shown by its id

  std::string name(std::size_t bank) const {
    const std::string& id = values.banks()[bank].text();
    const auto found = names.find(id);
    return found == names.end() ? id : found->second;
  }
  std::optional<int> shown_year() const { return year ? year : table.year; }
};

}  // namespace talent_loan
