#include "core/talent/registry_tables.hpp"

#include <bit>
#include <cstring>
#include <tuple>

#include <nlohmann/json.hpp>

namespace talent_loan {
namespace {

using Json = nlohmann::ordered_json;

// Of the meaning of the parts; the file around them has a version of its own.
constexpr int layout_version = 1;

[[noreturn]] void not_a_snapshot() {
  throw Failure({"不是本版本程序的名册快照", "not a snapshot of the registry by this version of the program"}, {});
}

// The hashes are evenly spread, so that between half as many slots as entries and as many leave one or two to a slot.
int shift_for(std::size_t entries) { return 64 - std::max(1, static_cast<int>(std::bit_width(entries)) - 1); }

int shift_of(std::size_t radix_size) { return 64 - static_cast<int>(std::bit_width(radix_size - 1)) + 1; }

template <typename Entry, typename HashOf>
std::vector<std::uint32_t> radix_of(std::span<const Entry> entries, const HashOf& hash_of) {
  const int shift = shift_for(entries.size());
  std::vector<std::uint32_t> radix((std::size_t{1} << (64 - shift)) + 1, 0);
  for (const Entry& entry : entries) ++radix[static_cast<std::size_t>(hash_of(entry) >> shift) + 1];
  for (std::size_t slot = 1; slot < radix.size(); ++slot) radix[slot] += radix[slot - 1];
  return radix;
}

// A radix index has a power of two of slots and one more.
void require_radix(std::size_t size) {
  if (size < 3 || !std::has_single_bit(size - 1)) not_a_snapshot();
}

template <typename T>
Bytes bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const unsigned char*>(values.data()), values.size_bytes()};
}

template <typename T>
void place(const SealedFile& file, const Json& part, RegistryColumn<T>& column) {
  const auto begin = part.at("begin").get<std::uint64_t>();
  const auto count = part.at("count").get<std::uint64_t>();
  const bool fits = part.at("size").get<std::size_t>() == sizeof(T) && begin % alignof(T) == 0 && begin <= file.size() &&
                    count <= (file.size() - begin) / sizeof(T);
  if (!fits) not_a_snapshot();
  column = RegistryColumn<T>(reinterpret_cast<const T*>(file.data() + begin), count, &file);
}

}  // namespace

DaySpan day_span(const Period& period) {
  return {period.from.days_since_1970(), period.to ? period.to->days_since_1970() : DaySpan::last_of_days};
}

Period period_of(DaySpan span) {
  return {Day(span.from), span.to == DaySpan::last_of_days ? std::nullopt : std::optional<Day>(Day(span.to))};
}

std::uint64_t employer_hash(const std::array<char, 18>& code) {
  std::uint64_t hash = 0x9E3779B97F4A7C15;
  for (std::size_t at = 0; at < code.size(); at += 6) {
    std::uint64_t word = 0;
    std::memcpy(&word, code.data() + at, 6);
    hash = (hash ^ word) * 0xD6E8FEB86659FD93;
    hash ^= hash >> 32;
  }
  hash *= 0xD6E8FEB86659FD93;
  return hash ^ hash >> 29;
}

template <typename T>
void RegistryColumn<T>::out_of_bounds() {
  throw Failure({"名册快照的内部位置越界", "a place inside the snapshot of the registry is out of bounds"},
                {"请用 talents snapshot build 重建", "make it again with talents snapshot build"});
}
template class RegistryColumn<RegisteredSelection>;
template class RegistryColumn<RegisteredEmployer>;
template class RegistryColumn<RegisteredEmployment>;
template class RegistryColumn<std::uint32_t>;
template class RegistryColumn<std::uint64_t>;
template class RegistryColumn<char>;

void RegistryArrays::index() {
  person_radix = radix_of(std::span<const RegisteredSelection>(selections), [](const RegisteredSelection& s) { return s.lookup.high; });
  const std::size_t codes = employers.empty() ? 0 : employers.size() - 1;
  employer_radix = radix_of(std::span<const RegisteredEmployer>(employers).first(codes), [](const RegisteredEmployer& e) { return e.hash; });
}

RegistryTables::RegistryTables(RegistryArrays arrays) : arrays_(std::make_unique<RegistryArrays>(std::move(arrays))) {
  if (arrays_->employers.empty()) arrays_->employers.emplace_back();
  if (arrays_->person_radix.empty()) arrays_->index();
  use_arrays();
}

void RegistryTables::use_arrays() {
  const RegistryArrays& a = *arrays_;
  selections_ = {a.selections.data(), a.selections.size()};
  person_radix_ = {a.person_radix.data(), a.person_radix.size()};
  employers_ = {a.employers.data(), a.employers.size()};
  employer_radix_ = {a.employer_radix.data(), a.employer_radix.size()};
  employments_ = {a.employments.data(), a.employments.size()};
  talent_begin_ = {a.talent_begin.data(), a.talent_begin.size()};
  talent_ids_ = {a.talent_ids.data(), a.talent_ids.size()};
  person_shift_ = shift_of(a.person_radix.size());
  employer_shift_ = shift_of(a.employer_radix.size());
  programmes_ = a.programmes;
  rows_ = a.rows;
}

