#include "core/report/policy_words.hpp"

#include <array>

#include <fmt/format.h>

namespace talent_loan {
namespace {

struct Word {
  std::string_view word;
  std::string_view chinese;
};

// Payers and purposes that policies commonly name. Any other is shown as written.
constexpr std::array<Word, 4> payer_words{
    {{"state", "中央财政"}, {"province", "省级财政"}, {"city", "市级财政"}, {"district", "区县财政"}}};
constexpr std::array<Word, 2> purpose_words{
    {{"commercialisation", "科技成果转化"}, {"innovation", "创新创业"}}};

template <std::size_t size>
std::string_view chinese_of(std::string_view word, const std::array<Word, size>& words) {
  for (const Word& entry : words) {
    if (entry.word == word) return entry.chinese;
  }
  return {};
}

void append(Text& out, const Text& more) {
  out.chinese += (out.chinese.empty() ? "" : "，") + more.chinese;
  out.english += (out.english.empty() ? "" : ", ") + more.english;
}

}  // namespace

Text level_name(Level level) {
  switch (level) {
    case Level::district:
      return {"区县级", "district"};
    case Level::municipal:
      return {"市级", "municipal"};
    case Level::provincial:
      return {"省级", "provincial"};
    case Level::national:
      return {"国家级", "national"};
  }
  return {};
}

Text governing_date_name(GoverningDate date) {
  switch (date) {
    case GoverningDate::disbursed_on:
      return {"放款日", "the day of disbursement"};
    case GoverningDate::defaulted_on:
      return {"违约日", "the day of default"};
    case GoverningDate::claimed_on:
      return {"补偿申请日", "the day of the claim"};
  }
  return {};
}

Text purpose_name(std::string_view purpose) {
  const std::string_view chinese = chinese_of(purpose, purpose_words);
  return {std::string(chinese.empty() ? purpose : chinese), std::string(purpose)};
}

Text payer_name(const PayerId& payer) {
  const std::string_view chinese = chinese_of(payer.text(), payer_words);
  return {chinese.empty() ? payer.text() : fmt::format("{}（{}）", chinese, payer.text()), payer.text()};
}

Text period_name(const Period& period) {
  const std::string from = format_day(period.from);
  if (!period.to) return {from + " 起", "from " + from};
  return {fmt::format("{} 至 {}", from, format_day(*period.to)),
          fmt::format("{} to {}", from, format_day(*period.to))};
}

Text condition_name(const Condition& condition) {
  Text out;
  if (condition.loan_amount_over) {
    const std::string yuan = format_yuan(*condition.loan_amount_over);
    append(out, {fmt::format("贷款额超过 {} 元", yuan), fmt::format("loans over {} yuan", yuan)});
  }
  if (condition.loan_amount_at_most) {
    const std::string yuan = format_yuan(*condition.loan_amount_at_most);
    append(out, {fmt::format("贷款额至多 {} 元", yuan), fmt::format("loans of at most {} yuan", yuan)});
  }
  if (condition.level_at_least) {
    const Text level = level_name(*condition.level_at_least);
    append(out, {fmt::format("{}及以上人才", level.chinese),
                 fmt::format("talents of {} level or above", level.english)});
  }
  if (condition.level_at_most) {
    const Text level = level_name(*condition.level_at_most);
    const bool lowest = *condition.level_at_most == Level::district;
    append(out, {level.chinese + (lowest ? "人才" : "及以下人才"),
                 fmt::format("talents of {} level{}", level.english, lowest ? "" : " or below")});
  }
  if (!condition.programmes.empty()) {
    std::string names;
    for (const ProgrammeId& programme : condition.programmes)
      names += (names.empty() ? "" : "、") + programme.text();
    std::string english;
    for (const ProgrammeId& programme : condition.programmes)
      english += (english.empty() ? "" : " or ") + programme.text();
    append(out, {fmt::format("人才工程 {}", names), fmt::format("the programme {}", english)});
  }
  if (condition.tag)
    append(out,
           {fmt::format("贷款有标记 {}", *condition.tag), fmt::format("loans tagged {}", *condition.tag)});
  if (condition.without_tag) {
    append(out, {fmt::format("贷款没有标记 {}", *condition.without_tag),
                 fmt::format("loans not tagged {}", *condition.without_tag)});
  }
  return out;
}

}  // namespace talent_loan
