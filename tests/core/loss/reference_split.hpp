// A second, slow splitting of a loss, written from the words of the policy schema and sharing no arithmetic
// with core/loss: exact rationals, payers by name, every step spelled out.
#pragma once

#include <map>
#include <string>

#include <boost/multiprecision/cpp_int.hpp>

#include "core/policy/policy.hpp"

namespace talent_loan::reference {

using Integer = boost::multiprecision::cpp_int;
using Rational = boost::multiprecision::cpp_rational;

struct Split {
  std::map<std::string, Integer> pays;
  std::map<std::string, Integer> bears;
  Integer bank;
};

inline Integer floor(const Rational& value) {
  return numerator(value) / denominator(value);
}
inline Rational fraction(Ratio ratio) {
  return Rational(ratio.hundred_millionths(), 100'000'000);
}

inline bool fits(const Condition& c, const LoanFacts& f) {
  bool fit = true;
  if (c.loan_amount_over)
    fit &= f.loan_amount.has_value() && f.loan_amount->count() > c.loan_amount_over->count();
  if (c.loan_amount_at_most)
    fit &= f.loan_amount.has_value() && f.loan_amount->count() <= c.loan_amount_at_most->count();
  if (c.level_at_least)
    fit &= f.level.has_value() && static_cast<int>(*f.level) >= static_cast<int>(*c.level_at_least);
  if (c.level_at_most)
    fit &= f.level.has_value() && static_cast<int>(*f.level) <= static_cast<int>(*c.level_at_most);
  bool named = c.programmes.empty();
  for (const ProgrammeId& programme : c.programmes) named |= programme.text() == f.programme;
  int tagged = 0;
  int tagged_without = 0;
  for (const std::string& tag : f.tags) {
    tagged += c.tag && tag == *c.tag ? 1 : 0;
    tagged_without += c.without_tag && tag == *c.without_tag ? 1 : 0;
  }
  return fit && named && (!c.tag || tagged > 0) && tagged_without == 0;
}

inline Rational ratio_of(const Share& share, const LoanFacts& facts) {
  Rational ratio = 0;
  bool found = false;
  for (const ConditionalRatio& tier : share.tiers) {
    if (!found && fits(tier.when, facts)) {
      ratio = fraction(tier.value);
      found = true;
    }
  }
  for (const ConditionalRatio& bonus : share.bonuses) {
    if (fits(bonus.when, facts)) ratio += fraction(bonus.value);
  }
  if (share.ratio_at_most && ratio > fraction(*share.ratio_at_most)) ratio = fraction(*share.ratio_at_most);
  return ratio;
}

inline Split split(const PolicyVersion& version, const LoanFacts& facts, Fen loss) {
  const Integer whole = loss.count();
  Split out;
  Integer paid = 0;
  const Integer ceiling = floor(Rational(whole) * fraction(version.compensation.ceiling));
  const auto wanted = [&](const Share& share) -> Integer {
    if (!fits(share.when, facts)) return 0;
    const Integer amount = floor(Rational(whole) * ratio_of(share, facts));
    return share.per_claim_at_most && amount > share.per_claim_at_most->count()
               ? Integer(share.per_claim_at_most->count())
               : amount;
  };
  for (const Share& share : version.compensation.shares) {
    if (share.reimburses) continue;
    Integer amount = wanted(share);
    if (amount > ceiling - paid) amount = ceiling - paid;
    paid += amount;
    Integer parts = 0;
    for (const ShareMember& member : share.members) parts += member.part;
    Integer others = 0;
    for (std::size_t i = share.members.size(); i-- > 1;) {
      const Integer member = floor(Rational(amount * share.members[i].part, parts));
      out.pays[share.members[i].payer.text()] += member;
      others += member;
    }
    out.pays[share.members[0].payer.text()] += amount - others;
  }
  out.bears = out.pays;
  for (const Share& share : version.compensation.shares) {
    if (!share.reimburses) continue;
    Integer amount = wanted(share);
    Integer& relieved = out.bears[share.reimburses->text()];
    if (amount > relieved) amount = relieved;
    relieved -= amount;
    out.bears[share.members[0].payer.text()] += amount;
  }
  out.bank = whole - paid;
  return out;
}

}  // namespace talent_loan::reference
