// The arithmetic of the model, spelled out from the policy's words.
#include <algorithm>

#include "tests/simulator/model.hpp"

namespace talent_loan::simulator {
namespace {

// ⌊amount × part ÷ whole⌋ of what is not negative.
std::int64_t floor_of(std::int64_t amount, std::int64_t part, std::int64_t whole) { return static_cast<std::int64_t>(Wide{amount} * part / whole); }

std::int64_t ratio_for(const ShareRule& share, const ModelLoan& loan) {
  std::int64_t ratio = share.ratio;
  if (share.small_loans && loan.amount <= share.small_loans->first) ratio = share.small_loans->second;
  if (loan.key_tag) ratio += share.bonus_of_tag;
  return std::min<std::int64_t>(ratio, 100'00);
}

}  // namespace

std::string share_name(const VersionRule& version, std::size_t share) {
  const auto plain = [](const ShareRule& rule) {
    std::string name;
    for (const auto& [payer, part] : rule.members) name += payer + "/";
    return name + rule.reimburses.value_or("-");
  };
  std::string name = plain(version.shares[share]);
  for (std::size_t i = 0; i < share; ++i) {
    if (plain(version.shares[i]) == plain(version.shares[share])) name += "'";
  }
  return name;
}

ModelLine split_loss(const VersionRule& version, const ModelLoan& loan, std::int64_t loss, std::int64_t covered,
                     const std::map<std::string, std::int64_t>& used) {
  ModelLine line{.version = version.id, .loss = loss, .payers = {}, .bank_bears = loss, .shares = std::vector<std::int64_t>(version.shares.size())};
  for (const std::string& payer : version.payers()) line.payers[payer];
  std::int64_t room = floor_of(covered, version.ceiling, 100'00);
  const auto wanted = [&](std::size_t i) {
    const ShareRule& share = version.shares[i];
    std::int64_t amount = floor_of(covered, ratio_for(share, loan), 100'00);
    if (share.per_claim) amount = std::min(amount, *share.per_claim);
    if (share.per_year) {
      const auto before = used.find(share_name(version, i));
      amount = std::min(amount, std::max<std::int64_t>(0, *share.per_year - (before == used.end() ? 0 : before->second)));
    }
    return amount;
  };
  for (std::size_t i = 0; i < version.shares.size(); ++i) {
    const ShareRule& share = version.shares[i];
    if (share.reimburses) continue;
    const std::int64_t amount = std::min(wanted(i), room);
    room -= amount;
    line.bank_bears -= amount;
    line.shares[i] = amount;
    std::int64_t parts = 0, others = 0;
    for (const auto& [payer, part] : share.members) parts += part;
    for (std::size_t m = 1; m < share.members.size(); ++m) {
      const std::int64_t of_member = floor_of(amount, share.members[m].second, parts);
      line.payers[share.members[m].first].pays += of_member;
      others += of_member;
    }
    line.payers[share.members.front().first].pays += amount - others;
  }
  for (auto& [payer, amounts] : line.payers) amounts.bears = amounts.pays;
  for (std::size_t i = 0; i < version.shares.size(); ++i) {
    const ShareRule& share = version.shares[i];
    if (!share.reimburses) continue;
    const std::int64_t amount = std::min(wanted(i), line.payers[*share.reimburses].bears);
    line.shares[i] = amount;
    line.payers[*share.reimburses].bears -= amount;
    line.payers[share.members.front().first].bears += amount;
  }
  return line;
}

std::vector<std::int64_t> in_proportion(std::int64_t total, const std::vector<std::int64_t>& weights) {
  std::int64_t whole = 0;
  for (const std::int64_t weight : weights) whole += weight;
  std::vector<std::int64_t> parts;
  std::int64_t left = total;
  for (const std::int64_t weight : weights) parts.push_back(floor_of(total, weight, whole)), left -= parts.back();
  std::set<std::size_t> given;
  for (; left > 0; --left) {
    std::size_t best = weights.size();
    Wide most = -1;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const Wide remainder = Wide{total} * weights[i] % whole;
      if (!given.contains(i) && remainder > most) best = i, most = remainder;
    }
    given.insert(best);
    ++parts[best];
  }
  return parts;
}

ModelLine paid_in_part(const VersionRule& version, const ModelLine& line, std::int64_t paid) {
  const std::int64_t before = line.paid();
  if (paid == before || before == 0) return line;
  ModelLine cut = line;
  const std::vector<std::string> payers = version.payers();
  std::vector<std::int64_t> weights;
  for (const std::string& payer : payers) weights.push_back(line.payers.at(payer).pays);
  const std::vector<std::int64_t> parts = in_proportion(paid, weights);
  for (std::size_t i = 0; i < payers.size(); ++i) cut.payers[payers[i]] = {parts[i], parts[i]};
  for (const ShareRule& share : version.shares) {
    if (!share.reimburses) continue;
    const std::string& payer = share.members.front().first;
    const std::int64_t taken = floor_of(line.payers.at(payer).bears - line.payers.at(payer).pays, paid, before);
    cut.payers[payer].bears += taken;
    cut.payers[*share.reimburses].bears -= taken;
  }
  cut.bank_bears = line.loss - paid;
  for (std::int64_t& amount : cut.shares) amount = floor_of(amount, paid, before);
  return cut;
}

}  // namespace talent_loan::simulator
