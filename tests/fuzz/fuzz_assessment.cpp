// Any bytes as an assessment table, and what follows a line "---" as values "bank,indicator,value": the table
// is refused with diagnostics, or scores whatever it is given and can explain it.
#include <cstdlib>
#include <string_view>

#include "core/assessment/explain.hpp"
#include "core/assessment/scoring.hpp"

using namespace talent_loan;
using namespace talent_loan::assessment;

namespace {

// The next piece of `text` up to `separator`, which is taken away with it.
std::string_view cut(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

void add_values(std::string_view text, Values& values) {
  while (!text.empty()) {
    std::string_view row = cut(text, '\n');
    const std::size_t bank = values.add_bank(cut(row, ','));
    const std::string_view indicator = cut(row, ',');
    if (const auto value = Exact::parse(row)) values.add(bank, indicator, *value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find("\n---\n");
  try {
    const Table table = parse_table(text.substr(0, end), "fuzz.yaml");
    Values values(table);
    if (end != std::string_view::npos) add_values(text.substr(end + 5), values);
    const Scoring scoring = score(table, values);
    if (scoring.ranked.size() + scoring.left_out.size() != values.banks().size()) std::abort();
    for (const BankId& bank : values.banks()) {
      if (explain(table, values, scoring, bank).empty()) std::abort();
    }
  } catch (const Failure& failure) {
    if (failure.diagnostics().empty()) std::abort();
  }
  return 0;
}
