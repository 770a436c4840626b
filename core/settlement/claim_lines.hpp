// Internal to core: the lines that decided one claim, whatever batch they stand in.
#pragma once

#include <optional>
#include <vector>

#include "core/settlement/batch_rows.hpp"

namespace talent_loan {

struct ClaimLine {
  std::int64_t batch = 0;
  StoredLine line;
};
// In the order of the batches; reversed ones too.
std::vector<ClaimLine> lines_of_claim(Transaction& transaction, std::int64_t claim);

// A claim with the line by which it stands compensated, in a booked batch.
struct CompensatedLine {
  Day defaulted_on;
  StoredLine line;
};
// Of that id; several where no bank is named and several banks have one.
std::vector<CompensatedLine> compensated_lines(Transaction& transaction, const ClaimId& claim, const std::optional<BankId>& bank);

}  // namespace talent_loan
