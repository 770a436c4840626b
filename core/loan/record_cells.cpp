// The tables of the loan book and how a record becomes a row and a row a record.
#include "core/loan/record_table.hpp"

#include "core/loan/balances.hpp"

namespace talent_loan {
namespace {

std::optional<std::int64_t> parts(const std::optional<Ratio>& ratio) {
  return ratio ? std::optional(ratio->hundred_millionths()) : std::nullopt;
}
std::optional<Ratio> ratio_from(const Row& row, std::size_t column) {
  const auto value = row.optional_integer(column);
  return value ? std::optional(Ratio(*value)) : std::nullopt;
}
std::optional<int> months_from(const Row& row, std::size_t column) {
  const auto value = row.optional_integer(column);
  return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}
std::optional<std::string> level_word(const std::optional<Level>& level) {
  return level ? std::optional(std::string(word(*level))) : std::nullopt;
}
std::optional<Level> level_from(const Row& row, std::size_t column) {
  const auto text = row.optional_text(column);
  return text ? parse_level(*text) : std::nullopt;
}

template <typename T>
T known(const std::optional<T>& parsed, const std::string& text) {
  if (!parsed) unknown_word(text);
  return *parsed;
}

}  // namespace

void unknown_word(std::string_view text) {
  throw Failure({"数据库中有无法识别的内容：" + quoted(text), "the database holds a word this program did not write: " + quoted(text)},
                {"请用 audit verify 检查", "check it with audit verify"});
}

const RecordTable application_table{
    "loan_applications",
    {"bank_id", "application_id", "borrower_kind", "borrower_id", "applied_on", "amount_fen", "purpose", "secured", "guaranteed",
     "term_months", "rate_hundred_millionths", "tags", "borrower_sealed"},
    1};

const RecordTable decision_table{
    "loan_decisions",
    {"bank_id", "application_id", "eligible", "reasons", "policy_version", "programme", "level", "talent_id", "talents_counted",
     "cites", "decided_on", "list_version", "known_on"}};

const RecordTable loan_table{
    "loans",
    {"bank_id", "loan_id", "application_id", "borrower_kind", "borrower_id", "talent_id", "talents_counted", "amount_fen",
     "purpose", "rate_hundred_millionths", "term_months", "disbursed_on", "maturity", "secured", "guaranteed", "level",
     "programme", "tags", "borrower_key", "borrower_sealed"},
    1};

const RecordTable event_table{
    "loan_events",
    {"bank_id", "event_id", "loan_id", "kind", "occurred_on", "sequence", "amount_fen", "costs_fen", "overdue_days", "loan_class",
     "maturity"},
    0,
    5};  // an event that a bank without numbers hands over again stands elsewhere the second time

const RecordTable claim_table{
    "claims",
    {"bank_id", "claim_id", "loan_id", "defaulted_on", "claimed_on", "outstanding_principal_fen", "recovered_principal_fen"}};

Cells cells_of(const Application& a) {
  return {a.bank, a.id, word(a.borrower_kind), a.borrower_id, a.applied_on, a.amount, a.purpose, a.secured, a.guaranteed,
          a.term_months, parts(a.rate), joined(a.tags), a.borrower_sealed};
}

Cells cells_of(const Decision& d, const BankId& bank, const ApplicationId& application) {
  return {bank, application, d.eligible, joined(d.reasons), d.version, d.programme, level_word(d.level), d.talent,
          d.talents_counted, joined(d.cites), d.decided_on, d.list_version, d.known_on};
}

Cells cells_of(const Loan& l) {
  return {l.bank, l.id, l.application, word(l.borrower_kind), l.borrower_id, l.talent, l.talents_counted, l.amount, l.purpose,
          parts(l.rate), l.term_months, l.disbursed_on, l.maturity, l.secured, l.guaranteed, level_word(l.level), l.programme,
          joined(l.tags), borrower_of(l).key, l.borrower_sealed};
}

Cells cells_of(const LoanEvent& e) {
  std::optional<std::string_view> class_word;
  if (e.loan_class) class_word = word(*e.loan_class);
  return {e.bank, e.id, e.loan, word(e.kind), e.occurred_on, e.sequence, e.amount, e.costs, e.overdue_days, class_word, e.maturity};
}

Cells cells_of(const Claim& c) {
  return {c.bank, c.id, c.loan, c.defaulted_on, c.claimed_on, c.outstanding_principal, c.recovered_principal};
}

Application application_from(const Row& row) {
  return {.bank = row.id<BankId>(0),
          .id = row.id<ApplicationId>(1),
          .borrower_kind = known(parse_borrower_kind(row.text(2)), row.text(2)),
          .borrower_id = row.text(3),
          .applied_on = row.day(4),
          .amount = row.fen(5),
          .purpose = row.text(6),
          .secured = row.flag(7),
          .guaranteed = row.flag(8),
          .term_months = months_from(row, 9),
          .rate = ratio_from(row, 10),
          .tags = separated(row.text(11)),
          .borrower_sealed = row.text(12)};
}

Decision decision_from(const Row& row, std::size_t first) {
  return {.eligible = row.flag(first + 2),
          .reasons = separated(row.text(first + 3)),
          .version = row.id<VersionId>(first + 4),
          .programme = row.id<ProgrammeId>(first + 5),
          .level = level_from(row, first + 6),
          .talent = row.id<TalentId>(first + 7),
          .talents_counted = static_cast<int>(row.integer(first + 8)),
          .cites = separated(row.text(first + 9)),
          .decided_on = row.day(first + 10),
          .list_version = row.integer(first + 11),
          .known_on = row.optional_day(first + 12)};
}

Loan loan_from(const Row& row, std::size_t first) {
  return {.bank = row.id<BankId>(first),
          .id = row.id<LoanId>(first + 1),
          .application = row.id<ApplicationId>(first + 2),
          .borrower_kind = known(parse_borrower_kind(row.text(first + 3)), row.text(first + 3)),
          .borrower_id = row.text(first + 4),
          .talent = row.id<TalentId>(first + 5),
          .talents_counted = static_cast<int>(row.integer(first + 6)),
          .amount = row.fen(first + 7),
          .purpose = row.text(first + 8),
          .rate = ratio_from(row, first + 9),
          .term_months = months_from(row, first + 10),
          .disbursed_on = row.day(first + 11),
          .maturity = row.optional_day(first + 12),
          .secured = row.flag(first + 13),
          .guaranteed = row.flag(first + 14),
          .level = level_from(row, first + 15),
          .programme = row.id<ProgrammeId>(first + 16),
          .tags = separated(row.text(first + 17)),
          .borrower_sealed = row.text(first + 19)};
}

LoanEvent event_from(const Row& row, std::size_t first) {
  const auto class_text = row.optional_text(first + 9);
  return {.bank = row.id<BankId>(first),
          .id = row.id<EventId>(first + 1),
          .loan = row.id<LoanId>(first + 2),
          .kind = known(parse_event_kind(row.text(first + 3)), row.text(first + 3)),
          .occurred_on = row.day(first + 4),
          .sequence = row.integer(first + 5),
          .amount = row.optional_fen(first + 6),
          .costs = row.optional_fen(first + 7),
          .overdue_days = row.optional_integer(first + 8),
          .loan_class = class_text ? std::optional(known(parse_loan_class(*class_text), *class_text)) : std::nullopt,
          .maturity = row.optional_day(first + 10)};
}

}  // namespace talent_loan
