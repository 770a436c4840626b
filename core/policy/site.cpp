#include "core/policy/site.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/files/yaml.hpp"

namespace talent_loan {
namespace {

Text read_name(const YamlValue& value) {
  const YamlMap map = value.map({"zh", "en"});
  return {map.required("zh").text().value_or(""), map.required("en").text().value_or("")};
}

void read_users(const YamlValue& list, Site& site) {
  std::set<std::string> known;
  for (const YamlValue& item : list.list()) {
    const YamlMap map = item.map({"id", "name", "roles"});
    SiteUser user;
    const YamlValue id = map.required("id");
    user.id = UserId(id.word().value_or(""));
    if (!known.insert(user.id.text()).second) {
      id.complain({"用户重复：" + user.id.text(), "user named twice: " + user.id.text()},
                  {"每个用户一次", "each user once"});
    }
    user.name = map.optional("name").text().value_or("");
    for (const YamlValue& role : map.required("roles").filled_list()) {
      const auto named = role.one_of({"maker", "checker"});
      if (named) user.roles.push_back(*named == "maker" ? Role::maker : Role::checker);
    }
    site.users.push_back(std::move(user));
  }
}

std::vector<SiteParty> read_parties(const YamlValue& list) {
  std::vector<SiteParty> parties;
  std::set<std::string> known;
  for (const YamlValue& item : list.list()) {
    const YamlMap map = item.map({"id", "name", "account", "agent"});
    const YamlValue id = map.required("id");
    SiteParty party{.id = id.text().value_or(""), .name = read_name(map.required("name"))};
    party.account = map.optional("account").text().value_or("");
    party.agent = map.optional("agent").text().value_or("");
    if (!known.insert(party.id).second) {
      id.complain({"编号重复：" + party.id, "named twice: " + party.id}, {"每个编号一次", "each id once"});
    }
    parties.push_back(std::move(party));
  }
  return parties;
}

Text name_of(const std::vector<SiteParty>& parties, const std::string& id) {
  const auto found =
      std::find_if(parties.begin(), parties.end(), [&](const SiteParty& party) { return party.id == id; });
  return found == parties.end() ? verbatim(id) : found->name;
}

}  // namespace

std::string_view word(Role role) {
  return role == Role::maker ? "maker" : "checker";
}

Text Site::payer_name(const PayerId& payer) const {
  return name_of(payers, payer.text());
}
Text Site::fund_name(const std::string& fund) const {
  return name_of(funds, fund);
}
Text Site::bank_name(const BankId& bank) const {
  return name_of(banks, bank.text());
}

UserId Site::acting_user(const std::string& as, const std::string& login, Role role) const {
  const UserId user(as.empty() ? login : as);
  if (users.empty() && !maker_checker_required) return user;
  std::vector<std::string> allowed;
  for (const SiteUser& known : users) {
    if (std::find(known.roles.begin(), known.roles.end(), role) == known.roles.end()) continue;
    if (known.id == user) return user;
    allowed.push_back(known.id.text());
  }
  throw Failure(
      {fmt::format("用户 {} 没有 {} 角色", talent_loan::quoted(user.text()), word(role)),
       fmt::format("user {} does not have the role {}", talent_loan::quoted(user.text()), word(role))},
      {fmt::format("用 --as 指定：{}；角色见 site.yaml", fmt::join(allowed, "、")),
       fmt::format("name one with --as: {}; roles stand in site.yaml", fmt::join(allowed, ", "))});
}

Site load_site(const std::string& path) {
  Site site;
  if (!std::filesystem::exists(path)) return site;
  YamlProblems problems;
  const YamlMap root = read_yaml(path, "site",
                                 {"city", "scheme", "maker_checker", "closing_date", "claim_window_days",
                                  "users", "payers", "funds", "banks"},
                                 problems);
  if (root.has("city")) site.city = read_name(root.optional("city"));
  site.scheme = root.optional("scheme").word().value_or("");
  site.maker_checker_required =
      root.optional("maker_checker").one_of({"off", "required"}).value_or("off") == "required";
  site.closing_date = root.optional("closing_date").day();
  if (const auto days = root.optional("claim_window_days").integer(1, 36500))
    site.claim_window_days = static_cast<std::int32_t>(*days);
  read_users(root.optional("users"), site);
  site.payers = read_parties(root.optional("payers"));
  site.funds = read_parties(root.optional("funds"));
  site.banks = read_parties(root.optional("banks"));
  if (site.maker_checker_required && site.users.empty()) {
    root.optional("maker_checker")
        .complain({"要求复核但没有用户", "maker and checker required, but no users"},
                  {"users 中至少列出一名 maker 和一名 checker", "list a maker and a checker under users"});
  }
  problems.throw_if_any();
  return site;
}

}  // namespace talent_loan
