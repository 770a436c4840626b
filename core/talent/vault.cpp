#include "core/talent/vault.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "core/message/message.hpp"
#include "core/store/base64.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t block_bytes = 64;   // of SM3
constexpr std::size_t digest_bytes = 32;  // of SM3
constexpr std::size_t nonce_bytes = 12;   // of GCM
constexpr std::size_t tag_bytes = 16;
using Digest = std::array<unsigned char, digest_bytes>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

void require(bool ok) {
  if (!ok) throw Failure({"OpenSSL 的加密运算失败", "a cryptographic operation of OpenSSL failed"}, {});
}

// Contexts are made once per thread: making one costs more than hashing an identity number.
EVP_MD_CTX* scratch_digest() {
  thread_local const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context.get();
}

EVP_CIPHER_CTX* scratch_cipher() {
  thread_local const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  return context.get();
}

// Looking the cipher up by name for every number costs more than sealing it.
const EVP_CIPHER* gcm() {
  static const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), EVP_CIPHER_free);
  require(cipher != nullptr);
  return cipher.get();
}

// Random bytes, drawn from OpenSSL some hundreds of nonces at a time.
void draw_nonce(unsigned char* nonce) {
  thread_local std::array<unsigned char, 512 * nonce_bytes> drawn;
  thread_local std::size_t used = drawn.size();
  if (used == drawn.size()) {
    require(RAND_bytes(drawn.data(), static_cast<int>(drawn.size())) == 1);
    used = 0;
  }
  std::copy_n(drawn.begin() + static_cast<std::ptrdiff_t>(used), nonce_bytes, nonce);
  used += nonce_bytes;
}

// HMAC (RFC 2104) over SM3, with both padded keys hashed beforehand.
class Hmac {
 public:
  explicit Hmac(const Digest& key) : inner_(EVP_MD_CTX_new(), EVP_MD_CTX_free), outer_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    const auto absorb = [&](EVP_MD_CTX* context, unsigned char pad) {
      std::array<unsigned char, block_bytes> block;
      block.fill(pad);
      for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
      require(EVP_DigestInit_ex(context, EVP_sm3(), nullptr) == 1 && EVP_DigestUpdate(context, block.data(), block.size()) == 1);
    };
    absorb(inner_.get(), 0x36);
    absorb(outer_.get(), 0x5C);
  }

  Digest operator()(std::string_view bytes) const {
    Digest digest{};
    EVP_MD_CTX* context = scratch_digest();
    require(EVP_MD_CTX_copy_ex(context, inner_.get()) == 1 && EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1 &&
            EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
    require(EVP_MD_CTX_copy_ex(context, outer_.get()) == 1 && EVP_DigestUpdate(context, digest.data(), digest.size()) == 1 &&
            EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
    return digest;
  }

 private:
  DigestContext inner_;
  DigestContext outer_;
};

KeyedHash first_half(const Digest& digest) {
  const auto word_at = [&](std::size_t start) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i) word = word << 8 | digest[start + i];
    return word;
  };
  return {word_at(0), word_at(8)};
}

[[noreturn]] void cannot_open() {
  throw Failure({"加密的个人信息无法解开：内容被改动，或密钥不是当时的密钥",
                 "sealed personal data cannot be opened: it was changed, or the key is not the one it was sealed with"},
                {});
}

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string format_hash(KeyedHash hash) { return fmt::format("{:016x}{:016x}", hash.high, hash.low); }

KeyedHash parse_hash(std::string_view hexadecimal) {
  KeyedHash hash;
  const char* begin = hexadecimal.data();
  const bool ok = hexadecimal.size() == 32 && std::from_chars(begin, begin + 16, hash.high, 16).ptr == begin + 16 &&
                  std::from_chars(begin + 16, begin + 32, hash.low, 16).ptr == begin + 32;
  if (!ok) throw Failure({"数据库中的检索码不是 32 位十六进制数", "a lookup hash in the database is not 32 hexadecimal digits"}, {});
  return hash;
}

struct Vault::State {
  explicit State(const Hmac& master)
      : lookup(master("lookup")), fingerprint(master("fingerprint")), sealing_key(master("seal")),
        key_id(format_hash(first_half(master("key id")))) {}
  Hmac lookup;
  Hmac fingerprint;
  Digest sealing_key;
  std::string key_id;
};

Vault::Vault(const MasterKey& master) : state_(std::make_unique<State>(Hmac(master))) {}
Vault::Vault(Vault&&) noexcept = default;
Vault::~Vault() = default;

const std::string& Vault::key_id() const { return state_->key_id; }
KeyedHash Vault::lookup(std::string_view identity_number) const { return first_half(state_->lookup(identity_number)); }
KeyedHash Vault::fingerprint(std::string_view bytes) const { return first_half(state_->fingerprint(bytes)); }

std::string Vault::seal(std::string_view plain, std::string_view bound_to) const {
  std::string bytes(nonce_bytes + plain.size() + tag_bytes, '\0');
  auto* nonce = reinterpret_cast<unsigned char*>(bytes.data());
  unsigned char* cipher_text = nonce + nonce_bytes;
  EVP_CIPHER_CTX* context = scratch_cipher();
  int length = 0;
  draw_nonce(nonce);
  require(EVP_EncryptInit_ex(context, gcm(), nullptr, state_->sealing_key.data(), nonce) == 1);
  require(EVP_EncryptUpdate(context, nullptr, &length, octets(bound_to), static_cast<int>(bound_to.size())) == 1);
  require(EVP_EncryptUpdate(context, cipher_text, &length, octets(plain), static_cast<int>(plain.size())) == 1);
  require(EVP_EncryptFinal_ex(context, cipher_text + length, &length) == 1);
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, tag_bytes, cipher_text + plain.size()) == 1);

  return to_base64(bytes);
}

std::string Vault::open(std::string_view sealed, std::string_view bound_to) const {
  std::optional<std::string> decoded = from_base64(sealed);
  if (!decoded || decoded->size() < nonce_bytes + tag_bytes) cannot_open();
  std::string& bytes = *decoded;
  const std::size_t size = bytes.size() - nonce_bytes - tag_bytes;
  auto* nonce = reinterpret_cast<unsigned char*>(bytes.data());
  std::string plain(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  EVP_CIPHER_CTX* context = scratch_cipher();
  int length = 0;
  require(EVP_DecryptInit_ex(context, gcm(), nullptr, state_->sealing_key.data(), nonce) == 1);
  require(EVP_DecryptUpdate(context, nullptr, &length, octets(bound_to), static_cast<int>(bound_to.size())) == 1);
  require(EVP_DecryptUpdate(context, out, &length, nonce + nonce_bytes, static_cast<int>(size)) == 1);
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, tag_bytes, nonce + nonce_bytes + size) == 1);
  if (EVP_DecryptFinal_ex(context, out + length, &length) != 1) cannot_open();
  return plain;
}

}  // namespace talent_loan
