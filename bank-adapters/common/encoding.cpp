#include "bank-adapters/common/encoding.hpp"

#include <iconv.h>

#include <cerrno>

#include "bank-adapters/common/problem.hpp"

namespace talent_loan::adapters {
namespace {

::iconv_t conversion(const char* to, const char* from) {
  const ::iconv_t handle = ::iconv_open(to, from);
  if (handle == reinterpret_cast<::iconv_t>(-1)) {
    throw Refused(Refusal::configuration,
                  {.place = {.field = "encoding"},
                   .found = {"系统没有 GB18030 转换模块", "this system cannot convert GB18030"},
                   .allowed = {"安装 libc 的 gconv 模块", "install the C library's gconv modules"}});
  }
  return handle;
}

bool convert(::iconv_t handle, std::string_view text, std::string& out) {
  char* in = const_cast<char*>(text.data());  // iconv does not write to it
  std::size_t left = text.size();
  while (left > 0) {
    char block[4096];
    char* to = block;
    std::size_t room = sizeof block;
    const std::size_t result = ::iconv(handle, &in, &left, &to, &room);
    out.append(block, to);
    if (result == static_cast<std::size_t>(-1) && errno != E2BIG) {
      ::iconv(handle, nullptr, nullptr, nullptr, nullptr);
      return false;
    }
  }
  return true;
}

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

}  // namespace

std::size_t utf8_character_length(std::string_view text) {
  const unsigned lead = byte_at(text, 0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte_at(text, 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second > 0x9F;
  const bool beyond = lead == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

std::size_t gb18030_character_length(std::string_view text) {
  const unsigned lead = byte_at(text, 0);
  if (lead < 0x80) return 1;
  if (lead == 0x80 || lead == 0xFF || text.size() < 2) return 0;
  const unsigned second = byte_at(text, 1);
  if (second >= 0x40 && second <= 0xFE && second != 0x7F) return 2;
  const auto digit = [](unsigned byte) { return byte >= 0x30 && byte <= 0x39; };
  const bool four = text.size() >= 4 && digit(second) && byte_at(text, 2) >= 0x81 && byte_at(text, 2) <= 0xFE && digit(byte_at(text, 3));
  return four ? 4 : 0;
}

std::size_t character_length(Encoding encoding, std::string_view text) {
  return encoding == Encoding::utf8 ? utf8_character_length(text) : gb18030_character_length(text);
}

std::size_t invalid_at(Encoding encoding, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (byte_at(text, i) < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = character_length(encoding, text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

Decoder::Decoder(Encoding encoding) : encoding_(encoding) {
  if (encoding == Encoding::gb18030) conversion_ = conversion("UTF-8", "GB18030");
}

Decoder::~Decoder() {
  if (conversion_ != nullptr) ::iconv_close(conversion_);
}

bool Decoder::append(std::string_view text, std::string& out) {
  if (conversion_ == nullptr || is_ascii(text)) {
    const bool valid = invalid_at(Encoding::utf8, text) == std::string_view::npos;
    if (valid) out += text;
    return valid;
  }
  return convert(conversion_, text, out);
}

std::optional<std::string> encoded(Encoding encoding, std::string_view utf8) {
  if (invalid_at(Encoding::utf8, utf8) != std::string_view::npos) return std::nullopt;
  if (encoding == Encoding::utf8 || is_ascii(utf8)) return std::string(utf8);
  const ::iconv_t handle = conversion("GB18030", "UTF-8");
  std::string out;
  const bool whole = convert(handle, utf8, out);
  ::iconv_close(handle);
  return whole ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace talent_loan::adapters
