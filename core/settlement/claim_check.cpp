#include "core/settlement/claim_check.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/loss/loss.hpp"
#include "core/policy/eligibility_rules.hpp"

namespace talent_loan {
namespace {

constexpr std::array<std::string_view, 10> code_words{
    "DATES_OUT_OF_ORDER", "RECOVERED_OVER_OUTSTANDING", "NO_POLICY_IN_FORCE", "LOAN_UNKNOWN",  "LOAN_NOT_ELIGIBLE",
    "TRIGGER_NOT_MET",    "BALANCE_MISMATCH",           "ALREADY_COMPENSATED", "BANK_SUSPENDED", "CLAIM_WINDOW_CLOSED"};

ClaimRejection recovered_over(const ClaimCase& claim) {
  return {ClaimCode::recovered_over_outstanding,
          {fmt::format("已收回本金 {} 超过未还本金 {}", format_yuan(claim.recovered_principal), format_yuan(claim.outstanding_principal)),
           fmt::format("recovered {} is above the outstanding {}", format_yuan(claim.recovered_principal),
                       format_yuan(claim.outstanding_principal))}};
}

ClaimRejection out_of_order(const ClaimCase& claim, Day disbursed_on) {
  return {ClaimCode::dates_out_of_order,
          {fmt::format("放款 {}、违约 {}、申报 {} 应依次不早于前一日期", format_day(disbursed_on), format_day(claim.defaulted_on),
                       format_day(claim.claimed_on)),
           fmt::format("disbursed {}, defaulted {}, claimed {}: none may come before the one before it", format_day(disbursed_on),
                       format_day(claim.defaulted_on), format_day(claim.claimed_on))}};
}

ClaimRejection not_eligible(std::string chinese, std::string english) {
  return {ClaimCode::loan_not_eligible, {std::move(chinese), std::move(english)}};
}

ClaimRejection not_eligible(Reason reason) {
  const Text why = sentence(reason);
  return not_eligible(fmt::format("贷款不符合条件（{}）：{}", word(reason), why.chinese),
                      fmt::format("the loan is not eligible ({}): {}", word(reason), why.english));
}

// Of a loan handed over without an application, what verification would have asked of any scheme.
std::optional<Reason> unverified_reason(const Eligibility& rules, const LoanTerms& loan) {
  const auto& purposes = rules.purposes;
  if (!purposes.empty() && !loan.purpose.empty() && std::find(purposes.begin(), purposes.end(), loan.purpose) == purposes.end()) {
    return Reason::purpose_not_covered;
  }
  if (rules.unsecured && loan.secured) return Reason::collateral_taken;
  if (rules.unguaranteed && loan.guaranteed) return Reason::guarantee_taken;
  return std::nullopt;
}

// A clause behind what it is about; nothing where the policy cites none.
Text cited(const std::string& cite) {
  if (cite.empty()) return {};
  return {fmt::format("（{}）", cite), fmt::format(" ({})", cite)};
}

ClaimRejection trigger_not_met(const Trigger& trigger, const ClaimedLoan& state) {
  const Text is = class_name(state.loan_class), wanted = trigger_name(trigger), clause = cited(trigger.cite);
  return {ClaimCode::trigger_not_met,
          {fmt::format("申报日逾期 {} 天、分类 {}，未达到补偿条件：{}{}", state.overdue_days, is.chinese, wanted.chinese, clause.chinese),
           fmt::format("{} days overdue and {} on the day of the claim do not meet the trigger: {}{}", state.overdue_days, is.english,
                       wanted.english, clause.english)}};
}

// Whether non-performing ÷ balance is above the ratio, without dividing.
bool ratio_over(const BankPortfolio& portfolio, Ratio ratio) {
  return portfolio.non_performing.count() * Ratio::one > portfolio.balance.count() * ratio.hundred_millionths();
}

}  // namespace

std::string_view word(ClaimCode code) { return code_words.at(static_cast<std::size_t>(code) - 1); }

std::variant<ClaimAcceptance, ClaimRejection> ClaimChecker::check(const ClaimCase& given) {
  const ClaimedLoan& loan = given.loan;
  const bool known = loan.terms != nullptr;
  if ((known && given.defaulted_on < loan.disbursed_on) || given.claimed_on < given.defaulted_on) {
    return out_of_order(given, known ? loan.disbursed_on : given.defaulted_on);
  }
  if (given.recovered_principal > given.outstanding_principal) return recovered_over(given);
  if (!known) {
    return ClaimRejection{ClaimCode::loan_unknown,
                          {fmt::format("贷款台账中没有该行的贷款 {}", quoted(given.loan_id)),
                           fmt::format("the loan book has no loan {} of this bank", quoted(given.loan_id))}};
  }
  const PolicyVersion* version = rules_.policies->governing(rules_.scheme, {loan.disbursed_on, given.defaulted_on, given.claimed_on});
  if (version == nullptr) {
    return ClaimRejection{ClaimCode::no_policy_in_force,
                          {fmt::format("放款 {}、违约 {}：当日没有生效的政策版本；请核对日期，或提供当时的版本", format_day(loan.disbursed_on), format_day(given.defaulted_on)),
                           fmt::format("disbursed {}, defaulted {}: no policy version was in force; check the dates or provide the version of that time", format_day(loan.disbursed_on),
                                       format_day(given.defaulted_on))}};
  }
  const Fen covered = given.covered(version->limits);
  if (auto rejection = check_eligible(*version, given, covered)) return *rejection;
  if (auto rejection = check_book(*version, given)) return *rejection;
  if (auto rejection = check_bank(*version, given)) return *rejection;
  const Fen loss = principal_loss(given.outstanding_principal, given.recovered_principal);
  return ClaimAcceptance{version, loss, std::min(loss, covered)};
}

std::optional<ClaimRejection> ClaimChecker::check_eligible(const PolicyVersion& version, const ClaimCase& given, Fen covered) {
  const LoanTerms& terms = *given.loan.terms;
  if (!terms.decided) {
    if (version.eligibility.require_registry) {
      return not_eligible("贷款没有资格认定结果", "the loan rests on no decision of eligibility");
    }
    if (const auto reason = unverified_reason(version.eligibility, terms)) return not_eligible(*reason);
  }
  if (version.eligibility.bank_filed && !rules_.bank_filed(given.bank, given.loan.disbursed_on)) return not_eligible(Reason::bank_not_filed);
  const Limits& limits = version.limits;
  if (limits.over == Limits::Over::refuse && covered < given.loan.amount) {
    return not_eligible(terms.borrower_kind == BorrowerKind::talent ? Reason::over_talent_limit : Reason::over_enterprise_limit);
  }
  if (limits.term_months_at_most && terms.term_months && *terms.term_months > *limits.term_months_at_most) {
    return not_eligible(Reason::term_too_long);
  }
  if (limits.rate_at_most && terms.rate && *terms.rate > *limits.rate_at_most) return not_eligible(Reason::rate_too_high);
  return std::nullopt;
}

std::optional<ClaimRejection> ClaimChecker::check_book(const PolicyVersion& version, const ClaimCase& given) {
  const ClaimedLoan& state = given.loan;
  if (!version.compensation.trigger.holds(state.overdue_days, state.loan_class)) {
    return trigger_not_met(version.compensation.trigger, state);
  }
  if (state.outstanding_principal != given.outstanding_principal || state.recovered_principal > given.recovered_principal) {
    return ClaimRejection{
        ClaimCode::balance_mismatch,
        {fmt::format("申报未还本金 {}、已收回 {}；台账为 {}、{}", format_yuan(given.outstanding_principal),
                     format_yuan(given.recovered_principal), format_yuan(state.outstanding_principal), format_yuan(state.recovered_principal)),
         fmt::format("the claim says outstanding {}, recovered {}; the loan book says {}, {}", format_yuan(given.outstanding_principal),
                     format_yuan(given.recovered_principal), format_yuan(state.outstanding_principal),
                     format_yuan(state.recovered_principal))}};
  }
  if (!given.compensated_in.empty()) {
    return ClaimRejection{ClaimCode::already_compensated,
                          {fmt::format("该贷款已在批次 {} 中补偿", given.compensated_in),
                           fmt::format("the loan is compensated in batch {}", given.compensated_in)}};
  }
  return std::nullopt;
}

std::optional<ClaimRejection> ClaimChecker::check_bank(const PolicyVersion& version, const ClaimCase& given) {
  if (const auto& suspend = version.compensation.suspend) {
    const BankPortfolio& book = portfolio(given.bank);
    const bool large_enough = !suspend->balance_at_least || book.balance.count() >= suspend->balance_at_least->count();
    if (large_enough && ratio_over(book, suspend->npl_ratio_over)) {
      const Text clause = cited(suspend->cite);
      const std::string most = format_percent(suspend->npl_ratio_over);
      return ClaimRejection{ClaimCode::bank_suspended,
                            {fmt::format("该行人才贷余额 {} 中不良 {}，超过 {}，暂停补偿{}", format_yuan(book.balance),
                                         format_yuan(book.non_performing), most, clause.chinese),
                             fmt::format("of the bank's balance of {} {} is non-performing, over {}: suspended{}", format_yuan(book.balance),
                                         format_yuan(book.non_performing), most, clause.english)}};
    }
  }
  if (rules_.claim_window_days && given.claimed_on > given.defaulted_on.plus_days(*rules_.claim_window_days)) {
    return ClaimRejection{ClaimCode::claim_window_closed,
                          {fmt::format("违约 {} 后应在 {} 天内申报，实际 {}", format_day(given.defaulted_on), *rules_.claim_window_days,
                                       format_day(given.claimed_on)),
                           fmt::format("defaulted {}: to be claimed within {} days, was claimed {}", format_day(given.defaulted_on),
                                       *rules_.claim_window_days, format_day(given.claimed_on))}};
  }
  return std::nullopt;
}

const BankPortfolio& ClaimChecker::portfolio(const BankId& bank) {
  const auto found = portfolios_.find(bank);
  if (found != portfolios_.end()) return found->second;
  return portfolios_.emplace(bank, portfolio_of(transaction_, bank, rules_.as_of)).first->second;
}

}  // namespace talent_loan
