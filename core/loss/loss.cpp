#include "core/loss/loss.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan {

Fen principal_loss(Fen outstanding, Fen recovered) {
  return outstanding - recovered;
}

LossSplitter::LossSplitter(const PolicyVersion& version) : version_(version), payers_(version.payers()) {
  const auto index = [&](const PayerId& payer) {
    return static_cast<std::size_t>(std::find(payers_.begin(), payers_.end(), payer) - payers_.begin());
  };
  for (const Share& share : version.compensation.shares) {
    Part part{.share = &share,
              .members = {},
              .parts = 0,
              .reimbursed = 0,
              .constant = {},
              .always = share.when.unconditional()};
    for (const ShareMember& member : share.members) {
      part.members.push_back({index(member.payer), member.part});
      part.parts += member.part;
    }
    const auto plain = [](const ConditionalRatio& ratio) { return ratio.when.unconditional(); };
    if (std::all_of(share.tiers.begin(), share.tiers.end(), plain) &&
        std::all_of(share.bonuses.begin(), share.bonuses.end(), plain)) {
      part.constant = share.ratio_for({});
    }
    if (share.reimburses) part.reimbursed = index(*share.reimburses);
    (share.reimburses ? reimbursing_ : direct_).push_back(std::move(part));
  }
}

Fen LossSplitter::share_amount(const Part& part, const LoanFacts& facts, Fen loss, Fen at_most) const {
  if (!part.always && !part.share->when.holds(facts)) return Fen(0);
  const Fen amount = floor_share(loss, part.constant ? *part.constant : part.share->ratio_for(facts));
  const Fen capped =
      part.share->per_claim_at_most ? std::min(amount, *part.share->per_claim_at_most) : amount;
  return std::min(capped, at_most);
}

Fen LossSplitter::split(const LoanFacts& facts, Fen loss, Fen* pays, Fen* bears, Fen* amounts) const {
  const Share* const first_share = version_.compensation.shares.data();
  std::fill_n(pays, payers_.size(), Fen(0));
  Fen room = floor_share(loss, version_.compensation.ceiling);
  Fen bank_bears = loss;
  for (const Part& part : direct_) {
    const Fen amount = share_amount(part, facts, loss, room);
    if (amounts != nullptr) amounts[part.share - first_share] = amount;
    room -= amount;
    bank_bears -= amount;
    Fen rest = amount;  // every member but the first is floored; the first takes the rest
    for (std::size_t i = 1; i < part.members.size(); ++i) {
      const Fen member = floor_part(amount, part.members[i].part, part.parts);
      pays[part.members[i].payer] += member;
      rest -= member;
    }
    pays[part.members.front().payer] += rest;
  }
  std::copy_n(pays, payers_.size(), bears);
  for (const Part& part : reimbursing_) {
    const Fen amount = share_amount(part, facts, loss, bears[part.reimbursed]);
    if (amounts != nullptr) amounts[part.share - first_share] = amount;
    bears[part.members.front().payer] += amount;
    bears[part.reimbursed] -= amount;
  }
  check(loss, pays, bears, bank_bears);
  return bank_bears;
}

// Asserted in every build: a wrong fen that leaves here is booked and paid.
void LossSplitter::check(Fen loss, const Fen* pays, const Fen* bears, Fen bank_bears) const {
  Fen paid;
  Fen borne;
  bool negative = bank_bears.negative();
  for (std::size_t i = 0; i < payers_.size(); ++i) {
    paid += pays[i];
    borne += bears[i];
    negative = negative || pays[i].negative() || bears[i].negative();
  }
  if (!negative && paid + bank_bears == loss && borne + bank_bears == loss) return;
  const std::string& version = version_.version.text();
  throw Failure(
      {fmt::format("政策 {} 拆分 {} 元后合计不等于损失", version, format_yuan(loss)),
       fmt::format("splitting {} under {} does not add up to the loss", format_yuan(loss), version)},
      {"这是程序错误，请报告", "this is an error of the program; please report it"});
}

LossSplit split_loss(const PolicyVersion& version, const LoanFacts& facts, Fen loss) {
  const LossSplitter splitter(version);
  const std::size_t count = splitter.payers().size();
  std::vector<Fen> pays(count);
  std::vector<Fen> bears(count);
  LossSplit out{.principal_loss = loss,
                .payers = {},
                .bank_bears = splitter.split(facts, loss, pays.data(), bears.data())};
  for (std::size_t i = 0; i < count; ++i) out.payers.push_back({splitter.payers()[i], pays[i], bears[i]});
  return out;
}

}  // namespace talent_loan
