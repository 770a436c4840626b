// Every listed talent, for lookups by the million. Immutable; safe to use from several threads at once.
//
// Two sets of tables may stand behind it: a large one that covers the lists up to some version, and a small one
// for what came later. The small one then holds every person whom a later version touches in any way, completely,
// and the large one is not asked for them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/store/database.hpp"
#include "core/talent/registry_tables.hpp"

namespace talent_loan {

// What later versions of the lists change.
struct RegistryDelta {
  RegistryTables tables;  // made with Registry::delta_mark and the programmes of the large tables
  std::vector<KeyedHash> persons;  // whom it holds completely; some of them may be on no list any more
};

class Registry {
 public:
  using Person = std::uint32_t;
  using Employer = std::uint32_t;
  // Tells persons, employers and talents of the small tables from those of the large.
  static constexpr std::uint32_t delta_mark = std::uint32_t{1} << 31;

  Registry() = default;
  explicit Registry(RegistryTables tables) : base_(std::move(tables)) {}
  Registry(RegistryTables base, RegistryDelta delta);

  std::optional<Person> find_person(KeyedHash lookup) const;
  std::optional<Employer> find_employer(std::string_view social_credit_code) const;
  std::span<const RegisteredSelection> selections(Person person) const {
    return (person & delta_mark) != 0 ? delta_->tables.selections(person & ~delta_mark) : base_.selections(person);
  }
  // By hash of the person, then by first day.
  std::span<const RegisteredEmployment> employments(Employer employer) const {
    if ((employer & delta_mark) != 0) return merged_employments_[employer & ~delta_mark];
    return base_.employments(employer);
  }
  const std::string& programme(std::uint16_t index) const { return (delta_ ? delta_->tables : base_).programmes().at(index); }
  std::string_view talent_id(std::uint32_t talent) const {
    return (talent & delta_mark) != 0 ? delta_->tables.talent_id(talent & ~delta_mark) : base_.talent_id(talent);
  }

  // The two steps of find_person() and find_employer(), to be fetched into the processor some requests ahead.
  // `hash`: the person's lookup, or in `high` employer_hash_of() the code.
  void prefetch_index(bool employer, KeyedHash hash) const { base_.prefetch_index(employer, hash); }
  void prefetch_entries(bool employer, KeyedHash hash) const { base_.prefetch_entries(employer, hash); }
  void prefetch_person(Person person) const {
    if ((person & delta_mark) == 0) base_.prefetch_person(person);
  }
  static std::uint64_t employer_hash_of(std::string_view social_credit_code);

  const RegistryTables& base() const { return base_; }

 private:
  // Persons of the small tables: a bit for the first bits of each hash, and behind it all of them in order.
  class PersonFilter {
   public:
    PersonFilter() = default;
    explicit PersonFilter(std::vector<KeyedHash> persons);
    bool contains(KeyedHash lookup) const;

   private:
    std::vector<KeyedHash> persons_;
    std::vector<std::uint64_t> bits_;
    int shift_ = 63;
  };
  void merge_employments();

  RegistryTables base_;
  std::optional<RegistryDelta> delta_;
  PersonFilter changed_;
  // Of every employer that the small tables name, by its number there.
  std::vector<std::vector<RegisteredEmployment>> merged_employments_;
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

// Collects what was said and works out what holds (core/talent/history.hpp).
class RegistryBuilder {
 public:
  // `programmes`: keep these numbers; `talent_mark`: is set in every number of a talent.
  explicit RegistryBuilder(const std::vector<std::string>& programmes = {}, std::uint32_t talent_mark = 0);
  void reserve(std::uint64_t rows);  // about how many will be added: growing takes up to three times their memory
  void add(const RegistryRow& row);
  void revoke(std::string_view talent_id, Day from, Day as_of, std::int64_t version);
  RegistryTables build() &&;

 private:
  struct Row;
  struct Resolved;
  std::uint16_t programme_index(std::string_view id);
  std::uint32_t employer_index(std::string_view code);
  void resolve_talent(std::span<const Row> rows, RegistryArrays& registry, Resolved& resolved) const;
  void lay_out_persons(Resolved& resolved, RegistryArrays& registry) const;
  static void lay_out_employers(Resolved& resolved, const std::vector<std::string>& codes, RegistryArrays& registry);
  static void link_employments(Resolved& resolved, RegistryArrays& registry);
  std::string_view text_of(const Row& row) const;

  struct Row {
    std::uint64_t talent_hash;
    KeyedHash lookup;
    DaySpan valid;
    DaySpan employed;
    std::uint32_t talent_begin;
    std::int32_t version;
    std::int32_t as_of;
    std::uint32_t employer;  // none: no_employer
    std::uint16_t talent_size;
    std::uint16_t programme;
    std::uint8_t level;
  };
  static_assert(sizeof(Row) == 64);  // of which there are as many as rows in all lists
  struct RevocationRow {
    std::int32_t from;
    std::int32_t as_of;
    std::int64_t version;
  };
  static constexpr std::uint32_t no_employer = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t talent_mark_;
  std::size_t rows_with_employer_ = 0;
  std::vector<Row> rows_;
  std::string talent_ids_;
  std::vector<std::string> programmes_;
  std::vector<std::string> employers_;
  std::map<std::string, std::uint16_t, std::less<>> programme_numbers_;
  std::unordered_map<std::string, std::uint32_t> employer_numbers_;
  std::map<std::string, std::vector<RevocationRow>, std::less<>> revocations_;
};

// Called now and then with the number of rows read.
using RowsRead = std::function<void(std::uint64_t rows)>;

// What was known by `known_on` (all, where absent), read from the database.
RegistryTables load_registry(Transaction& transaction, const std::optional<Day>& known_on = std::nullopt, const RowsRead& progress = {});
// What the versions after `version` change of `base`, which was made of all versions up to it.
RegistryDelta load_delta(Transaction& transaction, std::int64_t version, const RegistryTables& base);
// The same as load_registry(), but only what concerns one person, or one enterprise with everyone who ever worked
// there: for a single question to a large registry.
Registry load_person(Transaction& transaction, KeyedHash lookup, const std::optional<Day>& known_on = std::nullopt);
Registry load_employer(Transaction& transaction, const std::string& social_credit_code,
                       const std::optional<Day>& known_on = std::nullopt);

}  // namespace talent_loan
