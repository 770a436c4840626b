#include "core/settlement/claim_split.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace talent_loan {
namespace {

bool has_ceiling_of_a_year(const Share& share) { return share.per_year_at_most.has_value(); }

std::string plain_key(const Share& share) {
  std::string key;
  for (const ShareMember& member : share.members) key += (key.empty() ? "" : "+") + member.payer.text();
  if (share.reimburses) key += ">" + share.reimburses->text();
  return key;
}

// What a payer takes over from others (positive) or has taken over from it (negative).
Fen taken_over(const PayerAmount& payer) { return payer.bears - payer.pays; }

}  // namespace

Fen ClaimSplit::paid() const {
  Fen sum;
  for (const PayerAmount& payer : payers) sum += payer.pays;
  return sum;
}

std::string share_key(const PolicyVersion& version, std::size_t share) {
  const std::vector<Share>& shares = version.compensation.shares;
  const std::string key = plain_key(shares.at(share));
  const auto alike = std::count_if(shares.begin(), shares.begin() + static_cast<std::ptrdiff_t>(share),
                                   [&](const Share& other) { return plain_key(other) == key; });
  return alike == 0 ? key : fmt::format("{}#{}", key, alike + 1);
}

ClaimSplitter::ClaimSplitter(const PolicyVersion& version) : version_(version) {
  const auto& shares = version.compensation.shares;
  for (std::size_t i = 0; i < shares.size(); ++i) keys_.push_back(share_key(version, i));
  if (std::any_of(shares.begin(), shares.end(), has_ceiling_of_a_year)) capped_ = std::make_unique<PolicyVersion>(version);
  splitter_ = std::make_unique<LossSplitter>(capped_ ? *capped_ : version);
}

Fen ClaimSplitter::split(const LoanFacts& facts, Fen loss, Fen covered, const ShareUse& used, Fen* amounts) {
  const std::vector<Share>& shares = version_.compensation.shares;
  const std::size_t count = payers().size();
  if (capped_) {
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (!shares[i].per_year_at_most) continue;
      const auto found = used.find(keys_[i]);
      const Fen left = std::max(Fen(), *shares[i].per_year_at_most - (found == used.end() ? Fen() : found->second));
      Share& capped = capped_->compensation.shares[i];
      capped.per_claim_at_most = shares[i].per_claim_at_most ? std::min(*shares[i].per_claim_at_most, left) : left;
    }
    std::fill_n(amounts + 2 * count, keys_.size(), Fen());
  }
  const Fen left_to_bank = splitter_->split(facts, covered, amounts, amounts + count, capped_ ? amounts + 2 * count : nullptr);
  return left_to_bank + (loss - covered);
}

ClaimSplit ClaimSplitter::split(const LoanFacts& facts, Fen loss, Fen covered, const ShareUse& used) {
  std::vector<Fen> amounts(amounts_of_claim());
  ClaimSplit split{.version = &version_, .principal_loss = loss, .payers = {}, .bank_bears = {}};
  split.bank_bears = this->split(facts, loss, covered, used, amounts.data());
  const std::size_t count = payers().size();
  for (std::size_t i = 0; i < count; ++i) split.payers.push_back({payers()[i], amounts[i], amounts[count + i]});
  split.share_amounts.assign(amounts.begin() + static_cast<std::ptrdiff_t>(2 * count), amounts.end());
  return split;
}

void ClaimSplitter::count(const ClaimSplit& split, ShareUse& used) const {
  for (std::size_t i = 0; i < split.share_amounts.size(); ++i) {
    if (has_ceiling_of_a_year(version_.compensation.shares[i])) used[keys_[i]] += split.share_amounts[i];
  }
}

void ClaimSplitter::uncount(const ClaimSplit& split, ShareUse& used) const {
  for (std::size_t i = 0; i < split.share_amounts.size(); ++i) {
    if (has_ceiling_of_a_year(version_.compensation.shares[i])) used[keys_[i]] -= split.share_amounts[i];
  }
}

void ClaimSplitter::count(const Fen* amounts, ShareUse& used) const {
  if (!capped_) return;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (has_ceiling_of_a_year(version_.compensation.shares[i])) used[keys_[i]] += amounts[2 * payers().size() + i];
  }
}

std::vector<Fen> apportion(Fen total, const std::vector<Fen>& weights) {
  FenSum sum;
  for (const Fen weight : weights) sum += weight;
  const Int128 whole = sum.count();
  std::vector<Fen> parts;
  std::vector<Int128> remainders;
  Fen left = total;
  for (const Fen weight : weights) {
    const Int128 product = Int128{total.count()} * weight.count();
    parts.emplace_back(static_cast<std::int64_t>(product / whole));
    remainders.push_back(product % whole);
    left -= parts.back();
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; i < static_cast<std::size_t>(left.count()); ++i) parts[order[i]] += Fen(1);
  return parts;
}

ClaimSplit cut_down(const ClaimSplit& split, Fen paid) {
  const Fen before = split.paid();
  ClaimSplit cut = split;
  if (before == Fen() || paid == before) return cut;
  std::vector<Fen> weights;
  for (const PayerAmount& payer : split.payers) weights.push_back(payer.pays);
  const std::vector<Fen> pays = apportion(paid, weights);
  Fen to_take_over;  // by the payers that reimburse, from those that are reimbursed
  for (std::size_t i = 0; i < pays.size(); ++i) {
    cut.payers[i].pays = cut.payers[i].bears = pays[i];
    const Fen taken = taken_over(split.payers[i]);
    if (taken <= Fen()) continue;
    const Fen floored = floor_part(taken, paid.count(), before.count());
    cut.payers[i].bears += floored;
    to_take_over += floored;
  }
  for (std::size_t i = 0; i < pays.size(); ++i) {
    const Fen given_up = Fen() - taken_over(split.payers[i]);
    if (given_up <= Fen()) continue;
    // Floors of the parts can fall short of the floor of the sum: a reimbursed payer may give up one fen more.
    const Fen most = std::min(to_take_over, cut.payers[i].bears);
    const Fen part = std::min(most, floor_part(given_up, paid.count(), before.count()) + Fen(1));
    cut.payers[i].bears -= part;
    to_take_over -= part;
  }
  // What nobody could give up, the payers that reimburse do not take over.
  for (std::size_t i = pays.size(); i-- > 0 && to_take_over > Fen();) {
    const Fen less = std::clamp(cut.payers[i].bears - cut.payers[i].pays, Fen(), to_take_over);
    cut.payers[i].bears -= less;
    to_take_over -= less;
  }
  cut.bank_bears = split.principal_loss - paid;
  for (Fen& amount : cut.share_amounts) amount = floor_part(amount, paid.count(), before.count());
  Fen borne = cut.bank_bears;
  for (const PayerAmount& payer : cut.payers) borne += payer.bears;
  if (borne != split.principal_loss) {
    throw Failure({"按比例拆分后合计不等于损失", "a split in proportion does not add up to the loss"},
                  {"这是程序错误，请报告", "this is an error of the program; please report it"});
  }
  return cut;
}

}  // namespace talent_loan
