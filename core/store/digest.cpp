#include "core/store/digest.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "core/message/message.hpp"

namespace talent_loan {

std::string sm3_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sm3(), nullptr) != 1) {
    throw Failure({"OpenSSL 不提供 SM3", "OpenSSL does not offer SM3"}, {"请安装带国密算法的 OpenSSL 3", "install an OpenSSL 3 with SM3"});
  }
  std::string out;
  for (unsigned int i = 0; i < length; ++i) fmt::format_to(std::back_inserter(out), "{:02x}", digest[i]);
  return out;
}

}  // namespace talent_loan