RegistryTables::RegistryTables(std::unique_ptr<SealedFile> file) : file_(std::move(file)) {
  const Json heading = Json::parse(file_->heading(), nullptr, false);
  if (!heading.is_object()) not_a_snapshot();
  try {
    if (heading.at("layout") != layout_version) not_a_snapshot();
    const Json& parts = heading.at("parts");
    place(*file_, parts.at("selections"), selections_);
    place(*file_, parts.at("person_radix"), person_radix_);
    place(*file_, parts.at("employers"), employers_);
    place(*file_, parts.at("employer_radix"), employer_radix_);
    place(*file_, parts.at("employments"), employments_);
    place(*file_, parts.at("talent_begin"), talent_begin_);
    place(*file_, parts.at("talent_ids"), talent_ids_);
    programmes_ = heading.at("programmes").get<std::vector<std::string>>();
    rows_ = heading.at("rows").get<std::uint64_t>();
    about_ = heading.at("about").get<std::string>();
  } catch (const Json::exception&) {
    not_a_snapshot();
  }
  require_radix(person_radix_.size());
  require_radix(employer_radix_.size());
  person_shift_ = shift_of(person_radix_.size());
  employer_shift_ = shift_of(employer_radix_.size());
}

void RegistryTables::save(ReplacedFile& file, const Vault& vault, const std::string& about) const {
  const std::vector<Bytes> parts{bytes_of(selections_.all()), bytes_of(person_radix_.all()), bytes_of(employers_.all()), bytes_of(employer_radix_.all()),
                                 bytes_of(employments_.all()), bytes_of(talent_begin_.all()), bytes_of(talent_ids_.all())};
  const std::vector<std::uint64_t> begins = part_offsets(parts);
  Json heading{{"layout", layout_version}, {"rows", rows_}, {"programmes", programmes_}, {"about", about}, {"parts", Json::object()}};
  const auto describe = [&](const char* name, std::size_t part, std::size_t count, std::size_t size) {
    heading["parts"][name] = {{"begin", begins[part]}, {"count", count}, {"size", size}};
  };
  describe("selections", 0, selections_.size(), sizeof(RegisteredSelection));
  describe("person_radix", 1, person_radix_.size(), sizeof(std::uint32_t));
  describe("employers", 2, employers_.size(), sizeof(RegisteredEmployer));
  describe("employer_radix", 3, employer_radix_.size(), sizeof(std::uint32_t));
  describe("employments", 4, employments_.size(), sizeof(RegisteredEmployment));
  describe("talent_begin", 5, talent_begin_.size(), sizeof(std::uint64_t));
  describe("talent_ids", 6, talent_ids_.size(), sizeof(char));
  write_sealed(file, vault, heading.dump(-1, ' ', false, Json::error_handler_t::replace), parts);
}

std::optional<RegistryTables::Person> RegistryTables::find_person(KeyedHash lookup) const {
  const auto slot = static_cast<std::size_t>(lookup.high >> person_shift_);
  const auto bounds = person_radix_.range(slot, slot + 2);
  const auto entries = selections_.range(bounds[0], bounds[1]);
  const auto found = std::lower_bound(entries.begin(), entries.end(), lookup, [](const RegisteredSelection& s, KeyedHash wanted) { return s.lookup < wanted; });
  if (found == entries.end() || found->lookup != lookup) return std::nullopt;
  return static_cast<Person>(bounds[0] + static_cast<std::size_t>(found - entries.begin()));
}

std::span<const RegisteredSelection> RegistryTables::selections(Person person) const {
  const KeyedHash lookup = selections_[person].lookup;
  std::size_t end = std::size_t{person} + 1;
  while (end < selections_.size() && selections_[end].lookup == lookup) ++end;
  return selections_.range(person, end);
}

std::optional<std::uint32_t> RegistryTables::find_employer(std::string_view social_credit_code) const {
  RegisteredEmployer wanted;
  if (social_credit_code.size() != wanted.code.size()) return std::nullopt;
  std::copy(social_credit_code.begin(), social_credit_code.end(), wanted.code.begin());
  wanted.hash = employer_hash(wanted.code);
  const auto slot = static_cast<std::size_t>(wanted.hash >> employer_shift_);
  const auto bounds = employer_radix_.range(slot, slot + 2);
  const auto entries = employers_.range(bounds[0], bounds[1]);
  const auto order = [](const RegisteredEmployer& e) { return std::tie(e.hash, e.code); };
  const auto found = std::lower_bound(entries.begin(), entries.end(), wanted, [&](const auto& a, const auto& b) { return order(a) < order(b); });
  if (found == entries.end() || found->code != wanted.code) return std::nullopt;
  return static_cast<std::uint32_t>(bounds[0] + static_cast<std::size_t>(found - entries.begin()));
}

std::span<const RegisteredEmployment> RegistryTables::employments(std::uint32_t employer) const {
  const auto ends = employers_.range(employer, std::size_t{employer} + 2);
  return employments_.range(ends[0].employments_begin, ends[1].employments_begin);
}

std::string_view RegistryTables::employer_code(std::uint32_t employer) const {
  const auto& code = employers_[employer].code;
  return {code.data(), code.size()};
}

std::string_view RegistryTables::talent_id(std::uint32_t talent) const {
  const auto ends = talent_begin_.range(talent, std::size_t{talent} + 2);
  const auto text = talent_ids_.range(ends[0], ends[1]);
  return {text.data(), text.size()};
}

}  // namespace talent_loan
