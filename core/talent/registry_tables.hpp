// The registry laid out for lookups by the million: sorted arrays and radix indexes, no pointers, the same in
// memory and in a snapshot file. Holds keyed hashes instead of identity numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/policy/policy.hpp"
#include "core/talent/sealed_file.hpp"
#include "core/talent/vault.hpp"

namespace talent_loan {

// A period in eight bytes; without end it ends on the last of all days.
struct DaySpan {
  static constexpr std::int32_t last_of_days = std::numeric_limits<std::int32_t>::max();
  std::int32_t from = 0;
  std::int32_t to = 0;
  bool contains(Day day) const { return from <= day.days_since_1970() && day.days_since_1970() <= to; }
};
DaySpan day_span(const Period& period);
Period period_of(DaySpan span);

struct RegisteredSelection {
  KeyedHash lookup;             // of the person
  DaySpan valid;
  std::uint32_t talent = 0;     // Registry::talent_id()
  std::int32_t version = 0;     // of the lists, that said so
  std::uint16_t programme = 0;  // Registry::programme()
  std::uint8_t level_number = 0;
  bool revoked = false;         // the end of `valid` is a revocation's
  std::uint32_t unused = 0;     // no byte of a snapshot is left to chance
  Level level() const { return static_cast<Level>(level_number); }
};
static_assert(sizeof(RegisteredSelection) == 40);

struct RegisteredEmployer {
  std::uint64_t hash = 0;
  std::array<char, 18> code{};
  std::array<char, 2> unused{};
  std::uint32_t employments_begin = 0;  // they end where the next employer's begin
};
static_assert(sizeof(RegisteredEmployer) == 32);

struct RegisteredEmployment {
  std::uint32_t person = 0;
  DaySpan period;  // unbroken: adjoining employments are one
};
static_assert(sizeof(RegisteredEmployment) == 12);

// One array of the registry, in memory or in a file of which only the blocks that are asked for are read.
// Whatever stands in the file, nothing outside the array is ever touched: that throws Failure.
template <typename T>
class RegistryColumn {
 public:
  RegistryColumn() = default;
  RegistryColumn(const T* data, std::size_t size, const SealedFile* file = nullptr) : data_(data), size_(size), file_(file) {}

  std::size_t size() const { return size_; }
  std::span<const T> range(std::size_t begin, std::size_t end) const {
    if (begin > end || end > size_) out_of_bounds();
    if (file_ != nullptr && begin != end) {
      file_->need(static_cast<std::uint64_t>(reinterpret_cast<const unsigned char*>(data_ + begin) - file_->data()), (end - begin) * sizeof(T));
    }
    return {data_ + begin, end - begin};
  }
  const T& operator[](std::size_t index) const { return range(index, index + 1).front(); }
  void prefetch(std::size_t index) const { __builtin_prefetch(data_ + std::min(index, size_)); }
  std::span<const T> all() const { return range(0, size_); }

 private:
  [[noreturn]] static void out_of_bounds();
  const T* data_ = nullptr;
  std::size_t size_ = 0;
  const SealedFile* file_ = nullptr;
};

// The arrays while they are being made, and for as long as they stay in memory.
struct RegistryArrays {
  // By person, then by talent and programme; a person is the place of the first.
  std::vector<RegisteredSelection> selections;
  std::vector<std::uint32_t> person_radix;  // first selection whose hash begins with these bits, and one more
  std::vector<RegisteredEmployer> employers;  // by hash and code, and one more at the end
  std::vector<std::uint32_t> employer_radix;
  std::vector<RegisteredEmployment> employments;  // by employer, then by hash of the person, then by first day
  std::vector<std::uint64_t> talent_begin{0};     // in talent_ids, and one more
  std::vector<char> talent_ids;
  std::vector<std::string> programmes;
  std::uint64_t rows = 0;  // of the lists, that all this was worked out from

  // Fills both radix indexes. REQUIRES: selections and employers in their order.
  void index();
};

class RegistryTables {
 public:
  using Person = std::uint32_t;
  static constexpr std::size_t selections_at_most = std::size_t{1} << 31;

  RegistryTables() : RegistryTables(RegistryArrays{}) {}
  explicit RegistryTables(RegistryArrays arrays);
  // What save() wrote; throws Failure where the heading is not one of its.
  explicit RegistryTables(std::unique_ptr<SealedFile> file);

  // `about`: what else a reader of the file wants to know of it, as JSON; about() gives it back.
  void save(ReplacedFile& file, const Vault& vault, const std::string& about) const;
  const std::string& about() const { return about_; }

  std::optional<Person> find_person(KeyedHash lookup) const;
  std::span<const RegisteredSelection> selections(Person person) const;
  KeyedHash lookup(Person person) const { return selections_[person].lookup; }
  std::optional<std::uint32_t> find_employer(std::string_view social_credit_code) const;
  std::span<const RegisteredEmployment> employments(std::uint32_t employer) const;
  std::string_view employer_code(std::uint32_t employer) const;
  std::size_t employers() const { return employers_.size() == 0 ? 0 : employers_.size() - 1; }
  const std::vector<std::string>& programmes() const { return programmes_; }
  std::string_view talent_id(std::uint32_t talent) const;
  std::uint64_t rows() const { return rows_; }
  std::size_t selection_count() const { return selections_.size(); }

  // The two steps of find_person() and find_employer(), to be fetched into the processor some requests ahead.
  void prefetch_index(bool employer, KeyedHash hash) const {
    employer ? employer_radix_.prefetch(static_cast<std::size_t>(hash.high >> employer_shift_)) : person_radix_.prefetch(static_cast<std::size_t>(hash.high >> person_shift_));
  }
  void prefetch_entries(bool employer, KeyedHash hash) const {
    employer ? employers_.prefetch(employer_radix_[static_cast<std::size_t>(hash.high >> employer_shift_)])
             : selections_.prefetch(person_radix_[static_cast<std::size_t>(hash.high >> person_shift_)]);
  }
  void prefetch_person(Person person) const { selections_.prefetch(person); }

 private:
  void use_arrays();
  std::vector<Bytes> parts() const;

  std::unique_ptr<RegistryArrays> arrays_;  // one of these two
  std::unique_ptr<SealedFile> file_;
  RegistryColumn<RegisteredSelection> selections_;
  RegistryColumn<std::uint32_t> person_radix_;
  RegistryColumn<RegisteredEmployer> employers_;
  RegistryColumn<std::uint32_t> employer_radix_;
  RegistryColumn<RegisteredEmployment> employments_;
  RegistryColumn<std::uint64_t> talent_begin_;
  RegistryColumn<char> talent_ids_;
  int person_shift_ = 63;
  int employer_shift_ = 63;
  std::vector<std::string> programmes_;
  std::uint64_t rows_ = 0;
  std::string about_;
};

// Spreads the codes, which begin alike, over 64 bits.
std::uint64_t employer_hash(const std::array<char, 18>& code);

}  // namespace talent_loan
