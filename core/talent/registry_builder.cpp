#include <algorithm>
#include <cstring>
#include <tuple>

#include "core/talent/history.hpp"
#include "core/talent/registry.hpp"

namespace talent_loan {
namespace {

constexpr std::int32_t last_of_days = DaySpan::last_of_days;

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

[[noreturn]] void too_many() {
  throw Failure({"名册超出本程序能处理的规模", "the registry is larger than this program can hold"}, {});
}

}  // namespace

// What holds, before it is laid out for lookups.
struct RegistryBuilder::Resolved {
  struct EmploymentOf {
    std::uint32_t employer;
    KeyedHash lookup;
    DaySpan period;
  };
  std::vector<RegisteredSelection> selections;
  std::vector<EmploymentOf> employments;
};

RegistryBuilder::RegistryBuilder(const std::vector<std::string>& programmes, std::uint32_t talent_mark) : talent_mark_(talent_mark) {
  for (const std::string& programme : programmes) programme_index(programme);
}

std::uint16_t RegistryBuilder::programme_index(std::string_view id) {
  const auto found = programme_numbers_.find(id);
  if (found != programme_numbers_.end()) return found->second;
  if (programmes_.size() > std::numeric_limits<std::uint16_t>::max()) too_many();
  programmes_.emplace_back(id);
  return programme_numbers_.emplace(std::string(id), static_cast<std::uint16_t>(programmes_.size() - 1)).first->second;
}

std::uint32_t RegistryBuilder::employer_index(std::string_view code) {
  if (code.empty()) return no_employer;
  const auto [place, added] = employer_numbers_.emplace(std::string(code), static_cast<std::uint32_t>(employers_.size()));
  if (added) employers_.emplace_back(code);
  return place->second;
}

void RegistryBuilder::reserve(std::uint64_t rows) { rows_.reserve(rows); }

void RegistryBuilder::add(const RegistryRow& row) {
  if (talent_ids_.size() + row.talent_id.size() > std::numeric_limits<std::uint32_t>::max() || row.version > std::numeric_limits<std::int32_t>::max()) too_many();
  Row kept{};
  kept.talent_hash = hash_of(row.talent_id);
  kept.talent_begin = static_cast<std::uint32_t>(talent_ids_.size());
  kept.talent_size = static_cast<std::uint16_t>(std::min<std::size_t>(row.talent_id.size(), std::numeric_limits<std::uint16_t>::max()));
  talent_ids_ += row.talent_id.substr(0, kept.talent_size);
  kept.lookup = row.lookup;
  kept.valid = day_span(row.valid);
  kept.employed = day_span(row.employed);
  kept.version = static_cast<std::int32_t>(row.version);
  kept.as_of = row.as_of.days_since_1970();
  kept.employer = employer_index(row.employer_code);
  kept.programme = programme_index(row.programme);
  kept.level = static_cast<std::uint8_t>(row.level);
  rows_with_employer_ += kept.employer == no_employer ? 0 : 1;
  rows_.push_back(kept);
}

void RegistryBuilder::revoke(std::string_view talent_id, Day from, Day as_of, std::int64_t version) {
  revocations_[std::string(talent_id)].push_back({from.days_since_1970(), as_of.days_since_1970(), version});
}

std::string_view RegistryBuilder::text_of(const Row& row) const {
  return std::string_view(talent_ids_).substr(row.talent_begin, row.talent_size);
}

RegistryTables RegistryBuilder::build() && {
  // By talent (hash first: comparing texts is rare then), programme, and the order in which it was said.
  const auto talent_order = [&](const Row& a, const Row& b) {
    return a.talent_hash != b.talent_hash ? a.talent_hash <=> b.talent_hash : text_of(a) <=> text_of(b);
  };
  std::sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
    if (const auto order = talent_order(a, b); order != 0) return order < 0;
    return std::tie(a.programme, a.as_of, a.version) < std::tie(b.programme, b.as_of, b.version);
  });
  RegistryArrays registry;
  registry.rows = rows_.size();
  Resolved resolved;
  resolved.selections.reserve(rows_.size());
  resolved.employments.reserve(rows_with_employer_);
  registry.talent_ids.reserve(talent_ids_.size());
  for (std::size_t begin = 0; begin < rows_.size();) {
    std::size_t end = begin + 1;
    while (end < rows_.size() && talent_order(rows_[begin], rows_[end]) == 0) ++end;
    resolve_talent({rows_.data() + begin, end - begin}, registry, resolved);
    begin = end;
  }
  std::vector<Row>().swap(rows_);
  registry.programmes = std::move(programmes_);
  lay_out_persons(resolved, registry);
  lay_out_employers(resolved, employers_, registry);
  return RegistryTables(std::move(registry));
}

