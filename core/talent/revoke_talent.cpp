#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/identity/masking.hpp"
#include "core/store/audit.hpp"
#include "core/talent/sealed_listing.hpp"
#include "core/talent/talent_lists.hpp"

namespace talent_loan {
namespace {

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  if (what.empty()) return;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
}

constexpr std::size_t longest_letter = 3;  // one Chinese character: a name of one would be found everywhere

bool part_of_a_number(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// Words that could be an identity number of any kind.
std::set<std::string> possible_numbers(std::string_view text) {
  std::set<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && part_of_a_number(text[end])) ++end;
    if (end - at >= 5 && end - at <= 20) words.emplace(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// The reason without the talent's own name and numbers, or the number of anybody who is listed, whatever its form.
std::string without_the_listed(Transaction& transaction, const Vault& vault, const Revocation& revocation) {
  std::string why = revocation.why;
  transaction.each("SELECT sealed, employer_code, valid_from FROM talent_listings WHERE talent_id = :talent", {revocation.talent}, [&](const Row& row) {
    Listing listing{.talent = revocation.talent, .name = {}, .id_number = {}, .programme = {}, .valid = {row.day(2), std::nullopt}};
    if (!row.null(1)) listing.employment = Employment{row.text(1), {}, {row.day(2), std::nullopt}};
    unseal(vault, row.text(0), listing);
    if (listing.name.size() > longest_letter) replace_all(why, listing.name, masked_name(listing.name));
    for (const std::string& number : {listing.id_number, listing.listed_as}) replace_all(why, number, masked_identifier(number));
  });
  for (const std::string& number : possible_numbers(why)) {
    const auto listed = transaction.query_one("SELECT 1 FROM talent_listings WHERE lookup = :lookup LIMIT 1", {format_hash(vault.lookup(number))});
    if (listed) replace_all(why, number, masked_identifier(number));
  }
  return without_numbers_of_persons(why);
}

}  // namespace

std::optional<TalentId> stored_talent(Transaction& transaction, const Vault* vault, const TalentId& listed_as) {
  const auto known = [&](const TalentId& talent) {
    return transaction.query_one("SELECT talent_id FROM talent_listings WHERE talent_id = :talent LIMIT 1", {talent}).has_value();
  };
  if (known(listed_as)) return listed_as;
  if (vault == nullptr) return std::nullopt;
  TalentId hidden = personal_key(*vault, listed_as.text());
  return known(hidden) ? std::optional(std::move(hidden)) : std::nullopt;
}

std::string shown_talent(Transaction& transaction, const Vault* vault, const TalentId& listed_as) {
  const std::optional<TalentId> stored = stored_talent(transaction, vault, listed_as);
  const bool personal = stored && *stored != listed_as;
  return personal ? masked_identifier(listed_as.text()) : shown_key(listed_as.text());
}

bool revoke_talent(Transaction& transaction, const Vault* vault, Revocation revocation) {
  const std::optional<TalentId> stored = stored_talent(transaction, vault, revocation.talent);
  const std::string shown = shown_talent(transaction, vault, revocation.talent);
  if (!stored) {
    throw Failure({fmt::format("人才 {} 不在任何名单上", quoted(shown)), fmt::format("talent {} is on no list", quoted(shown))},
                  {"撤销使用名单中的 talent_id", "revoke by the talent_id of a list"});
  }
  revocation.talent = *stored;
  revocation.why = vault == nullptr ? without_numbers_of_persons(revocation.why) : without_the_listed(transaction, *vault, revocation);
  const auto same = transaction.query_one(
      "SELECT r.version FROM talent_revocations r JOIN list_versions v ON v.version = r.version "
      "WHERE r.talent_id = :talent AND r.revoked_from = :from_day AND v.as_of = :as_of LIMIT 1",
      {revocation.talent, revocation.from, revocation.as_of});
  if (same) return false;
  const std::int64_t version = next_list_version(transaction);
  transaction.execute("INSERT INTO list_versions (version, as_of, recorded_at, kind, source, rows_new) VALUES (:version, :as_of, :at, 'revocation', :source, 1)",
                      {version, revocation.as_of, format_utc(transaction.now()), revocation.actor});
  transaction.execute("INSERT INTO talent_revocations (version, talent_id, revoked_from, why) VALUES (:version, :talent, :from_day, :why)",
                      {version, revocation.talent, revocation.from, revocation.why});
  record(transaction, {revocation.actor, "talents revoke", fmt::format("talent {}", shown),
                       fmt::format("list version {}; from {}; as of {}; why: {}", version, format_day(revocation.from),
                                   format_day(revocation.as_of), revocation.why),
                       ""});
  return true;
}

}  // namespace talent_loan
