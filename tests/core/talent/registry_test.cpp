#include <random>

#include <catch2/catch.hpp>

#include "core/talent/registry.hpp"

using namespace talent_loan;

namespace {

Day day(const char* text) { return *parse_day(text); }

RegistryRow row_of(std::string_view talent, KeyedHash lookup, std::string_view employer = {}, Period employed = {}) {
  return {.talent_id = talent, .programme = "zibo-yingcai", .level = Level::municipal, .valid = {day("2018-01-01"), std::nullopt}, .lookup = lookup,
          .employer_code = employer, .employed = employed, .as_of = day("2020-01-01"), .version = 1};
}

}  // namespace

TEST_CASE("an empty registry knows nobody") {
  const Registry registry(RegistryBuilder().build());
  CHECK_FALSE(registry.find_person({1, 2}));
  CHECK_FALSE(registry.find_employer("91350100M000100Y43"));
}

TEST_CASE("everyone who was added is found, nobody else, whatever the hashes") {
  std::mt19937_64 random(20200526);
  for (const std::size_t size : {1U, 2U, 3U, 1000U}) {
    for (const bool crowded : {false, true}) {
      // Crowded: hashes that share their first bits and differ at the end only.
      std::vector<KeyedHash> lookups;
      RegistryBuilder builder;
      for (std::size_t i = 0; i < size; ++i) lookups.push_back(crowded ? KeyedHash{~0ULL, i} : KeyedHash{random(), random()});
      for (std::size_t i = 0; i < size; ++i) builder.add(row_of("T" + std::to_string(i), lookups[i]));
      const Registry registry(std::move(builder).build());
      CHECK(registry.base().selection_count() == size);
      for (std::size_t i = 0; i < size; ++i) {
        const auto person = registry.find_person(lookups[i]);
        REQUIRE(person);
        REQUIRE(registry.selections(*person).size() == 1);
        CHECK(registry.talent_id(registry.selections(*person)[0].talent) == "T" + std::to_string(i));
      }
      CHECK_FALSE(registry.find_person({random(), random()}));
      CHECK_FALSE(registry.find_person({0, 0}));
    }
  }
}

TEST_CASE("adjoining employments at one enterprise count as one, also from several lists") {
  const std::string_view employer = "91350100M000100Y43";
  RegistryBuilder builder;
  builder.add(row_of("A", {1, 1}, employer, {day("2015-01-01"), day("2017-12-31")}));
  builder.add(row_of("B", {1, 1}, employer, {day("2018-01-01"), std::nullopt}));  // the same person by another key
  builder.add(row_of("C", {2, 2}, employer, {day("2015-01-01"), day("2017-12-30")}));
  builder.add(row_of("D", {2, 2}, employer, {day("2018-01-01"), std::nullopt}));
  builder.add(row_of("E", {3, 3}));
  const Registry registry(std::move(builder).build());
  const auto employments = registry.employments(*registry.find_employer(employer));
  REQUIRE(employments.size() == 3);
  CHECK(employments[0].period.from == day("2015-01-01").days_since_1970());
  CHECK(employments[0].period.contains(day("2030-01-01")));
  CHECK_FALSE(employments[1].period.contains(day("2017-12-31")));
  CHECK(employments[2].period.contains(day("2018-01-01")));
  CHECK(registry.selections(employments[0].person).size() == 2);
}

TEST_CASE("a mended identity number takes selections and employment with it") {
  const std::string_view employer = "91350100M000100Y43";
  RegistryBuilder builder;
  builder.add(row_of("A", {1, 1}, employer, {day("2015-01-01"), std::nullopt}));
  RegistryRow mended = row_of("A", {9, 9});
  mended.version = 2;
  builder.add(mended);
  const Registry registry(std::move(builder).build());
  CHECK_FALSE(registry.find_person({1, 1}));
  REQUIRE(registry.find_person({9, 9}));
  CHECK(registry.employments(*registry.find_employer(employer))[0].person == *registry.find_person({9, 9}));
}
