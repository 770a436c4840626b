// Signed adapter libraries: what somebody vouched for is loaded, and everything else says why it is not.
#include <filesystem>

#include <catch2/catch.hpp>

#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/library/signature.hpp"
#include "plugins/host/session/connection.hpp"
#include "tests/support/run_program.hpp"

namespace fs = std::filesystem;
using namespace talent_loan;
using namespace talent_loan::host;
using talent_loan::testing::Ran;
using talent_loan::testing::read_file;
using talent_loan::testing::run_program;
using talent_loan::testing::TemporaryFolder;

namespace {

const std::string adapters = TALENT_LOAN_TEST_ADAPTERS;

class FixedClock final : public Clock {
 public:
  Instant now() const override { return Instant(today.days() + std::chrono::hours(4)); }
  struct {
    Day day = *parse_day("2026-06-15");
    std::chrono::sys_days days() const { return std::chrono::sys_days(std::chrono::days(day.days_since_1970())); }
  } today;
};

// A bureau's configuration with the public keys "bureau" and "city" and one bank whose library bureau must have signed.
struct Office {
  explicit Office(SignatureAlgorithm used = SignatureAlgorithm::ed25519) : algorithm(used) {
    make("bureau", algorithm);
    make("city", SignatureAlgorithm::ed25519);
    folder.write("bank.so", read_file(adapters + "/scripted_bank.so"));
    folder.write("config/bank.txt", "");
    bind("    library_signed_by: bureau\n");
  }
  void make(const std::string& name, SignatureAlgorithm with) {
    make_signing_key(folder / (name + ".pem"), with);
    folder.write("config/adapter-keys/" + name + ".pem", read_file(folder / (name + ".pem.pub")));
  }
  void bind(const std::string& keys, const std::string& top = "") {
    folder.write("config/banks.yaml", "schema: talent-loan/banks/1\n" + top + "banks:\n  - id: a\n    adapter: " + (folder / "bank.so") + "\n" + keys +
                                          "    isolation: " + isolation + "\n    config: bank.txt\n");
  }
  Ran sign(const std::string& key = "bureau", std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"adapter", "sign", folder / "bank.so", "--key", folder / (key + ".pem"), "--on", "2026-06-01"});
    return run_program(more);
  }
  // Opens the bank's adapter as a round does; what is said where it may not be.
  std::string open() {
    const auto bank = load_banks(folder / "config").front();
    AdapterConnection connection(bank, session_maker(folder / "config", {}, clock), Language::english);
    try {
      connection.health();
      connection.close();
    } catch (const AdapterFailure& failure) {
      CHECK(failure.kind() == AdapterFailure::Kind::not_loaded);
      return failure.sentences(Language::english);
    }
    return "opened";
  }
  std::string signature() const { return read_file(folder / "bank.so.sig"); }
  void change_signature(const std::string& from, const std::string& to) {
    std::string text = signature();
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    folder.write("bank.so.sig", text.replace(at, from.size(), to));
  }

  SignatureAlgorithm algorithm;
  std::string isolation = "process";
  TemporaryFolder folder;
  FixedClock clock;
};

SignatureAlgorithm either() { return GENERATE(SignatureAlgorithm::ed25519, SignatureAlgorithm::sm2); }

}  // namespace

TEST_CASE("a library signed by a key of the configuration is loaded, in both isolations") {
  Office office(either());
  office.isolation = GENERATE("process", "in-process");
  office.bind("    library_signed_by: [city, bureau]\n");
  const Ran made = office.sign();
  INFO(made.err);
  REQUIRE(made.exit == 0);
  CHECK(office.open() == "opened");
}

TEST_CASE("a library without the signature it must have is not loaded") {
  Office office;
  CHECK_THAT(office.open(), Catch::Contains("open of bank a") && Catch::Contains("bank.so.sig") && Catch::Contains("no such signature file") && Catch::Contains("adapter sign"));
}

TEST_CASE("one changed byte of a signed library is noticed, wherever it is") {
  Office office(either());
  REQUIRE(office.sign().exit == 0);
  const std::string bytes = read_file(office.folder / "bank.so");
  for (const std::size_t at : {bytes.size() / 2, bytes.size() - 1}) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    office.folder.write("bank.so", changed);
    CHECK_THAT(office.open(), Catch::Contains("was changed after it was signed"));
  }
  office.folder.write("bank.so", bytes + '\0');
  CHECK_THAT(office.open(), Catch::Contains("was changed after it was signed"));
}

