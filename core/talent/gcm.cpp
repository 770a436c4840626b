#include "core/talent/gcm.hpp"

#include <memory>

#include <openssl/evp.h>

#include "core/message/message.hpp"

namespace talent_loan::gcm {
namespace {

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

void require(bool ok) {
  if (!ok) throw Failure({"OpenSSL 的加密运算失败", "a cryptographic operation of OpenSSL failed"}, {});
}

// Made once per thread: making one costs more than sealing an identity number.
EVP_CIPHER_CTX* scratch() {
  thread_local const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  return context.get();
}

// Looking the cipher up by name every time costs more than sealing an identity number too.
const EVP_CIPHER* cipher() {
  static const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> fetched(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), EVP_CIPHER_free);
  require(fetched != nullptr);
  return fetched.get();
}

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

Tag seal(const Key& key, const Nonce& nonce, std::string_view bound_to, std::span<const unsigned char> plain, unsigned char* out) {
  EVP_CIPHER_CTX* context = scratch();
  Tag tag{};
  int length = 0;
  require(EVP_EncryptInit_ex(context, cipher(), nullptr, key.data(), nonce.data()) == 1);
  require(EVP_EncryptUpdate(context, nullptr, &length, octets(bound_to), static_cast<int>(bound_to.size())) == 1);
  require(EVP_EncryptUpdate(context, out, &length, plain.data(), static_cast<int>(plain.size())) == 1);
  require(EVP_EncryptFinal_ex(context, out + length, &length) == 1);
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag.size()), tag.data()) == 1);
  return tag;
}

bool open(const Key& key, const Nonce& nonce, const Tag& tag, std::string_view bound_to, std::span<const unsigned char> sealed,
          unsigned char* out) {
  EVP_CIPHER_CTX* context = scratch();
  Tag expected = tag;  // OpenSSL asks for one it may write to
  int length = 0;
  require(EVP_DecryptInit_ex(context, cipher(), nullptr, key.data(), nonce.data()) == 1);
  require(EVP_DecryptUpdate(context, nullptr, &length, octets(bound_to), static_cast<int>(bound_to.size())) == 1);
  require(EVP_DecryptUpdate(context, out, &length, sealed.data(), static_cast<int>(sealed.size())) == 1);
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, static_cast<int>(expected.size()), expected.data()) == 1);
  return EVP_DecryptFinal_ex(context, out + length, &length) == 1;
}

}  // namespace talent_loan::gcm
