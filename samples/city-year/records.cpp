#include "samples/city-year/records.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan::sample {
namespace {

Record application_of(const Loan& loan) {
  return {.dated = loan.applied_on,
          .texts = {{"application_id", loan.application_id},
                    {"borrower_kind", loan.to_employer ? "employer" : "talent"},
                    {"borrower_id", loan.borrower_id},
                    {"borrower_name", loan.borrower_name},
                    {"purpose", loan.commercialisation ? "commercialisation" : "innovation"},
                    {"secured", loan.secured ? "yes" : "no"},
                    {"guaranteed", "no"},
                    {"term_months", fmt::format("{}", loan.term_months)},
                    {"rate", format_percent(loan.rate)},
                    {"rate_bp", fmt::format("{}", loan.rate.hundred_millionths() / 10'000)}},
          .amounts = {{"amount", loan.amount}},
          .days = {{"applied_on", loan.applied_on}}};
}

Record issue_result_of(const Loan& loan) {
  Record record{.dated = loan.disbursed_on, .texts = {{"application_id", loan.application_id}}, .amounts = {}, .days = {}};
  if (loan.answer == Answer::declined) {
    record.texts.insert({{"outcome", "declined"}, {"reason", "授信审批未通过"}});
    return record;
  }
  record.texts.insert({{"outcome", "disbursed"},
                       {"loan_id", loan.loan_id},
                       {"rate", format_percent(loan.rate)},
                       {"term_months", fmt::format("{}", loan.term_months)}});
  record.amounts = {{"amount", loan.amount}};
  record.days = {{"disbursed_on", loan.disbursed_on}, {"due_on", add_months(loan.disbursed_on, loan.term_months)}};
  return record;
}

Record event(const Loan& loan, int number, Day on, const std::string& kind) {
  return {.dated = on,
          .texts = {{"event_id", fmt::format("E{}{:02}", loan.loan_id.substr(1), number)}, {"kind", kind}, {"loan_id", loan.loan_id}},
          .amounts = {},
          .days = {{"happened_on", on}}};
}

std::vector<Record> events_of(const Loan& loan) {
  std::vector<Record> events;
  const auto next = [&](Day on, const std::string& kind) -> Record& {
    events.push_back(event(loan, static_cast<int>(events.size()) + 1, on, kind));
    return events.back();
  };
  for (const Repayment& repayment : loan.repayments) next(repayment.paid_on, "repayment").amounts["amount"] = repayment.amount;
  if (loan.defaulted) {
    const Day thirty = loan.defaulted->overdue_since.plus_days(30);
    next(thirty, "overdue").texts["overdue_days"] = "30";
    next(thirty, "classification").texts["loan_class"] = "special-mention";
    next(loan.defaulted->defaulted_on, "overdue").texts["overdue_days"] = fmt::format("{}", loan.defaulted->overdue_days);
    if (loan.defaulted->overdue_days > 90) {
      next(loan.defaulted->defaulted_on, "classification").texts["loan_class"] = "substandard";
      next(loan.defaulted->defaulted_on, "default");
    }
  }
  return events;
}

Record claim_of(const Loan& loan) {
  return {.dated = loan.defaulted->claimed_on,
          .texts = {{"claim_id", loan.claim_id()}, {"loan_id", loan.loan_id}, {"borrower_id", loan.borrower_id}},
          .amounts = {{"outstanding_principal", loan.outstanding()}, {"recovered_principal", Fen(0)}, {"loan_amount", loan.amount}},
          .days = {{"disbursed_on", loan.disbursed_on},
                   {"defaulted_on", loan.defaulted->defaulted_on},
                   {"claimed_on", loan.defaulted->claimed_on}}};
}

}  // namespace

BankRecords records_of(const City& city, const std::string& bank_id) {
  BankRecords records;
  for (const Loan& loan : city.loans) {
    if (loan.bank_id != bank_id) continue;
    records.applications.push_back(application_of(loan));
    if (!loan.eligible) continue;
    records.issue_results.push_back(issue_result_of(loan));
    if (loan.answer == Answer::declined) continue;
    for (Record& record : events_of(loan)) records.events.push_back(std::move(record));
    if (loan.defaulted) records.claims.push_back(claim_of(loan));
  }
  for (auto* stream : {&records.applications, &records.issue_results, &records.events, &records.claims}) {
    std::stable_sort(stream->begin(), stream->end(), [](const Record& a, const Record& b) { return a.dated < b.dated; });
  }
  return records;
}

}  // namespace talent_loan::sample
