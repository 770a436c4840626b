#include "bank-adapters/common/fields.hpp"

namespace talent_loan::adapters {
namespace {

const std::vector<std::string> yes_no{"yes", "no"};

}  // namespace

const std::vector<FieldSpec>& application_fields() {
  static const std::vector<FieldSpec> fields{
      {"application_id", FieldKind::identifier, true},
      {"borrower_kind", FieldKind::word, true, {"talent", "employer"}},
      {"borrower_id", FieldKind::identifier, true, {}, true},
      {"applied_on", FieldKind::date, true},
      {"term_months", FieldKind::count, false, {}, false, 1200},
      {"amount", FieldKind::amount, true},
      {"rate", FieldKind::rate},
      {"purpose", FieldKind::text, true},
      {"secured", FieldKind::word, true, yes_no},
      {"guaranteed", FieldKind::word, true, yes_no},
      {"tags", FieldKind::list}};
  return fields;
}

const std::vector<FieldSpec>& event_fields() {
  static const std::vector<FieldSpec> fields{
      {"event_id", FieldKind::identifier},
      {"kind", FieldKind::word, true,
       {"repayment", "overdue", "classification", "extension", "renewal", "default", "recovery", "recovery-reversed", "write-off"}},
      {"loan_id", FieldKind::identifier, true},
      {"happened_on", FieldKind::date, true},
      {"overdue_days", FieldKind::count, false, {}, false, 36'500},
      {"amount", FieldKind::amount},
      {"costs", FieldKind::amount},
      {"loan_class", FieldKind::word, false, {"normal", "special-mention", "substandard", "doubtful", "loss"}},
      {"due_on", FieldKind::date},
      {"sequence", FieldKind::count, false, {}, false, INT64_MAX}};
  return fields;
}

const std::vector<FieldSpec>& claim_fields() {
  static const std::vector<FieldSpec> fields{
      {"claim_id", FieldKind::identifier, true},
      {"loan_id", FieldKind::identifier, true},
      {"borrower_id", FieldKind::identifier, true, {}, true},
      {"bank_id", FieldKind::text},
      {"disbursed_on", FieldKind::date, true},
      {"defaulted_on", FieldKind::date, true},
      {"claimed_on", FieldKind::date},
      {"outstanding_principal", FieldKind::amount, true},
      {"recovered_principal", FieldKind::amount, true},
      {"loan_amount", FieldKind::amount}};
  return fields;
}

const std::vector<FieldSpec>& issue_result_fields() {
  static const std::vector<FieldSpec> fields{
      {"application_id", FieldKind::identifier, true},
      {"outcome", FieldKind::word, true, {"disbursed", "declined"}},
      {"disbursed_on", FieldKind::date},
      {"loan_id", FieldKind::identifier},
      {"amount", FieldKind::amount},
      {"rate", FieldKind::rate},
      {"due_on", FieldKind::date},
      {"term_months", FieldKind::count, false, {}, false, 1200},
      {"reason", FieldKind::text}};
  return fields;
}

}  // namespace talent_loan::adapters
