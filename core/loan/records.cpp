#include "core/loan/records.hpp"

#include <array>
#include <utility>

namespace talent_loan {
namespace {

constexpr std::array<std::pair<BorrowerKind, std::string_view>, 2> borrower_kinds{{
    {BorrowerKind::talent, "talent"}, {BorrowerKind::employer, "employer"}}};

constexpr std::array<std::pair<IssueState, std::string_view>, 3> issue_states{{
    {IssueState::pending, "pending"}, {IssueState::disbursed, "disbursed"}, {IssueState::declined, "declined"}}};

constexpr std::array<std::pair<EventKind, std::string_view>, 9> event_kinds{{
    {EventKind::repayment, "repayment"}, {EventKind::overdue, "overdue"},
    {EventKind::classification, "classification"}, {EventKind::extension, "extension"},
    {EventKind::renewal, "renewal"}, {EventKind::defaulted, "default"},
    {EventKind::recovery, "recovery"}, {EventKind::recovery_reversed, "recovery-reversed"},
    {EventKind::write_off, "write-off"}}};

template <typename Table>
auto find_value(const Table& table, std::string_view wanted) -> std::optional<decltype(table[0].first)> {
  for (const auto& [value, text] : table) {
    if (text == wanted) return value;
  }
  return std::nullopt;
}

template <typename Table, typename Value>
std::string_view find_word(const Table& table, Value wanted) {
  for (const auto& [value, text] : table) {
    if (value == wanted) return text;
  }
  return {};
}

}  // namespace

std::optional<BorrowerKind> parse_borrower_kind(std::string_view text) { return find_value(borrower_kinds, text); }
std::string_view word(BorrowerKind kind) { return find_word(borrower_kinds, kind); }
std::string_view word(IssueState state) { return find_word(issue_states, state); }
std::optional<EventKind> parse_event_kind(std::string_view text) { return find_value(event_kinds, text); }
std::string_view word(EventKind kind) { return find_word(event_kinds, kind); }

LoanFacts Loan::facts() const {
  return {.loan_amount = amount, .level = level, .programme = programme.text(), .tags = tags};
}

}  // namespace talent_loan
