// config/site.yaml: what is particular to one bureau's installation, beside the policies themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/identity/identity.hpp"
#include "core/message/message.hpp"

namespace talent_loan {

enum class Role { maker = 1, checker };  // prepares and enters; approves and reverses
std::string_view word(Role role);

struct SiteUser {
  UserId id;
  std::string name;
  std::vector<Role> roles;
};

// A party of payments as reports name it, with its account where payment messages need one.
struct SiteParty {
  std::string id;
  Text name;
  std::string account{};  // account number
  std::string agent{};    // CNAPS number of the bank that keeps it
};

struct Site {
  Text city{"本市", "the city"};
  std::string scheme{};  // empty: --scheme, or the only one
  bool maker_checker_required = false;
  std::optional<Day> closing_date{};                // nothing is posted on it or before
  std::optional<std::int32_t> claim_window_days{};  // from default to claim; absent: no window
  std::vector<SiteUser> users{};
  std::vector<SiteParty> payers{};
  std::vector<SiteParty> funds{};
  std::vector<SiteParty> banks{};

  // The name that reports show; the id where site.yaml has none.
  Text payer_name(const PayerId& payer) const;
  Text fund_name(const std::string& fund) const;
  Text bank_name(const BankId& bank) const;

  // Who acts: `as` where given, else `login`. Where users are listed or maker and checker are required, it
  // must be one of them with that role; throws Failure naming those who have it.
  UserId acting_user(const std::string& as, const std::string& login, Role role) const;
};

// Throws Failure with every error of the file. A file that does not exist gives the defaults.
Site load_site(const std::string& path);

}  // namespace talent_loan
