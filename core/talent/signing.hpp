// Signatures by Ed25519 or SM2 with keys in PEM files; the only place that knows OpenSSL's key types.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace talent_loan {

enum class SignatureAlgorithm { ed25519 = 1, sm2 };  // RFC 8032; GB/T 32918 with SM3 (GB/T 32905)
std::string_view word(SignatureAlgorithm algorithm);  // "ed25519", "sm2-sm3"

class SigningKey {
 public:
  static SigningKey generate(SignatureAlgorithm algorithm);
  static SigningKey read_private(const std::string& path);  // throws Failure for what is no such key
  static SigningKey read_public(const std::string& path);
  SigningKey(SigningKey&&) noexcept;
  ~SigningKey();

  SignatureAlgorithm algorithm() const;
  std::string key_id() const;  // the first 32 hexadecimal digits of SM3 of the public key (DER)
  std::string private_pem() const;
  std::string public_pem() const;
  std::string sign(std::string_view bytes) const;  // base64
  bool verify(std::string_view bytes, std::string_view base64_signature) const;

 private:
  struct State;
  explicit SigningKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Makes a key pair: PATH (mode 0600) and PATH.pub, both PEM. Throws Failure where either exists; then neither is
// written.
void make_signing_key(const std::string& path, SignatureAlgorithm algorithm);

}  // namespace talent_loan
