#include "core/talent/registry.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace talent_loan {

Registry::PersonFilter::PersonFilter(std::vector<KeyedHash> persons) : persons_(std::move(persons)) {
  std::sort(persons_.begin(), persons_.end());
  // Eight bits to a person: of those who are not in it, one in eight is looked for among them.
  const int bits = std::max(6, static_cast<int>(std::bit_width(persons_.size())) + 3);
  shift_ = 64 - bits;
  bits_.assign(std::size_t{1} << (bits - 6), 0);
  for (const KeyedHash& person : persons_) {
    const std::uint64_t place = person.high >> shift_;
    bits_[place / 64] |= std::uint64_t{1} << place % 64;
  }
}

bool Registry::PersonFilter::contains(KeyedHash lookup) const {
  if (persons_.empty()) return false;
  const std::uint64_t place = lookup.high >> shift_;
  return (bits_[place / 64] >> place % 64 & 1) != 0 && std::binary_search(persons_.begin(), persons_.end(), lookup);
}

Registry::Registry(RegistryTables base, RegistryDelta delta)
    : base_(std::move(base)), delta_(std::move(delta)), changed_(std::move(delta_->persons)) {
  merge_employments();
}

// At each employer: whom the small tables hold completely from there, everybody else from the large ones.
void Registry::merge_employments() {
  struct Entry {
    KeyedHash lookup;
    RegisteredEmployment employment;
  };
  const RegistryTables& later = delta_->tables;
  for (std::uint32_t employer = 0; employer < later.employers(); ++employer) {
    std::vector<Entry> entries;
    if (const auto known = base_.find_employer(later.employer_code(employer))) {
      for (const RegisteredEmployment& employment : base_.employments(*known)) {
        const KeyedHash lookup = base_.lookup(employment.person);
        if (!changed_.contains(lookup)) entries.push_back({lookup, employment});
      }
    }
    for (const RegisteredEmployment& employment : later.employments(employer)) {
      const KeyedHash lookup = later.lookup(employment.person);
      if (changed_.contains(lookup)) entries.push_back({lookup, {employment.person | delta_mark, employment.period}});
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.lookup, a.employment.period.from) < std::tie(b.lookup, b.employment.period.from);
    });
    std::vector<RegisteredEmployment>& merged = merged_employments_.emplace_back();
    for (const Entry& entry : entries) merged.push_back(entry.employment);
  }
}

std::uint64_t Registry::employer_hash_of(std::string_view social_credit_code) {
  RegisteredEmployer employer;
  if (social_credit_code.size() != employer.code.size()) return 0;
  std::copy(social_credit_code.begin(), social_credit_code.end(), employer.code.begin());
  return employer_hash(employer.code);
}

std::optional<Registry::Person> Registry::find_person(KeyedHash lookup) const {
  if (!changed_.contains(lookup)) return base_.find_person(lookup);
  const auto person = delta_->tables.find_person(lookup);
  return person ? std::optional<Person>(*person | delta_mark) : std::nullopt;
}

std::optional<Registry::Employer> Registry::find_employer(std::string_view social_credit_code) const {
  if (delta_) {
    if (const auto employer = delta_->tables.find_employer(social_credit_code)) return *employer | delta_mark;
  }
  return base_.find_employer(social_credit_code);
}

}  // namespace talent_loan
