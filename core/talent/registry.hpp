// Every listed talent in memory, laid out for lookups by the million: sorted arrays and a radix index, no
// pointers. Holds keyed hashes instead of identity numbers. Immutable; safe to read from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/policy/policy.hpp"
#include "core/store/database.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

// A period in eight bytes; without end it ends on the last of all days.
struct DaySpan {
  std::int32_t from = 0;
  std::int32_t to = 0;
  bool contains(Day day) const { return from <= day.days_since_1970() && day.days_since_1970() <= to; }
};
DaySpan day_span(const Period& period);

struct RegisteredSelection {
  DaySpan valid;
  std::uint32_t talent = 0;     // Registry::talent_id()
  std::int32_t version = 0;     // of the lists, that said so
  std::uint16_t programme = 0;  // Registry::programme()
  Level level = Level::district;
  bool revoked = false;         // the end of `valid` is a revocation's
};

struct RegisteredEmployment {
  std::uint32_t person = 0;
  DaySpan period;  // unbroken: adjoining employments are one
};

// A row as the database holds it.
struct RegistryRow {
  std::string_view talent_id;
  std::string_view programme;
  Level level = Level::district;
  Period valid;
  KeyedHash lookup;
  std::string_view employer_code;  // empty: none
  Period employed;                 // where there is an employer
  Day as_of;
  std::int64_t version = 0;
};

class Registry {
 public:
  using Person = std::uint32_t;
  using Employer = std::uint32_t;

  std::optional<Person> find_person(KeyedHash lookup) const;
  std::optional<Employer> find_employer(std::string_view social_credit_code) const;
  std::span<const RegisteredSelection> selections(Person person) const {
    return {selections_.data() + person_begin_[person], person_begin_[person + 1] - person_begin_[person]};
  }
  // By person, then by first day.
  std::span<const RegisteredEmployment> employments(Employer employer) const {
    return {employments_.data() + employer_begin_[employer], employer_begin_[employer + 1] - employer_begin_[employer]};
  }
  const std::string& programme(std::uint16_t index) const { return programmes_[index]; }
  std::string_view talent_id(std::uint32_t index) const {
    return std::string_view(talent_ids_).substr(talent_begin_[index], talent_begin_[index + 1] - talent_begin_[index]);
  }
  std::size_t persons() const { return lookups_.size(); }

 private:
  friend class RegistryBuilder;
  using EmployerCode = std::array<char, 18>;

  std::vector<KeyedHash> lookups_;  // sorted; a person is a position
  std::vector<std::uint32_t> radix_;  // first person whose hash begins with these bits, and one more
  int radix_shift_ = 64;
  std::vector<std::uint32_t> person_begin_{0};
  std::vector<RegisteredSelection> selections_;
  std::vector<EmployerCode> employer_codes_;  // sorted
  std::vector<std::uint32_t> employer_begin_{0};
  std::vector<RegisteredEmployment> employments_;
  std::vector<std::string> programmes_;
  std::string talent_ids_;
  std::vector<std::uint64_t> talent_begin_{0};
};

// Collects what was said and works out what holds (core/talent/history.hpp).
class RegistryBuilder {
 public:
  void add(const RegistryRow& row);
  void revoke(std::string_view talent_id, Day from, Day as_of, std::int64_t version);
  Registry build() &&;

 private:
  struct Row;
  struct Resolved;
  std::uint32_t programme_index(std::string_view id);
  std::uint32_t employer_index(std::string_view code);
  void resolve_talent(std::span<const Row> rows, Registry& registry, Resolved& resolved) const;
  static void lay_out_persons(Resolved& resolved, Registry& registry);
  static void lay_out_employers(Resolved& resolved, const std::vector<std::string>& codes, Registry& registry);
  std::string_view text_of(const Row& row) const;

  struct Row {
    std::uint64_t talent_hash;
    std::uint64_t talent_begin;
    KeyedHash lookup;
    DaySpan valid;
    DaySpan employed;
    std::int64_t version;
    std::int32_t as_of;
    std::uint32_t employer;  // none: no_employer
    std::uint16_t talent_size;
    std::uint16_t programme;
    Level level;
  };
  struct RevocationRow {
    std::int32_t from;
    std::int32_t as_of;
    std::int64_t version;
  };
  static constexpr std::uint32_t no_employer = std::numeric_limits<std::uint32_t>::max();

  std::vector<Row> rows_;
  std::string talent_ids_;
  std::vector<std::string> programmes_;
  std::vector<std::string> employers_;
  std::map<std::string, std::uint32_t, std::less<>> programme_numbers_;
  std::unordered_map<std::string, std::uint32_t> employer_numbers_;
  std::map<std::string, std::vector<RevocationRow>, std::less<>> revocations_;
};

// What was known by `known_on` (all, where absent), read from the database.
Registry load_registry(Transaction& transaction, const std::optional<Day>& known_on = std::nullopt);
// The same, but only what concerns one person, or one enterprise with everyone who ever worked there: for a
// single question to a large registry.
Registry load_person(Transaction& transaction, KeyedHash lookup, const std::optional<Day>& known_on = std::nullopt);
Registry load_employer(Transaction& transaction, const std::string& social_credit_code,
                       const std::optional<Day>& known_on = std::nullopt);

}  // namespace talent_loan
