#include "core/report/reporting.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/talent/bank_filings.hpp"

namespace talent_loan {
std::string beside(const std::string& name, const std::string& other, Language language) {
  if (other.empty() || name == other) return name;
  if (name.empty()) return other;
  return language == Language::chinese ? fmt::format("{}（{}）", name, other) : fmt::format("{} ({})", name, other);
}

BankNames filed_bank_names(Transaction& transaction) {
  BankNames names;
  for (const BankFiling& filing : bank_filings(transaction)) {
    if (!filing.name.empty()) names[filing.bank] = verbatim(filing.name);
  }
  return names;
}

std::string Reporting::bank_name(const BankId& bank) const {
  const Text of_site = site.bank_name(bank);
  const auto found = bank_names.find(bank);
  return of_site == verbatim(bank.text()) && found != bank_names.end() ? say(found->second) : say(of_site);
}

std::string Reporting::bank(const BankId& bank) const { return beside(bank_name(bank), bank.text(), language); }

std::string Reporting::user(const UserId& user) const {
  if (user.empty()) return "—";
  const auto found = std::find_if(site.users.begin(), site.users.end(), [&](const SiteUser& known) { return known.id == user; });
  return beside(found == site.users.end() ? "" : found->name, user.text(), language);
}

std::string titled(const Reporting& reporting, const std::string& title) { return reporting.say(reporting.site.city) + " · " + title; }

}  // namespace talent_loan
