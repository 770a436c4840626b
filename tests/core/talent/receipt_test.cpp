// Receipts: no bit of one can be changed, and each way of being wrong has its own word.
#include <catch2/catch.hpp>

#include "core/talent/receipt.hpp"

using namespace talent_loan;

namespace {

constexpr const char* wang = "11010519491231002X";

VerificationRequest request() {
  VerificationRequest asked;
  asked.bank = BankId("bank-a");
  asked.borrower_id = wang;
  asked.on = *parse_day("2020-06-15");
  asked.amount = Fen(100'000'000);
  asked.purpose = "innovation";
  return asked;
}

std::string receipt_of(const SigningKey& key) {
  VerificationDecision decision;
  decision.programme = ProgrammeId("taishan-scholar");
  decision.list_version = 3;
  decision.cites = {"§4"};
  return sign_receipt(request(), decision, {SchemeId("zibo-talent-loan"), parse_day("2020-07-01"), {}}, key);
}

}  // namespace

TEST_CASE("a receipt with any one bit of any byte changed, a byte added or a byte left out is not genuine") {
  for (const SignatureAlgorithm algorithm : {SignatureAlgorithm::ed25519, SignatureAlgorithm::sm2}) {
    const SigningKey key = SigningKey::generate(algorithm);
    const std::string receipt = receipt_of(key);
    REQUIRE(check_receipt(receipt, key, wang).genuine);
    CHECK(receipt.find(wang) == std::string::npos);
    std::size_t passed = 0;
    for (std::size_t at = 0; at < receipt.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string changed = receipt;
        changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << bit));
        passed += check_receipt(changed, key, "").genuine ? 1 : 0;
      }
      passed += check_receipt(std::string(receipt).erase(at, 1), key, "").genuine ? 1 : 0;
      passed += check_receipt(std::string(receipt).insert(at, 1, receipt[at]), key, "").genuine ? 1 : 0;
    }
    CHECK(passed == 0);
    CHECK_FALSE(check_receipt(receipt + "\n", key, "").genuine);
  }
}

TEST_CASE("a receipt of another key, of another borrower or of none is told apart from a changed one") {
  const SigningKey key = SigningKey::generate(SignatureAlgorithm::sm2);
  const SigningKey other = SigningKey::generate(SignatureAlgorithm::sm2);
  const SigningKey other_kind = SigningKey::generate(SignatureAlgorithm::ed25519);
  const std::string receipt = receipt_of(key);
  CHECK(check_receipt(receipt, other, "").why_not.english == "it was signed with another key");
  CHECK(check_receipt(receipt, other_kind, "").why_not.english == "it was signed with another key");
  CHECK(check_receipt("{}", key, "").why_not.english == "not a receipt of a talent loan decision");
  CHECK(check_receipt(std::string(2 << 20, ' '), key, "").why_not.english == "too large to be a receipt");
  CHECK(check_receipt(receipt, key, wang).borrower_matches == true);
  CHECK(check_receipt(receipt, key, "370302198001010016").borrower_matches == false);
  CHECK_FALSE(check_receipt(receipt, key, "").borrower_matches.has_value());
  std::string eligible = receipt;
  eligible.replace(eligible.find("\"eligible\": \"yes\""), 17, "\"eligible\": \"no\"");
  CHECK(check_receipt(eligible, key, "").why_not.english == "it was changed: the signature does not fit");
  CHECK(check_receipt(receipt, key, "").decision.find("\"known_on\": \"2020-07-01\"") != std::string::npos);
}