// One talent's rows, programme by programme.
void RegistryBuilder::resolve_talent(std::span<const Row> rows, RegistryArrays& registry, Resolved& resolved) const {
  if (registry.talent_begin.size() >= RegistryTables::selections_at_most) too_many();
  const std::uint32_t talent = static_cast<std::uint32_t>(registry.talent_begin.size() - 1) | talent_mark_;
  const std::string_view id = text_of(rows.front());
  registry.talent_ids.insert(registry.talent_ids.end(), id.begin(), id.end());
  registry.talent_begin.push_back(registry.talent_ids.size());

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
      resolved.selections.push_back({.lookup = row.lookup, .valid = day_span(selection.valid), .talent = talent,
                                     .version = row.version, .programme = row.programme,
                                     .level_number = row.level, .revoked = selection.revoked});
    }
    // The last row tells whose these are: an identity number that was mended moves everything to the right person.
    for (const EmploymentStatement& employment : standing.employments) {
      resolved.employments.push_back({employment.employer, rows[end - 1].lookup, day_span(employment.period)});
    }
    begin = end;
  }
}

void RegistryBuilder::lay_out_persons(Resolved& resolved, RegistryArrays& registry) const {
  if (std::max(resolved.selections.size(), resolved.employments.size()) >= RegistryTables::selections_at_most) too_many();
  const auto talent_id = [&](const RegisteredSelection& s) {
    const std::uint64_t begin = registry.talent_begin[s.talent & ~talent_mark_];
    return std::string_view(registry.talent_ids.data() + begin, registry.talent_begin[(s.talent & ~talent_mark_) + 1] - begin);
  };
  // A person's selections in an order that does not depend on how the registry was loaded: of equally good ones a
  // decision names the first.
  std::sort(resolved.selections.begin(), resolved.selections.end(), [&](const RegisteredSelection& a, const RegisteredSelection& b) {
    if (a.lookup != b.lookup) return a.lookup < b.lookup;
    if (a.talent != b.talent) return talent_id(a) < talent_id(b);
    if (a.programme != b.programme) return registry.programmes[a.programme] < registry.programmes[b.programme];
    return std::tie(a.valid.from, a.version, a.valid.to) < std::tie(b.valid.from, b.version, b.valid.to);
  });
  registry.selections = std::move(resolved.selections);
}

void RegistryBuilder::lay_out_employers(Resolved& resolved, const std::vector<std::string>& codes, RegistryArrays& registry) {
  // Codes in the order of their hashes; number of a code -> its place.
  std::vector<std::pair<RegisteredEmployer, std::uint32_t>> ordered(codes.size());
  for (std::uint32_t i = 0; i < ordered.size(); ++i) {
    RegisteredEmployer& employer = ordered[i].first;
    std::memcpy(employer.code.data(), codes[i].data(), std::min(codes[i].size(), employer.code.size()));
    employer.hash = employer_hash(employer.code);
    ordered[i].second = i;
  }
  std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.hash, a.first.code) < std::tie(b.first.hash, b.first.code);
  });
  std::vector<std::uint32_t> place(codes.size());
  registry.employers.reserve(codes.size() + 1);
  for (std::uint32_t i = 0; i < ordered.size(); ++i) {
    place[ordered[i].second] = i;
    registry.employers.push_back(ordered[i].first);
  }
  registry.employers.emplace_back();  // where the last one's employments end
  registry.index();
  for (auto& employment : resolved.employments) employment.employer = place[employment.employer];
  std::sort(resolved.employments.begin(), resolved.employments.end(), [](const auto& a, const auto& b) {
    return std::tie(a.employer, a.lookup, a.period.from, a.period.to) < std::tie(b.employer, b.lookup, b.period.from, b.period.to);
  });
  link_employments(resolved, registry);
}

void RegistryBuilder::link_employments(Resolved& resolved, RegistryArrays& registry) {
  const auto selection_of = [&](KeyedHash lookup) {
    return std::lower_bound(registry.selections.begin(), registry.selections.end(), lookup,
                            [](const RegisteredSelection& s, KeyedHash wanted) { return s.lookup < wanted; });
  };
  registry.employments.reserve(resolved.employments.size());
  std::uint32_t employer = 0;
  for (const auto& [number, lookup, period] : resolved.employments) {
    while (employer < number) registry.employers[++employer].employments_begin = static_cast<std::uint32_t>(registry.employments.size());
    const auto selection = selection_of(lookup);
    if (selection == registry.selections.end() || selection->lookup != lookup) continue;
    const auto person = static_cast<std::uint32_t>(selection - registry.selections.begin());
    const bool same = registry.employments.size() > registry.employers[employer].employments_begin && registry.employments.back().person == person;
    DaySpan* before = same ? &registry.employments.back().period : nullptr;
    if (before != nullptr && (before->to == last_of_days || period.from <= before->to + 1)) {
      before->to = std::max(before->to, period.to);
    } else {
      registry.employments.push_back({person, period});
    }
  }
  while (employer + 1 < registry.employers.size()) registry.employers[++employer].employments_begin = static_cast<std::uint32_t>(registry.employments.size());
}

}  // namespace talent_loan
