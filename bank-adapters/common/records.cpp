#include "bank-adapters/common/records.hpp"

#include <fmt/format.h>

namespace talent_loan::adapters {
namespace {

// Values by the names of their fields.
class Named {
 public:
  Named(const std::vector<FieldSpec>& specs, const std::vector<Value>& values) : specs_(specs), values_(values) {}

  const Value& operator[](std::string_view name) const {
    for (std::size_t i = 0; i < specs_.size(); ++i) {
      if (specs_[i].name == name) return values_[i];
    }
    throw std::out_of_range(std::string(name));  // a slip in this file: every name stands in streams.cpp
  }
  std::string text(std::string_view name) const { return (*this)[name].text; }
  sdk::Fen fen(std::string_view name) const { return {(*this)[name].number}; }
  sdk::Day day(std::string_view name) const { return sdk::Day(sdk::Day::duration(static_cast<int>((*this)[name].number))); }
  std::optional<sdk::Day> optional_day(std::string_view name) const {
    return (*this)[name].present ? std::optional(day(name)) : std::nullopt;
  }
  std::optional<sdk::Rate> rate(std::string_view name) const {
    return (*this)[name].present ? std::optional(sdk::Rate{(*this)[name].number}) : std::nullopt;
  }
  // Months of zero are not stated.
  std::optional<int> months(std::string_view name) const {
    return (*this)[name].number > 0 ? std::optional(static_cast<int>((*this)[name].number)) : std::nullopt;
  }
  bool yes(std::string_view name) const { return (*this)[name].number == 1; }

 private:
  const std::vector<FieldSpec>& specs_;
  const std::vector<Value>& values_;
};

std::optional<Reject> lacks(const Named& row, std::string_view field, std::string_view of) {
  if (row[field].present) return std::nullopt;
  return Reject{RejectCode::missing_value, std::string(field),
                {fmt::format("{} 记录缺少 {}", of, field), fmt::format("a record of {} has no {}", of, field)}};
}

}  // namespace

sdk::Application to_application(const std::vector<Value>& values) {
  const Named row(application_fields(), values);
  sdk::Application application;
  application.application_id = row.text("application_id");
  application.borrower_kind = static_cast<sdk::BorrowerKind>(row["borrower_kind"].number);
  application.borrower_id = row.text("borrower_id");
  application.applied_on = row.day("applied_on");
  application.amount = row.fen("amount");
  application.purpose = row.text("purpose");
  application.secured = row.yes("secured");
  application.guaranteed = row.yes("guaranteed");
  application.term_months = row.months("term_months");
  application.rate = row.rate("rate");
  if (row["tags"].present) application.tags = split(row.text("tags"), "|");
  return application;
}

sdk::Claim to_claim(const std::vector<Value>& values) {
  const Named row(claim_fields(), values);
  sdk::Claim claim;
  claim.claim_id = row.text("claim_id");
  claim.loan_id = row.text("loan_id");
  claim.borrower_id = row.text("borrower_id");
  claim.bank_id = row.text("bank_id");
  claim.disbursed_on = row.day("disbursed_on");
  claim.defaulted_on = row.day("defaulted_on");
  claim.claimed_on = row.optional_day("claimed_on");
  claim.outstanding_principal = row.fen("outstanding_principal");
  claim.recovered_principal = row.fen("recovered_principal");
  if (row["loan_amount"].present) claim.loan_amount = row.fen("loan_amount");
  return claim;
}

std::optional<Reject> to_event(const std::vector<Value>& values, const std::string& origin, std::int64_t sequence, sdk::Event& event) {
  const Named row(event_fields(), values);
  event.kind = static_cast<sdk::EventKind>(row["kind"].number);
  event.event_id = row["event_id"].present ? row.text("event_id") : origin;
  event.loan_id = row.text("loan_id");
  event.happened_on = row.day("happened_on");
  event.sequence = row["sequence"].present ? row["sequence"].number : sequence;
  event.overdue_days = 0;
  event.amount = event.costs = {};
  event.loan_class.reset();
  event.due_on.reset();
  const std::string& kind = row["kind"].text;
  switch (event.kind) {
    case sdk::EventKind::overdue:
      event.overdue_days = static_cast<int>(row["overdue_days"].number);
      return lacks(row, "overdue_days", kind);
    case sdk::EventKind::classification:
      if (auto reject = lacks(row, "loan_class", kind)) return reject;
      event.loan_class = static_cast<sdk::LoanClass>(row["loan_class"].number);
      return std::nullopt;
    case sdk::EventKind::extension:
    case sdk::EventKind::renewal:
      event.due_on = row.optional_day("due_on");
      return lacks(row, "due_on", kind);
    case sdk::EventKind::default_: return std::nullopt;
    case sdk::EventKind::recovery:
    case sdk::EventKind::recovery_reversed: event.costs = row.fen("costs"); [[fallthrough]];
    case sdk::EventKind::repayment:
    case sdk::EventKind::write_off:
      event.amount = row.fen("amount");
      return lacks(row, "amount", kind);
  }
  return std::nullopt;
}

std::optional<Reject> to_issued(const std::vector<Value>& values, sdk::Issued& issued) {
  const Named row(issue_result_fields(), values);
  const std::string& outcome = row["outcome"].text;
  if (outcome == "declined") {
    issued = sdk::Issued::declined(row["reason"].present ? row.text("reason") : "-");
    return std::nullopt;
  }
  issued.outcome = sdk::IssueOutcome::disbursed;
  issued.loan_id = row.text("loan_id");
  issued.disbursed_on = row.optional_day("disbursed_on");
  issued.amount = row.fen("amount");
  issued.rate = row.rate("rate");
  issued.due_on = row.optional_day("due_on");
  issued.term_months = row.months("term_months");
  for (const char* field : {"loan_id", "disbursed_on", "amount"}) {
    if (auto reject = lacks(row, field, outcome)) return reject;
  }
  return std::nullopt;
}

}  // namespace talent_loan::adapters
