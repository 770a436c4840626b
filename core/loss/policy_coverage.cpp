#include "core/loss/policy_coverage.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan {
namespace {

std::string share_path(std::size_t index) {
  return fmt::format("compensation.shares[{}]", index);
}

// A share's most: what it may reach for some loan.
Ratio highest_ratio(const Share& share) {
  Ratio most;
  for (const ConditionalRatio& tier : share.tiers) most = std::max(most, tier.value);
  for (const ConditionalRatio& bonus : share.bonuses) most = most + bonus.value;
  return std::min(most, share.ratio_at_most.value_or(Ratio::percent(100)));
}

// What the shares that always exist may reach together; whether others exclude one another is not known here.
Ratio highest_together(const std::vector<Share>& shares) {
  Ratio sum;
  for (const Share& share : shares) {
    if (!share.reimburses && share.when.unconditional()) sum = sum + highest_ratio(share);
  }
  return sum;
}

bool plain(const std::vector<ConditionalRatio>& tiers) {
  return tiers.size() == 1 && tiers.front().when.unconditional();
}

}  // namespace

void PolicyCoverage::governed(const GoverningDates& dates) {
  const std::optional<Day> day = dates.on(version_.governed_by);
  if (!day) return;
  const Period& period = version_.effective;
  if (*day == period.from.plus_days(-1)) done_.insert("effective.from: the day before");
  if (*day == period.from) done_.insert("effective.from: the day itself");
  if (*day > period.from && period.contains(*day)) done_.insert("effective.from: after it");
  if (period.to && *day == *period.to) done_.insert("effective.to: the day itself");
  if (period.to && *day == period.to->plus_days(1)) done_.insert("effective.to: the day after");
}

void PolicyCoverage::split(const LoanFacts& facts, Fen loss) {
  const auto& shares = version_.compensation.shares;
  Fen room = floor_share(loss, version_.compensation.ceiling);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const bool holds = shares[i].when.holds(facts);
    Fen wanted = holds ? floor_share(loss, shares[i].ratio_for(facts)) : Fen(0);
    if (shares[i].per_claim_at_most) wanted = std::min(wanted, *shares[i].per_claim_at_most);
    const bool short_of_room = !shares[i].reimburses && wanted > room;
    share(shares[i], share_path(i), facts, loss, short_of_room);
    if (!shares[i].reimburses) room -= std::min(wanted, room);
  }
}

void PolicyCoverage::share(const Share& share, const std::string& path, const LoanFacts& facts, Fen loss,
                           bool room_is_short) {
  if (room_is_short) done_.insert("compensation.ceiling: reached");
  if (!share.when.holds(facts)) {
    done_.insert(path + ".when: does not hold");
    return;
  }
  const Ratio ratio = share.ratio_for(facts);
  const Fen amount = floor_share(loss, ratio);
  if (amount > Fen(0)) done_.insert(path);
  Ratio sum;
  for (std::size_t j = 0; j < share.tiers.size(); ++j) {
    if (!share.tiers[j].when.holds(facts)) continue;
    done_.insert(fmt::format("{}.ratio[{}]", path, j));
    sum = share.tiers[j].value;
    break;
  }
  for (std::size_t k = 0; k < share.bonuses.size(); ++k) {
    const bool fits = share.bonuses[k].when.holds(facts);
    done_.insert(fmt::format("{}.plus[{}]: {}", path, k, fits ? "fits" : "does not fit"));
    if (fits) sum = sum + share.bonuses[k].value;
  }
  if (share.ratio_at_most && sum > *share.ratio_at_most) done_.insert(path + ".ratio_at_most: reached");
  if (share.per_claim_at_most && amount > *share.per_claim_at_most)
    done_.insert(path + ".per_claim_at_most: reached");
}

