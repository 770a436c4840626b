#include "core/talent/signing.hpp"

#include <unistd.h>

#include <optional>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "core/files/files.hpp"
#include "core/store/base64.hpp"
#include "core/store/digest.hpp"

namespace talent_loan {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// GB/T 35276: the signer's identity where parties have agreed on no other.
constexpr std::string_view sm2_default_identity = "1234567812345678";

void require(bool ok) {
  if (!ok) throw Failure({"OpenSSL 的签名运算失败", "a signature operation of OpenSSL failed"}, {});
}

[[noreturn]] void no_key(const std::string& path) {
  throw Failure(Diagnostic{.place = {.file = path}, .found = {"不是 Ed25519 或 SM2 的 PEM 密钥", "not an Ed25519 or SM2 key in PEM form"}, .allowed = {},
                           .remedy = {"用 talent-loan keys new 生成", "make one with talent-loan keys new"}});
}

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

// One signing or checking. Ed25519 hashes by itself; SM2 signs SM3 of the signer's identity, the key and the bytes.
class Run {
 public:
  Run(EVP_PKEY* key, bool signing) : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free), of_key_(nullptr, EVP_PKEY_CTX_free) {
    const EVP_MD* digest = nullptr;
    if (EVP_PKEY_is_a(key, "SM2") == 1) {
      digest = EVP_sm3();
      of_key_.reset(EVP_PKEY_CTX_new(key, nullptr));
      require(of_key_ && EVP_PKEY_CTX_set1_id(of_key_.get(), sm2_default_identity.data(), sm2_default_identity.size()) > 0);
      EVP_MD_CTX_set_pkey_ctx(context_.get(), of_key_.get());  // stays ours
    }
    require((signing ? EVP_DigestSignInit(context_.get(), nullptr, digest, nullptr, key)
                     : EVP_DigestVerifyInit(context_.get(), nullptr, digest, nullptr, key)) == 1);
  }
  EVP_MD_CTX* get() { return context_.get(); }

 private:
  DigestContext context_;
  std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> of_key_;
};

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

struct SigningKey::State {
  Key key{nullptr, EVP_PKEY_free};
};

SigningKey::SigningKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::generate(SignatureAlgorithm algorithm) {
  auto state = std::make_unique<State>();
  state->key.reset(algorithm == SignatureAlgorithm::sm2 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2") : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  require(state->key != nullptr);
  return SigningKey(std::move(state));
}

SigningKey SigningKey::read_private(const std::string& path) {
  const std::string pem = read_whole_file(path, 1 << 16);
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  auto state = std::make_unique<State>();
  // A password would be asked for on the terminal; these keys have none.
  state->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
  if (!state->key || (EVP_PKEY_is_a(state->key.get(), "SM2") != 1 && EVP_PKEY_is_a(state->key.get(), "ED25519") != 1)) no_key(path);
  return SigningKey(std::move(state));
}

SigningKey SigningKey::read_public(const std::string& path) {
  const std::string pem = read_whole_file(path, 1 << 16);
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  auto state = std::make_unique<State>();
  if (pem.find("PRIVATE KEY") != std::string::npos) {
    throw Failure(Diagnostic{.place = {.file = path}, .found = {"是私钥", "is a private key"}, .allowed = {"公钥", "a public key"},
                             .remedy = {"这里只放 talent-loan keys new 写出的 .pub 文件；私钥只留在签名者手中", "put the .pub file of talent-loan keys new here; the private key stays with whoever signs"}});
  }
  state->key.reset(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (!state->key || (EVP_PKEY_is_a(state->key.get(), "SM2") != 1 && EVP_PKEY_is_a(state->key.get(), "ED25519") != 1)) no_key(path);
  return SigningKey(std::move(state));
}

SignatureAlgorithm SigningKey::algorithm() const {
  return EVP_PKEY_is_a(state_->key.get(), "SM2") == 1 ? SignatureAlgorithm::sm2 : SignatureAlgorithm::ed25519;
}

std::string SigningKey::key_id() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(state_->key.get(), &der);
  require(size > 0);
  const std::string hash = sm3_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return hash.substr(0, 32);
}

std::string SigningKey::private_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  require(PEM_write_bio_PKCS8PrivateKey(bio.get(), state_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(bio.get());
}

std::string SigningKey::public_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  require(PEM_write_bio_PUBKEY(bio.get(), state_->key.get()) == 1);
  return text_of(bio.get());
}

std::string SigningKey::sign(std::string_view bytes) const {
  Run run(state_->key.get(), true);
  std::size_t size = 0;
  require(EVP_DigestSign(run.get(), nullptr, &size, octets(bytes), bytes.size()) == 1);
  std::string signature(size, '\0');
  require(EVP_DigestSign(run.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets(bytes), bytes.size()) == 1);
  signature.resize(size);
  return to_base64(signature);
}

bool SigningKey::verify(std::string_view bytes, std::string_view base64_signature) const {
  const std::optional<std::string> signature = from_base64(base64_signature);
  if (!signature) return false;
  Run run(state_->key.get(), false);
  return EVP_DigestVerify(run.get(), octets(*signature), signature->size(), octets(bytes), bytes.size()) == 1;
}

std::string_view word(SignatureAlgorithm algorithm) { return algorithm == SignatureAlgorithm::sm2 ? "sm2-sm3" : "ed25519"; }

void make_signing_key(const std::string& path, SignatureAlgorithm algorithm) {
  const SigningKey key = SigningKey::generate(algorithm);
  write_new_file(path, key.private_pem(), 0600);
  try {
    write_new_file(path + ".pub", key.public_pem(), 0644);
  } catch (const Failure&) {
    ::unlink(path.c_str());  // a key nobody can check against is no key
    throw;
  }
}

}  // namespace talent_loan