TEST_CASE("a signature file in which anything was changed does not fit any more") {
  Office office(either());
  REQUIRE(office.sign("bureau", {"--valid-to", "2026-12-31"}).exit == 0);
  const std::string honest = office.signature();
  CHECK(office.open() == "opened");
  office.change_signature("valid_to: 2026-12-31", "valid_to: 2029-12-31");
  CHECK_THAT(office.open(), Catch::Contains("does not fit"));
  office.folder.write("bank.so.sig", honest);
  office.change_signature("valid_to: 2026-12-31\n", "");
  CHECK_THAT(office.open(), Catch::Contains("does not fit"));
  office.folder.write("bank.so.sig", honest);
  office.change_signature("signed_on: 2026-06-01", "signed_on: 2026-06-02");
  CHECK_THAT(office.open(), Catch::Contains("does not fit"));
  // A hash that was changed to that of a changed library.
  office.folder.write("bank.so.sig", honest);
  const std::string before = store_library(office.folder / "bank.so", std::nullopt).sha256;
  office.folder.write("bank.so", read_file(office.folder / "bank.so") + "x");
  office.change_signature(before, store_library(office.folder / "bank.so", std::nullopt).sha256);
  CHECK_THAT(office.open(), Catch::Contains("does not fit"));
}

TEST_CASE("a signature that another library, another key or another time would need is refused in words of its own") {
  Office office(either());
  office.folder.write("other.so", read_file(adapters + "/misloaded_version.so"));
  REQUIRE(run_program({"adapter", "sign", office.folder / "other.so", "--key", office.folder / "bureau.pem", "--out", office.folder / "bank.so.sig"}).exit == 0);
  CHECK_THAT(office.open(), Catch::Contains("the signature is another library's"));

  REQUIRE(office.sign("city").exit == 0);
  CHECK_THAT(office.open(), Catch::Contains("not trusted here") && Catch::Contains("bureau (") && Catch::Contains("library_signed_by"));
  // City's signature under bureau's name.
  const std::string city = SigningKey::read_public(office.folder / "city.pem.pub").key_id();
  office.change_signature(city, SigningKey::read_public(office.folder / "bureau.pem.pub").key_id());
  CHECK_THAT(office.open(), Catch::Contains("does not fit"));

  REQUIRE(office.sign("bureau", {"--valid-to", "2026-06-15"}).exit == 0);
  CHECK(office.open() == "opened");
  office.clock.today.day = office.clock.today.day.plus_days(1);
  CHECK_THAT(office.open(), Catch::Contains("ended on 2026-06-15") && Catch::Contains("2026-06-16 or later"));
}