void PolicyCoverage::decided(const ApplicationFacts& facts, const EligibilityDecision& decision) {
  for (const Reason reason : decision.reasons.list())
    done_.insert(fmt::format("eligibility: {}", word(reason)));
  const Limits& limits = version_.limits;
  const FenSum owed = (FenSum{} += facts.balance) += facts.amount;
  if (decision.balance_at_most) {
    const bool talent = facts.kind == BorrowerRule::Kind::talent;
    const bool per_head =
        !talent && limits.per_enterprise_per_talent && decision.balance_at_most != limits.per_enterprise;
    const std::string path = talent     ? "limits.per_talent"
                             : per_head ? "limits.per_enterprise_per_talent"
                                        : "limits.per_enterprise";
    if (owed.count() == decision.balance_at_most->count()) done_.insert(path + ": just reached");
    if (owed.count() == decision.balance_at_most->count() + 1) done_.insert(path + ": over by a fen");
  }
  if (limits.term_months_at_most && facts.term_months) {
    if (*facts.term_months == *limits.term_months_at_most)
      done_.insert("limits.term_months_at_most: just reached");
    if (*facts.term_months == *limits.term_months_at_most + 1)
      done_.insert("limits.term_months_at_most: over by one");
  }
  if (limits.rate_at_most && facts.rate) {
    if (*facts.rate == *limits.rate_at_most) done_.insert("limits.rate_at_most: just reached");
    if (*facts.rate > *limits.rate_at_most) done_.insert("limits.rate_at_most: over");
  }
  if (!decision.eligible()) return;
  if (decision.rule) {
    done_.insert(fmt::format("eligibility.borrowers[{}]", *decision.rule));
    const BorrowerRule& rule = version_.eligibility.borrowers[*decision.rule];
    const bool exactly = rule.tenure_months_at_least &&
                         facts.talents[*decision.listing].tenure_months == *rule.tenure_months_at_least;
    if (exactly)
      done_.insert(
          fmt::format("eligibility.borrowers[{}].tenure_months_at_least: just reached", *decision.rule));
  }
  done_.insert(fmt::format("eligibility.purposes: {}", facts.purpose));
}

void PolicyCoverage::triggered(std::optional<std::int64_t> overdue_days,
                               std::optional<LoanClass> loan_class) {
  const Trigger& trigger = version_.compensation.trigger;
  if (trigger.overdue_days_over && overdue_days) {
    if (*overdue_days == *trigger.overdue_days_over)
      done_.insert("compensation.trigger.overdue_days_over: just not");
    if (*overdue_days == *trigger.overdue_days_over + 1)
      done_.insert("compensation.trigger.overdue_days_over: just over");
  }
  if (trigger.class_at_least && loan_class) {
    if (*loan_class == *trigger.class_at_least) done_.insert("compensation.trigger.class_at_least: reached");
    if (*loan_class < *trigger.class_at_least)
      done_.insert("compensation.trigger.class_at_least: not reached");
  }
}

std::vector<std::string> PolicyCoverage::eligibility_rules() const {
  const Eligibility& eligibility = version_.eligibility;
  std::vector<std::string> out;
  for (std::size_t i = 0; eligibility.require_registry && i < eligibility.borrowers.size(); ++i) {
    out.push_back(fmt::format("eligibility.borrowers[{}]", i));
    if (eligibility.borrowers[i].tenure_months_at_least) {
      out.push_back(fmt::format("eligibility.borrowers[{}].tenure_months_at_least: just reached", i));
      out.push_back("eligibility: TENURE_TOO_SHORT");
    }
    if (eligibility.borrowers[i].kind == BorrowerRule::Kind::employer)
      out.push_back("eligibility: EMPLOYER_NOT_LINKED");
  }
  if (eligibility.require_registry) {
    out.push_back("eligibility: TALENT_NOT_LISTED");
    out.push_back("eligibility: TALENT_NOT_VALID_ON_DATE");
    // Where some rule takes every talent, nobody's level is too low.
    const auto takes_everyone = [](const BorrowerRule& rule) {
      return rule.kind == BorrowerRule::Kind::talent && rule.programmes.empty() &&
             rule.level_at_least.value_or(Level::district) == Level::district;
    };
    const auto asks_level = [](const BorrowerRule& rule) { return rule.level_at_least > Level::district; };
    const auto& rules = eligibility.borrowers;
    if (std::any_of(rules.begin(), rules.end(), asks_level) &&
        std::none_of(rules.begin(), rules.end(), takes_everyone)) {
      out.push_back("eligibility: LEVEL_TOO_LOW");
    }
  }
  for (const std::string& purpose : eligibility.purposes) out.push_back("eligibility.purposes: " + purpose);
  if (!eligibility.purposes.empty()) out.push_back("eligibility: PURPOSE_NOT_COVERED");
  if (eligibility.unsecured) out.push_back("eligibility: COLLATERAL_TAKEN");
  if (eligibility.unguaranteed) out.push_back("eligibility: GUARANTEE_TAKEN");
  if (eligibility.bank_filed) out.push_back("eligibility: BANK_NOT_FILED");
  return out;
}

