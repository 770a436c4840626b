#include "core/talent/vault.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "core/message/message.hpp"
#include "core/store/base64.hpp"
#include "core/talent/gcm.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t block_bytes = 64;   // of SM3
constexpr std::size_t digest_bytes = 32;  // of SM3
constexpr std::size_t nonce_bytes = std::tuple_size_v<gcm::Nonce>;
constexpr std::size_t tag_bytes = std::tuple_size_v<gcm::Tag>;
using Digest = std::array<unsigned char, digest_bytes>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

void require(bool ok) {
  if (!ok) throw Failure({"OpenSSL 的加密运算失败", "a cryptographic operation of OpenSSL failed"}, {});
}

// Made once per thread: making one costs more than hashing an identity number.
EVP_MD_CTX* scratch_digest() {
  thread_local const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context.get();
}

// Fetched once: EVP_sm3() stands for a look-up by name that is made again with every context.
const EVP_MD* sm3() {
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> fetched(EVP_MD_fetch(nullptr, "SM3", nullptr), EVP_MD_free);
  require(fetched != nullptr);
  return fetched.get();
}

// Random bytes, drawn from OpenSSL some hundreds of nonces at a time.
gcm::Nonce draw_nonce() {
  thread_local std::array<unsigned char, 512 * nonce_bytes> drawn;
  thread_local std::size_t used = drawn.size();
  if (used == drawn.size()) {
    require(RAND_bytes(drawn.data(), static_cast<int>(drawn.size())) == 1);
    used = 0;
  }
  gcm::Nonce nonce;
  std::copy_n(drawn.begin() + static_cast<std::ptrdiff_t>(used), nonce_bytes, nonce.begin());
  used += nonce_bytes;
  return nonce;
}

// HMAC (RFC 2104) over SM3, with both padded keys hashed beforehand.
class Hmac {
 public:
  explicit Hmac(const Digest& key) : inner_(EVP_MD_CTX_new(), EVP_MD_CTX_free), outer_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    const auto absorb = [&](EVP_MD_CTX* context, unsigned char pad) {
      std::array<unsigned char, block_bytes> block;
      block.fill(pad);
      for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
      require(EVP_DigestInit_ex(context, sm3(), nullptr) == 1 && EVP_DigestUpdate(context, block.data(), block.size()) == 1);
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
      : lookup(master("lookup")), fingerprint(master("fingerprint")), derive(master("derive")), sealing_key(master("seal")),
        key_id(format_hash(first_half(master("key id")))) {}
  Hmac lookup;
  Hmac fingerprint;
  Hmac derive;
  Digest sealing_key;
  std::string key_id;
};

Vault::Vault(const MasterKey& master) : state_(std::make_unique<State>(Hmac(master))) {}
Vault::Vault(Vault&&) noexcept = default;
Vault::~Vault() = default;

const std::string& Vault::key_id() const { return state_->key_id; }
KeyedHash Vault::lookup(std::string_view identity_number) const { return first_half(state_->lookup(identity_number)); }
KeyedHash Vault::fingerprint(std::string_view bytes) const { return first_half(state_->fingerprint(bytes)); }

MasterKey Vault::derived_key(std::string_view purpose) const { return state_->derive(purpose); }

std::string Vault::seal(std::string_view plain, std::string_view bound_to) const {
  std::string bytes(nonce_bytes + plain.size() + tag_bytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  const gcm::Nonce nonce = draw_nonce();
  const gcm::Tag tag = gcm::seal(state_->sealing_key, nonce, bound_to, {octets(plain), plain.size()}, out + nonce_bytes);
  std::copy(nonce.begin(), nonce.end(), out);
  std::copy(tag.begin(), tag.end(), out + nonce_bytes + plain.size());
  return to_base64(bytes);
}

std::string Vault::open(std::string_view sealed, std::string_view bound_to) const {
  const std::optional<std::string> bytes = from_base64(sealed);
  if (!bytes || bytes->size() < nonce_bytes + tag_bytes) cannot_open();
  const std::size_t size = bytes->size() - nonce_bytes - tag_bytes;
  const unsigned char* in = octets(*bytes);
  gcm::Nonce nonce;
  gcm::Tag tag;
  std::copy_n(in, nonce_bytes, nonce.begin());
  std::copy_n(in + nonce_bytes + size, tag_bytes, tag.begin());
  std::string plain(size, '\0');
  if (!gcm::open(state_->sealing_key, nonce, tag, bound_to, {in + nonce_bytes, size}, reinterpret_cast<unsigned char*>(plain.data()))) cannot_open();
  return plain;
}

}  // namespace talent_loan
