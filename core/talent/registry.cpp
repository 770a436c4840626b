#include "core/talent/registry.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

#include "core/talent/history.hpp"

namespace talent_loan {
namespace {

constexpr std::int32_t last_of_days = std::numeric_limits<std::int32_t>::max();

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

Period period_of(DaySpan span) {
  return {Day(span.from), span.to == last_of_days ? std::nullopt : std::optional<Day>(Day(span.to))};
}

}  // namespace

DaySpan day_span(const Period& period) {
  return {period.from.days_since_1970(), period.to ? period.to->days_since_1970() : last_of_days};
}

std::optional<Registry::Person> Registry::find_person(KeyedHash lookup) const {
  if (lookups_.empty()) return std::nullopt;
  const std::size_t slot = static_cast<std::size_t>(lookup.high >> radix_shift_);
  const auto begin = lookups_.begin() + radix_[slot];
  const auto end = lookups_.begin() + radix_[slot + 1];
  const auto found = std::lower_bound(begin, end, lookup);
  if (found == end || *found != lookup) return std::nullopt;
  return static_cast<Person>(found - lookups_.begin());
}

std::optional<Registry::Employer> Registry::find_employer(std::string_view social_credit_code) const {
  EmployerCode code;
  if (social_credit_code.size() != code.size()) return std::nullopt;
  std::memcpy(code.data(), social_credit_code.data(), code.size());
  const auto found = std::lower_bound(employer_codes_.begin(), employer_codes_.end(), code);
  if (found == employer_codes_.end() || *found != code) return std::nullopt;
  return static_cast<Employer>(found - employer_codes_.begin());
}

// What holds, before it is laid out for lookups.
struct RegistryBuilder::Resolved {
  struct SelectionOf {
    KeyedHash lookup;
    RegisteredSelection selection;
  };
  struct EmploymentOf {
    std::uint32_t employer;
    KeyedHash lookup;
    DaySpan period;
  };
  std::vector<SelectionOf> selections;
  std::vector<EmploymentOf> employments;
};

std::uint32_t RegistryBuilder::programme_index(std::string_view id) {
  const auto found = programme_numbers_.find(id);
  if (found != programme_numbers_.end()) return found->second;
  programmes_.emplace_back(id);
  return programme_numbers_.emplace(std::string(id), static_cast<std::uint32_t>(programmes_.size() - 1)).first->second;
}

std::uint32_t RegistryBuilder::employer_index(std::string_view code) {
  if (code.empty()) return no_employer;
  const auto [place, added] = employer_numbers_.emplace(std::string(code), static_cast<std::uint32_t>(employers_.size()));
  if (added) employers_.emplace_back(code);
  return place->second;
}

void RegistryBuilder::add(const RegistryRow& row) {
  Row kept{};
  kept.talent_hash = hash_of(row.talent_id);
  kept.talent_begin = talent_ids_.size();
  kept.talent_size = static_cast<std::uint16_t>(std::min<std::size_t>(row.talent_id.size(), std::numeric_limits<std::uint16_t>::max()));
  talent_ids_ += row.talent_id.substr(0, kept.talent_size);
  kept.lookup = row.lookup;
  kept.valid = day_span(row.valid);
  kept.employed = day_span(row.employed);
  kept.version = row.version;
  kept.as_of = row.as_of.days_since_1970();
  kept.employer = employer_index(row.employer_code);
  kept.programme = static_cast<std::uint16_t>(programme_index(row.programme));
  kept.level = row.level;
  rows_.push_back(kept);
}

void RegistryBuilder::revoke(std::string_view talent_id, Day from, Day as_of, std::int64_t version) {
  revocations_[std::string(talent_id)].push_back({from.days_since_1970(), as_of.days_since_1970(), version});
}

std::string_view RegistryBuilder::text_of(const Row& row) const {
  return std::string_view(talent_ids_).substr(row.talent_begin, row.talent_size);
}

Registry RegistryBuilder::build() && {
  // By talent (hash first: comparing texts is rare then), programme, and the order in which it was said.
  const auto talent_order = [&](const Row& a, const Row& b) {
    return a.talent_hash != b.talent_hash ? a.talent_hash <=> b.talent_hash : text_of(a) <=> text_of(b);
  };
  std::sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
    if (const auto order = talent_order(a, b); order != 0) return order < 0;
    return std::tie(a.programme, a.as_of, a.version) < std::tie(b.programme, b.as_of, b.version);
  });
  Registry registry;
  Resolved resolved;
  resolved.selections.reserve(rows_.size());
  registry.talent_ids_.reserve(talent_ids_.size());
  for (std::size_t begin = 0; begin < rows_.size();) {
    std::size_t end = begin + 1;
    while (end < rows_.size() && talent_order(rows_[begin], rows_[end]) == 0) ++end;
    resolve_talent({rows_.data() + begin, end - begin}, registry, resolved);
    begin = end;
  }
  std::vector<Row>().swap(rows_);
  registry.programmes_ = std::move(programmes_);
  lay_out_persons(resolved, registry);
  lay_out_employers(resolved, employers_, registry);
  return registry;
}

