#include "tests/simulator/rules.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace talent_loan::simulator {
namespace {

constexpr const char* scheme = "simulated";

std::string percent(std::int64_t hundredths) { return fmt::format("{}.{:02}%", hundredths / 100, hundredths % 100); }
std::string yuan(std::int64_t fen) { return fmt::format("{}.{:02}", fen / 100, fen % 100); }

void add_payers(std::vector<std::string>& payers, const VersionRule& version) {
  for (const ShareRule& share : version.shares) {
    for (const auto& [payer, part] : share.members) {
      if (std::find(payers.begin(), payers.end(), payer) == payers.end()) payers.push_back(payer);
    }
  }
}

ShareRule share_at_random(Random& random, const std::string& payer) {
  ShareRule share{.members = {{payer, between(random, 1, 7)}}, .ratio = one_in(random, 2) ? between(random, 0, 8) * 10'00 : between(random, 0, 90'00)};
  if (one_in(random, 3)) share.members.emplace_back("district", between(random, 1, 7));
  if (one_in(random, 4)) share.small_loans = {between(random, 100, 900'000), between(random, 0, 100'00)};
  if (one_in(random, 4)) share.bonus_of_tag = between(random, 1, 15'00);
  if (one_in(random, 4)) share.per_claim = between(random, 0, 400'000);
  if (one_in(random, 4)) share.per_year = between(random, 0, 900'000);
  return share;
}

VersionRule version_at_random(Random& random, int number) {
  VersionRule version{.id = fmt::format("v{}", number)};
  version.from = number == 0 ? 0 : static_cast<int>(between(random, 60, 300));
  version.to = one_in(random, 4) ? static_cast<int>(between(random, version.from, 366)) : 2000;
  version.governs = static_cast<Governs>(between(random, 0, 2));
  if (one_in(random, 4)) version.ceiling = between(random, 40'00, 100'00);
  version.shares.push_back(share_at_random(random, "city"));
  if (one_in(random, 2)) version.shares.push_back(share_at_random(random, one_in(random, 3) ? "city" : "county"));
  if (!one_in(random, 3)) {
    ShareRule award = share_at_random(random, "province");
    award.members.resize(1);
    if (!one_in(random, 3)) award.reimburses = "city";
    version.shares.push_back(award);
  }
  if (one_in(random, 3)) version.per_talent = between(random, 300'000, 2'000'000);
  version.refuse_over_limit = one_in(random, 2);
  if (one_in(random, 5)) version.months_at_most = 36;
  if (one_in(random, 4)) version.suspend = {between(random, 10'00, 95'00), between(random, 0, 2'000'000)};
  version.costs_deducted = !one_in(random, 3);
  return version;
}

std::string share_yaml(const ShareRule& share) {
  std::string text = "    - {";
  if (share.members.size() == 1) {
    text += "payer: " + share.members.front().first;
  } else {
    text += "among: [";
    for (const auto& [payer, part] : share.members) text += fmt::format("{}{{payer: {}, part: {}}}", payer == share.members.front().first ? "" : ", ", payer, part);
    text += "]";
  }
  if (share.small_loans) {
    text += fmt::format(", ratio: [{{loan_amount_at_most: {}, value: {}}}, {{value: {}}}]", yuan(share.small_loans->first),
                        percent(share.small_loans->second), percent(share.ratio));
  } else {
    text += ", ratio: " + percent(share.ratio);
  }
  if (share.bonus_of_tag > 0) text += fmt::format(", plus: [{{tag: key, value: {}}}]", percent(share.bonus_of_tag));
  if (share.bonus_of_tag > 0) text += ", ratio_at_most: 100%";
  if (share.per_claim) text += ", per_claim_at_most: " + yuan(*share.per_claim);
  if (share.per_year) text += ", per_year_at_most: " + yuan(*share.per_year);
  if (share.reimburses) text += ", reimburses: " + *share.reimburses;
  return text + ", cite: \"§4\"}\n";
}

}  // namespace

std::string day_text(int day) {
  const std::chrono::year_month_day date = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1) + std::chrono::days(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::vector<std::string> VersionRule::payers() const {
  std::vector<std::string> payers;
  add_payers(payers, *this);
  return payers;
}

CityRules CityRules::at_random(Random& random) {
  CityRules city;
  const std::int64_t versions = between(random, 1, 3);
  for (int i = 0; i < versions; ++i) city.versions.push_back(version_at_random(random, i));
  std::sort(city.versions.begin(), city.versions.end(), [](const VersionRule& a, const VersionRule& b) { return a.from < b.from; });
  // Two that begin on one day would leave the order of columns to their names.
  for (std::size_t i = 1; i < city.versions.size(); ++i) {
    city.versions[i].from = std::max(city.versions[i].from, city.versions[i - 1].from + 1);
    city.versions[i].to = std::max(city.versions[i].to, city.versions[i].from);
  }
  city.fund = static_cast<Fund>(between(random, 0, 2));
  if (one_in(random, 3)) city.claim_window_days = static_cast<int>(between(random, 20, 120));
  return city;
}

std::string CityRules::yaml(const VersionRule& version) const {
  constexpr const char* governs[] = {"disbursed_on", "defaulted_on", "claimed_on"};
  std::string text = fmt::format("schema: talent-loan/policy/1\nscheme: {}\nversion: {}\ntitle: t\ndocument: d\neffective: {{from: {}, to: {}}}\n", scheme,
                                 version.id, day_text(version.from), day_text(version.to));
  const auto place = static_cast<std::size_t>(&version - versions.data());
  if (place > 0) text += "supersedes: " + versions[place - 1].id + "\n";
  text += fmt::format("governed_by: {}\neligibility: {{require_registry: false}}\n", governs[static_cast<int>(version.governs)]);
  if (version.per_talent || version.months_at_most) {
    text += "limits: {";
    if (version.per_talent) text += fmt::format("per_talent: {}, ", yuan(*version.per_talent));
    if (version.months_at_most) text += fmt::format("term_months_at_most: {}, ", *version.months_at_most);
    text += fmt::format("over: {}}}\n", version.refuse_over_limit ? "refuse" : "uncovered");
  }
  text += fmt::format("compensation:\n  trigger: {{overdue_days_over: 90, class_at_least: substandard}}\n  ceiling: {}\n  shares:\n", percent(version.ceiling));
  for (const ShareRule& share : version.shares) text += share_yaml(share);
  if (fund != Fund::none) text += fmt::format("  fund: {{name: fund, when_short: {}}}\n", fund == Fund::queue ? "queue" : "pro-rata");
  if (version.suspend) {
    text += fmt::format("  suspend: {{npl_ratio_over: {}, balance_at_least: {}}}\n", percent(version.suspend->first), yuan(version.suspend->second));
  }
  return text + fmt::format("recovery: {{costs: {}}}\n", version.costs_deducted ? "deducted-first" : "borne-by-bank");
}

std::vector<std::string> CityRules::payers() const {
  std::vector<std::string> payers;
  for (const VersionRule& version : versions) add_payers(payers, version);
  return payers;
}

const VersionRule* CityRules::governing(int disbursed, int defaulted, int claimed) const {
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    const int day = version->governs == Governs::disbursed ? disbursed : version->governs == Governs::defaulted ? defaulted : claimed;
    if (version->from <= day && day <= version->to) return &*version;
  }
  return nullptr;
}

}  // namespace talent_loan::simulator
