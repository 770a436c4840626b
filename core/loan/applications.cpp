// The stages of an application: received, decided, told to the bank, closed.
#include <array>

#include <fmt/format.h>

#include "core/identity/masking.hpp"
#include "core/loan/book.hpp"
#include "core/loan/record_table.hpp"

namespace talent_loan {
namespace {

constexpr std::array<std::string_view, 4> stage_words{"received", "decided", "told", "closed"};

std::string_view word(ApplicationStage stage) { return stage_words.at(static_cast<std::size_t>(stage) - 1); }

ApplicationStage stage_from(const std::string& text) {
  for (std::size_t i = 0; i < stage_words.size(); ++i) {
    if (stage_words[i] == text) return static_cast<ApplicationStage>(i + 1);
  }
  throw Failure({"数据库中的申请阶段无法识别：" + quoted(text), "unknown stage of an application in the database: " + quoted(text)},
                {"请用 audit verify 检查", "check it with audit verify"});
}

const std::string& select_applications() {
  static const std::string sql = [] {
    std::string columns;
    for (const std::string& column : application_table.columns) columns += "a." + column + ", ";
    columns += "a.stage, a.loan_id";
    for (const std::string& column : decision_table.columns) columns += ", d." + column;
    return "SELECT " + columns + " FROM loan_applications a LEFT JOIN loan_decisions d"
           " ON d.bank_id = a.bank_id AND d.application_id = a.application_id WHERE a.bank_id = :bank AND ";
  }();
  return sql;
}

ApplicationRecord record_from(const Row& row) {
  const std::size_t after = application_table.columns.size();
  ApplicationRecord record{.application = application_from(row), .stage = stage_from(row.text(after)), .decision = {}, .loan = {}};
  record.loan = LoanId(row.optional_text(after + 1).value_or(""));
  if (!row.null(after + 2)) record.decision = decision_from(row, after + 2);
  return record;
}

ApplicationRecord known_application(Transaction& transaction, const BankId& bank, const ApplicationId& id) {
  auto record = find_application(transaction, bank, id);
  if (!record) {
    throw Failure({fmt::format("银行 {} 没有申请 {}", quoted(bank.text()), quoted(id.text())),
                   fmt::format("bank {} has no application {}", quoted(bank.text()), quoted(id.text()))},
                  {"先登记申请", "register the application first"});
  }
  return std::move(*record);
}

void set_stage(Transaction& transaction, const BankId& bank, const ApplicationId& id, ApplicationStage stage) {
  transaction.execute("UPDATE loan_applications SET stage = :stage WHERE bank_id = :bank AND application_id = :id",
                      {word(stage), bank, id});
}

Filing conflict(std::string field) {
  Text message{fmt::format("该申请已记录不同的结果（{}），保留原记录", field),
               fmt::format("the application already has another {}; the first record stands", field)};
  return {Filed::conflict, std::move(field), std::move(message)};
}

Filing out_of_turn(const ApplicationRecord& record) {
  return rejected("application_id",
                  {fmt::format("申请处于 {} 阶段，不能进行此步", word(record.stage)),
                   fmt::format("the application is at stage {}, this step is not due", word(record.stage))});
}

Loan loan_of(const ApplicationRecord& record, const IssueResult& result) {
  const Application& application = record.application;
  const Decision& decision = *record.decision;
  return {.bank = application.bank,
          .id = result.loan,
          .application = application.id,
          .borrower_kind = application.borrower_kind,
          .borrower_id = application.borrower_id,
          .talent = decision.talent,
          .talents_counted = decision.talents_counted,
          .amount = result.amount,
          .purpose = application.purpose,
          .rate = result.rate ? result.rate : application.rate,
          .term_months = result.term_months ? result.term_months : application.term_months,
          .disbursed_on = result.disbursed_on,
          .maturity = result.maturity,
          .secured = application.secured,
          .guaranteed = application.guaranteed,
          .level = decision.level,
          .programme = decision.programme,
          .tags = application.tags,
          .borrower_sealed = application.borrower_sealed};
}

Filing record_disbursed(Transaction& transaction, const ApplicationRecord& record, const IssueResult& result) {
  if (result.amount > record.application.amount) {
    return rejected("amount", {fmt::format("放款 {} 超过申请金额 {}", format_yuan(result.amount), format_yuan(record.application.amount)),
                               fmt::format("disbursed {} is above the {} applied for", format_yuan(result.amount),
                                           format_yuan(record.application.amount))});
  }
  if (result.disbursed_on < record.application.applied_on) {
    return rejected("disbursed_on", {"放款日早于申请日", "disbursed before the application"});
  }
  Filing filing = register_loans(transaction, {loan_of(record, result)}).front();
  if (filing.filed == Filed::rejected || filing.filed == Filed::conflict) return filing;
  transaction.execute(
      "UPDATE loan_applications SET stage = :stage, loan_id = :loan WHERE bank_id = :bank AND application_id = :id",
      {word(ApplicationStage::closed), result.loan, record.application.bank, record.application.id});
  return filing;
}

// The answer for an application that was closed by an earlier one: the same again, or a conflict.
Filing compare_closed(Transaction& transaction, const ApplicationRecord& record, const IssueResult& result) {
  if (!record.decision || !record.decision->eligible) return out_of_turn(record);
  if (result.state == IssueState::pending) return conflict("state");
  if ((result.state == IssueState::disbursed) == record.loan.empty()) return conflict("state");
  if (result.state == IssueState::declined) return {Filed::repeated, {}, {}};
  if (result.loan != record.loan) return conflict("loan_id");
  return register_loans(transaction, {loan_of(record, result)}).front();
}

}  // namespace

std::vector<ApplicationRecord> applications_at(Transaction& transaction, const BankId& bank, ApplicationStage stage) {
  std::vector<ApplicationRecord> records;
  transaction.each(select_applications() + "a.stage = :stage ORDER BY a.application_id COLLATE \"C\"", {bank, word(stage)},
                   [&](const Row& row) { records.push_back(record_from(row)); });
  return records;
}

std::optional<ApplicationRecord> find_application(Transaction& transaction, const BankId& bank, const ApplicationId& application) {
  const auto row = transaction.query_one(select_applications() + "a.application_id = :id", {bank, application});
  return row ? std::optional(record_from(*row)) : std::nullopt;
}

Filing record_decision(Transaction& transaction, const BankId& bank, const ApplicationId& application, const Decision& decision) {
  const ApplicationRecord record = known_application(transaction, bank, application);
  std::vector<Filing> filings(1);
  file_rows(transaction, decision_table, {}, {cells_of(decision, bank, application)}, filings);
  if (filings.front().filed == Filed::accepted) set_stage(transaction, bank, application, ApplicationStage::decided);
  return filings.front();
}

Filing record_receipt(Transaction& transaction, const BankId& bank, const ApplicationId& application, const std::string& receipt) {
  const ApplicationRecord record = known_application(transaction, bank, application);
  if (record.stage == ApplicationStage::received) return out_of_turn(record);
  if (record.stage != ApplicationStage::decided) {
    const auto row = transaction.query_one(
        "SELECT receipt FROM loan_applications WHERE bank_id = :bank AND application_id = :id", {bank, application});
    return row->optional_text(0) == receipt ? Filing{Filed::repeated, {}, {}} : conflict("receipt");
  }
  const ApplicationStage next = record.decision->eligible ? ApplicationStage::told : ApplicationStage::closed;
  transaction.execute("UPDATE loan_applications SET stage = :stage, receipt = :receipt WHERE bank_id = :bank AND application_id = :id",
                      {word(next), receipt, bank, application});
  return {};
}

Filing record_issue(Transaction& transaction, const BankId& bank, const ApplicationId& application, const IssueResult& result) {
  const ApplicationRecord record = known_application(transaction, bank, application);
  if (record.stage == ApplicationStage::closed) return compare_closed(transaction, record, result);
  if (record.stage != ApplicationStage::told) return out_of_turn(record);
  switch (result.state) {
    case IssueState::pending: return {};
    case IssueState::disbursed: return record_disbursed(transaction, record, result);
    case IssueState::declined: break;
  }
  transaction.execute(
      "UPDATE loan_applications SET stage = :stage, declined_because = :why WHERE bank_id = :bank AND application_id = :id",
      {word(ApplicationStage::closed), without_numbers_of_persons(result.declined_because), bank, application});
  return {};
}

}  // namespace talent_loan