std::vector<std::string> PolicyCoverage::limit_rules() const {
  const Limits& limits = version_.limits;
  std::vector<std::string> out;
  const auto balance = [&](bool there, const std::string& path) {
    if (!there) return;
    out.push_back(path + ": just reached");
    out.push_back(path + ": over by a fen");
  };
  balance(limits.per_talent.has_value(), "limits.per_talent");
  balance(limits.per_enterprise_per_talent.has_value(), "limits.per_enterprise_per_talent");
  balance(limits.per_enterprise.has_value(), "limits.per_enterprise");
  if (limits.term_months_at_most) {
    out.push_back("limits.term_months_at_most: just reached");
    out.push_back("limits.term_months_at_most: over by one");
  }
  if (limits.rate_at_most) {
    out.push_back("limits.rate_at_most: just reached");
    out.push_back("limits.rate_at_most: over");
  }
  return out;
}

std::vector<std::string> PolicyCoverage::share_rules() const {
  const Compensation& compensation = version_.compensation;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < compensation.shares.size(); ++i) {
    const Share& share = compensation.shares[i];
    const std::string path = share_path(i);
    out.push_back(path);
    if (!share.when.unconditional()) out.push_back(path + ".when: does not hold");
    for (std::size_t j = 0; !plain(share.tiers) && j < share.tiers.size(); ++j)
      out.push_back(fmt::format("{}.ratio[{}]", path, j));
    for (std::size_t k = 0; k < share.bonuses.size(); ++k) {
      out.push_back(fmt::format("{}.plus[{}]: fits", path, k));
      out.push_back(fmt::format("{}.plus[{}]: does not fit", path, k));
    }
    if (share.ratio_at_most) out.push_back(path + ".ratio_at_most: reached");
    if (share.per_claim_at_most) out.push_back(path + ".per_claim_at_most: reached");
  }
  if (highest_together(compensation.shares) > compensation.ceiling)
    out.push_back("compensation.ceiling: reached");
  if (compensation.trigger.overdue_days_over) {
    out.push_back("compensation.trigger.overdue_days_over: just not");
    out.push_back("compensation.trigger.overdue_days_over: just over");
  }
  if (compensation.trigger.class_at_least) {
    out.push_back("compensation.trigger.class_at_least: reached");
    if (*compensation.trigger.class_at_least > LoanClass::normal)
      out.push_back("compensation.trigger.class_at_least: not reached");
  }
  if (compensation.suspend) {
    out.push_back("compensation.suspend: holds");
    out.push_back("compensation.suspend: does not hold");
  }
  return out;
}

std::vector<std::string> PolicyCoverage::missing() const {
  std::vector<std::string> wanted = {"effective.from: the day before", "effective.from: the day itself",
                                     "effective.from: after it"};
  if (version_.effective.to) {
    wanted.push_back("effective.to: the day itself");
    wanted.push_back("effective.to: the day after");
  }
  for (const auto& rules :
       {eligibility_rules(), limit_rules(), share_rules(), std::vector<std::string>{"recovery"}}) {
    for (const std::string& rule : rules) {
      if (std::find(wanted.begin(), wanted.end(), rule) == wanted.end()) wanted.push_back(rule);
    }
  }
  std::erase_if(wanted, [&](const std::string& rule) { return done_.contains(rule); });
  return wanted;
}

}  // namespace talent_loan
