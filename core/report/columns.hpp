// Internal to core/report: columns and words that several reports share.
#pragma once

#include <string>
#include <vector>

#include "core/report/report.hpp"
#include "core/report/reporting.hpp"

namespace talent_loan {

inline ReportColumn money_column(std::string key, Text title, std::string formula = "") {
  return {.key = std::move(key), .title = std::move(title), .kind = CellKind::money, .summed = true, .formula = std::move(formula)};
}
inline ReportColumn count_column(std::string key, Text title) { return {.key = std::move(key), .title = std::move(title), .kind = CellKind::count, .summed = true}; }
inline ReportColumn day_column(std::string key, Text title) { return {.key = std::move(key), .title = std::move(title), .kind = CellKind::day}; }

// A bank in two columns, its name and its id: what put_bank fills.
inline std::vector<ReportColumn> bank_columns() { return {{"bank", {"银行", "bank"}}, {"bank_id", {"银行编号", "bank id"}}}; }
inline ReportRows& put_bank(ReportRows& rows, const Reporting& reporting, const BankId& bank) {
  return rows.text(reporting.bank_name(bank)).text(bank.text());
}

// The line that those who answer for a document sign on.
inline std::string signatures(const Reporting& reporting) {
  return reporting.say("经办：____________    复核：____________    负责人：____________    （盖章）    日期：______年____月____日",
                       "prepared: ____________    checked: ____________    head: ____________    (seal)    date: ____________");
}

}  // namespace talent_loan