// One talent's rows, programme by programme.
void RegistryBuilder::resolve_talent(std::span<const Row> rows, Registry& registry, Resolved& resolved) const {
  const auto talent = static_cast<std::uint32_t>(registry.talent_begin_.size() - 1);
  const std::string_view id = text_of(rows.front());
  registry.talent_ids_ += id;
  registry.talent_begin_.push_back(registry.talent_ids_.size());

  std::vector<RevocationStatement> revocations;
  if (const auto found = revocations_.find(id); found != revocations_.end()) {
    for (const RevocationRow& row : found->second) revocations.push_back({{Day(row.as_of), row.version}, Day(row.from)});
  }
  for (std::size_t begin = 0; begin < rows.size();) {
    std::vector<Statement> statements;
    std::size_t end = begin;
    for (; end < rows.size() && rows[end].programme == rows[begin].programme; ++end) {
      const Row& row = rows[end];
      Statement statement{.said = {Day(row.as_of), row.version}, .valid = period_of(row.valid), .row = end};
      if (row.employer != no_employer) statement.employment = EmploymentStatement{row.employer, period_of(row.employed)};
      statements.push_back(statement);
    }
    const Selections standing = resolve(statements, revocations);
    for (const Selections::Selection& selection : standing.selections) {
      const Row& row = rows[selection.row];
      resolved.selections.push_back({row.lookup,
                                     {.valid = day_span(selection.valid), .talent = talent, .version = static_cast<std::int32_t>(row.version),
                                      .programme = row.programme, .level = row.level, .revoked = selection.revoked}});
    }
    // The last row tells whose these are: an identity number that was mended moves everything to the right person.
    for (const EmploymentStatement& employment : standing.employments) {
      resolved.employments.push_back({employment.employer, rows[end - 1].lookup, day_span(employment.period)});
    }
    begin = end;
  }
}

void RegistryBuilder::lay_out_persons(Resolved& resolved, Registry& registry) {
  // Stable: a person's selections keep the order of talents and programmes.
  std::stable_sort(resolved.selections.begin(), resolved.selections.end(),
                   [](const auto& a, const auto& b) { return a.lookup < b.lookup; });
  registry.selections_.reserve(resolved.selections.size());
  for (const auto& [lookup, selection] : resolved.selections) {
    if (registry.lookups_.empty() || registry.lookups_.back() != lookup) {
      registry.lookups_.push_back(lookup);
      registry.person_begin_.back() = static_cast<std::uint32_t>(registry.selections_.size());
      registry.person_begin_.push_back(0);
    }
    registry.selections_.push_back(selection);
  }
  registry.person_begin_.back() = static_cast<std::uint32_t>(registry.selections_.size());
  std::vector<Resolved::SelectionOf>().swap(resolved.selections);

  // The hashes are evenly spread, so that as many slots as persons leave about one to a slot.
  const int bits = std::max(1, static_cast<int>(std::bit_width(registry.lookups_.size())));
  registry.radix_shift_ = 64 - bits;
  registry.radix_.assign((std::size_t{1} << bits) + 1, 0);
  for (const KeyedHash& lookup : registry.lookups_) ++registry.radix_[static_cast<std::size_t>(lookup.high >> registry.radix_shift_) + 1];
  for (std::size_t slot = 1; slot < registry.radix_.size(); ++slot) registry.radix_[slot] += registry.radix_[slot - 1];
}

void RegistryBuilder::lay_out_employers(Resolved& resolved, const std::vector<std::string>& codes, Registry& registry) {
  // Codes in byte order; number of a code -> its place.
  std::vector<std::uint32_t> by_code(codes.size());
  for (std::uint32_t i = 0; i < by_code.size(); ++i) by_code[i] = i;
  std::sort(by_code.begin(), by_code.end(), [&](std::uint32_t a, std::uint32_t b) { return codes[a] < codes[b]; });
  std::vector<std::uint32_t> place(codes.size());
  for (std::uint32_t i = 0; i < by_code.size(); ++i) {
    place[by_code[i]] = i;
    Registry::EmployerCode code{};
    std::memcpy(code.data(), codes[by_code[i]].data(), std::min(codes[by_code[i]].size(), code.size()));
    registry.employer_codes_.push_back(code);
  }
  for (auto& employment : resolved.employments) employment.employer = place[employment.employer];
  std::sort(resolved.employments.begin(), resolved.employments.end(), [](const auto& a, const auto& b) {
    return std::tie(a.employer, a.lookup, a.period.from, a.period.to) < std::tie(b.employer, b.lookup, b.period.from, b.period.to);
  });
  registry.employer_begin_.assign(codes.size() + 1, 0);
  std::uint32_t employer = 0;
  for (const auto& [number, lookup, period] : resolved.employments) {
    for (; employer < number; ++employer) registry.employer_begin_[employer + 1] = static_cast<std::uint32_t>(registry.employments_.size());
    const auto person = registry.find_person(lookup);
    const bool same = person && registry.employments_.size() > registry.employer_begin_[employer] && registry.employments_.back().person == *person;
    DaySpan* before = same ? &registry.employments_.back().period : nullptr;
    if (before != nullptr && (before->to == last_of_days || period.from <= before->to + 1)) {
      before->to = std::max(before->to, period.to);
    } else if (person) {
      registry.employments_.push_back({*person, period});
    }
  }
  for (; employer < codes.size(); ++employer) registry.employer_begin_[employer + 1] = static_cast<std::uint32_t>(registry.employments_.size());
}

}  // namespace talent_loan
