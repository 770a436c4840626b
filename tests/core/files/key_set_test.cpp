#include "core/files/key_set.hpp"

#include <random>
#include <set>
#include <string>

#include <catch2/catch.hpp>

using namespace talent_loan;

TEST_CASE("a key is in the set once it was put there") {
  const KeyHasher hasher;
  KeySet keys(hasher);
  std::set<std::string> expected;
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    std::string key = std::to_string(random() % 100'000);
    if (i % 7 == 0) key.resize(random() % 300, '\0');
    const std::uint64_t hash = hasher(key);
    REQUIRE(keys.contains(hash, key) == expected.contains(key));
    REQUIRE(keys.insert(hash, key) == expected.insert(key).second);
  }
  CHECK(keys.size() == expected.size());
  CHECK_FALSE(keys.contains(hasher("never"), "never"));
}

TEST_CASE("equal hashes never make two keys one") {
  const KeyHasher hasher;
  KeySet keys(hasher);
  for (int i = 0; i < 2'000; ++i) {
    const std::string key = std::to_string(i);
    REQUIRE_FALSE(keys.contains(42, key));
    REQUIRE(keys.insert(42, key));
    REQUIRE_FALSE(keys.insert(42, key));
  }
}

TEST_CASE("keys of any length and room made ahead") {
  const KeyHasher hasher;
  KeySet keys(hasher);
  keys.reserve(100'000);
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{9}, std::size_t{1} << 20}) {
    const std::string key(size, 'x');
    CHECK(keys.insert(hasher(key), key));
    CHECK_FALSE(keys.insert(hasher(key), key));
  }
  CHECK(keys.size() == 6);
}

TEST_CASE("no two hashers hash alike, so that keys that collide cannot be made") {
  CHECK(KeyHasher()("C000000001") != KeyHasher()("C000000001"));
}