TEST_CASE("what is no signature file is refused with what is wrong in it") {
  Office office;
  REQUIRE(office.sign().exit == 0);
  const std::string honest = office.signature();
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{{"", "cannot be used"},
                                                                                    {"\xff\xfe\x01", "cannot be used"},
                                                                                    {"schema: talent-loan/banks/1\n", "cannot be used"},
                                                                                    {honest + "more: 1\n", "more"},
                                                                                    {honest.substr(0, honest.find("signature:")), "signature"},
                                                                                    {std::string(20'000, 'x'), "bank.so.sig"}}) {
    INFO(text.substr(0, 200));
    office.folder.write("bank.so.sig", text);
    CHECK_THAT(office.open(), Catch::Contains(words) && Catch::Contains("bank.so.sig"));
  }
  for (const char* signature : {"!", "AAAA", "bm90IGEgc2lnbmF0dXJl", "\"\""}) {
    INFO(signature);
    office.folder.write("bank.so.sig", honest.substr(0, honest.find("signature:")) + "signature: " + signature + "\n");
    CHECK_FALSE(office.open() == "opened");
  }
}

TEST_CASE("a pin and a signature must both hold, and pinning every bank leaves signed ones alone") {
  Office office;
  REQUIRE(office.sign().exit == 0);
  const std::string sha256 = store_library(office.folder / "bank.so", std::nullopt).sha256;
  office.bind("    library_signed_by: bureau\n    library_sha256: " + sha256 + "\n");
  CHECK(office.open() == "opened");
  office.bind("    library_signed_by: bureau\n    library_sha256: " + std::string(64, '0') + "\n");
  CHECK_THAT(office.open(), Catch::Contains("differs from the one pinned"));
  office.bind("    library_signed_by: bureau\n");
  CHECK(pin_libraries(office.folder / "config", {}).empty());
  CHECK(pin_libraries(office.folder / "config", {"a"}).size() == 1);
}

TEST_CASE("a library that nothing vouches for is named, and refused where banks.yaml says so") {
  Office office;
  office.bind("");
  CHECK(office.open() == "opened");
  const auto said = unchecked_library(load_banks(office.folder / "config").front(), office.folder / "config");
  REQUIRE(said);
  CHECK_THAT(said->english, Catch::Contains("bank.so of bank a is neither pinned nor signed"));
  office.bind("", "unchecked_libraries: refuse\n");
  CHECK_THAT(office.open(), Catch::Contains("neither pinned nor signed") && Catch::Contains("adapter pin"));
  BankBinding own;
  own.adapter = "flat-file";
  CHECK_FALSE(unchecked_library(own, office.folder / "config"));
}

TEST_CASE("a bank is kept out with the keys there are when it asks for one that is not") {
  Office office;
  office.bind("    library_signed_by: bureuu\n");
  CHECK_THAT(load_banks(office.folder / "config").front().kept_out.value().sentence(Language::english),
             Catch::Contains("bureuu.pem") && Catch::Contains("bureau, city") && Catch::Contains("library_signed_by"));
  office.bind("    library_signature: x.sig\n");
  CHECK_THROWS_WITH(load_banks(office.folder / "config"), Catch::Contains("library_signed_by is missing"));
}

TEST_CASE("a private key among the public ones is refused, and so is what is no key") {
  Office office(either());
  REQUIRE(office.sign().exit == 0);
  office.folder.write("config/adapter-keys/bureau.pem", read_file(office.folder / "bureau.pem"));
  CHECK_THAT(office.open(), Catch::Contains("is a private key") && Catch::Contains(".pub"));
  office.folder.write("config/adapter-keys/bureau.pem", "nothing");
  CHECK_THAT(office.open(), Catch::Contains("not an Ed25519 or SM2 key"));
}

TEST_CASE("what was signed and checked is what is loaded, whatever becomes of the file afterwards") {
  Office office;
  REQUIRE(office.sign().exit == 0);
  const auto bank = load_banks(office.folder / "config").front();
  const LibraryFile checked = store_library(office.folder / "bank.so", std::nullopt, *bank.signature, *parse_day("2026-06-15"));
  office.folder.write("bank.so", read_file(adapters + "/misloaded_version.so"));
  CHECK(AdapterLibrary::load(checked)->name() == "scripted-bank");
  CHECK(sha256_hex(read_file(checked.stored_path)) == checked.sha256);
}

TEST_CASE("inspect tells whose signature a library has") {
  Office office(either());
  const auto inspect = [&] { return run_program({"--config", office.folder / "config", "adapter", "inspect", office.folder / "bank.so"}); };
  CHECK_THAT(inspect().out, Catch::Contains("signature: none"));
  REQUIRE(office.sign("bureau", {"--valid-to", "9999-12-31"}).exit == 0);
  const Ran good = inspect();
  CHECK(good.exit == 0);
  CHECK_THAT(good.out, Catch::Contains("signature: genuine, by bureau (") && Catch::Contains("signed on 2026-06-01, valid to 9999-12-31"));
  office.folder.write("bank.so", read_file(office.folder / "bank.so") + "x");
  const Ran bad = inspect();
  CHECK(bad.exit == 1);
  CHECK_THAT(bad.out, Catch::Contains("signature: not to be trusted"));
}

TEST_CASE("sign refuses what is no library, a key that cannot sign, and an end before its beginning") {
  Office office;
  CHECK_THAT(run_program({"adapter", "sign", office.folder.write("text.so", "text"), "--key", office.folder / "bureau.pem"}).err, Catch::Contains("is not a shared library"));
  CHECK_THAT(run_program({"adapter", "sign", office.folder / "bank.so", "--key", office.folder / "bureau.pem.pub"}).err, Catch::Contains("not an Ed25519 or SM2 key"));
  CHECK_THAT(office.sign("bureau", {"--valid-to", "2026-05-31"}).err, Catch::Contains("not before the day of signing"));
  CHECK_FALSE(fs::exists(office.folder / "bank.so.sig"));
}
