#include "core/store/digest.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "core/message/message.hpp"

namespace talent_loan {
namespace {

void require(bool worked) {
  if (worked) return;
  throw Failure({"OpenSSL 不提供 SM3", "OpenSSL does not offer SM3"}, {"请安装带国密算法的 OpenSSL 3", "install an OpenSSL 3 with SM3"});
}

}  // namespace

struct Sm3::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sm3::Sm3() : state_(std::make_unique<State>()) { require(EVP_DigestInit_ex(state_->context.get(), EVP_sm3(), nullptr) == 1); }
Sm3::Sm3(Sm3&&) noexcept = default;
Sm3::~Sm3() = default;

void Sm3::update(std::string_view bytes) { require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1); }

std::string Sm3::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &length) == 1);
  std::string out;
  for (unsigned int i = 0; i < length; ++i) fmt::format_to(std::back_inserter(out), "{:02x}", digest[i]);
  return out;
}

std::string sm3_hex(std::string_view bytes) {
  Sm3 sm3;
  sm3.update(bytes);
  return sm3.finish();
}

}  // namespace talent_loan
