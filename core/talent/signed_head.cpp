#include "core/talent/signed_head.hpp"

#include <nlohmann/json.hpp>

namespace talent_loan {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* schema = "talent-loan/audit-head/1";
constexpr std::size_t bytes_at_most = 1 << 16;

std::string canonical(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

[[noreturn]] void refuse(const std::string& source, const Text& why) {
  throw Failure(Diagnostic{.place = {.file = source}, .found = why, .allowed = {},
                           .remedy = {"请使用 audit sign 写出的原文件和对应的公钥", "use the file as audit sign wrote it, and the public key of its signer"}});
}

}  // namespace

std::string sign_head(const AuditHead& head, Instant signed_at, const SigningKey& key) {
  Json json{{"schema", schema},         {"algorithm", std::string(word(key.algorithm()))}, {"key_id", key.key_id()},
            {"sequence", head.sequence}, {"sm3", head.hash},                                {"signed_at", format_utc(signed_at)}};
  const std::string signature = key.sign(canonical(json));
  json["signature"] = signature;
  return canonical(json);
}

AuditHead read_signed_head(std::string_view text, const std::string& source, const SigningKey& public_key) {
  Json json = text.size() > bytes_at_most ? Json(Json::value_t::discarded) : Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object() || member(json, "schema") != schema) refuse(source, {"不是签名的链尾", "this is no signed head of an audit trail"});
  if (member(json, "key_id") != public_key.key_id() || member(json, "algorithm") != word(public_key.algorithm())) {
    refuse(source, {"由另一把密钥签署", "it was signed with another key"});
  }
  const std::string signature = member(json, "signature");
  const bool one_form = canonical(json) == text;
  json.erase("signature");
  const auto sequence = json.find("sequence");
  if (!one_form || sequence == json.end() || !sequence->is_number_integer() || !public_key.verify(canonical(json), signature)) {
    refuse(source, {"内容被改动，签名不符", "it was changed: the signature does not fit"});
  }
  return {sequence->get<std::int64_t>(), member(json, "sm3")};
}

}  // namespace talent_loan
