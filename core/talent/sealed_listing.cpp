#include "core/talent/sealed_listing.hpp"

#include <algorithm>

#include "core/identity/masking.hpp"

namespace talent_loan {
namespace {

// Ends every part: no cell can hold it (a row with a NUL byte is rejected).
constexpr char end_of_part = '\0';

std::string all_facts(const Listing& listing) {
  std::string out;
  const auto add = [&](std::string_view part) { (out += part) += end_of_part; };
  const auto add_period = [&](const Period& period) {
    add(format_day(period.from));
    add(period.to ? format_day(*period.to) : "");
  };
  for (const std::string_view part : {std::string_view(listing.talent.text()), std::string_view(listing.name), word(listing.id_type),
                                      std::string_view(listing.id_number), std::string_view(listing.programme.text()), word(listing.level)}) {
    add(part);
  }
  add_period(listing.valid);
  if (!listing.employment) return out;
  add(listing.employment->code);
  add(listing.employment->name);
  add_period(listing.employment->period);
  return out;
}

}  // namespace

TalentId personal_key(const Vault& vault, const std::string& key) { return TalentId("person-" + format_hash(vault.lookup(key))); }

void hide_personal_key(const Vault& vault, Listing& listing) {
  const std::string& key = listing.talent.text();
  if (key != listing.id_number && !has_form_of_identity_number(key)) return;
  listing.listed_as = key;
  listing.talent = personal_key(vault, listing.listed_as);
}

std::string seal(const Vault& vault, const Listing& listing) {
  std::string plain = listing.id_number + end_of_part + listing.name + end_of_part;
  if (listing.employment) plain += listing.employment->name;
  if (!listing.listed_as.empty()) (plain += end_of_part) += listing.listed_as;
  return vault.seal(plain, listing.talent.text());
}

void unseal(const Vault& vault, const std::string& sealed, Listing& listing) {
  const std::string plain = vault.open(sealed, listing.talent.text());
  const std::size_t first = plain.find(end_of_part);
  const std::size_t second = first == std::string::npos ? first : plain.find(end_of_part, first + 1);
  if (second == std::string::npos) throw Failure({"加密记录的内容不完整", "a sealed record does not hold what this program writes there"}, {});
  listing.id_number = plain.substr(0, first);
  listing.name = plain.substr(first + 1, second - first - 1);
  const std::size_t third = std::min(plain.find(end_of_part, second + 1), plain.size());
  if (listing.employment) listing.employment->name = plain.substr(second + 1, third - second - 1);
  if (third < plain.size()) listing.listed_as = plain.substr(third + 1);
}

KeyedHash fingerprint(const Vault& vault, const Listing& listing) { return vault.fingerprint(all_facts(listing)); }

}  // namespace talent_loan
