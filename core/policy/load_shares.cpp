#include <algorithm>

#include <fmt/format.h>

#include "core/policy/load_parts.hpp"

namespace talent_loan {
namespace {

// Of shares, members, tiers and bonuses: far above any document, and the work per claim stays bounded.
constexpr std::size_t parts_at_most = 100;

// `bank_bears` is a column of its own in every result.
std::optional<PayerId> read_payer(const YamlValue& value) {
  const auto payer = value.word();
  if (!payer) return std::nullopt;
  if (*payer == "bank") {
    value.complain(
        {"bank 作为出资方", "bank as a payer"}, {"财政出资方的名称", "the name of a public payer"},
        {"银行自动承担余下部分，不必写出", "the bank bears the rest by itself and is not written"});
    return std::nullopt;
  }
  return PayerId(*payer);
}

std::vector<ShareMember> read_members(const YamlMap& share) {
  std::vector<ShareMember> out;
  const YamlValue among = share.optional("among");
  if (!among.present()) {
    if (const auto payer = read_payer(share.required("payer"))) out.push_back({*payer, 1});
    return out;
  }
  if (share.has("payer")) {
    among.complain({"payer 与 among 同时出现", "both payer and among"}, {"其中一个", "one of them"});
  }
  for (const YamlValue& item : among.filled_list(parts_at_most)) {
    const YamlMap map = item.map({"payer", "part"});
    const auto payer = read_payer(map.required("payer"));
    const auto part = map.required("part").integer(1, 1'000'000);
    if (!payer || !part) continue;
    const auto named = [&](const ShareMember& member) { return member.payer == *payer; };
    if (std::any_of(out.begin(), out.end(), named)) {
      item.complain({fmt::format("出资方 {} 重复", payer->text()),
                     fmt::format("the payer {} a second time", payer->text())},
                    {}, {"合并为一项", "write it as one"});
    }
    out.push_back({*payer, *part});
  }
  return out;
}

ConditionalRatio read_conditional(const YamlValue& item, PolicyWarnings& warnings) {
  const YamlMap map = item.map(condition_keys({"value"}));
  ConditionalRatio out;
  out.when = read_condition(map, warnings);
  out.value = map.required("value").percent().value_or(Ratio());
  return out;
}

std::vector<ConditionalRatio> read_tiers(const YamlValue& ratio, PolicyWarnings& warnings) {
  std::vector<ConditionalRatio> out;
  if (!ratio.is_list()) {
    if (const auto plain = ratio.percent()) out.push_back({{}, *plain});
    return out;
  }
  bool closed = false;
  for (const YamlValue& item : ratio.filled_list(parts_at_most)) {
    if (closed) {
      warn(warnings, item,
           {"前一档没有条件，此档永远用不到",
            "the tier before has no condition, so this one is never reached"},
           {"请调整顺序", "change the order"});
    }
    out.push_back(read_conditional(item, warnings));
    closed = closed || out.back().when.unconditional();
  }
  return out;
}

// The payer that is reimbursed must have paid or borne something before.
std::optional<PayerId> read_reimbursed(const YamlMap& share, const std::vector<std::string>& earlier) {
  const YamlValue value = share.optional("reimburses");
  const auto payer = value.word();
  if (!payer) return std::nullopt;
  if (share.has("among")) {
    value.complain({"reimburses 与 among 同时出现", "both reimburses and among"}, {"其中一个", "one of them"},
                   {"请为每个出资方各写一条", "write one share per payer"});
  }
  std::vector<std::string> others = earlier;
  std::erase(others, share.optional("payer").text().value_or(""));
  if (std::find(others.begin(), others.end(), *payer) == others.end()) {
    const std::string near = nearest_word(*payer, others);
    value.complain({fmt::format("{} 不是前面的出资方", quoted(*payer)),
                    fmt::format("{} is no earlier payer", quoted(*payer))},
                   others.empty() ? Text{"（前面没有别的出资方）", "(there is no other payer before)"}
                                  : verbatim(fmt::format("{}", fmt::join(others, ", "))),
                   near.empty()
                       ? Text{}
                       : Text{fmt::format("是否应为 {}", near), fmt::format("did you mean {}?", near)});
  }
  return PayerId(*payer);
}

Share read_share(const YamlValue& value, const std::vector<std::string>& earlier, PolicyWarnings& warnings) {
  const YamlMap map = value.map({"payer", "among", "ratio", "plus", "ratio_at_most", "when", "reimburses",
                                 "per_claim_at_most", "per_year_at_most", "cite"});
  Share share;
  share.members = read_members(map);
  share.tiers = read_tiers(map.required("ratio"), warnings);
  if (const YamlValue plus = map.optional("plus"); plus.present()) {
    for (const YamlValue& item : plus.filled_list(parts_at_most))
      share.bonuses.push_back(read_conditional(item, warnings));
  }
  share.ratio_at_most = map.optional("ratio_at_most").percent();
  share.per_claim_at_most = map.optional("per_claim_at_most").yuan();
  share.per_year_at_most = map.optional("per_year_at_most").yuan();
  if (const YamlValue when = map.optional("when"); when.present()) {
    share.when = read_condition(when.map(condition_keys()), warnings);
  }
  share.reimburses = read_reimbursed(map, earlier);
  share.cite = read_cite(map, true, warnings);
  return share;
}

}  // namespace

std::vector<Share> read_shares(const YamlValue& value, PolicyWarnings& warnings) {
  std::vector<Share> out;
  std::vector<std::string> earlier;
  for (const YamlValue& item : value.filled_list(parts_at_most)) {
    out.push_back(read_share(item, earlier, warnings));
    for (const ShareMember& member : out.back().members) {
      const std::string& payer = member.payer.text();
      if (std::find(earlier.begin(), earlier.end(), payer) == earlier.end()) earlier.push_back(payer);
    }
  }
  return out;
}

}  // namespace talent_loan
