#include "core/talent/receipt.hpp"

#include <array>

#include <nlohmann/json.hpp>
#include <openssl/rand.h>

#include "core/store/base64.hpp"
#include "core/store/digest.hpp"

namespace talent_loan {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* schema = "talent-loan/receipt/1";
constexpr std::size_t receipt_bytes_at_most = 1 << 20;
constexpr int depth_at_most = 8;  // of brackets within brackets: writing JSON takes stack for each

std::string canonical(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string borrower_hash(std::string_view salt, std::string_view borrower_id) {
  return sm3_hex(std::string(salt) + ":" + std::string(borrower_id));
}

std::string fresh_salt() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw Failure({"无法产生随机数", "no random bytes"}, {});
  return to_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Json borrower_part(const VerificationRequest& request) {
  const std::string salt = fresh_salt();
  return {{"kind", request.kind == BorrowerRule::Kind::talent ? "talent" : "employer"},
          {"masked", masked_identifier(request.borrower_id)},
          {"salt", salt},
          {"sm3", borrower_hash(salt, request.borrower_id)}};
}

Json asked_part(const VerificationRequest& request) {
  Json asked{{"on", format_day(request.on)}};
  if (request.bank) asked["bank_id"] = request.bank->text();
  asked["amount"] = format_yuan(request.amount);
  if (request.purpose) asked["purpose"] = *request.purpose;
  asked["secured"] = request.secured ? "yes" : "no";
  asked["guaranteed"] = request.guaranteed ? "yes" : "no";
  return asked;
}

Json decided_part(const VerificationDecision& decision, const ReceiptContext& context) {
  Json decided{{"eligible", decision.eligible() ? "yes" : "no"}, {"reasons", Json::array()}};
  for (const Reason reason : decision.reasons.list()) decided["reasons"].push_back(std::string(word(reason)));
  decided["scheme"] = context.scheme.text();
  decided["policy_version"] = decision.version != nullptr ? decision.version->version.text() : "";
  decided["programme"] = decision.programme.text();
  decided["list_version"] = decision.list_version;
  decided["cites"] = decision.cites;
  if (context.known_on) decided["known_on"] = format_day(*context.known_on);
  decided["decided_at"] = format_utc(context.decided_at);
  return decided;
}

ReceiptCheck not_genuine(const Text& why) { return {.genuine = false, .why_not = why}; }

// A string member, or an empty string: then what it should hold does not match.
std::string member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string sign_receipt(const VerificationRequest& request, const VerificationDecision& decision, const ReceiptContext& context,
                         const SigningKey& key) {
  Json receipt{{"schema", schema}, {"algorithm", std::string(word(key.algorithm()))}, {"key_id", key.key_id()}};
  receipt["borrower"] = borrower_part(request);
  receipt["asked"] = asked_part(request);
  receipt["decided"] = decided_part(decision, context);
  const std::string signature = key.sign(canonical(receipt));
  receipt["signature"] = signature;
  return canonical(receipt);
}

ReceiptCheck check_receipt(std::string_view receipt, const SigningKey& public_key, const std::string& borrower_id) {
  if (receipt.size() > receipt_bytes_at_most) return not_genuine({"文件过大，不是回执", "too large to be a receipt"});
  bool too_deep = false;
  const auto shallow = [&too_deep](int depth, Json::parse_event_t, Json&) { return !(too_deep = too_deep || depth > depth_at_most); };
  Json json = Json::parse(receipt, shallow, false);
  if (too_deep || json.is_discarded() || !json.is_object() || member(json, "schema") != schema) {
    return not_genuine({"不是人才贷核验回执", "not a receipt of a talent loan decision"});
  }
  // Signed is the canonical form: any other writing of the same values is a changed receipt too.
  if (canonical(json) != receipt) return not_genuine({"内容被改动", "it was changed"});
  if (member(json, "key_id") != public_key.key_id() || member(json, "algorithm") != word(public_key.algorithm())) {
    return not_genuine({"由另一把密钥签署", "it was signed with another key"});
  }
  const std::string signature = member(json, "signature");
  json.erase("signature");
  if (!public_key.verify(canonical(json), signature)) return not_genuine({"内容被改动，签名不符", "it was changed: the signature does not fit"});
  ReceiptCheck check{.genuine = true, .decision = canonical({{"borrower", json.value("borrower", Json())}, {"asked", json.value("asked", Json())},
                                                              {"decided", json.value("decided", Json())}})};
  if (!borrower_id.empty()) {
    const Json borrower = json.value("borrower", Json::object());
    check.borrower_matches = borrower_hash(member(borrower, "salt"), borrower_id) == member(borrower, "sm3");
  }
  return check;
}

}  // namespace talent_loan
