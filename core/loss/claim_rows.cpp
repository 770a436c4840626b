#include "core/loss/claim_rows.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/files/row_sentences.hpp"

namespace talent_loan {
namespace {

constexpr std::array<const char*, ClaimColumns::always> always_names{
    "claim_id", "bank_id", "loan_id", "borrower_id", "disbursed_on", "defaulted_on", "outstanding_principal", "recovered_principal"};

constexpr const char* levels = "district, municipal, provincial, national";

std::string_view name_of(GoverningDate date) { return word(date); }

}  // namespace

ClaimColumns::ClaimColumns(const CsvHeader& header, const FactsRead& facts) : cells(header.names().size()) {
  std::vector<std::string> names(always_names.begin(), always_names.end());
  std::vector<std::optional<std::size_t>*> asked;
  const auto ask = [&](bool needed, const char* name, std::optional<std::size_t>& column) {
    if (!needed) return;
    names.emplace_back(name);
    asked.push_back(&column);
  };
  ask(facts.claimed_on, "claimed_on", claimed_on);
  ask(facts.loan_amount, "loan_amount", loan_amount);
  ask(facts.level, "level", level);
  ask(facts.programme, "programme", programme);
  ask(facts.tags, "tags", tags);
  const std::vector<std::size_t> found = header.columns(names);
  std::copy_n(found.begin(), always, at);
  for (std::size_t i = 0; i < asked.size(); ++i) *asked[i] = found[always + i];
}

bool read_facts(std::string_view loan_amount, std::string_view level, std::string_view programme, std::string_view tags,
                LoanFacts& facts) {
  facts.loan_amount = parse_yuan(loan_amount);
  facts.level = parse_level(level);
  facts.programme = programme;
  facts.tags.clear();
  for (std::string_view rest = tags; !rest.empty();) {
    const std::size_t bar = rest.find('|');
    if (bar != 0) facts.tags.emplace_back(rest.substr(0, bar));
    rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  }
  return (loan_amount.empty() || facts.loan_amount) && (level.empty() || facts.level);
}

RowRejection explain_claim(const ClaimColumns& columns, const std::vector<std::string_view>& cells) {
  const auto text = [&](std::size_t column) { return cells[columns.at[column]]; };
  for (std::size_t i = 0; i < ClaimColumns::always; ++i) {
    if (text(i).empty()) return {RowCode::missing_value, missing_value(always_names[i])};
  }
  if (columns.claimed_on && cells[*columns.claimed_on].empty()) return {RowCode::missing_value, missing_value("claimed_on")};
  for (const std::size_t i : {ClaimColumns::disbursed_on, ClaimColumns::defaulted_on}) {
    if (!parse_day(text(i))) return {RowCode::bad_date, bad_date(always_names[i], text(i))};
  }
  if (columns.claimed_on && !parse_day(cells[*columns.claimed_on])) {
    return {RowCode::bad_date, bad_date("claimed_on", cells[*columns.claimed_on])};
  }
  for (const std::size_t i : {ClaimColumns::outstanding_principal, ClaimColumns::recovered_principal}) {
    if (!parse_yuan(text(i))) return {RowCode::bad_amount, bad_amount(always_names[i], text(i))};
  }
  if (columns.loan_amount && !cells[*columns.loan_amount].empty() && !parse_yuan(cells[*columns.loan_amount])) {
    return {RowCode::bad_amount, bad_amount("loan_amount", cells[*columns.loan_amount])};
  }
  return {RowCode::bad_value, bad_value("level", columns.level ? cells[*columns.level] : "", levels)};
}

std::optional<RowRejection> out_of_order(const ClaimRow& row) {
  if (row.dates.defaulted_on >= row.dates.disbursed_on) return std::nullopt;
  const std::string disbursed = format_day(row.dates.disbursed_on);
  const std::string defaulted = format_day(row.dates.defaulted_on);
  return RowRejection{RowCode::dates_out_of_order,
                      {fmt::format("defaulted_on {} 早于 disbursed_on {}；违约不能早于放款", defaulted, disbursed),
                       fmt::format("defaulted_on {} is before disbursed_on {}; a loan cannot default before it is disbursed", defaulted,
                                   disbursed)}};
}

std::optional<RowRejection> over_recovered(const ClaimRow& row) {
  if (row.recovered <= row.outstanding) return std::nullopt;
  const std::string recovered = format_yuan(row.recovered);
  const std::string outstanding = format_yuan(row.outstanding);
  return RowRejection{RowCode::recovered_over_outstanding,
                      {fmt::format("recovered_principal {} 大于 outstanding_principal {}；至多相等", recovered, outstanding),
                       fmt::format("recovered_principal {} is over outstanding_principal {}; it may be equal at most", recovered,
                                   outstanding)}};
}

RowRejection not_in_force(const ClaimRow& row, GoverningDate governed_by) {
  const std::string day = format_day(row.dates.on(governed_by).value_or(row.dates.disbursed_on));
  return {RowCode::no_policy_in_force,
          {fmt::format("{} 为 {}，当日没有生效的政策版本；请核对日期，或用 --policy 提供当时的版本", name_of(governed_by), day),
           fmt::format("{} is {}, and no policy version is in force on that day; check the date or give its version with --policy",
                       name_of(governed_by), day)}};
}

}  // namespace talent_loan
