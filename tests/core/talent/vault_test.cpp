#include <filesystem>

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "core/message/message.hpp"
#include "core/talent/vault_key.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

MasterKey key_of(unsigned char byte) {
  MasterKey key;
  key.fill(byte);
  return key;
}

}  // namespace

TEST_CASE("what is sealed opens again, and only where it belongs") {
  const Vault vault(key_of(7));
  for (const std::string plain : {"", "3", "370302199001011234\n张三\n某公司"}) {
    const std::string sealed = vault.seal(plain, "T-1");
    CHECK(vault.open(sealed, "T-1") == plain);
    CHECK(sealed.find("370302") == std::string::npos);
    CHECK_THROWS_AS(vault.open(sealed, "T-2"), Failure);
    CHECK_THROWS_AS(Vault(key_of(8)).open(sealed, "T-1"), Failure);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      std::string changed = sealed;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      INFO("character " << i);
      CHECK_THROWS_AS(vault.open(changed, "T-1"), Failure);
    }
  }
  CHECK(vault.seal("same", "T-1") != vault.seal("same", "T-1"));
  for (const char* nonsense : {"", "abc", "====", "!!!!", "AAAA"}) CHECK_THROWS_AS(vault.open(nonsense, "T-1"), Failure);
}

TEST_CASE("lookup hashes depend on the key and on nothing else") {
  const Vault vault(key_of(7));
  CHECK(vault.lookup("370302199001011234") == Vault(key_of(7)).lookup("370302199001011234"));
  CHECK(vault.lookup("370302199001011234") != Vault(key_of(8)).lookup("370302199001011234"));
  CHECK(vault.lookup("370302199001011234") != vault.fingerprint("370302199001011234"));
  CHECK(parse_hash(format_hash(vault.lookup("x"))) == vault.lookup("x"));
  for (const char* nonsense : {"", "12", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef0"}) {
    CHECK_THROWS_AS(parse_hash(nonsense), Failure);
  }
}

// Computed with: openssl dgst -sm3 -mac HMAC -macopt hexkey:<key>, twice: the derived key, then the number.
TEST_CASE("lookup hashes are HMAC-SM3 as OpenSSL computes it") {
  CHECK(format_hash(Vault(key_of(0)).lookup("370302199001011234")) == "18e61688f9a8a83cc79fbdbe9b2bc4b5");
}

TEST_CASE("a database takes one key, made at first use for its owner only") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    TemporaryFolder folder;
    Database database = Database::open(url);
    const KeySource source{.file = folder / "key"};
    {
      Transaction look = database.read();
      CHECK_FALSE(vault_for_reading(look, source).has_value());
    }
    std::string key_id;
    {
      Transaction transaction = database.write();
      key_id = vault_for_writing(transaction, source).key_id();
      transaction.commit();
    }
    struct stat status {};
    REQUIRE(stat((folder / "key").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    {
      Transaction look = database.read();
      CHECK(vault_for_reading(look, source)->key_id() == key_id);
      CHECK_THROWS_AS(vault_for_reading(look, KeySource{.file = folder / "missing"}), Failure);
      CHECK_THROWS_AS(vault_for_reading(look, KeySource{.given = std::string(64, 'a'), .file = folder / "key"}), Failure);
      CHECK_THROWS_AS(vault_for_reading(look, KeySource{.given = "not a key"}), Failure);
    }
    CHECK_FALSE(std::filesystem::exists(folder / "missing"));
    std::filesystem::permissions(folder / "key", std::filesystem::perms::group_read, std::filesystem::perm_options::add);
    Transaction look = database.read();
    CHECK_THROWS_AS(vault_for_reading(look, source), Failure);
  }
}
