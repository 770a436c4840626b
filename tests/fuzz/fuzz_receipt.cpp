// Any bytes as a receipt: not genuine, with a reason; only what the key signed is, and no writing of it but one.
// `@KEY@` in the input stands for the id of the public key.
#include "core/talent/receipt.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SigningKey key = SigningKey::generate(SignatureAlgorithm::ed25519);
  static const std::string id = key.key_id();
  static const std::string genuine = [] {
    const VerificationRequest request{.bank = BankId("bank"), .borrower_id = "11010519491231002X", .on = *parse_day("2020-06-01"), .amount = Fen(100)};
    return sign_receipt(request, {}, {.scheme = SchemeId("s"), .known_on = {}, .decided_at = {}}, key);
  }();
  require(check_receipt(genuine, key, "11010519491231002X").genuine, "what was signed is genuine");
  std::string text(reinterpret_cast<const char*>(data), size);
  for (std::size_t at = text.find("@KEY@"); at != std::string::npos; at = text.find("@KEY@", at + id.size())) text.replace(at, 5, id);
  const ReceiptCheck check = check_receipt(text, key, "11010519491231002X");
  require(!check.genuine && !check.why_not.chinese.empty() && !check.why_not.english.empty(), "what was not signed is not, and it is said why");
  // A genuine one with a byte of the input written over it.
  if (size < 3) return 0;
  std::string changed = genuine;
  const std::size_t at = (data[0] | data[1] << 8) % changed.size();
  if (changed[at] == static_cast<char>(data[2])) return 0;
  changed[at] = static_cast<char>(data[2]);
  require(!check_receipt(changed, key, "").genuine, "a changed byte is noticed");
  return 0;
}
