#include <iconv.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "core/files/files.hpp"

namespace talent_loan {
namespace {

class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(::iconv_open(to, from)) {
    if (handle_ == reinterpret_cast<iconv_t>(-1)) {
      throw Failure({fmt::format("系统不支持编码转换 {} → {}", from, to), fmt::format("this system cannot convert {} to {}", from, to)},
                    {"请安装 libc 的 gconv 模块", "install the C library's gconv modules"});
    }
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() { ::iconv_close(handle_); }

  // Converts as much as it can; returns the offset where it stopped (text.size() when all was converted).
  std::size_t convert(std::string_view text, std::string& out) {
    char* in = const_cast<char*>(text.data());  // iconv does not write to it
    std::size_t left = text.size();
    while (left > 0) {
      char block[4096];
      char* to = block;
      std::size_t room = sizeof block;
      const std::size_t result = ::iconv(handle_, &in, &left, &to, &room);
      out.append(block, to);
      if (result == static_cast<std::size_t>(-1) && errno != E2BIG) break;
    }
    return text.size() - left;
  }

 private:
  iconv_t handle_;
};

}  // namespace

std::string gb18030_to_utf8(std::string_view bytes, const std::string& path) {
  Converter converter("UTF-8", "GB18030");
  std::string out;
  out.reserve(bytes.size() * 3 / 2);
  const std::size_t stopped = converter.convert(bytes, out);
  if (stopped != bytes.size()) {
    throw Failure({.place = {.file = path},
                   .found = {fmt::format("第 {} 个字节起不是 GB18030 编码", stopped + 1),
                             fmt::format("byte {} is not GB18030", stopped + 1)},
                   .allowed = {},
                   .remedy = {"请确认文件编码", "check the file's encoding"}});
  }
  return out;
}

std::size_t append_gb18030(std::string_view bytes, std::string& out) {
  return Converter("UTF-8", "GB18030").convert(bytes, out);
}

std::string utf8_to_gb18030(std::string_view text) {
  Converter converter("GB18030", "UTF-8");
  std::string out;
  if (converter.convert(text, out) != text.size()) {
    throw Failure({"文字不是有效的 UTF-8，无法转换为 GB18030", "text is not valid UTF-8 and cannot become GB18030"}, {});
  }
  return out;
}

std::size_t invalid_utf8_at(std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t size = text.size();
  std::size_t i = 0;
  while (i < size) {
    // Eight ASCII bytes at a time: most of every file.
    std::uint64_t eight = 0;
    if (i + 8 <= size && (std::memcpy(&eight, bytes + i, 8), (eight & 0x8080808080808080ULL) == 0)) {
      i += 8;
      continue;
    }
    const unsigned char lead = bytes[i];
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 0;
    if (length == 0 || i + length > size) return i;
    for (std::size_t k = 1; k < length; ++k) {
      if ((bytes[i + k] & 0xC0) != 0x80) return i;
    }
    const unsigned char second = bytes[i + 1];
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second > 0x9F;
    const bool beyond = lead == 0xF4 && second > 0x8F;
    if (overlong || surrogate || beyond) return i;
    i += length;
  }
  return std::string_view::npos;
}

}  // namespace talent_loan
