// The sheet of a settlement batch as a workbook for spreadsheets.
#pragma once

#include <string>

#include "core/message/message.hpp"
#include "core/policy/site.hpp"
#include "core/settlement/batch.hpp"

namespace talent_loan {

// The bytes of an .xlsx file: totals by bank, claims, payments with amounts in words, rejects. Amounts are numbers,
// totals are formulas with their values, headers stay in view and are repeated on every printed page. Texts are
// never formulas, whatever they begin with. The same batch gives the same bytes.
std::string batch_workbook(Transaction& transaction, const BatchRecord& batch, const Site& site, Language language);

}  // namespace talent_loan
