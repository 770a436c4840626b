#include "core/report/settlement_words.hpp"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace talent_loan {

Text status_words(BatchStatus status) {
  switch (status) {
    case BatchStatus::prepared: return {"待复核（未记账）", "prepared, not booked"};
    case BatchStatus::booked: return {"已记账", "booked"};
    case BatchStatus::reversed: return {"已冲销", "reversed"};
  }
  return {};
}

Text payment_words(const std::string& status) {
  if (status == "prepared") return {"待复核", status};
  if (status == "instructed") return {"已指令", status};
  if (status == "paid") return {"已付", status};
  if (status == "failed") return {"付款失败", status};
  return {"已作废", status};
}

std::string compensation_clauses(const PolicyVersion& version) {
  std::set<std::string> cites{version.compensation.trigger.cite};
  for (const Share& share : version.compensation.shares) cites.insert(share.cite);
  cites.erase("");
  return fmt::format("{}", fmt::join(cites, " "));
}

}  // namespace talent_loan
